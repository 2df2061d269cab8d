import pytest

from activity.models import Event
from metrics.models import Item, Metric, MetricVersion
from metrics.services import (
    Definition,
    DefinitionError,
    define_metric,
    define_missing,
    revise_metric,
)
from tests.metrics.factories import entry, make_survey, publish, scored

pytestmark = pytest.mark.django_db


def test_publishing_brings_default_metrics_once(owner):
    questions = scored(a="nps", b="csat", c="ces", d="rating") | {
        "e": entry("rating", label="Legroom"),
        "f": entry("rating", label="Stars", low=0, high=10),
    }
    make_survey(owner, questions=questions)
    assert define_missing() == 7
    assert define_missing() == 0
    made = {m.name: m.current_version for m in Metric.objects.select_related("current_version")}
    assert {name: (v.kind, v.box_min, v.margin) for name, v in made.items()} == {
        "NPS · After the flight": ("nps", None, 5),
        "CSAT · After the flight": ("csat", 4, 5),
        "CES · After the flight": ("ces", None, pytest.approx(0.3)),
        "d": ("csat", 4, 5),
        "Legroom": ("csat", 4, 5),
        "Stars": ("mean", None, 0.5),
        "All ratings of After the flight (1–5)": ("csat", 4, 5),
    }
    assert Event.objects.filter(verb="metric.defined", actor=None).count() == 7


def test_a_pooled_metric_takes_in_later_ratings_until_somebody_revises_it(owner):
    survey = make_survey(owner, questions=scored(a="rating", b="rating"))
    define_missing()
    publish(survey, scored(a="rating", b="rating", c="rating"))
    define_missing()
    pooled = Metric.objects.get(name__startswith="All ratings")
    assert (pooled.current_version.number, pooled.current_version.items.count()) == (2, 3)
    revise_metric(
        pooled,
        items=list(Item.objects.all()[:2]),
        definition=Definition("mean"),
        by=owner,
    )
    define_missing()
    pooled.refresh_from_db()
    assert (pooled.current_version.number, pooled.current_version.kind) == (3, "mean")


def test_low_is_good_scales_keep_their_direction(owner):
    questions = {
        "a": entry("ces", label="effort", low=1, high=5, orientation="low_is_good"),
        "b": entry("rating", label="pain", orientation="low_is_good"),
    }
    make_survey(owner, questions=questions)
    define_missing()
    versions = {v.kind: v for v in MetricVersion.objects.all()}
    assert not versions["ces"].high_is_good
    assert (versions["csat"].box_min, versions["csat"].box_max) == (1, 2)


def test_revising_keeps_the_earlier_definition_and_notes_both(owner):
    make_survey(owner)
    define_missing()
    metric = Metric.objects.get()
    items = list(metric.current_version.items.all())
    revise_metric(metric, items=items, definition=Definition("nps", margin=3, floor=20), by=owner)
    assert list(metric.versions.order_by("number").values_list("margin", flat=True)) == [5, 3]
    event = Event.objects.get(verb="metric.revised")
    assert (event.data["before"]["margin"], event.data["after"]["floor"]) == (5, 20)


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        (Definition("csat"), "must lie between 0 and 10"),
        (Definition("share", box_min=9, box_max=11), "must lie between 0 and 10"),
        (Definition("nps", margin=-1), "above zero"),
    ],
)
def test_impossible_definitions_are_refused_in_words(owner, definition, says):
    make_survey(owner)
    with pytest.raises(DefinitionError, match=says):
        define_metric("x", items=list(Item.objects.all()), definition=definition, by=owner)


def test_scales_are_never_mixed(owner):
    make_survey(owner, questions=scored(a="nps", b="csat"))
    with pytest.raises(DefinitionError, match="on one scale"):
        define_metric("x", items=list(Item.objects.all()), definition=Definition("mean"), by=owner)
    csat = list(Item.objects.filter(type="csat"))
    with pytest.raises(DefinitionError, match="0 to 10"):
        define_metric("x", items=csat, definition=Definition("nps"), by=owner)
