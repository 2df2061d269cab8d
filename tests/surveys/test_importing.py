"""Historic answers: a table's rows become responses, once, each under its contact and day."""

import csv
import io
import json
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from activity.models import Event, Job, JobState
from activity.running import run_job
from contacts.imports import services
from contacts.imports.columns import ColumnChoice, from_json
from contacts.imports.targets import MappingRefused
from contacts.models import AttributeDefinition, Contact
from contacts.services import erase_contact, merge_contacts
from metrics.folding import differences
from surveys.document.editing import add_question, update_question
from surveys.document.starters import starter_document
from surveys.models import Response
from surveys.selectors import draft_of
from surveys.services.surveys import publish
from tests.surveys.factories import make_contact, make_survey

pytestmark = pytest.mark.django_db

HEADER = ["Customer ID", "Date", "Sea-view?", "the food", "Again", "Remarks", "Hair colour"]
ROWS = [
    ["k1", "2026-01-02", "5", "0", "9", "Fine", "red"],
    ["k2", "2026-01-02 09:30", "1", "", "0", "", "blue"],
]


@pytest.fixture
def survey(designer):
    document = starter_document("blank", ["en", "de"])
    for kind, title in (
        ("rating", "Sea view"),
        ("rating", "The food"),
        ("nps", "Again?"),
        ("long_text", "Remarks"),
    ):
        edit = add_question(document, kind, page="page")
        document = update_question(edit.document, edit.key, {"title": {"en": title}}).document
    return make_survey(designer, document=document)


@pytest.fixture
def people(db):
    AttributeDefinition.objects.create(key="class", label="Class", break_down_by=True)
    AttributeDefinition.objects.create(key="age", label="Age")
    return {
        name: make_contact(external_id=name, attributes={"class": "Eco", "age": 40})
        for name in ("k1", "k2", "k3")
    }


def started(survey, *, by, rows=ROWS, header=HEADER):
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    file = ContentFile(text.getvalue().encode(), name="answers.csv")
    return services.start_import(file, kind="responses", owner=by, options={"survey": survey.pk})


def checked(survey, *, by, rows=ROWS, header=HEADER, choices=None, **options):
    imp = started(survey, by=by, rows=rows, header=header)
    said = {"survey": survey.pk, "codes": "0", **options}
    job = services.check(imp, choices=choices or from_json(imp.mapping), options=said)
    return done(imp, job)


def written(survey, *, by, skip=False, **how):
    imp = checked(survey, by=by, **how)
    return done(imp, services.write(imp, skip_bad_rows=skip))


