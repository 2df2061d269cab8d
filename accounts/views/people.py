from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.decorators import is_post, reauthenticated, requires
from accounts.forms import InvitationForm, RoleForm
from accounts.http import Request
from accounts.models import RoleHeld, StaffInvitation, User, UserQuerySet
from accounts.permissions import Capability

admins_only = requires(Capability.ADMINISTER)


def _people() -> UserQuerySet:
    roles = RoleHeld.objects.in_force(timezone.localdate()).select_related("unit")
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return User.objects.prefetch_related(
        Prefetch("roles", roles.order_by("role"), to_attr="roles_now")
    ).annotate(has_factor=Exists(factor))


@admins_only
@require_safe
def people(request: Request) -> HttpResponse:
    everyone = list(_people().order_by("-is_active", "family_name", "email"))
    shown = {
        "people": everyone,
        "active": sum(user.is_active for user in everyone),
        "invited": sum(user.is_invited for user in everyone),
    }
    return render(request, "accounts/people.html", shown)


@admins_only
@reauthenticated(when=is_post)
@require_http_methods(["GET", "POST"])
def invite(request: Request) -> HttpResponse:
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = services.invite(**form.cleaned_data, by=request.user)
        except services.AccountsRefusal as refusal:
            form.add_error("email", str(refusal))
        else:
            _mail(request, invitation)
            return redirect("accounts:person", pk=invitation.user_id)
    status = 422 if form.errors else 200
    return render(request, "accounts/invite.html", {"form": form}, status=status)


@admins_only
@require_safe
def person(request: Request, pk: int) -> HttpResponse:
    user = get_object_or_404(_people(), pk=pk)
    return _show_person(request, user, RoleForm())


@admins_only
@reauthenticated
@require_POST
def grant(request: Request, pk: int) -> HttpResponse:
    user = get_object_or_404(_people(), pk=pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            services.grant_role(user, **form.cleaned_data, by=request.user)
        except services.AccountsRefusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(name)s now holds that role.") % {"name": user})
        return redirect("accounts:person", pk=pk)
    return _show_person(request, user, form, status=422)


@admins_only
@reauthenticated
@require_POST
def end_role(request: Request, pk: int, role: int) -> HttpResponse:
    held = get_object_or_404(RoleHeld, pk=role, user_id=pk, held_to=None)
    try:
        services.end_role(held, by=request.user)
    except services.AccountsRefusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The role has ended."))
    return redirect("accounts:person", pk=pk)


@admins_only
@reauthenticated
@require_POST
def activation(request: Request, pk: int) -> HttpResponse:
    """Close an account, or open it again."""
    user = get_object_or_404(User, pk=pk)
    try:
        if "close" in request.POST:
            services.deactivate(user, by=request.user)
            messages.success(request, _("%(name)s can no longer sign in.") % {"name": user})
        else:
            services.reactivate(user, by=request.user)
            messages.success(request, _("%(name)s can sign in again.") % {"name": user})
    except services.AccountsRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:person", pk=pk)


@admins_only
@reauthenticated
@require_POST
def renew(request: Request, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    try:
        _mail(request, services.renew_invitation(user, by=request.user))
    except services.AccountsRefusal as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:person", pk=pk)


def _mail(request: Request, invitation: StaffInvitation) -> None:
    try:
        services.mail_invitation(invitation)
    except OSError:
        messages.error(
            request,
            _("The invitation stands, but the mail server did not take it. Try Send again later."),
        )
    else:
        messages.success(request, _("Invited %(name)s by e-mail.") % {"name": invitation.user})


def _show_person(
    request: Request, user: User, form: RoleForm, *, status: int = 200
) -> HttpResponse:
    shown = {"person": user, "form": form, "is_self": user.pk == request.user.pk}
    return render(request, "accounts/person.html", shown, status=status)
