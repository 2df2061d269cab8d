from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.decorators import is_post, reauthenticated, requires
from accounts.forms import UnitChangeForm, UnitForm
from accounts.http import Request
from accounts.models import Unit
from accounts.permissions import Capability
from accounts.tree import tree_rows

admins_only = requires(Capability.ADMINISTER)


@admins_only
@require_safe
def units(request: Request) -> HttpResponse:
    rows = tree_rows()
    ended = Unit.objects.filter(ended_on__isnull=False)
    return render(request, "accounts/units.html", {"rows": rows, "ended": ended})


@admins_only
@reauthenticated(when=is_post)
@require_http_methods(["GET", "POST"])
def create(request: Request) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = UnitForm(posted, initial={"parent": request.GET.get("below")})
    if request.method == "POST" and form.is_valid():
        try:
            unit = services.add_unit(**form.cleaned_data, by=request.user)
        except services.AccountsRefusal as refusal:
            form.add_error("parent", str(refusal))
        else:
            messages.success(request, _("%(unit)s was added.") % {"unit": unit})
            return redirect("accounts:units")
    shown = {"form": form, "title": _("Add a unit"), "verb": _("Add unit")}
    return render(request, "accounts/unit_form.html", shown, status=422 if form.errors else 200)


@admins_only
@reauthenticated(when=is_post)
@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.user).current(), pk=pk)
    place = unit.places.filter(valid_to=None).select_related("parent").first()
    parent = place.parent if place else None
    posted = request.POST if request.method == "POST" else None
    form = UnitChangeForm(posted, unit=unit, initial={"name": unit.name, "parent": parent})
    if request.method == "POST" and form.is_valid():
        try:
            _apply(unit, form, parent, request)
        except services.AccountsRefusal as refusal:
            form.add_error("parent", str(refusal))
        else:
            return redirect("accounts:units")
    shown = {
        "form": form,
        "title": unit.name,
        "verb": _("Save unit"),
        "unit": unit,
        "places": unit.places.select_related("parent").order_by("-valid_from"),
    }
    return render(request, "accounts/unit_form.html", shown, status=422 if form.errors else 200)


def _apply(unit: Unit, form: UnitChangeForm, before: Unit | None, request: Request) -> None:
    name, parent = form.cleaned_data["name"], form.cleaned_data["parent"]
    if parent and parent != before:
        services.move_unit(unit, parent=parent, by=request.user)
        said = _("%(unit)s now lies below %(parent)s.") % {"unit": unit, "parent": parent}
        messages.success(request, said)
    if name != unit.name:
        services.rename_unit(unit, name=name, by=request.user)
        messages.success(request, _("The unit is now called %(name)s.") % {"name": name})


@admins_only
@reauthenticated
@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.user).current(), pk=pk)
    try:
        services.end_unit(unit, by=request.user)
    except services.AccountsRefusal as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:unit", pk=pk)
    messages.success(request, _("%(unit)s has ended.") % {"unit": unit})
    return redirect("accounts:units")
