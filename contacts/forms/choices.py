from typing import Any

from django import forms
from django.db.models import QuerySet


def offer(field: forms.Field, rows: QuerySet[Any]) -> None:
    """Let a choice of rows offer exactly these."""
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
