"""The second person of a large distribution: who is asked, and what they decide."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User, UserQuerySet
from accounts.permissions import Capability
from activity.installation import may_send
from cxplatform.shared.text import one_line
from surveys.models import Distribution, DistributionState
from surveys.services.distributions import become, locked
from surveys.services.errors import DistributionRefused
from surveys.services.readiness import problems

logger = logging.getLogger(__name__)


class AlreadyDecided(Exception):
    """It waits no longer: somebody was faster."""


def releasers(distribution: Distribution) -> UserQuerySet:
    """Who may be the second person: not whoever launched it."""
    could = User.objects.who_may(Capability.RELEASE, distribution.survey.unit_id)
    launcher = distribution.launched_by
    return could.exclude(pk=launcher.pk) if launcher else could


@transaction.atomic
def release(distribution: Distribution, *, by: User, version: int) -> None:
    """Let a waiting distribution go to those it was launched for.

    `version` is the survey's version this person looked at. Raises AlreadyDecided, and
    DistributionRefused with what speaks against it.
    """
    waiting = _waiting_for(by, distribution)
    missing = problems(waiting)
    if missing:
        raise missing[0]
    if waiting.survey.current_version_id != version:
        words = _("The survey was published anew meanwhile. Look at the message again.")
        raise DistributionRefused(words)
    now = timezone.now()
    waiting.released_at, waiting.released_by = now, by
    waiting.save(update_fields=["released_at", "released_by"])
    # The links last as long as if it had gone at once.
    expires = now + timedelta(days=settings.INVITATION_KEEP_DAYS)
    waiting.invitations.update(expires_at=expires)
    become(waiting, DistributionState.SENDING, by=by, verb="released")


@transaction.atomic
def send_back(distribution: Distribution, *, by: User, reason: str) -> None:
    """Make it a draft again, with what should be different.

    Raises AlreadyDecided, and DistributionRefused for whoever launched it.
    """
    waiting = _waiting_for(by, distribution)
    waiting.sent_back_by, waiting.sent_back_because = by, reason
    waiting.told_at = None
    waiting.save(update_fields=["sent_back_by", "sent_back_because", "told_at"])
    _to_draft(waiting, by=by, verb="sent_back")


@transaction.atomic
def take_back(distribution: Distribution, *, by: User) -> None:
    """Make it a draft again, to change it before anybody decides; raises AlreadyDecided."""
    _to_draft(_locked_waiting(distribution), by=by, verb="taken_back")


def _waiting_for(second: User, distribution: Distribution) -> Distribution:
    waiting = _locked_waiting(distribution)
    if waiting.launched_by_id == second.pk:
        raise DistributionRefused(_("You launched it yourself. Somebody else decides."))
    return waiting


def _locked_waiting(distribution: Distribution) -> Distribution:
    waiting = locked(distribution)
    if waiting.state != DistributionState.WAITING:
        raise AlreadyDecided
    return waiting


def _to_draft(waiting: Distribution, *, by: User, verb: str) -> None:
    """Nobody holds a link yet: the next launch considers everybody anew."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM surveys_invitation WHERE distribution_id = %s", [waiting.pk])
    become(waiting, DistributionState.DRAFT, by=by, verb=verb)


# --- telling those whose turn it is ------------------------------------------------------------


def tell_all() -> None:
    """Mail to whoever has to decide, and to whoever got a distribution back; once each."""
    if not may_send():
        return
    back = Q(state=DistributionState.DRAFT) & ~Q(sent_back_because="")
    due = Distribution.objects.filter(back | Q(state=DistributionState.WAITING), told_at=None)
    for distribution in due.select_related("survey", "launched_by", "sent_back_by"):
        _tell(distribution)


def _tell(distribution: Distribution) -> None:
    # Claimed first: of two workers one tells, and one that dies tells nobody twice.
    mine = Distribution.objects.filter(pk=distribution.pk, told_at=None)
    if not mine.update(told_at=timezone.now()):
        return
    turn = _whose_turn(distribution)
    told = [user for user in turn if _mail(distribution, user)]
    if turn and not told:  # the mail server is away: again in a minute
        Distribution.objects.filter(pk=distribution.pk).update(told_at=None)


def _whose_turn(distribution: Distribution) -> list[User]:
    if distribution.state == DistributionState.WAITING:
        return list(releasers(distribution))
    launcher = distribution.launched_by
    return [launcher] if launcher and launcher.is_active else []


def _mail(distribution: Distribution, user: User) -> bool:
    """Whether the mail server took it."""
    try:
        _notice(distribution, user).send()
    except OSError:
        logger.warning("user %s was not told of distribution %s", user.pk, distribution.pk)
        return False
    return True


def _notice(distribution: Distribution, user: User) -> EmailMessage:
    waits = distribution.state == DistributionState.WAITING
    with translation.override(user.language or settings.LANGUAGE_CODE):
        words = _("Waits for your release: %(name)s") if waits else _("Sent back to you: %(name)s")
        url = settings.SITE_URL + reverse("surveys:distribution", args=[distribution.pk])
        context = {"distribution": distribution, "waits": waits, "url": url}
        return EmailMessage(
            subject=one_line(words % {"name": distribution.name}),
            body=render_to_string("surveys/mail/turn.txt", context),
            to=[user.email],
        )
