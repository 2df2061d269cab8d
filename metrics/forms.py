from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from metrics import overview, selectors
from metrics.models import Item, Metric, MetricKind, MetricVersion
from metrics.periods import EARLIEST, PRESET_LABELS, PRESETS, Period, day_text, preset
from metrics.services import Definition


class PeriodForm(forms.Form):
    """Which days: a preset, or from one day to another."""

    period = forms.ChoiceField(
        label=gettext_lazy("Period"),
        choices=[(key, gettext_lazy(label)) for key, label in PRESET_LABELS.items()],
        required=False,
    )
    start = forms.CharField(label=gettext_lazy("From"), required=False, max_length=20)
    end = forms.CharField(label=gettext_lazy("To"), required=False, max_length=20)

    def clean_start(self) -> date | None:
        return _day(self.cleaned_data["start"])

    def clean_end(self) -> date | None:
        return _day(self.cleaned_data["end"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("period") != "custom" or self.errors:
            return data
        start, end = data.get("start"), data.get("end")
        if start is None or end is None:
            raise forms.ValidationError(_("Give both days, such as 2026-10-01 and 2026-10-31."))
        if end < start:
            raise forms.ValidationError(
                _("The period ends on %(end)s, before it starts. Swap the two days.")
                % {"end": day_text(end)}
            )
        return data

    def chosen(self, *, default: Period, since: date | None, any_days: bool = True) -> Period:
        """The period asked for; the default where none is, or what is asked for is wrong.

        Without `any_days` whole months: two periods a day apart give that day's answers away.
        """
        if not self.is_valid():
            return default
        name, today = self.cleaned_data.get("period"), timezone.localdate()
        if name == "custom":
            period = Period(self.cleaned_data["start"], self.cleaned_data["end"])
            return period if any_days else self._widened(period)
        return preset(name, today=today, since=since) if name in (*PRESETS, "all") else default

    def _widened(self, period: Period) -> Period:
        months = period.whole_months()
        if months != period:
            text = _("Whole months are shown, %(days)s: single days could give single people away.")
            self.add_error(None, text % {"days": months.label})
        return months


def asked_period(
    query: QueryDict, *, item_ids: Sequence[int], any_days: bool
) -> tuple[PeriodForm, Period]:
    """The form as it was sent, and the period to show; a wrong one is said and not used."""
    form = PeriodForm(query if {"period", "start"} & set(query) else None)
    span = selectors.span(item_ids) if item_ids else (None, None)
    default = overview.usual_period(span)
    return form, form.chosen(default=default, since=span[0], any_days=any_days)


class MetricForm(forms.Form):
    """A metric's name and reader, and what its next version says."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Owner"),
        required=False,
        empty_label=gettext_lazy("No owner"),
    )
    published = forms.BooleanField(
        label=gettext_lazy("Show to all employees"),
        required=False,
        help_text=gettext_lazy("Aggregates only, never single answers."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Counted as"), choices=MetricKind)
    items = forms.ModelMultipleChoiceField(
        Item.objects.none(),
        label=gettext_lazy("Questions"),
        widget=forms.CheckboxSelectMultiple,
    )
    box_min = forms.IntegerField(label=gettext_lazy("A hit is from"), required=False)
    box_max = forms.IntegerField(label=gettext_lazy("to"), required=False)
    margin = forms.FloatField(
        label=gettext_lazy("Smallest change worth acting on"),
        min_value=0.01,
        help_text=gettext_lazy("Differences inside it are called “Not moved”."),
    )
    floor = forms.FloatField(label=gettext_lazy("Act beyond"), required=False)
    goal = forms.FloatField(label=gettext_lazy("Goal"), required=False)

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].queryset = items  # type: ignore[attr-defined]
        people = User.objects.filter(is_active=True)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]

    @property
    def definition(self) -> Definition:
        data = self.cleaned_data
        names = ("kind", "box_min", "box_max", "margin", "floor", "goal")
        return Definition(**{name: data[name] for name in names})


def initial_of(metric: Metric, version: MetricVersion) -> dict[str, Any]:
    return {
        "name": metric.name,
        "owner": metric.owner_id,
        "published": metric.published,
        "kind": version.kind,
        "items": list(version.items.values_list("pk", flat=True)),
        "box_min": version.box_min,
        "box_max": version.box_max,
        "margin": version.margin,
        "floor": version.floor,
        "goal": version.goal,
    }


def _day(text: str) -> date | None:
    """A day as browsers send it. Raises ValidationError with what would be right."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        message = _("“%(text)s” is not a day. Write it like 2026-10-31.")
        raise forms.ValidationError(message % {"text": text}) from None
    if not EARLIEST <= day <= date(timezone.localdate().year + 1, 12, 31):
        raise forms.ValidationError(
            _("%(day)s is out of reach. Choose a day from 2000 to the end of next year.")
            % {"day": day_text(day)}
        )
    return day
