from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Capability
from accounts.unitchoice import UnitChoiceField, offer_units
from surveys.document.starters import STARTERS
from surveys.document.texts import LANGUAGES
from surveys.models import Survey
from surveys.presenting import own_name


class NewSurveyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("What you and your colleagues call it.")
    )
    starter = forms.ChoiceField(label=_("Start from"), widget=forms.RadioSelect)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=[(tag, own_name(tag)) for tag in LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
        initial=[LANGUAGES[0]],
        help_text=_("The first one chosen leads; more can be added later."),
    )
    unit = UnitChoiceField(label=_("Unit"), required=False, empty_label=None)

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        offer_units(self, user, Capability.MANAGE_SURVEYS)
        self.fields["starter"].choices = [  # type: ignore[attr-defined]
            (key, f"{each.name.pick('en')}: {each.purpose.pick('en')}")
            for key, each in STARTERS.items()
        ]
        self.fields["starter"].initial = "relationship_nps"


MOST_DAYS_OPEN = 3660


class LastDayForm(forms.Form):
    """When the survey closes by itself: at the end of a day."""

    last_day = forms.DateField(
        label=_("Last day"),
        error_messages={"required": _("Choose a day.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = _("It takes answers until the end of that day (%(zone)s) and then closes by itself.")
        self.fields["last_day"].help_text = said % {"zone": settings.TIME_ZONE}

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(_("Choose today or a later day."))
        if day > today + timedelta(days=MOST_DAYS_OPEN):
            raise forms.ValidationError(_("Choose a day within the next ten years."))
        return day


class TextsForm(forms.Form):
    """The survey's own texts in one language, and which languages it speaks."""

    name = forms.CharField(label=_("Name, for you and your colleagues"), max_length=200)
    title = forms.CharField(label=_("Title, as respondents see it"), max_length=5000)
    intro = forms.CharField(
        label=_("Before the first question"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    thanks = forms.CharField(
        label=_("Thank-you"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    footer = forms.CharField(
        label=_("Below every page"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    languages = forms.MultipleChoiceField(label=_("Languages"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, survey: Survey, offered: list[str], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["languages"].choices = [  # type: ignore[attr-defined]
            (tag, own_name(tag)) for tag in offered
        ]
