"""Which contacts: by filter, why some can't be asked, one page at a time."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import In

from accounts.models import units_below
from contacts.models import (
    Basis,
    Channel,
    Contact,
    ContactPermission,
    ContactQuerySet,
    Purpose,
    Suppression,
)
from contacts.searching import words_match

PAGE = 50
COUNT_UP_TO = 10_000


def audience(filter: dict[str, Any]) -> ContactQuerySet:
    """Living contacts under {"kind", "unit", "language", "account", "attributes", "search",
    "has_email", "may_be_asked"}; what is absent or empty filters nothing.

    `unit` is an id and means the unit and everything below it; `attributes` is {key: [values]}.
    """
    found = Contact.objects.living()
    for name in ("kind", "language", "account"):
        if filter.get(name):
            found = found.filter(**{name: filter[name]})
    if filter.get("unit"):
        found = found.filter(unit__in=units_below([int(filter["unit"])]))
    for key, values in (filter.get("attributes") or {}).items():
        if values:
            held = KeyTextTransform(key, "attributes")
            found = found.filter(In(held, [str(value) for value in values]))
    if filter.get("search"):
        found = found.filter(words_match(filter["search"]))
    if filter.get("has_email") in ("yes", "no"):
        found = found.filter(Q(email="") if filter["has_email"] == "no" else ~Q(email=""))
    if filter.get("may_be_asked") in ("yes", "no"):
        askable = Q(("why_not", ""))
        asked = filter["may_be_asked"] == "yes"
        found = why_not_emailable(found).filter(askable if asked else ~askable)
    return found


def why_not_emailable(
    contacts: ContactQuerySet, *, purpose: str = Purpose.SURVEY
) -> ContactQuerySet:
    """The same contacts with `why_not`: "" or no_address, suppressed, withdrawn, no_permission."""
    listed = Suppression.objects.filter(
        address_hash=OuterRef("address_hash"), channel=Channel.EMAIL
    )
    said = ContactPermission.objects.filter(
        contact=OuterRef("pk"), purpose=purpose, channel=Channel.EMAIL
    )
    return contacts.annotate(
        why_not=Case(
            When(email="", then=Value("no_address")),
            When(Exists(listed), then=Value("suppressed")),
            When(Exists(said.filter(basis=Basis.WITHDRAWN)), then=Value("withdrawn")),
            When(~Exists(said), then=Value("no_permission")),
            default=Value(""),
            output_field=CharField(),
        )
    )


@dataclass(frozen=True)
class Page:
    """Some contacts in order, and how to ask for those before and after."""

    rows: list[Contact]
    before: str
    after: str
    count: int
    more: bool  # there are more than were counted


def contact_page(contacts: ContactQuerySet, *, before: str = "", after: str = "") -> Page:
    """The page next to a cursor, by key: as quick at the millionth contact as at the first."""
    backwards = bool(_read(before)) and not after
    place = _read(before if backwards else after)
    rows = (
        contacts.order_by("-sort_key", "-id") if backwards else contacts.order_by("sort_key", "id")
    )
    if place:
        key, id_ = place
        if backwards:
            rows = rows.filter(Q(sort_key__lt=key) | Q(id__lt=id_), sort_key__lte=key)
        else:
            rows = rows.filter(Q(sort_key__gt=key) | Q(id__gt=id_), sort_key__gte=key)
    got = list(rows.select_related("unit", "account")[: PAGE + 1])
    beyond = len(got) > PAGE
    got = got[:PAGE]
    if backwards:
        got.reverse()
    count = contacts.order_by()[: COUNT_UP_TO + 1].count()
    return Page(
        rows=got,
        before=_cursor(got[0]) if got and (beyond if backwards else place) else "",
        after=_cursor(got[-1]) if got and (beyond or backwards) else "",
        count=min(count, COUNT_UP_TO),
        more=count > COUNT_UP_TO,
    )


def _cursor(contact: Contact) -> str:
    return urlsafe_b64encode(json.dumps([contact.sort_key, contact.pk]).encode()).decode()


def _read(cursor: str) -> tuple[str, int] | None:
    """The place a cursor stands for; none where it was not one of ours."""
    try:
        key, id_ = json.loads(urlsafe_b64decode(cursor.encode()))
        key.encode()  # no half of a surrogate pair reaches the database
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    usable = isinstance(key, str) and type(id_) is int and "\0" not in key
    return (key, id_) if usable and abs(id_) < 2**63 else None
