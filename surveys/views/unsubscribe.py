"""A stranger says stop: a page with one button, and the one-click POST of mail programs."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from accounts.models import Organisation
from cxplatform.shared import tokens
from surveys.document.messages import say
from surveys.models import Invitation
from surveys.respondent import ending, frame, spoken_language
from surveys.services.unsubscribing import TEST
from surveys.services.unsubscribing import unsubscribe as unsubscribe_person
from surveys.views.strangers import strangers, wanted


@strangers
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing: scanners and previews open every link they find."""
    if token == TEST:
        return ending("unsubscribe_test", lang=spoken_language(wanted(request)))
    invitation = _invitation(token)
    if invitation is None:
        return ending("unknown", lang=spoken_language(wanted(request)))
    if request.method == "POST":
        unsubscribe_person(invitation)
        return _page(invitation, "unsubscribed")
    return _page(invitation, "unsubscribed" if invitation.unsubscribed_at else "unsubscribe")


def _invitation(token: str) -> Invitation | None:
    try:
        id_ = tokens.read("unsubscribe", token)
    except tokens.BadToken:
        return None
    return Invitation.objects.filter(pk=id_).select_related("contact").first()


def _page(invitation: Invitation, kind: str) -> HttpResponse:
    house = Organisation.objects.first()
    organisation: Mapping[str, str] = (
        {"name": house.name, "privacy_url": house.privacy_url} if house else {}
    )
    lang = spoken_language([invitation.language])
    context = {
        **frame(None, lang, organisation),
        "heading": say(lang, f"{kind}_title"),
        "text": say(lang, f"{kind}_text", organisation=organisation.get("name", "")),
        "button": say(lang, "unsubscribe_button") if kind == "unsubscribe" else "",
    }
    return HttpResponse(render_to_string("surveys/respond/unsubscribe.html", context))
