import csv
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.permissions import GRANTS, Capability
from activity.models import Event, Job, JobState
from activity.running import run_job
from contacts.models import (
    Account,
    AttributeDefinition,
    Contact,
    ContactPermission,
    Import,
)
from contacts.selectors import audience
from contacts.services import compute_keys, merge_contacts, set_permission
from contacts.suppression import address_hash
from tests.contacts.factories import make_contact
from tests.planner import believe_empty, slowdown

pytestmark = pytest.mark.django_db

AIRLINE = Path(settings.ROOT).parent / "shared" / "data" / "airline" / "passengers.csv"


@pytest.fixture
def importer(client, designer):
    client.force_login(designer)
    return Importer(client)


class Importer:
    """Plays the pages: upload, map, check, write."""

    def __init__(self, client) -> None:
        self.client = client

    def upload(self, text, name="people.csv") -> Import:
        content = text if isinstance(text, bytes) else text.encode()
        file = SimpleUploadedFile(name, content)
        answer = self.client.post("/imports/new/", {"kind": "contacts", "file": file})
        self.answer = answer
        if answer.status_code != 302:
            return None
        return Import.objects.latest("pk")

    def check(self, imp, mapping=None, **options) -> Import:
        """Post the mapping as guessed, with {heading: what} said otherwise."""
        data = {"kind": "customer", **options}
        said = mapping or {}
        for n, (heading, choice) in enumerate(zip(imp.header, imp.mapping, strict=True)):
            to = said.get(heading, choice["to"])
            data |= {f"to-{n}": to.removeprefix("split:"), f"type-{n}": choice["type"]}
            data |= {f"label-{n}": choice["label"]}
            if to.startswith("split:"):
                data[f"split-{n}"] = "on"
        self.answer = self.client.post(f"/imports/{imp.pk}/check/", data)
        return self.work(imp)

    def work(self, imp) -> Import:
        imp.refresh_from_db()
        if imp.job and not imp.job.is_finished:
            run_job(str(imp.job_id))
            imp.refresh_from_db()
        return imp

    def write(self, imp, **data) -> Import:
        self.answer = self.client.post(f"/imports/{imp.pk}/writing/", data)
        return self.work(imp)

    def page(self, imp) -> str:
        return self.client.get(f"/imports/{imp.pk}/").content.decode()

    def run(self, text, mapping=None, **options) -> Import:
        return self.write(self.check(self.upload(text), mapping, **options), bad_rows="skip")

    def problems(self, imp) -> list[tuple[str, str, str]]:
        with imp.problems.file.open("rb") as file:
            rows = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
            return [tuple(row) for row in list(rows)[1:]]


PEOPLE = """\
id,Vorname,Nachname,E-Mail,Telefon,Language,Firma,Class,Age,Opt in
1,Jürgen,Müller,JM@Example.com,+49 30 1234567,DE,Acme GmbH,Eco,41,yes
2,小伟,王,wang@example.com,,zh-hans,Acme GmbH,Business,30,no
3,Anna,Koch,,,,,Eco,,
"""
MAPPING = {"Class": "split:new", "Age": "new"}


def test_imports_people_through_the_pages(importer):
    imp = importer.upload(PEOPLE)
    guessed = dict(zip(imp.header, [one["to"] for one in imp.mapping], strict=True))
    assert guessed["id"] == "external_id"
    assert guessed["Nachname"] == "family_name"
    assert guessed["Opt in"] == "permission"
    assert guessed["Class"] == ""
    assert imp.mapping[8]["type"] == "number"
    assert "What do the columns mean" in importer.page(imp)

    imp = importer.check(imp, MAPPING, basis="contract")

    assert imp.report == {"rows": 3, "bad": 0, "new": 3, "changed": 0, "unchanged": 0,
                          "opt_outs_kept": 0, "changes": 0, "refusals": [], "notes": []}  # fmt: skip
    assert Contact.objects.count() == AttributeDefinition.objects.count() == 0
    assert "All 3 rows are ready" in importer.page(imp)
    imp = importer.write(imp)
    assert imp.result == {"new": 3, "changed": 0, "unchanged": 0, "rows": 3, "skipped": 0}
    assert "3 new, 0 changed" in importer.page(imp)
    first = Contact.objects.get(external_id="1")
    assert (first.email, first.phone, first.language) == ("jm@example.com", "+49301234567", "de")
    assert first.attributes == {"class": "Eco", "age": 41}
    assert first.account.name == "Acme GmbH"
    assert Account.objects.count() == 1
    assert AttributeDefinition.objects.get(key="class").members == ["Business", "Eco"]
    permissions = ContactPermission.objects.values_list("contact__external_id", "basis", "source")
    assert set(permissions) == {
        ("1", "contract", f"import {imp.pk}"),
        ("2", "withdrawn", f"import {imp.pk}"),
    }
    assert Event.objects.get(verb="imported").data["new"] == 3


