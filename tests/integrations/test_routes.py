"""What the API says of scores, answers and imports, beside what the pages and tables say."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from activity.running import run_job
from contacts.models import AttributeDefinition, Contact, Import
from journeys.models import Journey, Touchpoint
from metrics.models import Metric
from metrics.services import define_missing
from surveys.models import Response
from tests.contacts.factories import make_contact
from tests.metrics import factories as answers
from tests.surveys.factories import make_survey

pytestmark = pytest.mark.django_db

PEOPLE = "id,Class,Mail\nP1,Eco,p1@mail.example\nP2,Business,p2@mail.example\n"
MAPPING = {
    "columns": {"id": "external_id", "Class": "attribute:class", "Mail": "email"},
    "constants": {"permission": "contract"},
    "break_down_by": ["class"],
}


# --- scores -------------------------------------------------------------------------------------


@pytest.fixture
def metric(owner):
    AttributeDefinition.objects.create(key="class", label="Class", break_down_by=True)
    survey = answers.make_survey(owner)
    define_missing()
    answers.answer_many(survey, [9] * 30 + [3] * 4, frozen={"class": "Eco"})
    answers.answer_many(survey, [10] * 12, frozen={"class": "Business"}, channel="link")
    answers.answer_many(survey, [1], frozen={"class": "First"})
    return Metric.objects.get()


def on_the_page(client, user, metric, dimension):
    """group → (value, answers, low, high) of the page's own download."""
    client.force_login(user)
    url = f"/metrics/{metric.key}/breakdown.csv?period=custom&start=2026-11-01&end=2026-11-30"
    rows = csv.DictReader(StringIO(client.get(url).content.decode("utf-8-sig")))
    return {row["group"]: row for row in rows if row["dimension"] == dimension}


@pytest.mark.parametrize("who", ["designer", "leader"])
@pytest.mark.parametrize(("by", "dimension"), [("class", "Class"), ("channel", "Channel")])
def test_scores_are_those_of_the_page(request, client, caller_of, metric, who, by, dimension):
    user = request.getfixturevalue(who)
    query = {"metric": metric.key, "from": "2026-11-01", "to": "2026-11-30", "by": by}
    told = caller_of(user, ["read"]).get("/scores", query).json()
    page = on_the_page(client, user, metric, dimension)
    assert [group["label"] for group in told["groups"]] == list(page)
    for group in told["groups"]:
        row = page[group["label"]]
        if group["withheld"]:
            assert (row["value"], row["answers"]) == ("withheld", "")
            assert {group[name] for name in ("value", "n", "people", "low", "high")} == {None}
        else:
            assert (group["value"], group["n"]) == (float(row["value"]), int(row["answers"]))
            assert (group["low"], group["high"]) == (float(row["low"]), float(row["high"]))
    assert any(group["withheld"] for group in told["groups"]) == ((who, by) == ("leader", "class"))


