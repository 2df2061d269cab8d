"""What can go wrong before the platform runs, said to a person."""

import os
from pathlib import Path

# How a child ends that has said why: the last line of its log is a sentence for a person.
SAID = 3
# How the preparation ends where nobody has one of the demo's logins.
NO_LOGINS = 4


class LaunchError(Exception):
    """Something stands in the way of starting; the text says what, then what to do."""


def explain(error: OSError, folder: Path) -> str:
    """A disk that is full, broken or not ours, as a sentence."""
    where = os.fsdecode(error.filename) if error.filename else str(folder)
    said = error.strerror or str(error)
    return f"{where}: {said}. Make {folder} a folder with room that this user can write in."
