from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Capability
from accounts.unitchoice import UnitChoiceField, offer_units
from journeys.models import Channel, Journey, Touchpoint
from journeys.selectors import ScoredQuestion, scored_questions
from journeys.services.maps import STAGE_NAME

FIRST_STAGES = 12


class NewJourneyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("Whose way it is, and where it leads.")
    )
    about = forms.CharField(
        label=_("About"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    stages = forms.CharField(
        label=_("Stages"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, in order. You can add, rename and move them later."),
    )
    unit = UnitChoiceField(label=_("Unit"), required=False, empty_label=None)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_units(self, user, Capability.MANAGE_JOURNEYS)

    def clean_stages(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["stages"].splitlines()]
        stages = [line for line in lines if line]
        for stage in stages:
            if len(stage) > STAGE_NAME:
                raise forms.ValidationError(
                    _("“%(start)s…” is longer than %(most)s letters. Shorten it."),
                    params={"start": stage[:30], "most": STAGE_NAME},
                )
        if len(stages) > FIRST_STAGES:
            raise forms.ValidationError(
                _("These are %(n)s stages. Start with %(most)s at most."),
                params={"n": len(stages), "most": FIRST_STAGES},
            )
        return stages


class JourneyForm(forms.Form):
    """What a journey is called, whose it is and who sees it; not the map."""

    name = forms.CharField(label=_("Name"), max_length=200)
    about = forms.CharField(
        label=_("About"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), empty_label=None)
    published = forms.BooleanField(
        label=_("Show to all employees"),
        required=False,
        help_text=_("The map with its touchpoints and their scores, never single answers."),
    )

    def __init__(self, journey: Journey, *args: Any, **kwargs: Any) -> None:
        names = ("name", "about", "owner", "published")
        kwargs["initial"] = {name: getattr(journey, name) for name in names}
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = active_people()  # type: ignore[attr-defined]


class TouchpointForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel)
    digital = forms.BooleanField(label=_("Digital"), required=False)
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Owner"), required=False, empty_label=_("No owner")
    )
    unit = UnitChoiceField(label=_("Unit"), required=False, empty_label=None)

    def __init__(self, touchpoint: Touchpoint, user: User, *args: Any, **kwargs: Any) -> None:
        names = ("name", "channel", "digital", "owner", "unit")
        kwargs["initial"] = {name: getattr(touchpoint, name) for name in names}
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = active_people()  # type: ignore[attr-defined]
        offer_units(self, user, Capability.MANAGE_JOURNEYS)
        if not user.may_in(Capability.MANAGE_JOURNEYS, touchpoint.unit_id):
            # Whoever edits it as its owner alone cannot move it to another unit.
            del self.fields["unit"]


def _day(label: Any, *, required: bool) -> forms.DateField:
    """As browsers send and show it, whatever the language."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class DaysForm(forms.Form):
    starts_on = _day(_("From"), required=True)
    ends_on = _day(_("To"), required=False)


class ListeningForm(DaysForm):
    """Which question, and on which days."""

    question = forms.ChoiceField(label=_("Question"))
    field_order = ["question", "starts_on", "ends_on"]

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {each.address: each for each in scored_questions(user)}
        self.fields["question"].choices = self._by_survey()  # type: ignore[attr-defined]
        first = self.fields["starts_on"]
        first.required = False
        first.help_text = _("Left empty: since the survey’s first answer.")
        self.fields["ends_on"].help_text = _("Left empty: until you end it.")

    @property
    def asked(self) -> ScoredQuestion:
        return self.offered[self.cleaned_data["question"]]

    @property
    def days(self) -> tuple[date | None, date | None]:
        return self.cleaned_data["starts_on"], self.cleaned_data["ends_on"]

    def _by_survey(self) -> list[Any]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for address, each in self.offered.items():
            groups.setdefault(each.survey.name, []).append((address, each.label))
        return [("", _("Choose a question")), *groups.items()]


def active_people() -> Any:
    return User.objects.filter(is_active=True)
