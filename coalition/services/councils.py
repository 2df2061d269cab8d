"""Councils: their rule and their seats, kept by administrators."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from activity.services import record_event
from coalition.models import Council, Seat
from coalition.selectors import may_sit
from coalition.services.errors import BadRule, BadSeat

RULE = ("name", "quorum_kind", "quorum", "majority", "voting_days")


@transaction.atomic
def create_council(*, unit: Unit | None, rule: Mapping[str, Any], by: User) -> Council:
    """Raises BadRule where the unit has a council already."""
    try:
        with transaction.atomic():
            council = Council.objects.create(unit=unit, **{name: rule[name] for name in RULE})
    except IntegrityError:
        where = str(unit) if unit else _("The whole organisation")
        said = _("%(unit)s has a council already. Change that one, or end it first.")
        raise BadRule(said % {"unit": where}) from None
    record_event(council, verb="council.created", actor=by, label=council.name, data=_rule(council))
    return council


@transaction.atomic
def change_rule(council: Council, *, rule: Mapping[str, Any], by: User) -> Council:
    """For ballots opened from now on; those under way keep the rule they opened with."""
    held = Council.objects.select_for_update().get(pk=council.pk)
    before = _rule(held)
    for name in RULE:
        setattr(held, name, rule[name])
    held.save(update_fields=[*RULE, "updated_at"])
    data = {"before": before, "after": _rule(held)}
    record_event(held, verb="council.rule_changed", actor=by, label=held.name, data=data)
    return held


@transaction.atomic
def end_council(council: Council, *, by: User) -> None:
    """It opens no more ballots; those under way are decided by it still."""
    ended = Council.objects.filter(pk=council.pk, ended_on=None)
    if ended.update(ended_on=timezone.localdate(), updated_at=timezone.now()):
        record_event(council, verb="council.ended", actor=by, label=council.name)


@transaction.atomic
def give_seat(council: Council, user: User, *, by: User, starts_on: date | None = None) -> Seat:
    """Let a leader or an owner vote in a council from a day on. Raises BadSeat."""
    if user.pk == by.pk:
        raise BadSeat(_("Nobody gives a seat to themselves. Ask another administrator."))
    if not may_sit(timezone.localdate()).filter(pk=user.pk).exists():
        raise BadSeat(_("%(name)s is neither a leader nor an owner.") % {"name": user})
    try:
        with transaction.atomic():
            seat = Seat.objects.create(
                council=council, user=user, starts_on=starts_on or timezone.localdate()
            )
    except IntegrityError:
        said = _("%(name)s has a seat here already.") % {"name": user}
        raise BadSeat(said) from None
    data = {"user": user.pk, "from": seat.starts_on}
    record_event(council, verb="council.seat_given", actor=by, label=council.name, data=data)
    return seat


@transaction.atomic
def end_seat(seat: Seat, *, by: User) -> None:
    """From today; ballots already open keep their electors."""
    held = Seat.objects.select_for_update().select_related("council").get(pk=seat.pk)
    if held.ends_on is not None:
        return
    held.ends_on = max(timezone.localdate(), held.starts_on)
    held.save(update_fields=["ends_on", "updated_at"])
    data = {"user": held.user_id}
    record_event(
        held.council, verb="council.seat_ended", actor=by, label=held.council.name, data=data
    )


def _rule(council: Council) -> dict[str, Any]:
    return {name: getattr(council, name) for name in RULE}
