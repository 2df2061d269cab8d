from typing import Any

from django import forms
from django.db.models import QuerySet


class Styled(forms.Form):
    """A form whose controls carry the look's classes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            style(field)


def style(field: forms.Field) -> None:
    widget = field.widget
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect):
        widget.attrs.setdefault("class", "form-check-input")
    elif isinstance(widget, forms.Select):
        widget.attrs.setdefault("class", "form-select")
    elif not isinstance(widget, forms.HiddenInput):
        widget.attrs.setdefault("class", "form-control")


def offer(field: forms.Field, rows: QuerySet[Any]) -> None:
    """Let a choice of rows offer exactly these."""
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


def mark_invalid(form: forms.Form) -> None:
    """Show which controls to change: the look's frame, and said to screen readers by Django."""
    for name in form.errors:
        if name in form.fields:
            attrs = form.fields[name].widget.attrs
            attrs["class"] = f"{attrs.get('class', '')} is-invalid".strip()
