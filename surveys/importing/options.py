"""What holds for every row of a file of answers."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Capability
from accounts.unitchoice import UnitChoiceField
from contacts.forms.choices import offer
from contacts.forms.people import Parsed, units_for
from contacts.models import ContactKind, Import
from contacts.values import text_of

CHANNEL = "import"
CHANNEL_CHARS = 20
_SEPARATOR = re.compile(r"[,;\s]+")


class AnswersOptions(forms.Form):
    day = forms.DateField(
        label=_("Date answered"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For all rows, or those whose own date is blank."),
    )
    codes = Parsed(
        text_of,
        label=_("Codes for “not applicable”"),
        max_length=100,
        help_text=_("Such as 0, 99. A code on a question’s own scale counts there as an answer."),
    )
    channel = Parsed(
        text_of,
        label=_("Channel"),
        max_length=CHANNEL_CHARS,
        help_text=_("How they were asked, in a word; “import” where left blank."),
    )
    unit = UnitChoiceField(
        label=_("Unit of the answers"),
        required=False,
        empty_label=_("The contact’s, or else the survey’s"),
    )
    kind = forms.ChoiceField(label=_("The contacts are"), choices=ContactKind.choices)
    source = Parsed(
        text_of,
        label=_("Source of the external ids"),
        max_length=60,
        help_text=_("As written when the contacts were imported; usually blank."),
    )

    def __init__(self, *args: Any, imp: Import, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": imp.options, **kwargs})
        self.imp = imp
        offer(self.fields["unit"], units_for(imp.owner, Capability.MANAGE_SURVEYS))
        self.use_required_attribute = False

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day and day > timezone.localdate():
            raise ValidationError(_now("The date lies ahead. Give the day they answered."))
        return day


def codes_in(text: str) -> frozenset[str]:
    """The codes of a list with commas, semicolons or blanks between them."""
    return frozenset(_SEPARATOR.split(text)) - {""}
