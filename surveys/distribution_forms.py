"""What a person may type about a distribution: shape and ranges."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Unit, User
from accounts.permissions import Capability
from accounts.unitchoice import UnitChoiceField
from contacts.models import AttributeDefinition, ContactKind
from cxplatform.shared.languages import language_name
from surveys.models import Distribution, Sender, Survey
from surveys.services.wording import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    check_texts,
    cleaned,
    document_for,
)

MOST_VALUES = 50


class NewDistributionForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("Only you and your colleagues see it.")
    )
    survey = forms.ModelChoiceField(label=_("Survey"), queryset=Survey.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = user.reach(Capability.PLAN_DISTRIBUTIONS).q()
        surveys = Survey.objects.visible_to(user).filter(reach, archived_at=None, closed_at=None)
        self.fields["survey"].queryset = surveys.order_by("name")  # type: ignore[attr-defined]


class SendBackForm(forms.Form):
    reason = forms.CharField(
        label=_("What should be different"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever launched it reads this; it is a draft again."),
    )


class AudienceForm(forms.Form):
    hide_optional = True

    kind = forms.ChoiceField(
        label=_("Who"), choices=[("", _("Everybody")), *ContactKind.choices], required=False
    )
    unit = UnitChoiceField(
        label=_("Unit, with those below it"),
        required=False,
        empty_label=_("Every unit"),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    search = forms.CharField(
        label=_("Name, address or external id"), max_length=200, required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = user.reach(Capability.MANAGE_CONTACTS)
        units = Unit.objects.current()
        if not reach.everything:
            units = units.filter(pk__in=[pk for pk in reach.unit_ids if pk is not None])
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        languages = Organisation.objects.values_list("languages", flat=True).first() or []
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", _("Every language")),
            *((tag, language_name(tag)) for tag in languages),
        ]
        self.definitions = list(AttributeDefinition.objects.order_by("label"))
        for definition in self.definitions:
            self.fields[f"of_{definition.key}"] = _attribute_field(definition)

    def clean(self) -> dict[str, Any]:
        for definition in self.definitions:
            name = f"of_{definition.key}"
            count = len(_values(self.cleaned_data.get(name)))
            if count > MOST_VALUES:
                words = _("Name at most %(most)s values. There are %(count)s now.")
                self.add_error(name, words % {"most": MOST_VALUES, "count": count})
        return self.cleaned_data

    def audience(self) -> dict[str, Any]:
        """The filter as it is stored; only what filters something."""
        data = self.cleaned_data
        unit = data.get("unit")
        found = {name: data.get(name) for name in ("kind", "language", "search")}
        found["unit"] = unit.pk if unit else None
        named = {each.key: _values(data.get(f"of_{each.key}")) for each in self.definitions}
        found["attributes"] = {key: values for key, values in named.items() if values}
        return {name: value for name, value in found.items() if value}

    @staticmethod
    def initial_of(distribution: Distribution) -> dict[str, Any]:
        stored = dict(distribution.audience)
        attributes = stored.pop("attributes", {})
        return stored | {f"of_{key}": values for key, values in attributes.items()}


class ListInput(forms.TextInput):
    """Several values in one line, between commas."""

    def format_value(self, value: Any) -> str | None:
        return ", ".join(map(str, value)) if isinstance(value, list) else value


def _attribute_field(definition: AttributeDefinition) -> forms.Field:
    members = definition.members if definition.break_down_by else []
    if members:
        return forms.MultipleChoiceField(
            label=definition.label,
            choices=[(member, member) for member in members],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    return forms.CharField(
        label=definition.label,
        max_length=500,
        required=False,
        widget=ListInput,
        help_text=_("Several values with commas between them."),
    )


def _values(given: str | list[str] | None) -> list[str]:
    raw: Iterable[str] = given.split(",") if isinstance(given, str) else given or []
    return [value.strip() for value in raw if value.strip()]


class MessageForm(forms.Form):
    """Sender, and subject and text in each language of the survey."""

    hide_optional = True

    sender = forms.ModelChoiceField(
        label=_("From"), queryset=Sender.objects.filter(active=True), required=False
    )

    def __init__(self, *args: Any, distribution: Distribution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.distribution = distribution
        self.languages = document_for(distribution.survey).languages
        self.fields["sender"].initial = distribution.sender_id
        for number, lang in enumerate(self.languages):
            needed = number == 0
            spoken = {"language": language_name(lang)}
            self.fields[f"subject_{lang}"] = forms.CharField(
                label=_("Subject in %(language)s") % spoken,
                required=needed,
                max_length=LONGEST_SUBJECT,
                widget=forms.TextInput(attrs={"lang": lang}),
                initial=distribution.subjects.get(lang, ""),
            )
            self.fields[f"body_{lang}"] = forms.CharField(
                label=_("Text above the question in %(language)s") % spoken,
                required=needed,
                max_length=LONGEST_BODY,
                widget=forms.Textarea(attrs={"rows": 6, "lang": lang}),
                initial=distribution.bodies.get(lang, ""),
            )

    def by_language(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(lang, [self[f"subject_{lang}"], self[f"body_{lang}"]]) for lang in self.languages]

    def texts(self, which: str) -> dict[str, str]:
        data = self.cleaned_data
        return {lang: cleaned(data.get(f"{which}_{lang}", "")) for lang in self.languages}

    def clean(self) -> dict[str, Any]:
        for which, longest in (("subject", LONGEST_SUBJECT), ("body", LONGEST_BODY)):
            for lang, words in check_texts(self.texts(which), longest=longest).items():
                self.add_error(f"{which}_{lang}", words)
        return self.cleaned_data


class SenderForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when run
    class Meta:
        model = Sender
        fields = ("name", "email", "reply_to")
        help_texts = {
            "name": _("As people read it: your organisation or team."),
            "email": _("An address your mail server may send from."),
        }

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
