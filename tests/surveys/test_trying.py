"""A test to oneself: its links are answered for a try, and nothing of it counts."""

import re

import pytest
from django.urls import reverse

from metrics.models import Metric, Observation
from metrics.services import define_missing
from surveys.models import MachineHit, Response
from surveys.services.distributions import create_distribution
from surveys.services.surveys import close_survey
from surveys.services.trying import send_test
from surveys.visits import trial_link
from tests.surveys.asking import make_sender
from tests.surveys.factories import PRESSED, answer, form_of, make_survey, only_response


def planned(designer, **fields):
    make_sender()
    return create_distribution(make_survey(designer, **fields), name="Wave", by=designer)


@pytest.fixture
def distribution(designer):
    return planned(designer)


def links_in_test(sink, distribution, designer) -> tuple[str, str]:
    """The paths to the answer page and to the way out, as the mail has them."""
    send_test(distribution, to=designer, lang="en")
    mail = sink.messages[-1]
    html = mail.get_body(("html",)).get_content()
    out = re.search(r"<https?://[^/]+(/[^>]+)>", str(mail["List-Unsubscribe"]))[1]
    return re.search(r'href="https?://[^/]+(/[^"?]+)\?score=9"', html)[1], out


def test_is_answered_from_the_mail_and_counts_nowhere(client, designer, distribution, sink):
    define_missing()
    path, _out = links_in_test(sink, distribution, designer)
    clicked = client.get(f"{path}?score=9")
    assert 'value="9" checked' in clicked.content.decode()
    assert "This is a test. Its answers do not count." in clicked.content.decode()
    assert not clicked.cookies
    assert not Response.objects.exists()
    onward = answer(client, path, nps="9").url
    assert "This is a test." in client.get(onward).content.decode()
    done = answer(client, onward.partition("?")[0], what_did_we_do_best="Coffee")
    assert "Thank you" in client.get(done.url).content.decode()
    kept = only_response()
    assert (kept.is_test, kept.status, kept.contact, kept.channel) == (
        True,
        "complete",
        None,
        "email",
    )
    assert not Observation.objects.exists()
    assert not Response.objects.counted().exists()


def test_is_named_among_the_rows_that_are_out(client, designer, distribution):
    define_missing()
    path = trial_link(distribution)
    onward = answer(client, path, nps="9").url.partition("?")[0]
    answer(client, path, nps="3")
    answer(client, onward, what_did_we_do_best="")
    client.force_login(designer)
    url = reverse("metrics:evidence", args=[Metric.objects.get().key])
    page = client.get(url).content.decode()
    lines = dict(re.findall(r'why=(\w+)">[^<]+</a></th><td class="num">−(\d+)<', page))
    assert lines == {"test": "2"}
    opened = client.get(url + "?why=test").content.decode()
    assert str(Response.objects.get(status="complete").pk)[:8] in opened


def test_may_be_tried_again_and_by_anybody_without_an_open_link(client, distribution):
    path = trial_link(distribution)
    for _time in range(2):
        assert answer(client, path, nps="9").status_code == 303
    assert list(Response.objects.values_list("is_test", flat=True)) == [True, True]
    assert client.get(f"/s/{distribution.survey.slug}/").status_code == 404


def test_a_double_click_is_one_test(client, distribution):
    path = trial_link(distribution)
    form = form_of(client, path)
    for score in ("9", "8"):
        assert client.post(path, form | {"nps": score}, **PRESSED).status_code == 303
    assert (only_response().is_test, only_response().answers) == (True, {"nps": 8})


def test_stays_a_test_whatever_address_its_form_is_sent_to(client, designer):
    distribution = planned(designer, public_link=True)
    form = form_of(client, trial_link(distribution))
    client.post(trial_link(distribution), form | {"nps": "9"}, **PRESSED)
    client.post(f"/s/{distribution.survey.slug}/", form | {"nps": "1"}, **PRESSED)
    assert only_response().is_test


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_it_keeps_nothing(client, distribution, method):
    assert getattr(client, method)(trial_link(distribution) + "?score=9").status_code == 200
    assert not Response.objects.exists()


def test_asks_a_machine_once_more_and_keeps_nothing(client, distribution):
    path = trial_link(distribution)
    page = client.post(path, form_of(client, path) | {"nps": "9"})
    assert "press the button once more" in page.content.decode()
    assert not Response.objects.exists()
    assert not MachineHit.objects.exists()


def test_says_that_the_survey_is_closed(client, designer, distribution):
    close_survey(distribution.survey, by=designer)
    assert client.get(trial_link(distribution)).status_code == 410


def test_leads_to_the_preview_while_there_is_no_version(designer, sink):
    distribution = planned(designer, published=False)
    path, _out = links_in_test(sink, distribution, designer)
    assert path == reverse("surveys:preview", args=[distribution.survey_id])


def test_a_link_of_a_deleted_distribution_is_unknown(client, distribution):
    path = trial_link(distribution)
    distribution.delete()
    assert client.get(path).status_code == 404


def test_has_nobody_to_stop(client, designer, distribution, sink):
    _path, out = links_in_test(sink, distribution, designer)
    for page in (client.get(out), client.post(out, {"List-Unsubscribe": "One-Click"})):
        assert page.status_code == 200
        assert "Nothing to stop here" in page.content.decode()
