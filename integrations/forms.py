from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from integrations.models import scopes_for
from integrations.tokens import DAYS

LIFETIMES = [(30, _("30 days")), (DAYS, _("90 days")), (365, _("a year"))]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What it is for: you will know by it which one to revoke."),
    )
    scopes = forms.MultipleChoiceField(label=_("It may"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=_("It lasts"), choices=LIFETIMES, coerce=int, initial=DAYS)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(scope.value, scope.label) for scope in scopes_for(user)]
        self.fields["scopes"].choices = offered  # type: ignore[attr-defined]
