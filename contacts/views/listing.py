import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import reauthenticated, requires
from accounts.http import Request
from accounts.models import Organisation
from accounts.permissions import Capability
from activity.services import record_event
from activity.tables import write_csv_cell
from contacts.forms.filtering import FilterForm, LookUpForm
from contacts.lookup import look_up
from contacts.models import AttributeDefinition, Contact, ContactQuerySet
from contacts.selectors import audience, contact_page
from contacts.services import ContactRefused
from contacts.values import shown
from contacts.views.access import remember_look_up
from cxplatform.shared.htmx import render_page

COLUMNS = ("kind", "external_id", "source", "given_name", "family_name", "display_name", "email",
           "phone", "language", "unit", "account", "account_role")  # fmt: skip


@login_required
def contact_list(request: Request) -> HttpResponse:
    if not request.user.may(Capability.MANAGE_CONTACTS):
        if not request.user.may(Capability.LOOK_UP_CONTACT):
            raise PermissionDenied
        form = LookUpForm(initial={"q": request.GET.get("q", "")[:254]})
        return render(request, "contacts/look_up.html", {"form": form})
    form_ = FilterForm(request.GET, user=request.user)
    chosen = form_.filter()
    contacts = _filtered(request, chosen)
    page = contact_page(
        contacts, before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    context = {
        "form": form_,
        "page": page,
        "filtered": bool(chosen),
        "narrowed": bool(set(chosen) - {"search"}),
        "query": _without_place(request.GET),
        "may_export": request.user.may(Capability.EXPORT_PERSONAL),
    }
    return render_page(request, "contacts/list.html", context, part="results")


@require_POST
@requires(Capability.LOOK_UP_CONTACT)
def look_up_one(request: Request) -> HttpResponse:
    form = LookUpForm(request.POST)
    if form.is_valid():
        try:
            contact = look_up(form.cleaned_data["q"], by=request.user)
        except ContactRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            if contact:
                remember_look_up(request, contact)
                return redirect("contacts:detail", pk=contact.pk)
            form.add_error(
                "q", _("Nobody has exactly this. Check the spelling, and type all of it.")
            )
    return render(request, "contacts/look_up.html", {"form": form}, status=422)


@require_POST
@requires(Capability.EXPORT_PERSONAL)
@reauthenticated
def export(request: Request) -> HttpResponseBase:
    """The filtered list as CSV, streamed; the trail notes who took it and how it was filtered."""
    chosen = FilterForm(request.POST, user=request.user).filter()
    reach = request.user.reach(Capability.EXPORT_PERSONAL).q()
    contacts = _filtered(request, chosen).filter(reach)
    organisation = Organisation.objects.first()
    record_event(organisation or request.user, verb="contacts_exported", actor=request.user,
                 data={"filtered_by": sorted(chosen)})  # fmt: skip
    response = StreamingHttpResponse(_csv(contacts), content_type="text/csv; charset=utf-8")
    name = f"contacts-{timezone.localdate().isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _filtered(request: Request, chosen: dict[str, Any]) -> ContactQuerySet:
    return Contact.objects.visible_to(request.user) & audience(chosen)


def _without_place(query: QueryDict) -> str:
    kept = query.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    return kept.urlencode()


class _Echo:
    def write(self, text: str) -> str:
        return text


def _csv(contacts: ContactQuerySet) -> Iterator[str]:
    keys = list(AttributeDefinition.objects.order_by("key").values_list("key", flat=True))
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([*COLUMNS, *(write_csv_cell(key) for key in keys)])
    rows = contacts.order_by("sort_key", "id").select_related("unit", "account")
    for contact in rows.iterator(chunk_size=2_000):
        own = [str(getattr(contact, name) or "") for name in COLUMNS]
        noted = [shown(contact.attributes.get(key)) for key in keys]
        yield writer.writerow([write_csv_cell(text) for text in (*own, *noted)])
