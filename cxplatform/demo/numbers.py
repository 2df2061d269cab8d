"""Aurora's metrics, defined the way a designer defines them, and the cells they read."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import User
from cxplatform.demo.places import Places
from cxplatform.demo.scene import Scene
from cxplatform.demo.surveying import Surveys
from metrics.folding import fold
from metrics.models import Item, Metric, MetricKind, MetricVersion
from metrics.services import Definition, change_metric, define_metric, define_missing
from surveys.services.counting import fold_counts


@dataclass(frozen=True)
class Wanted:
    """One metric: its question, its limits, who owns it and whether every employee sees it."""

    key: str
    name: str
    question: str
    kind: str
    owner: str
    floor: float
    goal: float
    published: bool = True

    def definition(self) -> Definition:
        low, high = (4, 5) if self.kind == MetricKind.CSAT else (None, None)
        return Definition(self.kind, box_min=low, box_max=high, floor=self.floor, goal=self.goal)


GROUND, CABIN = "owner", "colleague6@aurora.example"
WANTED = (
    Wanted("nps", "NPS", "nps", MetricKind.NPS, "designer", 20, 45),
    Wanted(
        "satisfaction",
        "Satisfaction after the flight",
        "satisfaction",
        MetricKind.CSAT,
        GROUND,
        65,
        80,
    ),
    Wanted("check-in", "Check-in", "checkin", MetricKind.CSAT, GROUND, 60, 80),
    Wanted("online-check-in", "Ease of online check-in", "ease", MetricKind.CES, GROUND, 5, 6),
    Wanted("boarding", "Boarding", "boarding", MetricKind.CSAT, GROUND, 60, 75, False),
    Wanted("cabin-crew", "Cabin crew", "crew", MetricKind.CSAT, CABIN, 75, 85),
    Wanted("seat-comfort", "Seat comfort", "seat", MetricKind.CSAT, CABIN, 55, 70, False),
    Wanted("food", "Food and drink", "food", MetricKind.CSAT, CABIN, 50, 65),
    Wanted("baggage-claim", "Baggage claim", "baggage", MetricKind.CSAT, GROUND, 70, 80),
)


def make_metrics(scene: Scene, places: Places, surveys: Surveys, staff: Mapping[str, User]) -> None:
    """One metric a question, with floor, goal and owner; the pooled ones as every survey has."""
    designer = staff["designer"]
    of = (surveys.feel.survey, surveys.flight.survey)
    items = {item.question_key: item for item in Item.objects.filter(survey__in=of)}
    for wanted in WANTED:
        metric = define_metric(
            wanted.name,
            items=[items[wanted.question]],
            definition=wanted.definition(),
            by=designer,
            key=wanted.key,
            unit=places.root,
            owner=staff[wanted.owner],
        )
        if wanted.published:
            change_metric(metric, name=wanted.name, owner=metric.owner, published=True, by=designer)
    define_missing()
    # They have meant this since the surveys were published, not since the data were loaded.
    since = scene.at(scene.ago(370), hour=16)
    MetricVersion.objects.update(valid_from=since.date(), made_at=since)
    Metric.objects.update(created_at=since, updated_at=since)


def fold_all() -> None:
    """Everything that was answered into cells; what another folder holds, it folds itself."""
    while fold():
        pass
    fold_counts()
