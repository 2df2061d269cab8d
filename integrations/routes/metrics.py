"""Metrics and their scores: the numbers of the pages, by the same rules."""

from datetime import date
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from accounts.permissions import Capability
from integrations.problems import PROBLEMS, Refused, errors_of
from integrations.rights import TokenRequest, demand
from metrics import overview, privacy, reading, selectors
from metrics.forms import PeriodForm
from metrics.models import Metric
from metrics.periods import Period
from metrics.rating import Score
from metrics.sources import Source, source_of

router = Router(tags=["metrics"])
FORM_NAMES = {"start": "from", "end": "to", "__all__": "from"}
PLAIN_DIMENSIONS = ("channel", "unit", "touchpoint")


class MetricOut(Schema):
    key: str
    name: str
    kind: str
    version: int
    scale_min: int
    scale_max: int
    high_is_good: bool
    hits_from: int | None = Field(description="Shares: the values that count, from …")
    hits_to: int | None = Field(description="… to.")
    margin: float = Field(description="The smallest change worth acting on.")
    unit: str | None = Field(description="The unit's code.")
    owner: str | None
    questions: list[str]


class MetricList(Schema):
    items: list[MetricOut]


class GroupOut(Schema):
    """One group. A withheld one has no numbers: its people could be told apart."""

    group: str = Field(description="The member of the dimension; empty for everything.")
    label: str
    value: float | None
    n: int | None
    people: int | None
    low: float | None
    high: float | None
    withheld: bool


class ScoresOut(Schema):
    metric: str
    version: int
    start: date
    end: date
    note: str = Field(description="Where another period is shown than was asked for, why.")
    whole: GroupOut
    groups: list[GroupOut]


@router.get("/metrics", response={200: MetricList, **PROBLEMS}, summary="Every metric in reach")
def list_metrics(request: TokenRequest) -> dict[str, Any]:
    user = demand(request, Capability.SEE_SCORES)
    metrics = (
        Metric.objects.visible_to(user)
        .exclude(current_version=None)
        .select_related("current_version", "unit", "owner")
        .prefetch_related("current_version__items")
    )
    return {"items": [_metric(metric) for metric in metrics]}


@router.get("/scores", response={200: ScoresOut, **PROBLEMS}, summary="A metric's scores")
def read_scores(
    request: TokenRequest,
    metric: Annotated[str, Query(max_length=60, description="The metric's key.")],
    start: Annotated[str, Query("", alias="from", max_length=20, description="2026-10-01")] = "",
    end: Annotated[str, Query("", alias="to", max_length=20, description="2026-10-31")] = "",
    by: Annotated[
        str,
        Query("", max_length=60, description="channel, unit, touchpoint, or an attribute's key"),
    ] = "",
) -> dict[str, Any]:
    """With neither `from` nor `to` the last 30 days. Reads answers where people count twice."""
    user = demand(request, Capability.SEE_SCORES)
    found = get_object_or_404(
        Metric.objects.visible_to(user).select_related("current_version"), key=metric
    )
    source = source_of(found, user=user)
    if source is None:
        raise Refused(409, "This metric has no definition yet.")
    dimension = _dimension(by)
    period, note = _period(source, start, end)
    read = reading.read(source, period=period, with_breakdowns=bool(dimension))
    tables = [table for table in read.breakdowns if table.dimension == dimension]
    return {
        "metric": found.key,
        "version": source.version.number,
        "start": read.score.period.start,
        "end": read.score.period.end,
        "note": note,
        "whole": _group("", found.name, read.score),
        "groups": [
            _group(row.member, row.label, row.score) for table in tables for row in table.rows
        ],
    }


def _metric(metric: Metric) -> dict[str, Any]:
    version = metric.current_version
    assert version is not None  # noqa: S101  excluded by the query
    return {
        "key": metric.key,
        "name": metric.name,
        "kind": version.kind,
        "version": version.number,
        "scale_min": version.scale_min,
        "scale_max": version.scale_max,
        "high_is_good": version.high_is_good,
        "hits_from": version.box_min,
        "hits_to": version.box_max,
        "margin": version.margin,
        "unit": metric.unit.code if metric.unit else None,
        "owner": str(metric.owner) if metric.owner else None,
        "questions": [item.label for item in version.items.all()],
    }


def _dimension(by: str) -> str:
    """Only what a page may break down by."""
    if not by or by in PLAIN_DIMENSIONS:
        return by
    known = privacy.dimensions()
    if f"a:{by}" in known:
        return f"a:{by}"
    offered = [*PLAIN_DIMENSIONS, *(name.removeprefix("a:") for name in known)]
    sentence = f"Scores can’t be split by this. Choose from: {', '.join(offered)}."
    raise Refused(422, sentence, errors=[("by", sentence)])


def _period(source: Source, start: str, end: str) -> tuple[Period, str]:
    """As the page's own form reads it; where it shows other days, the note says why."""
    span = selectors.span(source.item_ids) if source.items else (None, None)
    default = overview.usual_period(span)
    if not start and not end:
        return default, ""
    form = PeriodForm({"period": "custom", "start": start, "end": end})
    if not form.is_valid():
        raise Refused(422, "The period is not one.", errors=errors_of(form, **FORM_NAMES))
    period = form.chosen(default=default, since=span[0], any_days=source.sees_all)
    return period, " ".join(str(each) for each in form.non_field_errors())


def _group(member: str, label: str, score: Score) -> dict[str, Any]:
    hidden = score.withheld
    estimate = score.estimate
    return {
        "group": member,
        "label": label,
        "value": None if hidden else score.value,
        "n": None if hidden else score.n,
        "people": None if hidden else score.people,
        "low": None if hidden else estimate.low,
        "high": None if hidden else estimate.high,
        "withheld": hidden,
    }