def done(imp, job):
    run_job(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE, (job.state, job.message)
    imp.refresh_from_db()
    return imp


def problems(imp):
    with imp.problems.file.open("rb") as file:
        return list(csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig")))[1:]


def of(contact):
    return Response.objects.get(contact=contact)


def test_guesses_questions_by_their_titles_whatever_case_and_punctuation(survey, designer):
    imp = started(survey, by=designer)
    assert [choice["to"] for choice in imp.mapping] == [
        "external_id",
        "day",
        *(f"question:{key}" for key in ("rating", "rating_2", "nps", "comment")),
        "",
    ]


def test_keeps_answers_under_their_contact_and_day(survey, designer, people, north):
    Contact.objects.filter(external_id="k2").update(unit=north)
    imp = written(survey, by=designer)
    assert imp.result["new"] == 2
    first, second = of(people["k1"]), of(people["k2"])
    assert first.answers == {"rating": 5, "rating_2": {"na": True}, "nps": 9, "comment": "Fine"}
    assert (first.completed_on, first.completed_at) == (date(2026, 1, 2), None)
    assert (first.status, first.channel, first.version) == (
        "complete",
        "import",
        survey.current_version,
    )
    assert first.frozen == {"class": "Eco"}
    # 0 is on the scale of this one: an answer, not a code.
    assert second.answers == {"rating": 1, "nps": 0}
    assert second.completed_at.hour == 9
    assert second.unit == north
    assert imp.report["answers"] == 5
    assert imp.report["not_applicable"] == 1
    assert differences() == []
    event = Event.objects.get(verb="survey.answers_imported")
    assert (event.actor, event.data["new"]) == (designer, 2)


def test_changes_nothing_when_the_same_file_comes_twice(survey, designer, people):
    written(survey, by=designer)
    before = list(Response.objects.order_by("pk").values())
    more = ["k3", "2026-01-02", "5", "", "", "", ""]
    imp = written(survey, by=designer, rows=[*ROWS, more])
    assert (imp.result["new"], imp.result["changed"], imp.result["unchanged"]) == (1, 0, 2)
    assert list(Response.objects.exclude(contact=people["k3"]).order_by("pk").values()) == before


def test_writes_nothing_where_nothing_would_change(survey, designer, people):
    written(survey, by=designer)
    with pytest.raises(services.ImportRefused, match="nothing to write"):
        written(survey, by=designer)


def test_says_that_somebody_else_brought_in_the_same_answers(survey, designer):
    header, rows = ["Response ID", "Date", "Again?"], [["a", "2026-01-02", "9"]]
    imp = checked(survey, by=designer, header=header, rows=rows)

    def sooner(execute, sql, params, many, context):
        if "pg_advisory_xact_lock" in sql:
            fields = {"version": survey.current_version, "language": "en", "status": "complete"}
            today = {"completed_on": date(2026, 1, 2), "answers": {"nps": 9}}
            Response.objects.create(survey=survey, import_key="r:a", **fields, **today)
        return execute(sql, params, many, context)

    job = services.write(imp, skip_bad_rows=False)
    with connection.execute_wrapper(sooner):
        run_job(str(job.pk))
    job.refresh_from_db()
    assert job.message.startswith("Somebody brought in or changed the same answers meanwhile")
    assert not Response.objects.exists()


def test_corrects_what_the_mapped_questions_said_before(survey, designer, people):
    written(survey, by=designer)
    AttributeDefinition.objects.filter(key="age").update(break_down_by=True)
    narrow = ["Customer ID", "Date", "Sea view", "The food"]
    imp = written(survey, by=designer, header=narrow, rows=[["k1", "2026-01-02", "4", ""]])
    assert (imp.result["new"], imp.result["changed"]) == (0, 1)
    again = of(people["k1"])
    assert again.answers == {"rating": 4, "nps": 9, "comment": "Fine"}
    assert again.frozen == {"class": "Eco"}
    assert differences() == []


def test_knows_a_row_by_its_response_id_without_any_contact(survey, designer):
    header = ["Response ID", "Date", "Again?"]
    rows = [["a", "2026-01-02", "9"], ["b", "2026-01-02", "3"]]
    written(survey, by=designer, header=header, rows=rows)
    rows = [["a", "2026-01-03", "9"], ["b", "2026-01-02", "3"]]
    imp = written(survey, by=designer, header=header, rows=rows)
    assert (imp.result["changed"], imp.result["unchanged"]) == (1, 1)
    days = dict(Response.objects.values_list("import_key", "completed_on"))
    assert days == {"r:a": date(2026, 1, 3), "r:b": date(2026, 1, 2)}


def test_gives_rows_without_a_date_the_constant_one(survey, designer, people):
    header, rows = ["id", "Date", "Again?"], [["k1", "", "9"], ["k2", "2026-01-02", "3"]]
    written(survey, by=designer, header=header, rows=rows, day="2025-12-31", channel="paper")
    assert of(people["k1"]).completed_on == date(2025, 12, 31)
    assert of(people["k2"]).completed_on == date(2026, 1, 2)
    assert of(people["k1"]).channel == "paper"


def test_reports_each_bad_row_by_column_and_reason_and_writes_the_others(survey, designer, people):
    rows = [
        ["k1", "2026-01-02", "6", "x", "9", "", ""],
        ["k2", "2.1.2026", "5", "", "", "", ""],
        ["nobody", "2026-01-02", "5", "", "", "", ""],
        ["k3", "2026-01-02", "5", "", "", "", ""],
        ["k3", "2026-01-02", "4", "", "", "", ""],
        ["", "2026-01-02", "4", "", "", "", ""],
        ["k2", "2999-01-01", "4", "", "", "", ""],
        ["k2", "2026-01-05", "", "", "", "", "green"],
    ]
    imp = written(survey, by=designer, rows=rows, skip=True)
    found = problems(imp)
    assert [(row, column, cell) for row, column, cell, _cure in found] == [
        ("2", "Sea-view?", "6"),
        ("2", "the food", "x"),
        ("3", "Date", "2.1.2026"),
        ("7", "", ""),
        ("8", "Date", "2999-01-01"),
        ("4", "Customer ID", "nobody"),
        ("6", "Customer ID", ""),
    ]
    assert found[0][3].startswith("Write a whole number from 1 to 5")
    assert (imp.result["new"], imp.result["skipped"], imp.report["empty"]) == (1, 6, 1)
    assert Response.objects.get().contact == people["k3"]


def test_refuses_bad_rows_by_default(survey, designer, people):
    imp = checked(survey, by=designer, rows=[ROWS[0], ["k2", "2026-01-02", "7", "", "", "", ""]])
    with pytest.raises(services.ImportRefused):
        services.write(imp, skip_bad_rows=False)
    assert not Response.objects.exists()


def test_does_not_say_whom_a_designer_elsewhere_has(
    survey, north_designer, designer, people, north
):
    survey.unit, survey.owner = north, north_designer
    survey.save()
    Contact.objects.filter(external_id="k1").update(unit=north)
    imp = checked(survey, by=north_designer)
    assert [row[0] for row in problems(imp)] == ["3"]


def test_takes_no_answers_for_a_survey_one_may_not_manage(survey, north_designer, people):
    imp = started(survey, by=north_designer)
    with pytest.raises(MappingRefused, match="Publish it"):
        services.check(imp, choices=from_json(imp.mapping), options={"survey": survey.pk})


def test_says_all_that_a_mapping_lacks(survey, designer):
    imp = started(survey, by=designer)
    with pytest.raises(MappingRefused) as refusal:
        services.check(imp, choices=[ColumnChoice()] * 7, options={"survey": survey.pk})
    assert len(refusal.value.sentences) == 3


def test_finds_the_response_again_after_its_contact_was_merged(survey, designer, people):
    written(survey, by=designer)
    merge_contacts(people["k3"], people["k1"], take=set(), by=designer)
    imp = checked(survey, by=designer)
    assert (imp.report["new"], imp.report["unchanged"]) == (0, 2)


def test_keeps_answers_of_an_older_version_under_it(survey, designer, people):
    written(survey, by=designer)
    old = survey.current_version
    survey.draft = add_question(draft_of(survey), "csat", page="page").document.dump()
    survey.save()
    publish(survey, by=designer)
    written(survey, by=designer, rows=[*ROWS, ["k3", "2026-01-02", "5", "", "", "", ""]])
    versions = dict(Response.objects.values_list("contact__external_id", "version"))
    assert versions == {"k1": old.pk, "k2": old.pk, "k3": survey.current_version_id}


def test_counts_jobs_and_leaves_no_personal_value_on_the_trail(survey, designer, people):
    written(survey, by=designer)
    trail = json.dumps(list(Event.objects.values_list("data", flat=True)))
    assert "k1" not in trail
    assert Job.objects.filter(state="done").count() == 2


def test_unlinks_answers_of_an_erased_contact_and_drops_their_own_words(
    survey, designer, admin, people
):
    written(survey, by=designer)
    erase_contact(people["k1"], by=admin)
    kept = Response.objects.get(contact=None)
    assert kept.answers == {"rating": 5, "rating_2": {"na": True}, "nps": 9}
    assert kept.import_key == ""
    assert differences() == []
