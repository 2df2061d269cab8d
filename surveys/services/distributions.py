"""Planning a distribution and steering it: every write a person asks for."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from activity.services import record_event
from surveys.models import (
    Distribution,
    DistributionState,
    Invitation,
    InvitationState,
    Sender,
    Survey,
)
from surveys.services import asking
from surveys.services.errors import DistributionRefused
from surveys.services.readiness import problems
from surveys.services.wording import cleaned, offered_languages, starting_texts

INVITE = """
INSERT INTO surveys_invitation (
    id, distribution_id, contact_id, state, left_out_because, language, message_id,
    attempts, error, machine_hits, queued_at, expires_at)
SELECT gen_random_uuid(), %s, considered.id,
    CASE WHEN considered.reason = '' THEN 'queued' ELSE 'left_out' END,
    considered.reason,
    COALESCE(%s::jsonb ->> considered.language, %s),
    CASE WHEN considered.reason = '' THEN gen_random_uuid()::text || %s ELSE '' END,
    0, '', 0, %s, %s
FROM ({considered}) AS considered
"""


# Nothing of it has been sent, or nothing more of it is to be.
NOT_TO_RESEND = (DistributionState.DRAFT, DistributionState.WAITING, DistributionState.CANCELLED)


class AlreadyLaunched(Exception):
    """Somebody, perhaps a second click, launched it before."""


@transaction.atomic
def create_distribution(survey: Survey, *, name: str, by: User) -> Distribution:
    """A draft with the standard texts in every language of the survey."""
    subjects, bodies = starting_texts(survey)
    distribution = Distribution.objects.create(
        name=name,
        survey=survey,
        owner=by,
        subjects=subjects,
        bodies=bodies,
        audience={"kind": "customer"},
        sender=Sender.objects.filter(active=True).first(),
    )
    record_event(distribution, verb="created", actor=by, label=name, data={"survey": survey.pk})
    return distribution


@transaction.atomic
def set_audience(
    distribution: Distribution, *, audience: Mapping[str, Any], by: User
) -> Distribution:
    """Whom to consider; raises DistributionRefused once launched."""
    draft = _locked_draft(distribution)
    draft.audience = {key: value for key, value in audience.items() if value}
    draft.save(update_fields=["audience", "updated_at"])
    # What was searched for may be a person's name: which filters, not their values.
    data = {"filters": sorted(draft.audience)}
    record_event(draft, verb="audience_changed", actor=by, label=draft.name, data=data)
    return draft


@transaction.atomic
def set_message(
    distribution: Distribution,
    *,
    subjects: Mapping[str, str],
    bodies: Mapping[str, str],
    sender: Sender | None,
    by: User,
) -> Distribution:
    """What it says in each language, and from whom; raises DistributionRefused once launched."""
    draft = _locked_draft(distribution)
    draft.subjects = {lang: " ".join(cleaned(text).split()) for lang, text in subjects.items()}
    draft.bodies = {lang: cleaned(text) for lang, text in bodies.items()}
    draft.sender = sender
    draft.save(update_fields=["subjects", "bodies", "sender", "updated_at"])
    data = {"languages": offered_languages(draft), "sender": sender.pk if sender else None}
    record_event(draft, verb="message_changed", actor=by, label=draft.name, data=data)
    return draft


@transaction.atomic
def launch(distribution: Distribution, *, by: User) -> Distribution:
    """Invite everybody considered, in one statement; the sending begins, or waits for release.

    Whom it asks is settled here, so that a second person releases what was reviewed. Raises
    AlreadyLaunched for the second of two clicks, DistributionRefused where something is missing.
    """
    draft = locked(distribution)
    if draft.state != DistributionState.DRAFT:
        raise AlreadyLaunched
    missing = problems(draft)
    if missing:
        raise missing[0]
    _invite(draft, by=by)
    counts = progress_of(draft)
    asked = counts.get(InvitationState.QUEUED, 0)
    if not asked:
        raise DistributionRefused(_("Nobody would be asked. Widen the audience."), step="audience")
    now = timezone.now()
    draft.launched_at, draft.launched_by = now, by
    draft.sent_back_by, draft.sent_back_because = None, ""
    waits = Organisation.objects.get().needs_second_person(asked)
    if waits:
        draft.release_asked_at, draft.told_at = now, None
    draft.save()
    state = DistributionState.WAITING if waits else DistributionState.SENDING
    become(draft, state, by=by, verb="launched", data={"counts": counts, "waits": waits})
    return draft


def _invite(distribution: Distribution, *, by: User) -> None:
    offered = offered_languages(distribution)
    spoken = {
        tag: asking.language_for(tag, offered) for tag in asking.languages_in(distribution, by=by)
    }
    assert distribution.sender is not None  # noqa: S101
    domain = punycode(distribution.sender.email.rpartition("@")[2])
    now = timezone.now()
    expires = now + timedelta(days=settings.INVITATION_KEEP_DAYS)
    sql, params = asking.considered_sql(distribution, by=by)
    values: list[Any] = [
        distribution.pk,
        json.dumps(spoken),
        offered[0],
        f"@{domain}",
        now,
        expires,
    ]
    with connection.cursor() as cursor:
        cursor.execute(INVITE.format(considered=sql), [*values, *params])


@transaction.atomic
def pause(distribution: Distribution, *, by: User | None, trouble: str = "") -> None:
    """Stop between two messages; whoever was not written to yet waits for `resume`."""
    running = locked(distribution)
    if running.state != DistributionState.SENDING:
        return
    become(running, DistributionState.PAUSED, by=by, verb="paused", trouble=trouble)


@transaction.atomic
def resume(distribution: Distribution, *, by: User) -> None:
    """Go on where it stopped; raises DistributionRefused where the survey takes no answers."""
    paused = locked(distribution)
    if paused.state != DistributionState.PAUSED:
        return
    _refuse_closed(paused.survey)
    become(paused, DistributionState.SENDING, by=by, verb="resumed")


@transaction.atomic
def cancel(distribution: Distribution, *, by: User) -> None:
    """End it for good: who has not been written to is not."""
    going = locked(distribution)
    if going.state in (DistributionState.DONE, DistributionState.CANCELLED):
        return
    going.finished_at = timezone.now()
    going.save(update_fields=["finished_at"])
    going.invitations.filter(state=InvitationState.QUEUED).update(state=InvitationState.CANCELLED)
    become(going, DistributionState.CANCELLED, by=by, verb="cancelled")


@transaction.atomic
def resend_failed(distribution: Distribution, *, by: User) -> int:
    """Try those again whom the mail server refused, under the same Message-IDs; how many."""
    ended = locked(distribution)
    if ended.state in NOT_TO_RESEND:
        return 0
    _refuse_closed(ended.survey)
    count = ended.invitations.filter(state=InvitationState.FAILED).update(
        state=InvitationState.QUEUED, attempts=0, error="", not_before=None
    )
    if count:
        ended.finished_at = None
        ended.save(update_fields=["finished_at"])
        become(ended, DistributionState.SENDING, by=by, verb="resent", data={"count": count})
    return count


def progress_of(distribution: Distribution) -> dict[str, int]:
    """State → how many invitations are in it."""
    return progress_of_all([distribution]).get(distribution.pk, {})


def progress_of_all(distributions: list[Distribution]) -> dict[int, dict[str, int]]:
    """The same for many at once: distribution → state → count."""
    ids = [each.pk for each in distributions]
    counted: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT distribution_id, state, count(*) FROM surveys_invitation"
            " WHERE distribution_id = ANY(%s) GROUP BY distribution_id, state",
            [ids],
        )
        for pk, state, count in cursor.fetchall():
            counted.setdefault(pk, {})[state] = count
    return counted


def left_out_counts(distribution: Distribution) -> dict[str, int]:
    """Reason → how many were left out for it at the launch or since."""
    left = Invitation.objects.filter(distribution=distribution).exclude(left_out_because="")
    counted = left.order_by().values_list("left_out_because").annotate(count=Count("pk"))
    return dict(counted)


def become(
    distribution: Distribution,
    state: DistributionState,
    *,
    by: User | None,
    verb: str,
    trouble: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    distribution.state = state
    distribution.trouble = trouble[:300]
    distribution.save(update_fields=["state", "trouble", "updated_at"])
    said = (data or {}) | ({"trouble": trouble} if trouble else {})
    record_event(distribution, verb=verb, actor=by, label=distribution.name, data=said)


def locked(distribution: Distribution) -> Distribution:
    rows = Distribution.objects.select_for_update(of=("self",))
    return rows.select_related("survey", "sender").get(pk=distribution.pk)


def _locked_draft(distribution: Distribution) -> Distribution:
    draft = locked(distribution)
    if draft.state != DistributionState.DRAFT:
        raise DistributionRefused(_("It has been launched and cannot be changed any more."))
    return draft


def _refuse_closed(survey: Survey) -> None:
    if not survey.takes_answers(timezone.now()):
        raise DistributionRefused(_("The survey takes no answers now. Open it again first."))
