from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms import JoinForm
from accounts.models import StaffInvitation
from cxplatform.shared import tokens


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation's link: whoever holds it sets the password, once."""
    invitation = _read(token)
    if invitation is None:
        return render(request, "accounts/join_over.html", status=410)
    form = JoinForm(request.POST if request.method == "POST" else None, user=invitation.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.accept_invitation(invitation, password=form.cleaned_data["password"])
        except services.AccountsRefusal:
            return render(request, "accounts/join_over.html", status=410)
        messages.success(request, _("Your account is open. Sign in with your new password."))
        return redirect("account_login")
    shown = {"form": form, "invitation": invitation}
    return render(request, "accounts/join.html", shown, status=422 if form.errors else 200)


def _read(token: str) -> StaffInvitation | None:
    try:
        pk = tokens.read("join", token)
    except tokens.BadToken:
        return None
    found = StaffInvitation.objects.select_related("user").filter(pk=pk).first()
    return found if found and found.is_open else None
