"""What touchpoints hear: items, and the kind of number each makes; kinds are never pooled."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from journeys.models import Touchpoint
from metrics import hearing, privacy, rating
from metrics.models import Item, Metric, MetricVersion
from metrics.selectors import Pool
from metrics.services import SHARES, default_definition, default_margin

type Kind = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Items of one kind, counted as one number."""

    version: MetricVersion
    items: tuple[Item, ...]

    @property
    def by_person(self) -> bool:
        return len(self.items) > 1 or any(item.repeated for item in self.items)

    @property
    def kind(self) -> Kind:
        return kind_of(self.version)

    def pool(self, touchpoints: Iterable[int]) -> Pool:
        names = frozenset(str(pk) for pk in touchpoints)
        return Pool([item.pk for item in self.items], rating.points(self.version), names)


@dataclass(frozen=True, slots=True)
class Heard:
    """Touchpoints with what they hear, before any answer is read."""

    touchpoints: tuple[Touchpoint, ...]
    parts: Mapping[int, tuple[Part, ...]]  # by touchpoint: one a kind, the leading one first
    sees_all: Mapping[int, bool]

    @property
    def item_ids(self) -> list[int]:
        parts = [part for parts in self.parts.values() for part in parts]
        return sorted({item.pk for part in parts for item in part.items})

    @property
    def sees_everyone(self) -> bool:
        return all(self.sees_all.values())


def hear(touchpoints: Sequence[Touchpoint], *, user: User) -> Heard:
    """What each touchpoint listens to or is named by, as this person may see it."""
    today = timezone.localdate()
    found = hearing.listened([each.pk for each in touchpoints], today=today)
    items = Item.objects.select_related("survey").in_bulk(
        {pk for item_ids in found.values() for pk in item_ids}
    )
    versions = definitions(items.values())
    sees_all = privacy.seen_by(user)
    return Heard(
        tuple(touchpoints),
        {
            each.pk: _parts([items[pk] for pk in found.get(each.pk, [])], versions)
            for each in touchpoints
        },
        {pk: sees_all([items[item].survey for item in ids]) for pk, ids in found.items()},
    )


def kind_of(version: MetricVersion) -> Kind:
    """Only numbers with the same answer to all of this are the same kind of number."""
    box = (version.box_min, version.box_max) if version.kind in SHARES else ()
    scale = (version.scale_min, version.scale_max, version.high_is_good)
    return (version.kind, *scale, *box)


def definitions(items: Iterable[Item]) -> dict[int, MetricVersion]:
    """How each item is counted: as the metric made of it alone says, the oldest if there are
    several, else as such a question usually is."""
    found = {item.pk: _usual(item) for item in items}
    metrics = Metric.objects.filter(current_version__items__in=found).distinct().order_by("-pk")
    for metric in metrics.select_related("current_version").prefetch_related(
        "current_version__items"
    ):
        if metric.current_version is not None:
            alone = list(metric.current_version.items.all())
            if len(alone) == 1:
                found[alone[0].pk] = metric.current_version
    return found


def joined(parts: Sequence[Part]) -> Part:
    """Parts of one kind as one."""
    items = {item.pk: item for part in parts for item in part.items}
    return Part(_shared([part.version for part in parts]), tuple(items.values()))


def _parts(items: Sequence[Item], versions: Mapping[int, MetricVersion]) -> tuple[Part, ...]:
    kinds: dict[Kind, list[Item]] = defaultdict(list)
    for item in items:
        kinds[kind_of(versions[item.pk])].append(item)
    return tuple(_together(alike, versions) for alike in kinds.values())


def _together(items: Sequence[Item], versions: Mapping[int, MetricVersion]) -> Part:
    return Part(_shared([versions[item.pk] for item in items]), tuple(items))


def _shared(versions: Sequence[MetricVersion]) -> MetricVersion:
    """The definition of several numbers of one kind; its limits only where they are the same."""
    first = versions[0]
    if all((v.floor, v.goal) == (first.floor, first.goal) for v in versions):
        return first
    names = ("kind", "scale_min", "scale_max", "high_is_good", "box_min", "box_max", "margin")
    return MetricVersion(**{name: getattr(first, name) for name in names})


def _usual(item: Item) -> MetricVersion:
    usual = default_definition(item)
    return MetricVersion(
        kind=usual.kind,
        scale_min=item.scale_min,
        scale_max=item.scale_max,
        high_is_good=item.high_is_good,
        box_min=usual.box_min,
        box_max=usual.box_max,
        margin=default_margin(usual.kind, item.scale_min, item.scale_max),
    )
