"""Choosing a unit from the tree, wherever one is chosen."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator, ModelChoiceIteratorValue
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.permissions import Capability
from accounts.tree import in_tree

# An option keeps no ordinary space at its beginning.
_STEP = "\N{EM SPACE}"


class _Units(ModelChoiceIterator):  # type: ignore[type-arg]
    """The offered units as they hang together, indented; one of a name says where it belongs."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        rows = in_tree(self.queryset.all())
        named = Counter(unit.name for unit, _depth in rows)
        path: list[str] = []
        for unit, depth in rows:
            path = [*path[:depth], unit.name]
            above = path[depth - 1] if depth else ""
            told = f"{unit.name} ({above})" if above and named[unit.name] > 1 else unit.name
            value = _Value(self.field.prepare_value(unit), unit)
            value.above = above
            yield value, _STEP * depth + told


class _Value(ModelChoiceIteratorValue):
    above = ""


class UnitSelect(forms.Select):
    """Says to whoever cannot see the indent which unit each is part of."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kw: Any) -> Any:
        option = super().create_option(name, value, label, *args, **kw)
        if above := getattr(value, "above", ""):
            said = {"unit": value.instance.name, "above": above}
            option["attrs"]["aria-label"] = _("%(unit)s, part of %(above)s") % said
        return option


class UnitChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    iterator = _Units
    widget = UnitSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Unit.objects.none(), **kwargs)


def offer_units(form: forms.Form, user: User, capability: Capability) -> None:
    """Let the form's `unit` be one in which this person may do it; none means the whole
    organisation's, for whoever reaches that."""
    reach = user.reach(capability)
    units = Unit.objects.current()
    everywhere = reach.everything or None in reach.unit_ids
    if not everywhere:
        units = units.filter(pk__in=[unit for unit in reach.unit_ids if unit])
    field = form.fields["unit"]
    field.queryset = units  # type: ignore[attr-defined]
    field.empty_label = _("The whole organisation") if everywhere else None  # type: ignore[attr-defined]
    field.required = not everywhere
