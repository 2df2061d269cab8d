"""The plainest surveys, invitations and forms; a test states only what matters to it."""

import re
import uuid
from datetime import timedelta

from django.utils import timezone

from contacts.models import Contact
from cxplatform.shared import tokens
from surveys.models import Distribution, Invitation, Response, Survey
from surveys.services.surveys import create_survey, publish

FORM = re.compile(r'name="_form" value="([^"]+)"')
SHOWN = re.compile(r'name="_shown" value="([^"]*)"')


def make_survey(
    user, starter="relationship_nps", *, published=True, document=None, **fields
) -> Survey:
    survey = create_survey("After your flight", by=user, starter=starter)
    if document is not None:
        survey.draft = document.dump()
        survey.save(update_fields=["draft"])
    if published:
        publish(survey, by=user)
    for name, value in fields.items():
        setattr(survey, name, value)
    survey.save()
    return survey


def make_contact(**fields) -> Contact:
    return Contact.objects.create(
        **{"email": f"{uuid.uuid4().hex}@x.example", "sort_key": "x", **fields}
    )


def invite(survey: Survey, contact: Contact | None = None, **fields) -> Invitation:
    distribution = Distribution.objects.create(name="Wave", survey=survey, owner=survey.owner)
    now = timezone.now()
    values = {"queued_at": now, "expires_at": now + timedelta(days=90), "state": "sent"}
    return Invitation.objects.create(
        distribution=distribution, contact=contact or make_contact(), **values | fields
    )


def link(invitation: Invitation) -> str:
    return f"/r/{tokens.make('answer', invitation.pk)}/"


# What a browser says when a person presses a button.
PRESSED = {"HTTP_SEC_FETCH_USER": "?1", "HTTP_SEC_FETCH_MODE": "navigate"}


def form_of(client, url: str) -> dict[str, str]:
    """The hidden fields of the page, and the button a person presses."""
    page = client.get(url).content.decode()
    return {"_form": FORM.search(page)[1], "_shown": SHOWN.search(page)[1], "_go": "next"}


def answer(client, url: str, *, start: str = "", **values):
    """Open the page, fill it in and press the button."""
    form = form_of(client, start or url)
    return client.post(url, form | values, **PRESSED)


def only_response() -> Response:
    return Response.objects.get()
