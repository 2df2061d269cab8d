"""Made, edited, published, closed, opened, put away: and what is refused."""

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction

from activity.models import Event
from surveys.document.editing import add_question, update_question
from surveys.models import SurveyVersion
from surveys.selectors import clickable_question, draft_of, used_keys
from surveys.services.surveys import (
    DraftConflict,
    NotPublishable,
    WrongState,
    archive_survey,
    close_ended,
    close_survey,
    create_survey,
    publish,
    reopen_survey,
    save_draft,
    set_last_day,
)
from surveys.signals import survey_published
from tests.surveys.factories import make_survey


def edited(survey, **fields):
    return update_question(draft_of(survey), "nps", fields).document


@pytest.fixture
def draft(designer):
    return create_survey("After your flight", by=designer, starter="relationship_nps")


def verbs(survey) -> list[str]:
    return list(Event.objects.about(survey).order_by("id").values_list("verb", flat=True))


def test_makes_a_draft_from_a_starter(draft, designer):
    assert (draft.state, draft.owner) == ("draft", designer)
    assert "nps" in draft_of(draft).by_key
    assert draft.slug.startswith("after-your-flight-")
    assert verbs(draft) == ["survey.created"]


def test_saves_a_draft_once_per_revision(draft, designer, admin):
    document = edited(draft, required=False)
    save_draft(draft, document=document, revision=1, by=designer, what={"edit": "question"})
    with pytest.raises(DraftConflict, match="Designer changed this survey"):
        save_draft(draft, document=document, revision=1, by=admin, what={"edit": "question"})
    draft.refresh_from_db()
    assert draft.draft_revision == 2
    assert verbs(draft) == ["survey.created", "survey.edited"]


def test_publishes_a_frozen_numbered_version(draft, designer, django_capture_on_commit_callbacks):
    heard = []

    def listen(version, **kwargs):
        heard.append(version)

    survey_published.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            version = publish(draft, by=designer)
    finally:
        survey_published.disconnect(listen)
    assert heard == [version]
    assert (version.number, version.document) == (1, draft.draft)
    assert version.scored == {
        "nps": {
            "type": "nps",
            "min": 0,
            "max": 10,
            "orientation": "high_is_good",
            "label": "How likely are you to recommend us to a friend or colleague?",
        }
    }
    draft.refresh_from_db()
    assert draft.state == "open"


def test_refuses_to_publish_with_problems(designer):
    survey = create_survey("Empty", by=designer)
    with pytest.raises(NotPublishable, match="no questions"):
        publish(survey, by=designer)
    assert not survey.versions.exists()


def test_refuses_to_give_a_published_key_another_meaning(designer):
    survey = make_survey(designer, "blank", published=False)
    document = add_question(draft_of(survey), "rating", page="page").document
    save_draft(survey, document=document, revision=1, by=designer, what={})
    publish(survey, by=designer)
    wider = update_question(document, "rating", {"max": 7}).document
    save_draft(survey, document=wider, revision=2, by=designer, what={})
    with pytest.raises(NotPublishable, match="needs a new key"):
        publish(survey, by=designer)
    assert used_keys(survey) == {"rating"}


def test_refuses_to_publish_what_has_not_changed(draft, designer):
    publish(draft, by=designer)
    with pytest.raises(NotPublishable, match="Nothing has changed since version 1"):
        publish(draft, by=designer)


def test_refuses_to_publish_a_draft_nobody_looked_at(draft, designer):
    save_draft(draft, document=edited(draft, required=False), revision=1, by=designer, what={})
    with pytest.raises(DraftConflict):
        publish(draft, by=designer, revision=1)


def test_never_changes_a_published_version(draft, designer):
    version = publish(draft, by=designer)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        SurveyVersion.objects.filter(pk=version.pk).update(number=9)


def test_closes_reopens_and_archives_in_order(draft, designer):
    with pytest.raises(WrongState):
        close_survey(draft, by=designer)
    publish(draft, by=designer)
    with pytest.raises(WrongState):
        archive_survey(draft, by=designer)
    close_survey(draft, by=designer)
    reopen_survey(draft, by=designer)
    with pytest.raises(WrongState):
        reopen_survey(draft, by=designer)
    close_survey(draft, by=designer)
    archive_survey(draft, by=designer)
    assert draft.state == "archived"
    with pytest.raises(WrongState):
        publish(draft, by=designer)
    assert verbs(draft)[1:] == [
        "survey.published",
        "survey.closed",
        "survey.reopened",
        "survey.closed",
        "survey.archived",
    ]


# --- the last day -----------------------------------------------------------------------------------


@pytest.fixture
def oslo_time(settings) -> None:
    settings.TIME_ZONE = "Europe/Oslo"


def at(moment: str):
    return time_machine.travel(moment, tick=False)


def test_closes_by_itself_at_the_end_of_its_last_day_here(designer, oslo_time):
    with at("2026-03-01 12:00+01:00"):
        survey = make_survey(designer)
        set_last_day(survey, date(2026, 3, 3), by=designer)
        other = make_survey(designer)
    with at("2026-03-03 23:59+01:00"):
        assert close_ended() == 0
    with at("2026-03-04 00:00+01:00"):
        assert close_ended() == 1
        assert close_ended() == 0
    survey.refresh_from_db()
    other.refresh_from_db()
    assert (survey.state, survey.last_day, other.state) == ("closed", date(2026, 3, 3), "open")
    closed = Event.objects.about(survey).get(verb="survey.closed")
    assert closed.actor is None
    assert survey.closed_at == survey.closes_at


def test_notes_who_set_and_took_off_the_last_day(designer):
    survey = make_survey(designer)
    for day in (date(2030, 1, 1), date(2030, 1, 1), None, None):
        set_last_day(survey, day, by=designer)
    noted = Event.objects.about(survey).order_by("id").values_list("verb", "data")[2:]
    assert [(verb, data.get("last_day")) for verb, data in noted] == [
        ("survey.last_day_set", "2030-01-01"),
        ("survey.last_day_cleared", None),
    ]
    assert survey.closes_at is None


def test_opens_again_without_the_last_day_that_is_over(designer):
    with at("2026-03-01 12:00Z"):
        survey = make_survey(designer)
        set_last_day(survey, date(2026, 3, 3), by=designer)
    with at("2026-03-09 12:00Z"):
        close_ended()
        survey.refresh_from_db()
        reopen_survey(survey, by=designer)
        assert survey.closes_at is None
        assert close_ended() == 0
        set_last_day(survey, date(2026, 3, 20), by=designer)
        close_survey(survey, by=designer)
        reopen_survey(survey, by=designer)
        assert survey.last_day == date(2026, 3, 20)


def test_sets_no_last_day_for_what_is_closed(designer):
    survey = make_survey(designer)
    close_survey(survey, by=designer)
    with pytest.raises(WrongState):
        set_last_day(survey, date(2030, 1, 1), by=designer)


def test_publishes_nothing_whose_last_day_is_over(draft, designer):
    with at("2026-03-01 12:00Z"):
        set_last_day(draft, date(2026, 3, 3), by=designer)
    with at("2026-03-09 12:00Z"):
        assert close_ended() == 0
        with pytest.raises(NotPublishable, match="Its last day is over"):
            publish(draft, by=designer)


def test_offers_the_first_score_for_clicking_in_a_mail(draft):
    question = clickable_question(draft_of(draft))
    assert question is not None
    assert question.key == "nps"
