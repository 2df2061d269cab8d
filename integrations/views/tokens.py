from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import is_post, reauthenticated
from accounts.http import Request
from integrations.forms import TokenForm
from integrations.models import ApiToken
from integrations.tokens import TokenRefused, make_token, revoke_token


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthenticated(when=is_post)
def tokens(request: Request) -> HttpResponse:
    """One's own tokens; a new one is shown in the answer to the form, and never again."""
    form = TokenForm(request.POST if request.method == "POST" else None, user=request.user)
    key = ""
    if form.is_valid():
        try:
            _token, key = make_token(request.user, **form.cleaned_data)
            form = TokenForm(user=request.user)
        except TokenRefused as refusal:
            form.add_error(None, str(refusal))
    own = ApiToken.objects.filter(user=request.user, revoked_at=None)
    context = {"form": form, "key": key, "tokens": own, "now": timezone.now()}
    response = render(
        request, "integrations/tokens.html", context, status=422 if form.errors else 200
    )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@login_required
def revoke(request: Request, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    revoke_token(token, by=request.user)
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("integrations:tokens")
