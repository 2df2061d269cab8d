"""Whatever is uploaded and posted: never a crash, nothing half-written, no broken contact."""

import csv
import io
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activity.models import Job
from activity.running import run_job
from contacts.models import AttributeDefinition, Contact, Import

CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "1", "a@example.com", "A@EXAMPLE.com", "x@", "=1+1", "yes", "no", "de", "+4930123456",
         "\x00", "𝟙", "1e400", "2026-02-30", "99999999999999999999", "王小伟", "e\u0301" * 40, '"', "\\N",
         "\ud7ff", "\u202eabc", "ᄀ" * 30, "\\.", "{}"]
    ),
)  # fmt: skip
TARGETS = st.sampled_from(
    ["", "new", "external_id", "email", "phone", "given_name", "family_name", "language", "unit",
     "account", "permission", "attribute:known", "attribute:gone", "nonsense"]
)  # fmt: skip
FUZZ = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    database=None,
)


pytestmark = pytest.mark.django_db


@pytest.fixture
def fuzzed(client, designer):
    AttributeDefinition.objects.create(key="known", label="Known", type="number")
    client.force_login(designer)
    return client


@contextmanager
def undone():
    """Each example starts from the same contacts: none."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def upload(client, content: bytes) -> Import | None:
    file = SimpleUploadedFile("people.csv", content)
    answer = client.post("/imports/new/", {"kind": "contacts", "file": file})
    assert answer.status_code in (302, 422)
    return Import.objects.order_by("-pk").first() if answer.status_code == 302 else None


def work(client, imp: Import) -> Import:
    imp.refresh_from_db()
    if imp.job and not imp.job.is_finished:
        run_job(str(imp.job_id))
    assert client.get(f"/imports/{imp.pk}/").status_code == 200
    assert not Job.objects.filter(state="failed", message="").exists()
    imp.refresh_from_db()
    return imp


@FUZZ
@given(content=st.binary(max_size=300))
def test_takes_or_refuses_any_bytes(fuzzed, content):
    with undone():
        imp = upload(fuzzed, content)
        if imp:
            fuzzed.post(f"/imports/{imp.pk}/check/", {"kind": "customer", "to-0": "email"})
            work(fuzzed, imp)


@FUZZ
@given(
    rows=st.lists(st.lists(CELLS, min_size=5, max_size=5), min_size=1, max_size=8),
    to=st.lists(TARGETS, min_size=4, max_size=4, unique=True),
    region=st.sampled_from(["", "DE", "zz", "\x00"]),
    basis=st.sampled_from(["", "consent", "withdrawn"]),
)
def test_writes_all_of_a_table_or_nothing(fuzzed, rows, to, region, basis):
    text = io.StringIO()
    csv.writer(text).writerows([["a", "b", "c", "d", "e"], *rows])
    data = {"kind": "customer", "region": region, "basis": basis}
    for n, one in enumerate(["external_id", *to]):
        data |= {f"to-{n}": one, f"label-{n}": f"L{n}", f"type-{n}": "number" if n % 2 else "x"}
    with undone():
        imp = upload(fuzzed, text.getvalue().encode("utf-8", "replace"))
        if imp is None:
            return
        assert fuzzed.post(f"/imports/{imp.pk}/check/", data).status_code in (302, 422)
        imp = work(fuzzed, imp)
        assert Contact.objects.count() == 0
        fuzzed.post(f"/imports/{imp.pk}/writing/", {"bad_rows": "skip"})
        imp = work(fuzzed, imp)
        assert Contact.objects.count() == imp.result.get("new", 0)
        for contact in Contact.objects.all():
            assert contact.email == contact.email.lower()
            assert contact.external_id or contact.email
            assert fuzzed.get(f"/contacts/{contact.pk}/").status_code == 200
        assert fuzzed.get("/contacts/").status_code == 200
