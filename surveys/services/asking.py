"""Whom a distribution asks, whom it leaves out and why: one statement for a count or a launch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Capability
from contacts import selectors
from contacts.models import Contact, ContactQuerySet
from surveys.document.texts import choose_language
from surveys.models import Distribution, Invitation, InvitationState

ASKED = ""
REASONS: dict[str, str | Promise] = {
    "no_address": _("No e-mail address"),
    "suppressed": _("Address not to be written to again"),
    "withdrawn": _("Asked us to stop"),
    "no_permission": _("No permission for surveys by e-mail"),
    "asked_lately": _("Asked about this survey a short while ago"),
    "same_address": _("Somebody else here has the same address"),
    "erased": _("Erased since"),
    "unsubscribed": _("Unsubscribed since"),
}

# Of several people with one address the first who may be asked is.
CONSIDERED = """
SELECT id, language, CASE
    WHEN why = '' AND row_number() OVER (PARTITION BY email, why ORDER BY id) > 1
    THEN 'same_address' ELSE why END AS reason
FROM ({contacts}) AS considered
"""


@dataclass(frozen=True)
class Considered:
    """How many a launch would ask, and how many it would leave out for which reason."""

    asked: int
    left_out: dict[str, int]

    @property
    def total(self) -> int:
        return self.asked + sum(self.left_out.values())

    @property
    def reasons(self) -> list[tuple[str, str | Promise, int]]:
        return in_words(self.left_out)


def in_words(left_out: Mapping[str, int]) -> list[tuple[str, str | Promise, int]]:
    """(reason, in words, people), the most first."""
    most_first = sorted(left_out.items(), key=lambda item: -item[1])
    return [(reason, REASONS.get(reason, reason), count) for reason, count in most_first]


def audience_of(distribution: Distribution, *, by: User) -> ContactQuerySet:
    """The contacts its filter names, as far as this person reaches."""
    return in_reach(distribution.audience, by=by)


def in_reach(audience: Mapping[str, Any], *, by: User) -> ContactQuerySet:
    found = selectors.audience(dict(audience))
    return found.filter(by.reach(Capability.MANAGE_CONTACTS).q())


def considered_sql(distribution: Distribution, *, by: User) -> tuple[str, list[Any]]:
    """A statement of (id, language, reason) for everybody considered; reason "" means asked."""
    contacts = with_reason(audience_of(distribution, by=by), distribution)
    inner = contacts.order_by().values("id", "email", "language", why=F("reason"))
    sql, params = inner.query.sql_with_params()
    return CONSIDERED.format(contacts=sql), list(params)


def consider(distribution: Distribution, *, by: User) -> Considered:
    """Counts of what a launch would do now."""
    sql, params = considered_sql(distribution, by=by)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT reason, count(*) FROM ({sql}) AS all_ GROUP BY reason", params)  # noqa: S608
        counts = dict(cursor.fetchall())
    return Considered(asked=counts.pop(ASKED, 0), left_out=counts)


def some_considered(
    distribution: Distribution, *, by: User, reason: str, after: int = 0, most: int = 50
) -> list[Contact]:
    """People with that reason ("" for those asked), by id from there on."""
    sql, params = considered_sql(distribution, by=by)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM ({sql}) AS all_ WHERE reason = %s AND id > %s ORDER BY id LIMIT %s",  # noqa: S608
            [*params, reason, after, most],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(Contact.objects.filter(pk__in=ids).order_by("pk"))


def with_reason(contacts: ContactQuerySet, distribution: Distribution) -> ContactQuerySet:
    """The same contacts with `reason`: why this distribution leaves them out, or ""."""
    asked = Q(state__in=[InvitationState.QUEUED, InvitationState.SENDING]) | Q(
        state=InvitationState.SENT,
        sent_at__gt=timezone.now() - timedelta(days=settings.ASK_AGAIN_AFTER_DAYS),
    )
    others = Invitation.objects.filter(
        asked, contact=OuterRef("pk"), distribution__survey=distribution.survey_id
    ).exclude(distribution=distribution)
    return selectors.why_not_emailable(contacts).annotate(
        reason=Case(
            When(~Q(why_not=""), then=F("why_not")),
            When(Exists(others), then=Value("asked_lately")),
            default=Value(ASKED),
            output_field=CharField(),
        )
    )


def no_longer(contact_ids: Iterable[int]) -> dict[int, str]:
    """Of people to be written to now, those who may not be any more, and why."""
    ids = list(contact_ids)
    living = Contact.objects.living().filter(pk__in=ids)
    reasons = {row["pk"]: row["why_not"] for row in _whys(living)}
    return {pk: why for pk in ids if (why := reasons.get(pk, "erased"))}


def _whys(contacts: ContactQuerySet) -> Iterable[dict[str, Any]]:
    annotated: Any = selectors.why_not_emailable(contacts)
    rows: Iterable[dict[str, Any]] = annotated.values("pk", "why_not")
    return rows


def languages_in(distribution: Distribution, *, by: User) -> list[str]:
    """The different languages its audience is noted to speak."""
    tags = audience_of(distribution, by=by).order_by().values_list("language", flat=True)
    return list(tags.distinct())


def language_for(tag: str, offered: list[str]) -> str:
    """The language somebody is written to in: truncated for look-up, else the first offered."""
    return choose_language([tag], offered)
