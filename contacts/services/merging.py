"""Making two contacts one, and parting them again exactly as they were."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from activity.services import record_event
from contacts.following import FOLLOWERS
from contacts.models import Basis, Contact, ContactPermission, Merge
from contacts.services.errors import MergeRefused
from contacts.services.saving import compute_keys

FIELDS = (
    "external_id",
    "source",
    "email",
    "phone",
    "given_name",
    "family_name",
    "display_name",
    "form_of_address",
    "language",
    "unit_id",
    "account_id",
    "account_role",
)
PERMISSION_FIELDS = ("purpose", "channel", "basis", "source", "given_at", "withdrawn_at")


@transaction.atomic
def merge_contacts(kept: Contact, gone: Contact, *, take: set[str], by: User) -> Merge:
    """Make `gone` part of `kept`, taking the named fields (`email`, `attributes.class`) from it.

    The strictest permission wins. Raises MergeRefused.
    """
    both = Contact.objects.living().select_for_update().order_by("pk")
    found = {row.pk: row for row in both.filter(pk__in=[kept.pk, gone.pk])}
    if len(found) != 2:
        raise MergeRefused(_("One of the two is no longer there. Choose again."))
    kept, gone = found[kept.pk], found[gone.pk]
    if kept.kind != gone.kind:
        raise MergeRefused(
            _("A customer and an employee stay two contacts, even if they are one person.")
        )
    before = {
        "fields": {name: getattr(kept, name) for name in (*FIELDS, "attributes")},
        "permissions": {str(one.pk): _permissions(one) for one in (kept, gone)},
    }
    merge = Merge(kept=kept, gone=gone, by=by, at=timezone.now())
    Contact.objects.filter(pk=gone.pk).update(merged_into=kept)
    _take(kept, gone, take)
    _keep_strictest(kept, gone)
    followed = {name: one.move(gone.pk, kept.pk) for name, one in FOLLOWERS.items()}
    kept.save()
    # What parting has to find unchanged, for it to restore exactly.
    merge.before = before | {"followed": followed, "updated_at": kept.updated_at.isoformat()}
    merge.save()
    data = {"gone": gone.pk, "fields": sorted(take), "merge": merge.pk}
    record_event(kept, verb="merged", actor=by, data=data)
    record_event(gone, verb="merged_away", actor=by, data={"kept": kept.pk})
    return merge


@transaction.atomic
def undo_merge(merge: Merge, *, by: User) -> None:
    """Part the two as they were; an opt-out since then stays with both. Raises MergeRefused."""
    merge = Merge.objects.select_for_update().select_related("kept", "gone").get(pk=merge.pk)
    rows = Contact.objects.select_for_update().order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[merge.kept_id, merge.gone_id])}
    kept, gone = found[merge.kept_id], found[merge.gone_id]
    _refuse_undo(merge, kept, gone)
    withdrawn = _withdrawn_since(merge)
    for name, value in merge.before["fields"].items():
        setattr(kept, name, value)
    compute_keys(kept)
    # The kept one gives back its address before the other may hold it again.
    kept.save()
    Contact.objects.filter(pk=gone.pk).update(merged_into=None)
    for contact in (kept, gone):
        _restore_permissions(contact, merge.before["permissions"][str(contact.pk)], withdrawn)
    for name, moved in merge.before["followed"].items():
        if name in FOLLOWERS:
            FOLLOWERS[name].restore(moved)
    merge.undone_at = timezone.now()
    merge.before = {}
    merge.save()
    record_event(kept, verb="merge_undone", actor=by, data={"gone": gone.pk, "merge": merge.pk})
    record_event(gone, verb="merge_undone", actor=by, data={"kept": kept.pk, "merge": merge.pk})


def _take(kept: Contact, gone: Contact, take: set[str]) -> None:
    for name in take & set(FIELDS):
        setattr(kept, name, getattr(gone, name))
    # An external id means something only beside the system it comes from.
    if "external_id" in take:
        kept.source = gone.source
    keys = {name.partition(".")[2] for name in take if name.startswith("attributes.")}
    theirs = {key: gone.attributes[key] for key in keys if key in gone.attributes}
    kept.attributes = {**kept.attributes, **theirs}
    compute_keys(kept)


def _permissions(contact: Contact) -> list[dict[str, Any]]:
    return list(contact.permissions.order_by("pk").values(*PERMISSION_FIELDS))


def _keep_strictest(kept: Contact, gone: Contact) -> None:
    """Withdrawn beats given; a permission only the other one gave comes along."""
    mine = {(row.purpose, row.channel): row for row in kept.permissions.all()}
    for theirs in gone.permissions.all():
        own = mine.get((theirs.purpose, theirs.channel))
        if own and (own.basis == Basis.WITHDRAWN or theirs.basis != Basis.WITHDRAWN):
            continue
        values = {name: getattr(theirs, name) for name in PERMISSION_FIELDS}
        ContactPermission.objects.update_or_create(
            contact=kept, purpose=theirs.purpose, channel=theirs.channel, defaults=values
        )


def _refuse_undo(merge: Merge, kept: Contact, gone: Contact) -> None:
    if merge.undone_at or gone.merged_into_id != kept.pk:
        raise MergeRefused(_("This merge has been undone already."))
    if kept.erased_at or gone.erased_at or kept.merged_into_id:
        raise MergeRefused(
            _("The contact was erased or merged again since; the two can't be parted any more.")
        )
    if kept.updated_at.isoformat() != merge.before["updated_at"]:
        raise MergeRefused(
            _(
                "The contact was changed after the merge, so parting would lose that change. "
                "Create the other contact anew instead."
            )
        )


def _withdrawn_since(merge: Merge) -> dict[tuple[str, str], ContactPermission]:
    rows = ContactPermission.objects.filter(
        contact=merge.kept_id, basis=Basis.WITHDRAWN, withdrawn_at__gt=merge.at
    )
    return {(row.purpose, row.channel): row for row in rows}


def _restore_permissions(
    contact: Contact,
    rows: list[dict[str, Any]],
    withdrawn: dict[tuple[str, str], ContactPermission],
) -> None:
    contact.permissions.all().delete()
    kept = [row for row in rows if (row["purpose"], row["channel"]) not in withdrawn]
    for since in withdrawn.values():
        kept.append({name: getattr(since, name) for name in PERMISSION_FIELDS})
    ContactPermission.objects.bulk_create(ContactPermission(contact=contact, **row) for row in kept)
