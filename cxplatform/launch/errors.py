"""What can go wrong before the platform runs, said to a person."""

import os
import shutil
from pathlib import Path

# How a child ends that has said why: the last line of its log is a sentence for a person.
SAID = 3
# How the preparation ends where nobody has one of the demo's logins.
NO_LOGINS = 4
# In megabytes: below it, a full disk is the likeliest reason for whatever failed.
LEAST_ROOM = 100


class LaunchError(Exception):
    """Something stands in the way of starting; the text says what, then what to do."""


def explain(error: Exception, folder: Path) -> str:
    """An error as a sentence for a person; a folder on a full disk is said with it."""
    said = str(error)
    if isinstance(error, OSError):
        where = os.fsdecode(error.filename) if error.filename else str(folder)
        said = f"{where}: {error.strerror}. This user has to be able to write in {folder}."
    return said + _little_room(folder)


def _little_room(folder: Path) -> str:
    try:
        room = shutil.disk_usage(folder).free // 1_000_000
    except OSError:
        return ""
    if room >= LEAST_ROOM:
        return ""
    return f" The disk of {folder} has {room} MB left: make room for 500 MB, then run this again."
