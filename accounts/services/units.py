from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Unit, UnitPlace, User, units_below
from accounts.services.refusals import AccountsRefusal
from accounts.services.trail import note


class BadPlace(AccountsRefusal):
    """The tree would no longer be one tree."""


@transaction.atomic
def add_unit(name: str, *, code: str, parent: Unit | None, by: User | None) -> Unit:
    """A new unit below another, from today; only the first has none above. Raises BadPlace."""
    _lock_tree()
    if parent is None and UnitPlace.objects.filter(parent=None, valid_to=None).exists():
        raise BadPlace(_("Choose the unit above it: there is one top unit already."))
    today = timezone.localdate()
    unit = Unit.objects.create(name=name, code=code, started_on=today)
    UnitPlace.objects.create(unit=unit, parent=parent, valid_from=today)
    note(unit, verb="added", actor=by, label=name, data={"parent": parent and parent.pk})
    return unit


@transaction.atomic
def move_unit(unit: Unit, *, parent: Unit, by: User | None, on: date | None = None) -> UnitPlace:
    """Hang a unit elsewhere from a day on (today); before it stays where it was.

    Raises BadPlace for a cycle, for the top unit, or for a day before its present place began.
    """
    _lock_tree()
    day = on or timezone.localdate()
    place = UnitPlace.objects.filter(unit=unit, valid_to=None).select_related("parent").first()
    if place is None or place.parent is None:
        raise BadPlace(_("%(unit)s is the top unit and stays on top.") % {"unit": unit})
    if parent.pk in units_below([unit.pk], on=day):
        raise BadPlace(
            _("%(parent)s lies within %(unit)s. Choose a unit outside it.")
            % {"parent": parent, "unit": unit}
        )
    if day < place.valid_from:
        raise BadPlace(
            _("%(unit)s came to its place on %(day)s. Choose that day or a later one.")
            % {"unit": unit, "day": place.valid_from}
        )
    before = place.parent_id
    new = _replace(place, parent, day)
    data = {"parent": [before, parent.pk], "on": day}
    note(unit, verb="moved", actor=by, label=unit.name, data=data)
    return new


def _replace(place: UnitPlace, parent: Unit, day: date) -> UnitPlace:
    if place.valid_from == day:  # moved twice in a day: only the last one was ever so
        place.parent = parent
        place.save(update_fields=["parent"])
        return place
    place.valid_to = day
    place.save(update_fields=["valid_to"])
    return UnitPlace.objects.create(unit=place.unit, parent=parent, valid_from=day)


@transaction.atomic
def rename_unit(unit: Unit, *, name: str, by: User | None) -> None:
    before, unit.name = unit.name, name
    unit.save(update_fields=["name", "updated_at"])
    note(unit, verb="renamed", actor=by, label=name, data={"name": [before, name]})


@transaction.atomic
def end_unit(unit: Unit, *, by: User | None) -> None:
    """Take no more of a unit from today; what belongs to it stays. Raises BadPlace."""
    _lock_tree()
    if UnitPlace.objects.filter(unit=unit, parent=None, valid_to=None).exists():
        raise BadPlace(_("%(unit)s is the top unit and cannot end.") % {"unit": unit})
    below = Unit.objects.current().filter(places__parent=unit, places__valid_to=None)
    if below.exists():
        raise BadPlace(
            _("%(unit)s still has units below it. Move or end them first.") % {"unit": unit}
        )
    unit.ended_on = timezone.localdate()
    unit.save(update_fields=["ended_on", "updated_at"])
    note(unit, verb="ended", actor=by, label=unit.name)


def _lock_tree() -> None:
    """One change of the tree at a time: two moves at once could close a ring."""
    list(Unit.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
