import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import reverse
from django.utils import timezone

from activity.models import Upload
from activity.uploads import UploadTooLarge, drop_expired, drop_orphans, store_upload

BODY = b"name,email\nAnna,anna@example.com\n"


def small(name: str = "passengers.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, BODY)


def stored_files() -> list[Path]:
    return [path for path in Path(default_storage.location).rglob("*") if path.is_file()]


def test_keeps_a_file_under_a_name_nobody_can_guess(employee):
    upload = store_upload(small(), owner=employee)
    assert upload.filename == "passengers.csv"
    assert "passengers" not in upload.file.name
    assert (upload.size, upload.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert upload.file.read() == BODY


def test_hashes_what_was_spooled_to_disk_as_well(employee):
    file = TemporaryUploadedFile("big.csv", "text/csv", len(BODY), None)
    file.write(BODY)
    file.seek(0)
    upload = store_upload(file, owner=employee)
    assert upload.sha256 == hashlib.sha256(BODY).hexdigest()


def test_refuses_what_is_too_large_and_keeps_nothing(employee, settings):
    settings.UPLOAD_MAX_MB = 0
    with pytest.raises(UploadTooLarge, match="0 MB"):
        store_upload(small(), owner=employee)
    assert (Upload.objects.count(), stored_files()) == (0, [])


def test_takes_no_control_characters_into_the_name(employee):
    assert store_upload(small("a\u202ecsv.exe"), owner=employee).filename == "a csv.exe"


def test_hands_a_file_out_as_an_attachment_to_its_owner_alone(client, employee, admin):
    upload = store_upload(small("<b>.html"), owner=employee)
    url = reverse("activity:upload", args=[upload.pk])
    client.force_login(employee)
    response = client.get(url)
    assert b"".join(response.streaming_content) == BODY
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    client.force_login(admin)
    assert client.get(url).status_code == 404


def test_deletes_files_whose_time_is_over(client, employee):
    old, young = store_upload(small(), owner=employee), store_upload(small(), owner=employee)
    Upload.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    drop_expired()
    assert [path.name for path in stored_files()] == [Path(young.file.name).name]
    client.force_login(employee)
    assert client.get(reverse("activity:upload", args=[old.pk])).status_code == 404


def test_deletes_files_left_by_a_process_that_died(employee):
    kept = store_upload(small(), owner=employee)
    orphan = Path(default_storage.path(kept.file.name)).with_name("orphan")
    orphan.write_bytes(BODY)
    two_days_ago = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(orphan, (two_days_ago, two_days_ago))
    assert drop_orphans() == 1
    assert [path.name for path in stored_files()] == [Path(kept.file.name).name]