def test_computes_what_searching_needs_for_every_row(importer):
    importer.run(PEOPLE, MAPPING)

    assert audience({"search": "王小"}).get().external_id == "2"
    assert audience({"search": "mueller"}).get().external_id == "1"
    for contact in Contact.objects.all():
        stored = (contact.sort_key, contact.search_text, contact.address_hash)
        compute_keys(contact)
        assert stored == (contact.sort_key, contact.search_text, contact.address_hash)
    assert Contact.objects.get(external_id="1").address_hash == address_hash("jm@example.com")


def test_changes_nothing_when_the_same_file_comes_twice(importer):
    importer.run(PEOPLE, MAPPING)
    before = list(Contact.objects.order_by("pk").values())
    permissions = list(ContactPermission.objects.order_by("pk").values())

    known = {"Class": "attribute:class", "Age": "attribute:age"}
    again = importer.run(PEOPLE + "4,Bo,,,,,,,,\n", known)

    assert again.report["changes"] == 0
    assert again.result == {"new": 1, "changed": 0, "unchanged": 3, "rows": 4, "skipped": 0}
    assert list(Contact.objects.exclude(external_id="4").order_by("pk").values()) == before
    assert list(ContactPermission.objects.order_by("pk").values()) == permissions


def test_offers_to_write_nothing_where_nothing_would_change(importer):
    importer.run("id,first name\n1,Ada\n2,Bo\n")

    same = importer.check(importer.upload("id,first name\n1,Ada\n2,\n"))
    page = importer.page(same)
    assert "Nothing to write: all of this is known already" in page
    assert "/writing/" not in page
    importer.write(same)
    assert "there is nothing to write" in importer.page(same)
    assert same.written_at is None

    one = importer.check(importer.upload("id,first name\n1,Ada\n2,Boris\n"))
    assert "Write 1 row</button>" in importer.page(one)
    part = importer.check(importer.upload("id,first name,language\n1,Ada,\n2,Bo,German\n"))
    page = importer.page(part)
    assert "The other rows would change nothing" in page
    assert "/writing/" not in page


def test_says_that_somebody_else_wrote_the_same_contacts(importer):
    imp = importer.check(importer.upload("id,first name\n1,Ada\n"))

    def sooner(execute, sql, params, many, context):
        if "pg_advisory_xact_lock" in sql:
            make_contact(external_id="1")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(sooner):
        imp = importer.write(imp)

    assert "Somebody changed the same contacts meanwhile" in importer.page(imp)
    assert imp.written_at is None


def test_changes_only_what_differs_and_keeps_what_a_blank_cell_leaves(importer):
    importer.run(PEOPLE, MAPPING)
    text = "id,first name,email,class\n1,,,First\n2,Wei,wei@example.com,\n3,Anna,,Eco\n"

    imp = importer.run(text, {"class": "attribute:class"})

    assert imp.result["changed"] == 2
    first, second = Contact.objects.order_by("external_id")[:2]
    assert (first.given_name, first.attributes) == ("Jürgen", {"class": "First", "age": 41})
    assert (second.given_name, second.email) == ("Wei", "wei@example.com")
    assert audience({"search": "wei"}).get() == second
    assert audience({"search": "小伟"}).count() == 0
    assert second.address_hash == address_hash("wei@example.com")


def test_lists_changes_of_address_and_permission_before_they_are_made(importer):
    contact = make_contact(external_id="1", email="old@example.com")
    set_permission(contact, purpose="survey", channel="email", basis="consent", source="x", by=None)

    imp = importer.check(importer.upload("id,email,opt in\n1,new@example.com,no\n"))

    page = importer.page(imp)
    assert imp.report["changes"] == 2
    assert "old@example.com" in page
    assert "new@example.com" in page
    assert "Withdrawn" in page
    contact.refresh_from_db()
    assert contact.email == "old@example.com"


def test_refuses_changes_of_address_without_the_right(importer, monkeypatch):
    make_contact(external_id="1", email="old@example.com")
    imp = importer.check(importer.upload("id,email\n1,new@example.com\n"))
    without = {key: grants for key, grants in GRANTS.items() if key != Capability.CHANGE_ADDRESSES}
    monkeypatch.setattr("accounts.models.GRANTS", without | {Capability.CHANGE_ADDRESSES: {}})

    assert "You may not change addresses" in importer.page(imp)
    imp = importer.write(imp)

    assert importer.answer.status_code == 403
    assert Contact.objects.get().email == "old@example.com"


