from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.http import Request
from accounts.permissions import Capability
from cxplatform.shared.htmx import render_page
from metrics import charts, evidence, exports, overview, plots, reading, sources, words
from metrics.forms import MetricForm, PeriodForm, asked_period, initial_of
from metrics.models import Item, Metric
from metrics.periods import Period
from metrics.services import DefinitionError, change_metric, definition_of, revise_metric


@login_required
def metric_list(request: Request) -> HttpResponse:
    """Every metric in reach with its score: two statements, however many there are."""
    if not request.user.may(Capability.SEE_SCORES):
        raise PermissionDenied
    search = request.GET.get("q", "").replace("\0", "").strip()[:100]
    metrics = Metric.objects.visible_to(request.user)
    found = metrics.filter(name__icontains=search) if search else metrics
    chosen = overview.sources(found, user=request.user)
    form, period = _period(request, chosen)
    tiles = overview.tiles(chosen, period=period)
    context = {"tiles": tiles, "period": period, "form": form, "search": search}
    return render_page(request, "metrics/list.html", context, part="rows")


@login_required
def metric_detail(request: Request, key: str) -> HttpResponse:
    source = _source(request, key)
    form, period = _period(request, [source])
    read = reading.read(source, period=period)
    score = read.score
    drawn = [row.score for table in read.breakdowns for row in table.rows if not row.score.is_thin]
    context: dict[str, Any] = {
        "reading": read,
        "source": source,
        "score": score,
        "form": form,
        "period": period,
        "heading": words.finding(source.metric.name, score, read.verdict),
        "words": _words(read),
        "axis": plots.shared_axis(drawn, source.version, score.estimate),
        "bands": charts.bands(read),
        "trend_spec": charts.trend(read),
        "distribution_spec": charts.distribution(read),
        "rows": charts.rows(read),
        "table_decimals": 2 if score.estimate.unit == "%" else 1,
        "may_edit": Metric.objects.editable_by(request.user).filter(pk=source.metric.pk).exists(),
        "query": _query(request),
    }
    return render(request, "metrics/detail.html", context)


@login_required
def trend_csv(request: Request, key: str) -> HttpResponse:
    return _csv(request, key, "trend")


@login_required
def breakdown_csv(request: Request, key: str) -> HttpResponse:
    return _csv(request, key, "breakdown")


@login_required
def metric_evidence(request: Request, key: str) -> HttpResponse:
    """Rows in, rows out and why, down to single answers; reads the answers, and says so."""
    source = _source(request, key)
    form, period = _period(request, [source])
    reason = request.GET.get("why", "counted")
    if reason not in evidence.REASONS:
        raise Http404
    after = request.GET.get("after", "")
    page = evidence.page(source, user=request.user, period=period, reason=reason, after=after)
    tally = evidence.tally(source, period=period)
    context = {
        "source": source,
        "metric": source.metric,
        "form": form,
        "period": period,
        "tally": tally,
        "reason": reason,
        "reasons": evidence.REASONS,
        "lines": [(evidence.REASONS[key], key, n) for key, n in tally.out.items()],
        "page": page,
        "query": _query(request, without=("why", "after")),
    }
    return render_page(request, "metrics/evidence.html", context, part="tally")


@login_required
def metric_definition(request: Request, key: str) -> HttpResponse:
    """Change what a metric is called, who owns it, and what its next version says."""
    if not request.user.may(Capability.MANAGE_METRICS):
        raise PermissionDenied
    metric = get_object_or_404(Metric.objects.editable_by(request.user), key=key)
    version = metric.current_version
    if version is None:
        raise Http404
    surveys = version.items.values("survey")
    items = Item.objects.filter(survey__in=surveys).order_by("survey", "pk")
    sent = request.POST if request.method == "POST" else None
    form = MetricForm(sent, items=items, initial=initial_of(metric, version))
    if request.method == "POST" and form.is_valid() and _change(request, metric, form):
        messages.success(request, _("%(name)s is changed.") % {"name": metric.name})
        return redirect("metrics:detail", key)
    versions = metric.versions.select_related("made_by").order_by("-number")
    context = {"metric": metric, "form": form, "versions": versions, "version": version}
    status = 422 if form.errors else 200
    return render(request, "metrics/definition.html", context, status=status)


def _change(request: Request, metric: Metric, form: MetricForm) -> bool:
    """Out: whether it was done; what is impossible is said on the form."""
    data, version = form.cleaned_data, metric.current_version
    items = list(data["items"])
    try:
        with transaction.atomic():
            names = {"name": data["name"], "owner": data["owner"], "published": data["published"]}
            change_metric(metric, **names, by=request.user)
            same_items = version and {i.pk for i in items} == {i.pk for i in version.items.all()}
            if version is None or form.definition != definition_of(version) or not same_items:
                revise_metric(metric, items=items, definition=form.definition, by=request.user)
    except DefinitionError as error:
        form.add_error(None, str(error))
        return False
    return True


def _source(request: Request, key: str) -> sources.Source:
    metrics = Metric.objects.visible_to(request.user).select_related("current_version", "owner")
    source = sources.source_of(get_object_or_404(metrics, key=key), user=request.user)
    if source is None:
        raise Http404
    return source


def _period(request: Request, chosen: list[sources.Source]) -> tuple[PeriodForm, Period]:
    item_ids = [pk for source in chosen for pk in source.item_ids]
    any_days = all(source.sees_all for source in chosen)
    return asked_period(request.GET, item_ids=item_ids, any_days=any_days)


def _csv(request: Request, key: str, table: str) -> HttpResponse:
    source = _source(request, key)
    _form, period = _period(request, [source])
    read = reading.read(source, period=period, with_breakdowns=table == "breakdown")
    text = exports.trend(read) if table == "trend" else exports.breakdown(read)
    # The mark at the start lets spreadsheets read the file as UTF-8.
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{source.metric.key}-{table}.csv"'
    return response


def _query(request: Request, without: tuple[str, ...] = ()) -> str:
    kept = {k: v for k, v in request.GET.items() if k in {"period", "start", "end"} - set(without)}
    return urlencode(kept)


def _words(read: reading.Reading) -> dict[str, str]:
    score, version = read.score, read.source.version
    return {
        "kind": words.kind_text(version),
        "sum": words.sum_text(version),
        "asked": words.asked_text(score),
        "margin": words.number(version.margin, decimals=1),
        "since": words.since_text(read.before.period) if read.before else "",
        "exact": words.value_text(score.estimate, more=2),
        "mean": "–" if score.mean is None else words.number(score.mean, decimals=3),
        "error": "–" if score.estimate.se is None else words.number(score.estimate.se, decimals=3),
        "naive": _naive_error(read),
    }


def _naive_error(read: reading.Reading) -> str:
    """The error if every answer stood alone; empty where nobody gave more than one."""
    naive = read.score.estimate.naive_se
    if not read.source.by_person or naive is None:
        return ""
    return words.number(naive, decimals=3)
