from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Capability
from accounts.unitchoice import UnitChoiceField
from contacts.forms.choices import offer
from contacts.forms.people import MOST_ACCOUNTS, units_for
from contacts.models import (
    Account,
    AttributeDefinition,
    Basis,
    Channel,
    ContactKind,
    Purpose,
)
from contacts.values import text_of

EITHER = [("", _("Either")), ("yes", _("Yes")), ("no", _("No"))]


class FilterForm(forms.Form):
    """The list's filters; what can't be understood filters nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Any")), *ContactKind.choices]
    )
    unit = UnitChoiceField(label=_("Unit"), required=False, empty_label=_("Any"))
    language = forms.CharField(label=_("Language"), required=False, max_length=35)
    account = forms.ModelChoiceField(
        label=_("Company"), queryset=Account.objects.none(), required=False, empty_label=_("Any")
    )
    has_email = forms.ChoiceField(label=_("Has an e-mail"), required=False, choices=EITHER)
    may_be_asked = forms.ChoiceField(label=_("May be asked"), required=False, choices=EITHER)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units, accounts = self.fields["unit"], self.fields["account"]
        offer(units, units_for(user, Capability.MANAGE_CONTACTS))
        reachable = Account.objects.visible_to(user).order_by("sort_key", "id")
        ids = list(reachable.values_list("pk", flat=True)[:MOST_ACCOUNTS])
        offer(accounts, Account.objects.filter(pk__in=ids).order_by("sort_key", "id"))
        if not ids:
            del self.fields["account"]
        self._add_attributes()

    def _add_attributes(self) -> None:
        self.keys: dict[str, str] = {}
        for definition in AttributeDefinition.objects.dimensions():
            if definition.members:
                name = f"a-{definition.key}"
                self.keys[name] = definition.key
                choices = [("", _("Any")), *((one, one) for one in definition.members)]
                self.fields[name] = forms.ChoiceField(
                    label=definition.label, required=False, choices=choices
                )

    def filter(self) -> dict[str, Any]:
        """The audience filter that was chosen, without what is empty."""
        self.is_valid()
        said = {k: v for k, v in self.cleaned_data.items() if v}
        found = {
            "kind": said.get("kind"),
            "unit": said["unit"].pk if "unit" in said else None,
            "language": said.get("language"),
            "account": said["account"].pk if "account" in said else None,
            "attributes": {key: [said[name]] for name, key in self.keys.items() if name in said},
            "search": said.get("q"),
            "has_email": said.get("has_email"),
            "may_be_asked": said.get("may_be_asked"),
        }
        return {key: value for key, value in found.items() if value}


class PermissionForm(forms.Form):
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    basis = forms.ChoiceField(label=_("Basis"), choices=Basis.choices)
    source = forms.CharField(
        label=_("Source"),
        max_length=60,
        help_text=_("Where we know it from: a form, a contract, a call."),
    )

    def clean_source(self) -> str:
        return text_of(self.cleaned_data["source"])


class LookUpForm(forms.Form):
    """What an agent may look somebody up by: the whole of it, never a part."""

    q = forms.CharField(
        label=_("E-mail address, phone number or external id"),
        max_length=254,
        help_text=_("Type all of it. Each look-up is logged."),
    )
