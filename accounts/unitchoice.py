"""Choosing a unit from the tree, wherever one is chosen."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator, ModelChoiceIteratorValue
from django.utils.translation import gettext as _

from accounts.models import Unit
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
