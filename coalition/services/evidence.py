"""What an initiative rests on: linked and unlinked by its authors."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from coalition.models import Evidence, EvidenceKind, Initiative
from coalition.moves import Verb
from coalition.services.errors import CoalitionRefusal
from coalition.services.initiatives import revise
from coalition.services.moving import held_for
from journeys.models import Touchpoint
from metrics.models import Item, Metric


class LinkedAlready(CoalitionRefusal):
    """This evidence is there."""


@transaction.atomic
def link_metric(initiative: Initiative, metric: Metric, *, by: User, note: str = "") -> Evidence:
    return _link(initiative, metric, by=by, kind=EvidenceKind.METRIC, metric=metric, note=note)


@transaction.atomic
def link_touchpoint(
    initiative: Initiative, touchpoint: Touchpoint, *, by: User, note: str = ""
) -> Evidence:
    return _link(
        initiative,
        touchpoint,
        by=by,
        kind=EvidenceKind.TOUCHPOINT,
        touchpoint=touchpoint,
        note=note,
    )


@transaction.atomic
def link_answers(
    initiative: Initiative,
    item: Item,
    *,
    values: tuple[int, int],
    days: tuple[date, date],
    by: User,
    note: str = "",
) -> Evidence:
    """Answers of one question, by value and day; whoever may read them opens them from here."""
    return _link(
        initiative,
        item,
        by=by,
        kind=EvidenceKind.ANSWERS,
        item=item,
        low=values[0],
        high=values[1],
        start=days[0],
        end=days[1],
        note=note,
    )


@transaction.atomic
def unlink(evidence: Evidence, *, by: User) -> None:
    held = held_for(evidence.initiative, Verb.EDIT, by=by)
    Evidence.objects.filter(pk=evidence.pk).delete()
    revise(held, by=by, verb="initiative.evidence_unlinked")


def _link(initiative: Initiative, what: object, *, by: User, **values: Any) -> Evidence:
    held = held_for(initiative, Verb.EDIT, by=by)
    try:
        with transaction.atomic():
            made = Evidence.objects.create(initiative=held, added_by=by, **values)
    except IntegrityError:
        said = _("“%(what)s” is linked already. Choose something else.")
        raise LinkedAlready(said % {"what": what}) from None
    revise(held, by=by, verb="initiative.evidence_linked")
    return made
