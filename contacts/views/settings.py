"""What contacts are described by: attributes, and the companies they belong to."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import requires
from accounts.http import Request
from accounts.permissions import Capability
from contacts.forms.people import AccountForm, DefinitionForm
from contacts.models import Account, AttributeDefinition
from contacts.services import ContactRefused, save_account, save_definition
from cxplatform.shared.text import fold

COMPANIES = 50


@requires(Capability.MANAGE_CONTACTS)
def attributes(request: Request) -> HttpResponse:
    definitions = AttributeDefinition.objects.visible_to(request.user)
    split = sum(one.break_down_by for one in definitions)
    context = {
        "definitions": definitions,
        "split": split,
        "most": AttributeDefinition.MOST_DIMENSIONS,
        "most_members": AttributeDefinition.MOST_MEMBERS,
    }
    return render(request, "contacts/attributes.html", context)


@requires(Capability.MANAGE_CONTACTS)
def attribute(request: Request, pk: int | None = None) -> HttpResponse:
    definitions = AttributeDefinition.objects.visible_to(request.user)
    definition = get_object_or_404(definitions, pk=pk) if pk else AttributeDefinition()
    posted = request.POST if request.method == "POST" else None
    form = DefinitionForm(posted, definition=definition)
    if posted is not None and form.is_valid():
        try:
            saved = save_definition(definition, by=request.user, values=form.cleaned_data)
        except ContactRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("“%(label)s” is saved.") % {"label": saved.label})
            return redirect("contacts:attributes")
    status = 422 if form.errors else 200
    context = {"form": form, "definition": definition}
    return render(request, "contacts/attribute.html", context, status=status)


@requires(Capability.MANAGE_CONTACTS)
def companies(request: Request) -> HttpResponse:
    query = request.GET.get("q", "").replace("\0", "")[:200]
    found = Account.objects.visible_to(request.user).select_related("unit")
    if query:
        found = found.filter(Q(sort_key__contains=fold(query)) | Q(external_id=query))
    living = Count("contacts", filter=Q(contacts__erased_at=None, contacts__merged_into=None))
    ordered = found.order_by("sort_key", "id").annotate(people=living)
    page = Paginator(ordered, COMPANIES).get_page(request.GET.get("page"))
    return render(request, "contacts/companies.html", {"page": page, "q": query})


@requires(Capability.MANAGE_CONTACTS)
def company(request: Request, pk: int | None = None) -> HttpResponse:
    reach = Account.objects.visible_to(request.user)
    account = get_object_or_404(reach, pk=pk) if pk else Account()
    posted = request.POST if request.method == "POST" else None
    form = AccountForm(posted, user=request.user, account=account)
    if posted is not None and form.is_valid():
        try:
            saved = save_account(account, by=request.user, values=form.values())
        except ContactRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": saved.name})
            return redirect("contacts:companies")
    status = 422 if form.errors else 200
    return render(
        request, "contacts/company.html", {"form": form, "account": account}, status=status
    )
