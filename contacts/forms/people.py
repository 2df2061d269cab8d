from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.permissions import Capability
from accounts.unitchoice import UnitChoiceField
from contacts.forms.choices import offer
from contacts.models import Account, AttributeDefinition, AttributeType, Contact, ContactKind
from contacts.values import attribute_of, email_of, language_of, phone_of, text_of

MOST_ACCOUNTS = 200


class Parsed(forms.CharField):
    """One line of text that a parser of `contacts.values` turns into what is stored."""

    def __init__(self, parse: Callable[[str], Any], **kwargs: Any) -> None:
        self.parse = parse
        super().__init__(**{"required": False, **kwargs})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return self.parse(text)
        except ValueError as error:
            raise forms.ValidationError(_now(str(error))) from None


def units_for(user: User, capability: Capability) -> Any:
    """The current units in which this person may do it."""
    units = Unit.objects.visible_to(user).current()
    reach = user.reach(capability)
    return units if reach.everything else units.filter(pk__in=[u for u in reach.unit_ids if u])


class ContactForm(forms.Form):
    """What a person may type about a contact; `values()` is what `save_contact` takes."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind.choices)
    given_name = Parsed(text_of, label=_("Given name"), max_length=100)
    family_name = Parsed(text_of, label=_("Family name"), max_length=100)
    display_name = Parsed(
        text_of,
        label=_("Name to show"),
        max_length=200,
        help_text=_("Where given and family name do not say it well."),
    )
    form_of_address = Parsed(text_of, label=_("Form of address"), max_length=40)
    email = Parsed(email_of, label=_("E-mail"))
    phone = Parsed(phone_of, label=_("Phone"), help_text=_("With the country code: +49 30 1234567"))
    language = Parsed(language_of, label=_("Language"), help_text=_("A tag: en, de, zh-Hans, ms"))
    external_id = Parsed(text_of, label=_("External id"), max_length=200)
    source = Parsed(
        text_of,
        label=_("Source"),
        max_length=60,
        help_text=_("The system the external id comes from."),
    )
    unit = UnitChoiceField(label=_("Unit"), required=False, empty_label=_("None"))
    account = forms.ModelChoiceField(
        label=_("Company"), queryset=Account.objects.none(), required=False, empty_label=_("None")
    )
    account_role = Parsed(text_of, label=_("Role there"), max_length=100)

    def __init__(
        self, *args: Any, user: User, contact: Contact, capability: Capability, **kwargs: Any
    ) -> None:
        self.user, self.contact = user, contact
        super().__init__(*args, **{"initial": _initial(contact), **kwargs})
        self.hide_optional = True
        self._limit_choices(capability)
        self.definitions = list(AttributeDefinition.objects.all())
        for definition in self.definitions:
            self.fields[f"attribute_{definition.key}"] = _attribute_field(definition, contact)

    def _limit_choices(self, capability: Capability) -> None:
        units, accounts = self.fields["unit"], self.fields["account"]
        offer(units, units_for(self.user, capability))
        reach = self.user.reach(capability)
        units.required = not (reach.everything or None in reach.unit_ids)
        reachable = Account.objects.visible_to(self.user).order_by("sort_key", "id")
        own = [self.contact.account_id] if self.contact.account_id else []
        ids = [*own, *reachable.values_list("pk", flat=True)[:MOST_ACCOUNTS]]
        offer(accounts, Account.objects.filter(pk__in=ids).order_by("sort_key", "id"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        named = ("given_name", "family_name", "display_name", "email", "external_id")
        if not self.errors and not any(cleaned.get(name) for name in named):
            raise forms.ValidationError(
                _("Give a name, an e-mail address or an external id, to tell who it is.")
            )
        return cleaned

    def values(self) -> dict[str, Any]:
        prefix = "attribute_"
        values = {k: v for k, v in self.cleaned_data.items() if not k.startswith(prefix)}
        for name in ("unit", "account"):
            row = values.pop(name)
            values[f"{name}_id"] = row.pk if row else None
        typed = {
            k.removeprefix(prefix): v for k, v in self.cleaned_data.items() if k[:10] == prefix
        }
        return values | {"attributes": {key: v for key, v in typed.items() if v not in ("", None)}}


def _initial(contact: Contact) -> dict[str, Any]:
    names = [name for name in ContactForm.base_fields if name not in ("unit", "account")]
    return {name: getattr(contact, name) for name in names} | {
        "unit": contact.unit_id,
        "account": contact.account_id,
    }


def _attribute_field(definition: AttributeDefinition, contact: Contact) -> forms.Field:
    initial = contact.attributes.get(definition.key)
    if definition.type == AttributeType.YES_NO:
        return forms.TypedChoiceField(
            label=definition.label,
            required=False,
            choices=[("", _("Not known")), ("true", _("Yes")), ("false", _("No"))],
            coerce=lambda text: text == "true",
            empty_value=None,
            initial={True: "true", False: "false"}.get(initial, ""),
        )

    def parse(text: str) -> Any:
        return attribute_of(text, type_=definition.type)

    hint = _("year-month-day") if definition.type == AttributeType.DATE else ""
    return Parsed(parse, label=definition.label, initial=initial, help_text=hint)


class DefinitionForm(forms.Form):
    label = Parsed(text_of, label=_("Label"), required=True, max_length=100)
    type = forms.ChoiceField(label=_("Type"), choices=AttributeType.choices)
    personal = forms.BooleanField(
        label=_("Personal: identifies or describes the person closely"), required=False
    )
    reportable = forms.BooleanField(
        label=_("Reportable: may appear beside numbers"), required=False, initial=True
    )
    break_down_by = forms.BooleanField(
        label=_("Break down by: scores can be split by it"),
        required=False,
        help_text=_("At most 8 attributes, each with at most 50 different values."),
    )

    def __init__(self, *args: Any, definition: AttributeDefinition, **kwargs: Any) -> None:
        names = self.base_fields
        initial = {name: getattr(definition, name) for name in names} if definition.pk else None
        super().__init__(*args, **{"initial": initial, **kwargs})
        if definition.pk:
            # Stored values have the type they were read with.
            self.fields["type"].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("break_down_by") and (
            cleaned.get("personal") or not cleaned.get("reportable")
        ):
            self.add_error(
                "break_down_by",
                _("Only what is reportable and not personal can split scores. Change those first."),
            )
        return cleaned


class AccountForm(forms.Form):
    name = Parsed(text_of, label=_("Name"), required=True, max_length=200)
    external_id = Parsed(text_of, label=_("External id"), max_length=200)
    source = Parsed(text_of, label=_("Source"), max_length=60)
    unit = UnitChoiceField(label=_("Unit"), required=False, empty_label=_("None"))

    def __init__(self, *args: Any, user: User, account: Account, **kwargs: Any) -> None:
        names = ("name", "external_id", "source", "unit_id")
        initial = {name.removesuffix("_id") if name == "unit_id" else name: getattr(account, name)
                   for name in names}  # fmt: skip
        super().__init__(*args, **{"initial": initial, **kwargs})
        units = self.fields["unit"]
        offer(units, units_for(user, Capability.MANAGE_CONTACTS))
        reach = user.reach(Capability.MANAGE_CONTACTS)
        units.required = not (reach.everything or None in reach.unit_ids)

    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        unit = values.pop("unit")
        return values | {"unit_id": unit.pk if unit else None}
