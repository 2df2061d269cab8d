"""Contacts by id, and new ones."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from accounts.models import Unit
from accounts.permissions import Capability
from contacts.forms.people import ContactForm
from contacts.models import Contact
from contacts.services import ContactRefused, save_contact
from integrations.bearer import Bearer
from integrations.models import TokenScope
from integrations.once import once
from integrations.pages import Id
from integrations.problems import PROBLEMS, Refused, errors_of
from integrations.rights import TokenRequest, demand

router = Router(tags=["contacts"])


class ContactOut(Schema):
    id: int
    kind: str
    external_id: str
    source: str
    email: str
    phone: str
    given_name: str
    family_name: str
    display_name: str
    form_of_address: str
    language: str
    unit: str | None = Field(None, description="The unit's code.")
    account: int | None = Field(None, alias="account_id")
    attributes: dict[str, Any]

    @staticmethod
    def resolve_unit(contact: Contact) -> str | None:
        return contact.unit.code if contact.unit else None


class ContactIn(Schema):
    kind: str = Field("customer", description="customer or employee")
    external_id: str = ""
    source: str = ""
    email: str = ""
    phone: str = ""
    given_name: str = ""
    family_name: str = ""
    display_name: str = ""
    form_of_address: str = ""
    language: str = ""
    unit: str | None = Field(None, description="The unit's code.")
    attributes: dict[str, str | int | float | bool | None] = {}


@router.get("/{id}", response={200: ContactOut, **PROBLEMS}, summary="One contact")
def read_contact(request: TokenRequest, id: Id) -> Contact:
    demand(request, Capability.MANAGE_CONTACTS)
    seen = Contact.objects.living().visible_to(request.user).select_related("unit")
    return get_object_or_404(seen, pk=id)


@router.post(
    "",
    response={201: ContactOut, **PROBLEMS},
    auth=Bearer(TokenScope.IMPORT),
    summary="A new contact",
)
@once
def create_contact(request: TokenRequest, data: ContactIn) -> Status[Any]:
    """An external id or address that somebody has already is refused, and says who has it."""
    demand(request, Capability.MANAGE_CONTACTS)
    contact = Contact()
    form = ContactForm(
        _typed(request, data),
        user=request.user,
        contact=contact,
        capability=Capability.MANAGE_CONTACTS,
    )
    unknown = data.attributes.keys() - {one.key for one in form.definitions}
    if unknown:
        raise Refused(422, "There is no such attribute.", errors=[
            (f"attributes.{key}", "Define it first, on the contacts' attributes page.")
            for key in sorted(unknown)
        ])  # fmt: skip
    if not form.is_valid():
        names = {name: name.replace("attribute_", "attributes.") for name in form.fields}
        errors = errors_of(form, **names, __all__="")
        raise Refused(422, "The contact is not as it should be.", errors=errors)
    try:
        saved = save_contact(contact, by=request.user, values=form.values())
    except ContactRefused as refusal:
        raise Refused(409, str(refusal)) from None
    return Status(201, saved)


def _typed(request: TokenRequest, data: ContactIn) -> dict[str, Any]:
    """The contact as a person would have typed it, so that the same rules hold."""
    typed = data.dict(exclude={"attributes", "unit"})
    for key, value in data.attributes.items():
        plain = str(value).lower() if isinstance(value, bool) else value
        typed[f"attribute_{key}"] = "" if plain is None else str(plain)
    return typed | {"unit": _unit(data.unit)}


def _unit(code: str | None) -> Any:
    if not code:
        return None
    return Unit.objects.filter(code=code).values_list("pk", flat=True).first() or code
