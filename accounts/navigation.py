"""The four turns of the loop, and which of their pages this person may open."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.permissions import Capability


@dataclass(frozen=True)
class Place:
    turn: str
    label: str
    route: str
    prefix: str
    capabilities: tuple[Capability, ...]  # any of them


TURNS = {
    "listen": gettext_noop("Listen"),
    "understand": gettext_noop("Understand"),
    "act": gettext_noop("Act"),
    "govern": gettext_noop("Govern"),
}
PLACES = [
    Place(
        "listen", gettext_noop("Surveys"), "surveys:list", "/surveys/", (Capability.SEE_SURVEYS,)
    ),
    Place(
        "listen",
        gettext_noop("Distributions"),
        "surveys:distributions",
        "/distributions/",
        (Capability.PLAN_DISTRIBUTIONS, Capability.RELEASE),
    ),
    Place(
        "listen",
        gettext_noop("Contacts"),
        "contacts:list",
        "/contacts/",
        (Capability.LOOK_UP_CONTACT,),
    ),
    Place(
        "listen",
        gettext_noop("Imports"),
        "contacts:imports",
        "/imports/",
        (Capability.MANAGE_CONTACTS,),
    ),
    Place(
        "understand", gettext_noop("Metrics"), "metrics:list", "/metrics/", (Capability.SEE_SCORES,)
    ),
    Place(
        "understand",
        gettext_noop("Journeys"),
        "journeys:list",
        "/journeys/",
        (Capability.SEE_SCORES,),
    ),
    Place(
        "understand",
        gettext_noop("Touchpoints"),
        "journeys:touchpoints",
        "/touchpoints/",
        (Capability.SEE_SCORES,),
    ),
    Place(
        "govern", gettext_noop("People"), "accounts:people", "/people/", (Capability.ADMINISTER,)
    ),
    Place("govern", gettext_noop("Admin"), "admin:index", "/admin/", (Capability.ADMINISTER,)),
]


def turns_for(user: User, path: str) -> list[dict[str, Any]]:
    """What stands in the navigation; a turn with nothing in reach is left out."""
    turns = []
    for key, label in TURNS.items():
        links = [
            {"label": _(place.label), "url": reverse(place.route), "current": _is_at(place, path)}
            for place in PLACES
            if place.turn == key and user.may(*place.capabilities)
        ]
        if links:
            turns.append({"key": key, "label": _(label), "links": links})
    return turns


def turn_at(path: str) -> str:
    return next((place.turn for place in PLACES if _is_at(place, path)), "")


def _is_at(place: Place, path: str) -> bool:
    return path.startswith(place.prefix)
