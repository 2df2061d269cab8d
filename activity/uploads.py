"""Files people hand in and files made for them: private, named at random, kept for a while."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.models import User
from activity.models import Upload
from cxplatform.shared.text import one_line

FOLDER = "uploads"
# A file this old that no row names was left by a process that died between the two.
ORPHANED_AFTER = timedelta(days=1)


class UploadTooLarge(Exception):
    """The file is larger than this installation takes; the message says how large it may be."""


class _Counted(File):  # type: ignore[type-arg]
    """Passes a file on in pieces, with its size and SHA-256 known at the end."""

    def __init__(self, inner: "File[bytes]", *, limit: int) -> None:
        # Without a name or a temporary path: the storage must read the pieces.
        super().__init__(inner.file, name="")
        self.inner, self.limit = inner, limit
        self.digest, self.counted = hashlib.sha256(), 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for piece in self.inner.chunks(chunk_size):
            self.digest.update(piece)
            self.counted += len(piece)
            if self.counted > self.limit:
                raise UploadTooLarge(_too_large(self.limit))
            yield piece


def store_upload(file: "File[bytes]", *, owner: User) -> Upload:
    """Keep a file for its owner, under a name nobody can guess.

    Raises UploadTooLarge; nothing is kept then. The name it came with is only shown again.
    """
    now = timezone.now()
    limit = settings.UPLOAD_MAX_MB * 1_000_000
    if file.size > limit:
        raise UploadTooLarge(_too_large(limit))
    counted = _Counted(file, limit=limit)
    name = default_storage.save(
        f"{FOLDER}/{now:%Y/%m}/{get_random_string(32)}", counted, max_length=100
    )
    return Upload.objects.create(
        owner=owner,
        file=name,
        filename=one_line(file.name or "")[-200:] or "file",
        size=counted.counted,
        sha256=counted.digest.hexdigest(),
        created_at=now,
        expires_at=now + timedelta(days=settings.UPLOAD_KEEP_DAYS),
    )


def drop_expired() -> int:
    """Delete the files whose time is over, keeping the rows as a note of them; how many."""
    expired = Upload.objects.expired(timezone.now())
    for upload in expired.iterator():
        # File first: a crash in between is mended by the next sweep, deleting what is gone.
        default_storage.delete(str(upload.file))
        upload.file = ""
        upload.save(update_fields=["file"])
    return expired.count()


def drop_orphans() -> int:
    """Delete files no row names; how many."""
    cut = timezone.now() - ORPHANED_AFTER
    found = [name for name in _walk(FOLDER) if default_storage.get_modified_time(name) < cut]
    known = set(Upload.objects.filter(file__in=found).values_list("file", flat=True))
    orphans = [name for name in found if name not in known]
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)


def _walk(folder: str) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in files)
    for inner in folders:
        yield from _walk(f"{folder}/{inner}")


def _too_large(limit: int) -> str:
    return _(
        "The file is larger than %(megabytes)d MB. Split it, or ask an administrator to allow more."
    ) % {"megabytes": limit // 1_000_000}
