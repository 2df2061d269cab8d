from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import reauthenticated, requires
from accounts.http import Request
from accounts.permissions import Capability
from contacts.models import AttributeDefinition, Contact, ContactQuerySet, Merge
from contacts.searching import words_match
from contacts.services import MergeRefused, merge_contacts, undo_merge
from contacts.services.merging import FIELDS
from contacts.values import shown

FOUND = 20


@dataclass(frozen=True)
class Choice:
    """One field in which the two differ, and which of them has a value."""

    name: str
    label: str
    own: str
    other: str


def _asks_again(request: Request) -> bool:
    """Administrators prove who they are before reaching over every unit."""
    return request.method == "POST" and request.user.may(Capability.ADMINISTER)


def _mergeable(request: Request) -> ContactQuerySet:
    reach = request.user.reach(Capability.MERGE_CONTACTS).q()
    return Contact.objects.visible_to(request.user).filter(reach).select_related("unit", "account")


@requires(Capability.MERGE_CONTACTS)
@reauthenticated(when=_asks_again)
def merge(request: Request, pk: int) -> HttpResponse:
    """Search for the other one, see both side by side, choose field by field, make them one."""
    contacts = _mergeable(request)
    kept = get_object_or_404(contacts, pk=pk)
    chosen = (request.POST if request.method == "POST" else request.GET).get("with", "")
    if not chosen.isascii() or not chosen.isdigit() or len(chosen) > 18:
        query = request.GET.get("q", "").replace("\0", "")[:200]
        others = contacts.filter(kind=kept.kind).exclude(pk=pk)
        found = others.filter(words_match(query)).order_by("sort_key", "id")[:FOUND]
        context = {"contact": kept, "q": query, "found": found if query else []}
        return render(request, "contacts/merge_search.html", context)
    other = get_object_or_404(contacts.exclude(pk=pk), pk=int(chosen))
    choices = _choices(kept, other)
    if request.method == "POST":
        return _merge(request, kept, other, choices)
    context = {"contact": kept, "other": other, "choices": choices}
    return render(request, "contacts/merge.html", context)


def _merge(request: Request, kept: Contact, other: Contact, choices: list[Choice]) -> HttpResponse:
    take = {one.name for one in choices if request.POST.get(one.name) == "other"}
    try:
        merge_contacts(kept, other, take=take, by=request.user)
    except MergeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The two are one contact now. You can undo it on this page."))
    return redirect("contacts:detail", pk=kept.pk)


@require_POST
@requires(Capability.MERGE_CONTACTS)
@reauthenticated(when=_asks_again)
def undo(request: Request, pk: int) -> HttpResponse:
    merge = get_object_or_404(Merge.objects.filter(kept__in=_mergeable(request)), pk=pk)
    try:
        undo_merge(merge, by=request.user)
    except MergeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The merge is undone: both are as they were."))
    return redirect("contacts:detail", pk=merge.kept_id)


def _choices(kept: Contact, other: Contact) -> list[Choice]:
    """The fields in which they differ; what belongs to an external id goes with it."""
    found = []
    for name in FIELDS:
        own, theirs = (_shown(one, name) for one in (kept, other))
        if own != theirs and name != "source":
            field = Contact._meta.get_field(name)
            found.append(Choice(name, str(getattr(field, "verbose_name", name)), own, theirs))
    labels = dict(AttributeDefinition.objects.values_list("key", "label"))
    for key in sorted(kept.attributes.keys() | other.attributes.keys()):
        own, theirs = shown(kept.attributes.get(key)), shown(other.attributes.get(key))
        if own != theirs:
            found.append(Choice(f"attributes.{key}", labels.get(key, key), own, theirs))
    return found


def _shown(contact: Contact, name: str) -> str:
    value: Any = getattr(contact, Contact._meta.get_field(name).name)
    return str(value) if value is not None else ""
