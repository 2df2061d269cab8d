"""Contacts as a target: which columns they have, and the constants that go with a file."""

from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Capability
from accounts.unitchoice import UnitChoiceField
from contacts.forms.choices import offer
from contacts.forms.people import Parsed, units_for
from contacts.imports.columns import NEW, ColumnChoice
from contacts.imports.people_plan import ContactsPlan, Mapped
from contacts.imports.targets import Field, MappingRefused
from contacts.models import AttributeDefinition, Basis, ContactKind, Import
from contacts.services.attributes import key_of, too_many_dimensions
from contacts.values import language_of, text_of

PERSON, PLACE = _("The person"), _("Where they belong")
FIELDS = [
    Field("external_id", _("External id"), PERSON, ("id", "customer id", "customer number",
          "kundennummer", "external id", "client id", "member id", "编号", "客户编号")),
    Field("email", _("E-mail"), PERSON, ("email", "mail", "e-mail address", "email address",
          "mailadresse", "e-mail-adresse", "emel", "邮箱", "电子邮件")),
    Field("phone", _("Phone"), PERSON, ("telephone", "mobile", "telefon", "handy", "tel", "电话")),
    Field("given_name", _("Given name"), PERSON, ("first name", "vorname", "forename", "名")),
    Field("family_name", _("Family name"), PERSON, ("last name", "surname", "nachname",
          "familienname", "姓")),
    Field("display_name", _("Name to show"), PERSON, ("name", "full name", "nama", "姓名")),
    Field("form_of_address", _("Form of address"), PERSON, ("salutation", "anrede", "title")),
    Field("language", _("Language"), PERSON, ("sprache", "locale", "bahasa", "语言")),
    Field("unit", _("Unit (code or name)"), PLACE, ("unit", "branch", "store", "filiale")),
    Field("account", _("Company"), PLACE, ("company", "account", "firma", "organisation")),
    Field("account_role", _("Role there"), PLACE, ("role", "job title", "position")),
    Field("permission", _("May be asked by e-mail (yes or no)"), PLACE, ("opt in", "consent",
          "permission", "einwilligung", "newsletter")),
]  # fmt: skip
ATTRIBUTE = "attribute:"


