"""Creating and changing one contact, and one company."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import record_event
from contacts.models import Account, AttributeDefinition, Contact
from contacts.searching import keys_of
from contacts.services.attributes import admit_member
from contacts.services.errors import ContactRefused
from contacts.suppression import address_hash
from contacts.values import shown
from cxplatform.shared.text import fold

# What an Event may quote; every other field is named and nothing more.
NOT_PERSONAL = ("kind", "language", "unit_id", "account_id")


def compute_keys(contact: Contact) -> None:
    """Bring the fields that searching, order and suppression read up to date."""
    contact.sort_key, contact.search_text = keys_of(
        given=contact.given_name,
        family=contact.family_name,
        display=contact.display_name,
        email=contact.email,
        external_id=contact.external_id,
    )
    contact.address_hash = address_hash(contact.email)


@transaction.atomic
def save_contact(contact: Contact, *, by: User | None, values: dict[str, Any]) -> Contact:
    """Create the contact or change it to these cleaned values; nothing changed leaves no trace.

    `values["attributes"]`, where given, replaces all of them. Raises ContactRefused.
    """
    is_new = contact.pk is None
    if not is_new:
        contact = Contact.objects.living().select_for_update().get(pk=contact.pk)
    before = {name: _plain(contact, name) for name in NOT_PERSONAL}
    changed = _assign(contact, values)
    if not changed and not is_new:
        return contact
    _admit_attributes(contact, changed)
    compute_keys(contact)
    _refuse_taken(contact)
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError:
        _refuse_taken(contact)
        raise
    after = {name: _plain(contact, name) for name in NOT_PERSONAL}
    data: dict[str, Any] = {"fields": changed}
    data |= {
        name: [before[name], after[name]] for name in NOT_PERSONAL if before[name] != after[name]
    }
    record_event(contact, verb="created" if is_new else "changed", actor=by, data=data)
    return contact


def _plain(contact: Contact, name: str) -> Any:
    return getattr(contact, name)


def _assign(contact: Contact, values: dict[str, Any]) -> list[str]:
    """Set what differs; returns the names of what did, attributes as `attributes.key`."""
    changed = []
    for name, value in values.items():
        if name == "attributes":
            old = contact.attributes
            keys = sorted(old.keys() | value.keys())
            changed += [f"attributes.{key}" for key in keys if old.get(key) != value.get(key)]
            contact.attributes = value
        elif getattr(contact, name) != value:
            changed.append(name)
            setattr(contact, name, value)
    return changed


def _admit_attributes(contact: Contact, changed: list[str]) -> None:
    keys = {name.partition(".")[2] for name in changed if name.startswith("attributes.")}
    for definition in AttributeDefinition.objects.dimensions().filter(key__in=keys):
        if definition.key in contact.attributes:
            admit_member(definition, shown(contact.attributes[definition.key]))


def _refuse_taken(contact: Contact) -> None:
    """Raises ContactRefused where another contact holds the external id or the address."""
    others = Contact.objects.living().filter(kind=contact.kind).exclude(pk=contact.pk)
    if contact.email and others.filter(email=contact.email).exists():
        raise ContactRefused(
            _("Another contact has this address. Change it, or merge the two."), field="email"
        )
    same_id = others.filter(source=contact.source, external_id=contact.external_id)
    if contact.external_id and same_id.exists():
        raise ContactRefused(
            _("Another contact has this external id. Change it, or merge the two."),
            field="external_id",
        )


@transaction.atomic
def save_account(account: Account, *, by: User | None, values: dict[str, Any]) -> Account:
    """Create the company or change it; raises ContactRefused where its external id is taken."""
    is_new = account.pk is None
    changed = [name for name, value in values.items() if getattr(account, name) != value]
    for name in changed:
        setattr(account, name, values[name])
    account.sort_key = fold(account.name)[:200]
    same_id = Account.objects.filter(source=account.source, external_id=account.external_id)
    if account.external_id and same_id.exclude(pk=account.pk).exists():
        raise ContactRefused(
            _("Another company has this external id. Change it."), field="external_id"
        )
    if changed or is_new:
        account.save()
        record_event(
            account, verb="created" if is_new else "changed", actor=by, data={"fields": changed}
        )
    return account
