"""Defining metrics: every definition is a numbered version, and the trail says who made it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from activity.services import record_event
from metrics.models import Item, Metric, MetricKind, MetricVersion
from metrics.verdicts import MEAN_MARGIN_PER_SPAN, NPS_MARGIN, SHARE_MARGIN
from surveys.models import Survey

# Two workers that look for missing metrics at once take turns.
LOCK = 0x0C7_DEF1
KEY_LENGTH = 60
SHARES = frozenset({MetricKind.CSAT, MetricKind.SHARE})


class DefinitionError(ValueError):
    """Items, scale or limits that cannot make one number; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a version says, besides its items."""

    kind: str
    box_min: int | None = None
    box_max: int | None = None
    margin: float | None = None
    floor: float | None = None
    goal: float | None = None


@transaction.atomic
def define_metric(
    name: str,
    *,
    items: Sequence[Item],
    definition: Definition,
    by: User | None,
    key: str = "",
    unit: Unit | None = None,
    owner: User | None = None,
) -> Metric:
    """Make a metric with its first version. Raises DefinitionError."""
    metric = Metric.objects.create(
        key=_free_key(key or slugify(name) or "metric"), name=name[:200], unit=unit, owner=owner
    )
    _add_version(metric, items=items, definition=definition, by=by)
    record_event(
        metric, verb="metric.defined", actor=by, label=metric.name, data=asdict(definition)
    )
    return metric


@transaction.atomic
def revise_metric(
    metric: Metric, *, items: Sequence[Item], definition: Definition, by: User | None
) -> MetricVersion:
    """Give a metric its next version; what it says today stays in the series. Raises
    DefinitionError."""
    metric = Metric.objects.select_for_update().get(pk=metric.pk)
    before = metric.current_version
    version = _add_version(metric, items=items, definition=definition, by=by)
    data = {"number": version.number, "after": asdict(definition)}
    if before is not None:
        data["before"] = asdict(definition_of(before))
    record_event(metric, verb="metric.revised", actor=by, label=metric.name, data=data)
    return version


@transaction.atomic
def change_metric(
    metric: Metric, *, name: str, owner: User | None, published: bool, by: User
) -> Metric:
    """Rename, hand over or publish: what the number means stays as it is."""
    metric = Metric.objects.select_for_update().get(pk=metric.pk)
    before = {"owner": metric.owner_id, "published": metric.published}
    metric.name, metric.owner, metric.published = name[:200], owner, published
    metric.save(update_fields=["name", "owner", "published", "updated_at"])
    after = {"owner": metric.owner_id, "published": published}
    data = {"before": before, "after": after}
    record_event(metric, verb="metric.changed", actor=by, label=metric.name, data=data)
    return metric


@transaction.atomic
def define_missing() -> int:
    """Give every item its own metric and every survey's like ratings a pooled one, once.

    Out: how many metrics were made. One that was renamed or revised is left as it is; a pooled one
    that nobody revised takes in the ratings a later version of the survey added.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    made = len([_define_item(item) for item in _items_without_metric()])
    ratings = Item.objects.filter(type="rating").select_related("survey__unit", "survey__owner")
    ordered = ratings.order_by("survey", "scale_min", "scale_max", "high_is_good", "id")
    for _scale, alike in groupby(ordered, key=_scale_of):
        pool = list(alike)
        if len(pool) > 1:
            made += _pool(pool)
    return made


def definition_of(version: MetricVersion) -> Definition:
    return Definition(
        version.kind,
        version.box_min,
        version.box_max,
        version.margin,
        version.floor,
        version.goal,
    )


def default_margin(kind: str, scale_min: int, scale_max: int) -> float:
    if kind == MetricKind.NPS:
        return NPS_MARGIN
    return SHARE_MARGIN if kind in SHARES else MEAN_MARGIN_PER_SPAN * (scale_max - scale_min)


def _add_version(
    metric: Metric, *, items: Sequence[Item], definition: Definition, by: User | None
) -> MetricVersion:
    scale_min, scale_max, high_is_good = _one_scale(items)
    _require_possible(definition, scale_min, scale_max)
    number = MetricVersion.objects.filter(metric=metric).count() + 1
    version = MetricVersion.objects.create(
        metric=metric,
        number=number,
        kind=definition.kind,
        scale_min=scale_min,
        scale_max=scale_max,
        high_is_good=high_is_good,
        box_min=definition.box_min,
        box_max=definition.box_max,
        margin=definition.margin or default_margin(definition.kind, scale_min, scale_max),
        floor=definition.floor,
        goal=definition.goal,
        valid_from=timezone.localdate(),
        made_by=by,
        made_at=timezone.now(),
    )
    version.items.set(items)
    metric.current_version = version
    metric.save(update_fields=["current_version", "updated_at"])
    return version


