"""The survey's own page: its last day, and the ways on from it."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from surveys.services.surveys import close_survey
from tests.surveys.factories import make_survey


@pytest.fixture
def survey(designer):
    return make_survey(designer)


@pytest.fixture
def signed_in(client, designer):
    client.force_login(designer)
    return client


def url(name: str, survey) -> str:
    return reverse(f"surveys:{name}", args=[survey.pk])


def test_sets_changes_and_takes_off_the_last_day(signed_in, survey):
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        for day in ("2026-03-03", "2026-03-01"):
            page = signed_in.post(url("last_day", survey), {"last_day": day}, follow=True)
            assert f'value="{day}"' in page.content.decode()
        survey.refresh_from_db()
        assert survey.last_day == date(2026, 3, 1)
        assert "takes answers until 1 Mar 2026" in page.content.decode()
        page = signed_in.post(url("last_day", survey), {"undo": "1"}, follow=True)
    survey.refresh_from_db()
    assert survey.closes_at is None
    assert "until 1 Mar" not in page.content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("", "Choose a day."),
        ("tomorrow", "Enter a valid date."),
        ("2026-02-28", "Choose today or a later day."),
        ("9999-12-31", "Choose a day within the next ten years."),
        ("2026-02-30", "Enter a valid date."),
        ("\0", "Enter a valid date."),
    ],
)
def test_says_what_is_wrong_with_a_last_day(signed_in, survey, sent, said):
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        response = signed_in.post(url("last_day", survey), {"last_day": sent})
    assert response.status_code == 422
    assert said in response.content.decode()
    survey.refresh_from_db()
    assert survey.closes_at is None


def test_offers_no_last_day_for_a_closed_survey(signed_in, survey, designer):
    close_survey(survey, by=designer)
    page = signed_in.get(url("detail", survey)).content.decode()
    assert "Last day" not in page
    assert "It takes no answers now." in page
    day = timezone.localdate().isoformat()
    page = signed_in.post(url("last_day", survey), {"last_day": day}, follow=True)
    assert "It is closed already." in page.content.decode()
    survey.refresh_from_db()
    assert survey.closes_at is None


def test_leads_to_a_new_sending_of_this_survey(signed_in, survey, designer):
    make_survey(designer)
    page = signed_in.get(url("detail", survey)).content.decode()
    way = re.search(r'href="(/distributions/[^"]+)"', page)[1]
    form = signed_in.get(way).content.decode()
    assert f'<option value="{survey.pk}" selected>' in form