def test_never_lifts_an_opt_out(importer):
    contact = make_contact(external_id="1", email="a@example.com")
    set_permission(
        contact, purpose="survey", channel="email", basis="withdrawn", source="x", by=None
    )

    imp = importer.run("id,first name,opt in\n1,Ada,yes\n", basis="consent")

    assert imp.report["opt_outs_kept"] == 1
    assert imp.result["changed"] == 1
    assert contact.permissions.get().basis == "withdrawn"


BAD = """\
id,email,phone,language,age
1,anna@,,,
2,a@example.com,12,malay,old
3,b@example.com,,,
3,c@example.com,,,
4,b@example.com,,,
,,,,7
5,d@example.com,,
6,e@example.com,,,7
"""


def test_reports_every_bad_row_by_number_column_and_cure(importer):
    AttributeDefinition.objects.create(key="age", label="Age", type="number")

    imp = importer.check(importer.upload(BAD))

    found = [(row, column, value) for row, column, value, _cure in importer.problems(imp)]
    assert sorted(found) == [
        ("2", "email", "anna@"),
        ("3", "age", "old"),
        ("3", "language", "malay"),
        ("3", "phone", "12"),
        ("5", "id", "3"),
        ("6", "email", "b@example.com"),
        ("7", "", ""),
        ("8", "", ""),
    ]
    assert all(cure for *_rest, cure in importer.problems(imp))
    page = importer.page(imp)
    assert "6 rows need fixing" in page
    assert "Use the language" in page
    refused = importer.write(imp)
    assert refused.result == {}
    assert Contact.objects.count() == 0
    written = importer.write(imp, bad_rows="skip")
    assert written.result == {"new": 2, "changed": 0, "unchanged": 0, "rows": 8, "skipped": 6}
    assert set(Contact.objects.values_list("external_id", flat=True)) == {"3", "6"}


def test_reports_rows_at_odds_with_the_contacts_there_are(importer, north_designer, south):
    make_contact(external_id="1", email="a@example.com")
    make_contact(external_id="2", email="b@example.com")
    make_contact(email="c@example.com", external_id="")
    text = "id,email\n1,b@example.com\n9,a@example.com\n8,c@example.com\n"

    imp = importer.check(importer.upload(text))

    assert [row[0] for row in importer.problems(imp)] == ["2", "3"]
    assert (imp.report["new"], imp.report["changed"]) == (0, 1)


def test_refuses_contacts_of_other_units(client, north_designer, north, south):
    client.force_login(north_designer)
    importer = Importer(client)
    make_contact(external_id="1", unit=south)
    imp = importer.upload("id,first name,unit\n1,Anna,\n2,Bo,south\n3,Cy,NORTH\n4,Di,\n")

    imp = importer.check(imp, unit=north.pk)

    assert [row[:3] for row in importer.problems(imp)] == [("3", "unit", "south"), ("2", "", "1")]
    importer.write(imp, bad_rows="skip")
    assert set(Contact.objects.filter(unit=north).values_list("external_id", flat=True)) == {
        "3",
        "4",
    }


def test_knows_again_whoever_was_merged_into_another(importer, designer):
    kept = make_contact(external_id="1", email="a@example.com")
    gone = make_contact(external_id="2", email="b@example.com")
    merge_contacts(kept, gone, take=set(), by=designer)

    imp = importer.run("id,email\n1,a@example.com\n2,b@example.com\n3,c@example.com\n")

    assert imp.result == {"new": 1, "changed": 0, "unchanged": 2, "rows": 3, "skipped": 0}
    kept.refresh_from_db()
    assert kept.email == "a@example.com"


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({"id": ""}, "the same person could not be known again"),
        ({"a": "external_id"}, "Two columns are to fill"),
        ({"a": "attribute:gone"}, "not there any more"),
        ({"a": "new", "A ": "new"}, "There is an attribute"),
    ],
)
def test_says_what_to_change_in_the_mapping(importer, mapping, sentence):
    imp = importer.upload("id,a,A \n1,x,y\n")

    importer.check(imp, {key.strip() if key != "A " else "A": to for key, to in mapping.items()})

    assert importer.answer.status_code == 422
    assert sentence in importer.answer.content.decode()


