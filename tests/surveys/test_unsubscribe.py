import pytest
from django.test import Client
from django.urls import reverse

from activity.models import Event
from contacts.models import Basis, ContactPermission, Suppression
from cxplatform.shared import tokens
from surveys.models import Invitation
from surveys.services import distributions as planning
from tests.surveys.asking import launched, make_contact, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger_client() -> Client:
    return Client(enforce_csrf_checks=True)


def link(invitation: Invitation) -> str:
    return reverse("surveys:unsubscribe", args=[tokens.make("unsubscribe", invitation.pk)])


def test_opening_the_link_changes_nothing(stranger_client, designer):
    launched(designer, 1)
    invitation = Invitation.objects.get()
    for method in ("get", "head"):
        page = getattr(stranger_client, method)(link(invitation))
        assert page.status_code == 200
    assert not Suppression.objects.exists()
    page = stranger_client.get(link(invitation))
    assert b"<button>Stop sending me surveys</button>" in page.content
    assert b"Aurora Air" in page.content
    assert b"person0" not in page.content
    assert not page.cookies
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("data", [{}, {"List-Unsubscribe": "One-Click"}])
def test_one_post_stops_everything_that_was_still_to_come(stranger_client, designer, data):
    distribution = launched(designer, 2)
    other = planning.create_distribution(make_survey(designer), name="Other", by=designer)
    planning.launch(other, by=designer)
    invitation = Invitation.objects.get(
        distribution=distribution, contact__email="person0@mail.example"
    )
    page = stranger_client.post(link(invitation), data)
    assert b"You will receive no more surveys" in page.content
    theirs = Invitation.objects.filter(contact=invitation.contact)
    assert set(theirs.values_list("state", "left_out_because")) == {("left_out", "unsubscribed")}
    assert Invitation.objects.filter(state="queued").count() == 2
    assert ContactPermission.objects.get(contact=invitation.contact).basis == Basis.WITHDRAWN
    assert Suppression.objects.get().reason == "unsubscribed"


def test_saying_it_twice_is_saying_it_once(stranger_client, designer):
    launched(designer, 1)
    invitation = Invitation.objects.get()
    for _time in range(2):
        assert stranger_client.post(link(invitation)).status_code == 200
    assert b"<button>" not in stranger_client.get(link(invitation)).content
    assert Event.objects.filter(verb="unsubscribed").count() == 1


def test_works_when_the_survey_is_closed_and_the_link_has_expired(stranger_client, designer):
    from django.utils import timezone

    distribution = launched(designer, 1)
    distribution.survey.closed_at = timezone.now()
    distribution.survey.save()
    Invitation.objects.update(expires_at="2020-01-01T00:00Z")
    stranger_client.post(link(Invitation.objects.get()))
    assert Suppression.objects.exists()


def test_speaks_the_language_of_the_person(stranger_client, designer):
    make_contact("anna@mail.example", language="de-CH")
    launched(designer, 0)
    page = stranger_client.get(link(Invitation.objects.get()))
    assert b'<html lang="de"' in page.content


def test_an_answer_link_is_no_unsubscribe_link(stranger_client, designer):
    launched(designer, 1)
    token = tokens.make("answer", Invitation.objects.get().pk)
    page = stranger_client.post(reverse("surveys:unsubscribe", args=[token]))
    assert page.status_code == 404
    assert not Suppression.objects.exists()
