"""Planning a distribution, page by page; each page stands alone and works without scripts."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.decorators import requires
from accounts.http import Request
from accounts.models import Organisation
from accounts.permissions import Capability
from surveys.distribution_forms import AudienceForm, MessageForm, NewDistributionForm
from surveys.models import Distribution, DistributionState
from surveys.personalising import NAMES, BadPlaceholder
from surveys.services import asking
from surveys.services import distributions as planning
from surveys.services.errors import DistributionRefused
from surveys.services.trying import as_oneself, send_test
from surveys.services.wording import document_for, letter_of, offered_languages

PAGE = 25
# What an e-mail may do in the frame that shows it: its own inline styles, links, nothing else.
LETTER_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
plans = requires(Capability.PLAN_DISTRIBUTIONS)
# Whoever releases looks at what they release.
sees = requires(Capability.PLAN_DISTRIBUTIONS, Capability.RELEASE)


def visible(request: Request, pk: int) -> Distribution:
    """The distribution, or 404 for whoever may not see it."""
    rows = Distribution.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("survey__unit", "sender", "owner"), pk=pk)


def plannable(request: Request, pk: int) -> Distribution:
    """The distribution, or 404 for whoever may at most release it."""
    rows = Distribution.objects.plannable_by(request.user)
    return get_object_or_404(rows.select_related("survey__unit", "sender", "owner"), pk=pk)


def visible_draft(request: Request, pk: int) -> Distribution:
    return get_object_or_404(
        Distribution.objects.plannable_by(request.user).select_related("survey", "sender"),
        pk=pk,
        state=DistributionState.DRAFT,
    )


@sees
@require_GET
def distributions(request: Request) -> HttpResponse:
    rows = Distribution.objects.visible_to(request.user).select_related("survey", "owner")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows.order_by("-pk")[: PAGE + 1])
    counts = planning.progress_of_all(page[:PAGE])
    context = {
        "rows": [(each, Progress(each, counts.get(each.pk, {}))) for each in page[:PAGE]],
        "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "first_page": not before,
        "under_way": sum(each.state == DistributionState.SENDING for each in page[:PAGE]),
        "to_release": Distribution.objects.releasable_by(request.user).count(),
        "may_plan": request.user.may(Capability.PLAN_DISTRIBUTIONS),
        "may_stop": request.user.may(Capability.STOP_SENDING),
        "organisation": Organisation.objects.first(),
    }
    return render(request, "surveys/distributions.html", context)


@plans
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    chosen = {"survey": request.GET.get("survey")}
    form = NewDistributionForm(data, user=request.user, initial=chosen)
    if form.is_valid():
        distribution = planning.create_distribution(
            form.cleaned_data["survey"], name=form.cleaned_data["name"], by=request.user
        )
        return redirect("surveys:audience", distribution.pk)
    status = 422 if form.is_bound else 200
    return render(request, "surveys/distribution_new.html", {"form": form}, status=status)


@plans
@require_http_methods(["GET", "POST"])
def audience(request: Request, pk: int) -> HttpResponse:
    draft = visible_draft(request, pk)
    if request.method == "POST":
        form = AudienceForm(request.POST, user=request.user)
        if form.is_valid():
            planning.set_audience(draft, audience=form.audience(), by=request.user)
            return redirect("surveys:message", draft.pk)
    else:
        form = AudienceForm(user=request.user, initial=AudienceForm.initial_of(draft))
    context = {"distribution": draft, "form": form, "step": "audience"}
    context["count"] = asking.audience_of(draft, by=request.user).count()
    status = 422 if form.is_bound else 200
    return render(request, "surveys/distribution_audience.html", context, status=status)


@plans
@require_GET
def audience_count(request: Request, pk: int) -> HttpResponse:
    """How many the filter as it stands on the page names; nothing is kept."""
    draft = visible_draft(request, pk)
    form = AudienceForm(request.GET, user=request.user)
    count = asking.in_reach(form.audience(), by=request.user).count() if form.is_valid() else None
    context = {"distribution": draft, "count": count}
    return render(request, "surveys/distribution_audience.html#count", context)


@plans
@require_http_methods(["GET", "POST"])
def message(request: Request, pk: int) -> HttpResponse:
    draft = visible_draft(request, pk)
    form = MessageForm(request.POST if request.method == "POST" else None, distribution=draft)
    if form.is_valid():
        planning.set_message(
            draft,
            subjects=form.texts("subject"),
            bodies=form.texts("body"),
            sender=form.cleaned_data["sender"],
            by=request.user,
        )
        return redirect("surveys:distribution", draft.pk)
    context = {"distribution": draft, "form": form, "step": "message", "names": NAMES}
    context["has_senders"] = form.fields["sender"].queryset.exists()  # type: ignore[attr-defined]
    status = 422 if form.is_bound else 200
    return render(request, "surveys/distribution_message.html", context, status=status)


@sees
@require_GET
@xframe_options_sameorigin
@csp_override(LETTER_CSP)
def letter(request: Request, pk: int, lang: str) -> HttpResponse:
    """The mail itself, as the reader would get it, for a frame."""
    distribution = visible(request, pk)
    if lang not in offered_languages(distribution):
        raise Http404
    try:
        made = letter_of(distribution, lang)
    except (DistributionRefused, BadPlaceholder) as refusal:
        return HttpResponse(str(refusal), content_type="text/plain; charset=utf-8", status=409)
    return HttpResponse(made.preview(as_oneself(distribution, request.user, lang)))


@plans
@require_POST
def test_mail(request: Request, pk: int) -> HttpResponse:
    draft = plannable(request, pk)
    offered = offered_languages(draft)
    lang = request.POST.get("lang", "")
    try:
        if not offered:
            raise DistributionRefused(_("Write a subject and a text first."), step="message")
        send_test(draft, to=request.user, lang=lang if lang in offered else offered[0])
    except (DistributionRefused, BadPlaceholder) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Sent to %(to)s.") % {"to": request.user.email})
    return redirect("surveys:distribution", pk)


@plans
@require_GET
def considered(request: Request, pk: int) -> HttpResponse:
    """Who would be asked, or left out for one reason, by name."""
    draft = visible_draft(request, pk)
    reason = request.GET.get("reason", "")
    after = request.GET.get("after", "")
    if reason and reason not in asking.REASONS:
        return redirect("surveys:considered", pk)
    start = int(after) if after.isdecimal() and len(after) < 18 else 0
    people = asking.some_considered(draft, by=request.user, reason=reason, after=start, most=51)
    context = {
        "distribution": draft,
        "reason": reason,
        "words": asking.REASONS.get(reason),
        "people": people[:50],
        "next": people[49].pk if len(people) > 50 else None,
    }
    return render(request, "surveys/distribution_considered.html", context)


class Progress:
    """How far a launched distribution is, in numbers a template can read."""

    def __init__(self, distribution: Distribution, counts: dict[str, int]) -> None:
        self.counts = counts
        self.sent = counts.get("sent", 0)
        self.failed = counts.get("failed", 0)
        self.waiting = counts.get("queued", 0) + counts.get("sending", 0)
        self.left_out = counts.get("left_out", 0)
        self.cancelled = counts.get("cancelled", 0)
        self.asked = self.sent + self.failed + self.waiting + self.cancelled
        self.considered = self.asked + self.left_out
        self.done = self.asked - self.waiting
        self.is_draft = distribution.state == DistributionState.DRAFT


def steps_context(distribution: Distribution) -> dict[str, Any]:
    document = document_for(distribution.survey)
    offered = offered_languages(distribution)
    return {
        "offered": offered,
        "unwritten": [lang for lang in document.languages if lang not in offered],
    }
