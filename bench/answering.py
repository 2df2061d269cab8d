"""The survey page beside a bare page of equal size; answering beside a bare get-and-insert.

Both through the same handler, settings and middleware. The bare page looks one row up by its key,
as any page behind a personal link must, and sends ready-made text.
"""

import uuid
from datetime import timedelta
from itertools import cycle

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Organisation, User
from bench.pairs import Figure, compare
from contacts.models import Contact
from cxplatform.shared import tokens
from surveys.formtokens import FormToken
from surveys.models import Distribution, Invitation, Response, Survey
from surveys.services.surveys import create_survey, publish

PAGES, FLOWS = 200, 100
BARE = {"text": ""}


def bare_page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    Invitation.objects.get(pk=pk)
    return HttpResponse(BARE["text"])


@csrf_exempt
def bare_insert(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    invitation = Invitation.objects.select_related("distribution__survey").get(pk=pk)
    if request.method != "POST":
        return HttpResponse(BARE["text"])
    survey = invitation.distribution.survey
    Response.objects.create(
        survey=survey,
        version_id=survey.current_version_id,
        channel="bare",
        language="en",
        answers={"nps": int(request.POST["nps"])},
        contact_id=invitation.contact_id,
        invitation=invitation,
    )
    return HttpResponseRedirect(request.path)


urlpatterns = [
    path("bare/page/<uuid:pk>/", bare_page),
    path("bare/insert/<uuid:pk>/", bare_insert),
    path("", include("cxplatform.urls")),
]


def run() -> list[Figure]:
    survey = _survey()
    with override_settings(ROOT_URLCONF=__name__):
        return [_pages(survey), _flows(survey)]


def _survey() -> Survey:
    Organisation.objects.get_or_create(name="Aurora Air")
    user = User.objects.create_user(f"{uuid.uuid4().hex}@cx.example")
    survey = create_survey("After your flight", by=user, starter="relationship_nps")
    publish(survey, by=user)
    return survey


def _invitations(survey: Survey, count: int) -> list[Invitation]:
    now = timezone.now()
    wave = Distribution.objects.create(name="Wave", survey=survey, owner=survey.owner)
    contacts = Contact.objects.bulk_create(
        Contact(email=f"{uuid.uuid4().hex}@x.example", sort_key="x") for _ in range(count)
    )
    later = now + timedelta(days=1)
    return Invitation.objects.bulk_create(
        Invitation(distribution=wave, contact=contact, queued_at=now, expires_at=later)
        for contact in contacts
    )


def _link(invitation: Invitation) -> str:
    return f"/r/{tokens.make('answer', invitation.pk)}/"


def _pages(survey: Survey) -> Figure:
    client = Client()
    (invitation,) = _invitations(survey, 1)
    ours, bare = _link(invitation), f"/bare/page/{invitation.pk}/"
    BARE["text"] = client.get(ours).content.decode()
    assert len(client.get(bare).content) == len(BARE["text"].encode())

    def load(url: str) -> None:
        for _ in range(PAGES):
            client.get(url)

    load(ours)
    load(bare)
    return compare(
        "survey page ÷ bare page of equal size",
        lambda: load(ours),
        lambda: load(bare),
        target="≥ 0.7",
        amount=PAGES,
    )


def _flows(survey: Survey) -> Figure:
    client = Client()
    # Each flow needs somebody who has not answered yet; enough for all pairs and a warm-up.
    ours = cycle(_invitations(survey, FLOWS * 9))
    bare = cycle(_invitations(survey, FLOWS * 9))

    def answer() -> None:
        for _ in range(FLOWS):
            invitation = next(ours)
            link = _link(invitation)
            client.get(link)
            sent = client.post(link, _form(survey, invitation))
            assert sent.status_code == 303, sent.content

    def insert() -> None:
        for _ in range(FLOWS):
            link = f"/bare/insert/{next(bare).pk}/"
            client.get(link)
            client.post(link, {"nps": "9"})

    answer()
    insert()
    return compare(
        "answer flow GET + POST ÷ bare get-and-insert",
        answer,
        insert,
        target="≥ 0.6",
        amount=FLOWS,
    )


def _form(survey: Survey, invitation: Invitation) -> dict[str, str]:
    """What a person sends some seconds after the page was made."""
    version = survey.current_version_id
    assert version is not None
    issued = timezone.now().timestamp() - 5
    form = FormToken(invitation.pk, survey.pk, version, 0, issued)
    return {"_form": form.sign(), "_shown": "nps", "nps": "9", "_go": "next", "_lang": "en"}
