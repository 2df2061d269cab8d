from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import reauthenticated, requires
from accounts.http import Request
from accounts.permissions import Capability
from contacts.forms.filtering import PermissionForm
from contacts.forms.people import ContactForm
from contacts.models import AttributeDefinition, Contact, Merge
from contacts.selectors import why_not_emailable
from contacts.services import ContactRefused, erase_contact, save_contact, set_permission
from contacts.timeline import timeline_of
from contacts.values import shown
from contacts.views.access import contact_of, editing_capability


@login_required
def detail(request: Request, pk: int) -> HttpResponse:
    try:
        contact = contact_of(request, pk)
    except Http404:
        kept = Contact.objects.visible_to(request.user).filter(merged=pk).first()
        if kept is None:
            raise
        return redirect("contacts:detail", pk=kept.pk)
    user = request.user
    labels = AttributeDefinition.objects.in_bulk(list(contact.attributes), field_name="key")
    reason = why_not_emailable(Contact.objects.filter(pk=pk)).values_list(F("why_not"), flat=True)
    context = {
        "contact": contact,
        "attributes": [(labels[key].label if key in labels else key, value, shown(value))
                       for key, value in sorted(contact.attributes.items())],
        "permissions": contact.permissions.order_by("purpose", "channel"),
        "why_not": reason[0],
        "timeline": timeline_of(contact),
        "merges": Merge.objects.filter(kept=contact, undone_at=None).select_related("by"),
        "permission_form": PermissionForm(),
        "manages": user.may_in(Capability.MANAGE_CONTACTS, contact.unit_id),
        "may_merge": user.may_in(Capability.MERGE_CONTACTS, contact.unit_id),
        "may_erase": user.may_in(Capability.ERASE_CONTACTS, contact.unit_id),
    }  # fmt: skip
    return render(request, "contacts/detail.html", context)


@requires(Capability.MANAGE_CONTACTS)
def create(request: Request) -> HttpResponse:
    return _edit(request, Contact(), Capability.MANAGE_CONTACTS)


@login_required
def edit(request: Request, pk: int) -> HttpResponse:
    contact = contact_of(request, pk)
    return _edit(request, contact, editing_capability(request, contact))


def _edit(request: Request, contact: Contact, capability: Capability) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = ContactForm(posted, user=request.user, contact=contact, capability=capability)
    if posted is not None and form.is_valid():
        try:
            saved = save_contact(contact, by=request.user, values=form.values())
        except ContactRefused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": saved.name})
            return redirect("contacts:detail", pk=saved.pk)
    context = {"form": form, "contact": contact}
    return render(request, "contacts/edit.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Capability.MANAGE_CONTACTS)
def permission(request: Request, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    form = PermissionForm(request.POST)
    if form.is_valid():
        set_permission(contact, by=request.user, **form.cleaned_data)
        messages.success(request, _("The permission is noted."))
    else:
        messages.error(
            request, _("Nothing was noted: choose purpose, channel and basis, and name the source.")
        )
    return redirect("contacts:detail", pk=pk)


@requires(Capability.ERASE_CONTACTS)
@reauthenticated(when=lambda request: request.method == "POST")
def erasure(request: Request, pk: int) -> HttpResponse:
    reach = request.user.reach(Capability.ERASE_CONTACTS).q()
    contact = get_object_or_404(Contact.objects.visible_to(request.user).filter(reach), pk=pk)
    if request.method != "POST":
        return render(request, "contacts/erase.html", {"contact": contact})
    erase_contact(contact, by=request.user)
    messages.success(request, _("The contact is erased. Answers stay counted, without a name."))
    return redirect("contacts:list")