def test_the_whole_is_the_golden_nps(caller, owner):
    survey = answers.make_survey(owner)
    define_missing()
    answers.answer_many(survey, [9] * 50 + [8] * 30 + [3] * 20)
    told = caller.get("/scores", {"metric": Metric.objects.get().key}).json()["whole"]
    assert (told["value"], told["n"], told["people"]) == (30, 100, 100)
    assert (round(told["low"], 2), round(told["high"], 2)) == (14.05, 44.20)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"by": "shoe"}, "by"),
        ({"from": "yesterday", "to": "2026-11-30"}, "from"),
        ({"from": "2026-11-30", "to": "2026-11-01"}, "from"),
        ({"to": "2026-11-01"}, "from"),
    ],
)
def test_says_what_of_a_question_makes_no_sense(caller, metric, query, field):
    answer = caller.get("/scores", {"metric": metric.key} | query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_an_employee_reads_published_metrics_only(caller_of, employee, metric):
    caller = caller_of(employee, ["read"])
    assert caller.get("/metrics").json() == {"items": []}
    assert caller.get("/scores", {"metric": metric.key}).status_code == 404
    Metric.objects.update(published=True)
    assert [row["key"] for row in caller.get("/metrics").json()["items"]] == [metric.key]
    assert caller.get("/scores", {"metric": metric.key}).json()["whole"]["n"] == 47


def test_lists_metrics_in_constant_queries(caller, owner, django_assert_max_num_queries):
    for number in range(6):
        answers.make_survey(owner, name=f"Survey {number}")
    define_missing()
    caller.get("/metrics")
    with django_assert_max_num_queries(6):
        assert len(caller.get("/metrics").json()["items"]) == 6


# --- answers ------------------------------------------------------------------------------------


def test_gives_every_complete_answer_once_page_by_page(caller, owner):
    survey = answers.make_survey(owner)
    contact = make_contact(external_id="P1")
    expected = [answers.answer(survey, {"q": 9}, contact=contact)]
    expected += answers.answer_many(survey, [1, 2, 3])
    expected.append(answers.answer(survey, {"q": 4}, completed_on=answers.DAY - timedelta(days=1)))
    answers.answer(survey, {"q": 5}, is_test=True)
    seen, path = [], f"/surveys/{survey.pk}/responses?limit=2"
    while path:
        page = caller.get(path.removeprefix("/api/v1")).json()
        seen += page["items"]
        path = page["next"]
    assert sorted(row["id"] for row in seen) == sorted(
        str(pk) for pk in Response.objects.counted().values_list("pk", flat=True)
    )
    assert seen[0]["answers"] == {"q": 4}
    (named,) = [row for row in seen if row["contact"]]
    assert (named["external_id"], named["answers"]) == ("P1", {"q": 9})


def test_gives_answers_to_nobody_who_may_not_see_who_gave_them(caller_of, leader, admin, owner):
    survey = answers.make_survey(owner)
    answers.answer_many(survey, [1, 2, 3])
    path = f"/surveys/{survey.pk}/responses"
    assert caller_of(leader, ["read"]).get(path).status_code == 403
    assert caller_of(admin).get(path).json()["items"] == []


@pytest.mark.parametrize("after", ["1", "2026-11-10~x", "x~y", "~"])
def test_refuses_a_place_it_never_gave(caller, owner, after):
    survey = answers.make_survey(owner)
    answer = caller.get(f"/surveys/{survey.pk}/responses", {"after": after})
    assert answer.json()["errors"][0]["field"] == "after"


# --- journeys -----------------------------------------------------------------------------------


def flight(about, **listening):
    heard = {"survey": about.pk, "question": "q"} | listening
    return {
        "name": "A flight",
        "stages": [
            {"name": "Book", "touchpoints": [{"name": "Website", "channel": "web"}]},
            {"name": "Fly", "touchpoints": [{"name": "Cabin", "listens": [heard]}]},
        ],
    }


def test_makes_a_journey_whole_and_gives_it_back(caller, owner):
    survey = answers.make_survey(owner)
    answer = caller.post("/journeys", flight(survey, starts_on="2026-01-01"))
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert [stage["name"] for stage in made["stages"]] == ["Book", "Fly"]
    (website,), (cabin,) = (stage["touchpoints"] for stage in made["stages"])
    assert (website["channel"], website["digital"], cabin["digital"]) == ("web", True, False)
    assert cabin["listens"] == [
        {"survey": survey.pk, "question": "q", "starts_on": "2026-01-01", "ends_on": None}
    ]
    assert caller.get(f"/journeys/{made['id']}").json() == made
    assert caller.get("/journeys").json()["items"] == [made]


def test_makes_no_part_of_a_journey_that_is_refused(caller, owner):
    survey = answers.make_survey(owner)
    told = caller.post("/journeys", flight(survey, question="nothing"))
    assert told.status_code == 409
    assert "scored question" in told.json()["detail"]
    told = caller.post("/journeys", flight(survey, survey=survey.pk + 99))
    assert told.json()["errors"][0]["field"] == "stages.1.touchpoints.0.listens"
    assert not Journey.objects.exists()
    assert not Touchpoint.objects.exists()


def test_reads_journeys_in_constant_queries(caller, owner, django_assert_max_num_queries):
    survey = answers.make_survey(owner)
    for day in range(1, 4):
        heard = {"starts_on": f"2026-01-0{day}", "ends_on": f"2026-01-0{day}"}
        assert caller.post("/journeys", flight(survey, **heard)).status_code == 201
    with django_assert_max_num_queries(9):
        assert len(caller.get("/journeys").json()["items"]) == 3


# --- imports ------------------------------------------------------------------------------------


def file_of(text, name="people.csv"):
    return SimpleUploadedFile(name, text.encode())


def send(caller, text=PEOPLE, mapping=MAPPING, **form):
    form = {"kind": "contacts", "mapping": json.dumps(mapping)} | form
    return caller.upload("/imports", file=file_of(text), **form)


def settled(caller, answer):
    """Be the RQ worker until the import has come to rest."""
    assert answer.status_code == 202, answer.content
    number = answer.json()["id"]
    while (imp := Import.objects.get(pk=number)).job and not imp.job.is_finished:
        run_job(str(imp.job_id))
    return caller.get(f"/imports/{number}").json()


def test_imports_contacts_with_new_attributes_in_one_request(caller):
    told = settled(caller, send(caller))
    assert (told["state"], told["rows"], told["written"], told["errors"]) == ("done", 2, 2, [])
    contact = Contact.objects.get(external_id="P1")
    assert (contact.email, contact.attributes) == ("p1@mail.example", {"class": "Eco"})
    assert contact.permissions.get().basis == "contract"
    assert AttributeDefinition.objects.get(key="class").break_down_by
    again = settled(caller, send(caller))
    assert (again["state"], again["written"]) == ("done", 0)


def test_imports_answers_as_the_pages_do(caller, designer):
    survey = make_survey(designer)
    settled(caller, send(caller))
    mapping = {
        "columns": {"id": "external_id", "NPS": "answer:nps"},
        "constants": {"date": "2026-01-31", "channel": "kiosk"},
        "not_applicable": [99],
    }
    answer = send(caller, "id,NPS\nP1,9\nP2,99\n", mapping, kind="responses", survey=survey.pk)
    told = settled(caller, answer)
    assert (told["state"], told["written"]) == ("done", 2), told
    by_person = {one.contact.external_id: one for one in Response.objects.all()}
    assert by_person["P1"].answers == {"nps": 9}
    assert str(by_person["P1"].completed_on) == "2026-01-31"
    assert by_person["P1"].channel == "kiosk"


def test_reports_bad_rows_and_writes_none_unless_told_to_skip(caller):
    bad = PEOPLE + "P3,Eco,no address\n"
    told = settled(caller, send(caller, bad))
    assert (told["state"], told["rows"], told["bad"], told["written"]) == ("refused", 3, 1, 0)
    (error,) = told["errors"]
    assert (error["row"], error["column"], error["found"]) == (4, "Mail", "no address")
    assert error["cure"]
    assert not Contact.objects.exists()
    told = settled(caller, send(caller, bad, on_error="skip"))
    assert (told["state"], told["written"], told["skipped"]) == ("done", 2, 1)


@pytest.mark.parametrize(
    ("mapping", "field", "words"),
    [
        ("no json", "mapping", ""),
        ({"columns": {"id": "external_id"}, "colour": 1}, "mapping.colour", ""),
        ({"columns": {"Id": "external_id"}}, "mapping.columns", "no column “Id”"),
        ({"columns": {"id": "shoe"}}, "mapping.columns", "not there"),
        ({"columns": {"Class": "attribute:class"}}, "mapping.columns", "Choose which column"),
        (
            {"columns": {"id": "external_id", "Class": "attribute:Über Klasse"}},
            "mapping.columns",
            "can’t be the key",
        ),
        (
            {"columns": {"id": "external_id"}, "constants": {"permission": "because"}},
            "mapping.constants.permission",
            "",
        ),
    ],
)
def test_says_what_of_the_mapping_is_wrong(caller, mapping, field, words):
    text = mapping if isinstance(mapping, str) else json.dumps(mapping)
    answer = caller.upload("/imports", kind="contacts", mapping=text, file=file_of(PEOPLE))
    assert answer.status_code == 422
    (first, *_rest) = answer.json()["errors"]
    assert first["field"] == field
    assert words in first["message"]
    assert not Import.objects.exists()


def test_refuses_a_file_that_is_no_table(caller):
    answer = caller.upload(
        "/imports",
        kind="contacts",
        mapping=json.dumps(MAPPING),
        file=SimpleUploadedFile("people.xlsx", b"PK\x03\x04 broken"),
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"


def test_asks_for_the_survey_the_answers_belong_to(caller):
    answer = send(caller, kind="responses")
    assert answer.json()["errors"][0]["field"] == "survey"


def test_an_import_is_its_owners(caller, caller_of, north_designer):
    number = send(caller).json()["id"]
    assert caller_of(north_designer).get(f"/imports/{number}").status_code == 404


def test_the_same_upload_sent_twice_with_a_key_is_one_import(caller):
    form = {"kind": "contacts", "mapping": json.dumps(MAPPING)}
    key = {"idempotency-key": "nightly-1"}
    first, again = (
        caller.client.post("/api/v1/imports", form | {"file": file_of(PEOPLE)}, headers=key)
        for _ in range(2)
    )
    assert again.json()["id"] == first.json()["id"]
    assert Import.objects.count() == 1