def _one_scale(items: Sequence[Item]) -> tuple[int, int, bool]:
    scales = {(item.scale_min, item.scale_max, item.high_is_good) for item in items}
    if not scales:
        raise DefinitionError(_("Choose at least one question."))
    if len(scales) > 1:
        raise DefinitionError(
            _("The questions differ in scale or direction. Choose questions on one scale.")
        )
    return scales.pop()


def _require_possible(definition: Definition, scale_min: int, scale_max: int) -> None:
    if definition.kind == MetricKind.NPS and (scale_min, scale_max) != (0, 10):
        raise DefinitionError(_("NPS is only ever counted on a scale from 0 to 10."))
    low, high = definition.box_min, definition.box_max
    if definition.kind in SHARES and not (
        low is not None and high is not None and scale_min <= low <= high <= scale_max
    ):
        message = _("The values that count as a hit must lie between %(low)s and %(high)s.")
        raise DefinitionError(message % {"low": scale_min, "high": scale_max})
    if definition.margin is not None and not definition.margin > 0:
        raise DefinitionError(_("The smallest change worth acting on must be above zero."))


def _items_without_metric() -> list[Item]:
    """Items that no version ever had alone."""
    alone = {ids[0] for ids in _version_items() if len(ids) == 1}
    items = Item.objects.select_related("survey__unit", "survey__owner").order_by("survey", "id")
    return list(items.exclude(pk__in=alone))


def _version_items() -> list[list[int]]:
    rows = MetricVersion.items.through.objects.order_by("metricversion_id")
    pairs = rows.values_list("metricversion_id", "item_id")
    return [[item for _version, item in group] for _id, group in groupby(pairs, lambda row: row[0])]


def _define_item(item: Item) -> Metric:
    survey = item.survey
    return define_metric(
        _name_of(item, survey),
        items=[item],
        definition=default_definition(item),
        by=None,
        key=f"{survey.slug}-{slugify(item.question_key) or item.pk}",
        unit=survey.unit,
        owner=survey.owner,
    )


def _name_of(item: Item, survey: Survey) -> str:
    """The question for a rating; for the known scores their name and the survey's."""
    known = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}.get(item.type)
    if known is None:
        return item.label
    if Item.objects.filter(survey=survey, type=item.type).count() > 1:
        return f"{known} · {item.label}"
    return f"{known} · {survey.name}"


def default_definition(item: Item) -> Definition:
    """NPS; top-2-box CSAT on five points; the mean, in its own direction, of CES and the rest."""
    if item.type == "nps" and (item.scale_min, item.scale_max) == (0, 10):
        return Definition(MetricKind.NPS)
    if item.type == "ces":
        return Definition(MetricKind.CES)
    if item.type == "csat" or (item.scale_min, item.scale_max) == (1, 5):
        best = item.scale_max - 1 if item.high_is_good else item.scale_min
        return Definition(MetricKind.CSAT, box_min=best, box_max=best + 1)
    return Definition(MetricKind.MEAN)


def _scale_of(item: Item) -> tuple[int, int, int, bool]:
    return item.survey_id, item.scale_min, item.scale_max, item.high_is_good


def _pool(items: list[Item]) -> bool:
    """All ratings of one scale together. Out: whether a metric was made."""
    first, survey = items[0], items[0].survey
    way = "" if first.high_is_good else "-low"
    key = f"{survey.slug[:30]}-{survey.pk}-all-{first.scale_min}-{first.scale_max}{way}"
    metric = Metric.objects.select_related("current_version").filter(key=key).first()
    if metric is None:
        name = _("All ratings of %(survey)s") % {"survey": survey.name}
        if not _is_only_scale(first):
            name = f"{name} ({first.scale_min}–{first.scale_max})"
        define_metric(
            name,
            items=items,
            definition=default_definition(first),
            by=None,
            key=key,
            unit=survey.unit,
            owner=survey.owner,
        )
        return True
    _take_in(metric, items)
    return False


def _take_in(metric: Metric, items: Iterable[Item]) -> None:
    version = metric.current_version
    pooled = list(items)
    untouched = not metric.versions.exclude(made_by=None).exists()
    if version and untouched and version.items.count() < len(pooled):
        revise_metric(metric, items=pooled, definition=definition_of(version), by=None)


def _is_only_scale(item: Item) -> bool:
    others = Item.objects.filter(survey=item.survey_id, type="rating")
    return not others.exclude(
        scale_min=item.scale_min, scale_max=item.scale_max, high_is_good=item.high_is_good
    ).exists()


def _free_key(wanted: str) -> str:
    key, number = wanted[:KEY_LENGTH].strip("-"), 1
    while Metric.objects.filter(key=key).exists():
        number += 1
        ending = f"-{number}"
        key = wanted[: KEY_LENGTH - len(ending)] + ending
    return key