class ContactsOptions(forms.Form):
    """What holds for every row of the file."""

    kind = forms.ChoiceField(label=_("They are"), choices=ContactKind.choices)
    source = Parsed(
        text_of,
        label=_("Source"),
        max_length=60,
        help_text=_("The system the external ids come from, if you import from several."),
    )
    unit = UnitChoiceField(
        label=_("Unit of new contacts"),
        required=False,
        empty_label=_("None"),
    )
    language = Parsed(language_of, label=_("Language of new contacts without one"))
    region = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=_("Country of phone numbers without +"),
        required=False,
        help_text=_("Two letters, such as DE."),
    )
    basis = forms.ChoiceField(
        label=_("Permission to send surveys by e-mail"),
        required=False,
        choices=[("", _("Say nothing about it")),
                 *[c for c in Basis.choices if c[0] != Basis.WITHDRAWN]],
        help_text=_("On this basis; who opted out stays out."),
    )  # fmt: skip
    permission_source = Parsed(
        text_of,
        label=_("Where the permission comes from"),
        max_length=60,
        help_text=_("A form, a contract, a system."),
    )

    def __init__(self, *args: Any, imp: Import, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": imp.options, **kwargs})
        offer(self.fields["unit"], units_for(imp.owner, Capability.MANAGE_CONTACTS))
        reach = imp.owner.reach(Capability.MANAGE_CONTACTS)
        self.fields["unit"].required = not (reach.everything or None in reach.unit_ids)
        self.use_required_attribute = False


class ContactsTarget:
    kind = "contacts"
    label = _("Contacts")
    explanation = _(
        "One row is one person, known by an external id or an e-mail address. An empty cell "
        "changes nothing."
    )
    capability = Capability.MANAGE_CONTACTS
    new_attributes = True
    starts_elsewhere = False
    conflict = _("Somebody changed the same contacts meanwhile; nothing was written. Check again.")

    def fields(self, imp: Import) -> list[Field]:
        noted = AttributeDefinition.objects.visible_to(imp.owner)
        return [
            *FIELDS,
            *(Field(f"{ATTRIBUTE}{one.key}", one.label, _("Attributes"), (one.key,))
              for one in noted),
        ]  # fmt: skip

    def options_form(self, imp: Import, data: Any = None) -> forms.Form:
        return ContactsOptions(data, imp=imp)

    def options(self, form: Any) -> dict[str, Any]:
        said = dict(form.cleaned_data)
        return said | {"unit": said["unit"].pk if said["unit"] else None}

    def start_url(self, imp: Import | None = None) -> str:
        return reverse("contacts:create_import")

    def result_url(self, imp: Import) -> str:
        return reverse("contacts:list")

    def plan(self, imp: Import, choices: list[ColumnChoice]) -> ContactsPlan:
        """Raises MappingRefused with every sentence there is to say."""
        definitions = {one.key: one for one in AttributeDefinition.objects.all()}
        wrong = _doubled(choices, self.fields(imp))
        mapped = Mapped()
        for place, choice in enumerate(choices):
            heading = imp.header[place]
            if choice.to == NEW:
                definition = _new_definition(choice, definitions, mapped, wrong)
                mapped.attributes.append((place, heading, definition))
            elif choice.to.startswith(ATTRIBUTE):
                known = definitions.get(choice.to.removeprefix(ATTRIBUTE))
                if known:
                    mapped.attributes.append((place, heading, known))
            elif choice.to:
                mapped.fields[choice.to] = (place, heading)
        if not mapped.fields.keys() & {"external_id", "email"}:
            wrong.append(
                _now("Choose which column holds the external id or the e-mail: without one, the "
                     "same person could not be known again.")
            )  # fmt: skip
        splitting = {one.key for one in definitions.values() if one.break_down_by}
        splitting |= {one.key for one in mapped.new if one.break_down_by}
        if len(splitting) > AttributeDefinition.MOST_DIMENSIONS:
            wrong.append(str(too_many_dimensions()))
        if wrong:
            raise MappingRefused(wrong)
        return ContactsPlan(imp, mapped, units=_units(imp))


def _doubled(choices: list[ColumnChoice], fields: list[Field]) -> list[str]:
    """A sentence for each field that two columns would fill, and for what is not a field."""
    labels = {field.key: field.label for field in fields}
    used = [choice.to for choice in choices if choice.to and choice.to != NEW]
    twice = {to for to in used if to in labels and used.count(to) > 1}
    wrong = [
        _now("Two columns are to fill “%(field)s”. Leave one of them out.") % {"field": labels[to]}
        for to in sorted(twice)
    ]
    if any(to not in labels for to in used):
        wrong.append(_now("A column was mapped to something that is not there any more. Check it."))
    return wrong


def _new_definition(
    choice: ColumnChoice,
    definitions: dict[str, AttributeDefinition],
    mapped: Mapped,
    wrong: list[str],
) -> AttributeDefinition:
    labels = {one.label.casefold() for one in (*definitions.values(), *mapped.new)}
    if not choice.label:
        wrong.append(_now("A new attribute needs a label. Write one beside its column."))
    elif choice.label.casefold() in labels:
        wrong.append(
            _now("There is an attribute “%(label)s” already. Choose it, or write another label.")
            % {"label": choice.label}
        )
    taken = {*definitions, *(one.key for one in mapped.new)}
    definition = AttributeDefinition(
        key=key_of(choice.label, taken=taken),
        label=choice.label,
        type=choice.type,
        break_down_by=choice.split,
    )
    mapped.new.append(definition)
    return definition


def _units(imp: Import) -> dict[str, int]:
    """Codes and names of the units this person may bring contacts into."""
    units = units_for(imp.owner, Capability.MANAGE_CONTACTS).filter(~Q(code=""))
    rows = list(units.values_list("pk", "code", "name"))
    return {name.casefold(): pk for pk, _code, name in rows} | {
        code.casefold(): pk for pk, code, _name in rows
    }