def test_refuses_to_break_down_by_more_than_fifty_values(importer):
    rows = "".join(f"{n},R{n}\n" for n in range(51))

    imp = importer.check(importer.upload(f"id,route\n{rows}"), {"route": "split:new"})

    assert "more than 50 different values" in importer.page(imp)
    importer.write(imp)
    assert Contact.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "people.csv"),
        (b"%PDF-1.7", "people.csv"),
        (b"PK\x03\x04broken", "people.xlsx"),
        (b"id,email\n\x00\x00\x00\x00", "people.csv"),
        (",".join(f"c{n}" for n in range(10_000)).encode() + b"\n1\n", "people.csv"),
        (",".join(f"c{n}" for n in range(500)).encode() + b"\n1\n", "people.csv"),
    ],
)
def test_refuses_what_is_no_table_in_plain_words(importer, content, name):
    assert importer.upload(content, name) is None

    assert importer.answer.status_code == 422
    assert 'class="fix"' in importer.answer.content.decode()
    assert Import.objects.count() == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_reads_what_spreadsheets_save(importer, encoding):
    text = 'id;Vorname;Ort\n1;Jürgen;"Köln\nMitte"\n'

    importer.run(text.encode(encoding), {"Ort": "new"})

    assert Contact.objects.get().given_name == "Jürgen"
    assert Contact.objects.get().attributes == {"ort": "Köln Mitte"}


def test_survives_being_killed_at_any_point(importer, monkeypatch):
    imp = importer.check(importer.upload(PEOPLE), MAPPING)
    importer.client.post(f"/imports/{imp.pk}/writing/")
    imp.refresh_from_db()
    killed = RuntimeError("killed")

    def die(*_args, **_kwargs):
        raise killed

    with monkeypatch.context() as patched:
        patched.setattr("contacts.imports.working.record_event", die)
        with pytest.raises(RuntimeError):
            run_job(str(imp.job_id))
    assert Contact.objects.count() == AttributeDefinition.objects.count() == 0
    Job.objects.filter(pk=imp.job_id).update(state=JobState.QUEUED)
    run_job(str(imp.job_id))
    assert Contact.objects.count() == 3
    run_job(str(imp.job_id))
    assert Contact.objects.count() == 3
    assert Job.objects.get(pk=imp.job_id).state == JobState.DONE


def test_stops_when_asked_and_goes_on_from_the_mapping(importer):
    imp = importer.upload(PEOPLE)
    importer.client.post(f"/imports/{imp.pk}/check/", {"kind": "customer", "to-0": "external_id"})
    assert "Checking every row" in importer.page(imp)
    fragment = importer.client.get(f"/imports/{imp.pk}/", headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content

    importer.client.post(f"/imports/{imp.pk}/cancellation/")

    assert "Stopped" in importer.page(imp)
    importer.client.post(f"/imports/{imp.pk}/mapping/")
    assert "What do the columns mean" in importer.page(imp)


def test_shows_nobody_another_ones_import(importer, client, admin):
    imp = importer.upload(PEOPLE)
    client.force_login(admin)

    assert client.get(f"/imports/{imp.pk}/").status_code == 404


@pytest.mark.skipif(not AIRLINE.exists(), reason="needs the airline data beside the checkout")
def test_imports_the_airline_file_through_the_pages(importer):
    imp = importer.upload(AIRLINE.read_bytes(), "passengers.csv")
    types = dict(zip(imp.header, [one["type"] for one in imp.mapping], strict=True))
    assert types["Age"] == "number"
    mapping = {
        "Gender": "new",
        "Age": "new",
        "Class": "split:new",
        "Type of Travel": "new",
        "Customer Type": "split:new",
    }

    imp = importer.write(importer.check(imp, mapping))

    assert imp.result == {"new": 13000, "changed": 0, "unchanged": 0, "rows": 13000, "skipped": 0}
    assert audience({"attributes": {"class": ["Business"]}}).count() > 5000
    assert AttributeDefinition.objects.get(key="class").members == ["Business", "Eco", "Eco Plus"]
    contact = Contact.objects.get(external_id="19556")
    assert contact.attributes["age"] == 52


def test_many_people_are_matched_quickly_just_after_they_came_in(importer):
    def file(name, n):
        return "id,Vorname\n" + "".join(f"k{number},{name}\n" for number in range(n))

    def prepare(n):
        importer.run(file("Zoe", 1))
        believe_empty("contacts_contact")
        importer.run(file("Ada", n))
        return lambda: importer.run(file("Eve", n))

    assert slowdown(prepare, 800, 8_000) < 3
    assert Contact.objects.filter(given_name="Eve").count() == 800
