"""Scores in templates: every number with its interval, n and verdict, drawn without a script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import User
from journeys.models import Stage, Touchpoint
from metrics import hearing, mapline, overview, parts, plots, words
from metrics.forms import PeriodForm, asked_period
from metrics.marks import Mark
from metrics.models import Metric, MetricKind, MetricVersion
from metrics.periods import Period
from metrics.rating import Score
from metrics.touchpoints import Scores, StageScore, TouchpointScore, read
from metrics.verdicts import Verdict, is_good_direction
from surveys.models import Survey

register = template.Library()

WAYS = {"moved_up": "up", "moved_down": "down", "not_moved": "same"}
MOST_TILES = 8


@register.inclusion_tag("metrics/_interval.html")
def interval(
    score: Score, before: Score | None = None, axis: plots.Axis | None = None, tall: str = ""
) -> dict[str, Any]:
    """The score on its scale; `tall` lets floor and goal run through a table's rows."""
    label = _("%(value)s, 95 %% interval %(interval)s") % {
        "value": words.value_text(score.estimate),
        "interval": words.interval_text(score.estimate),
    }
    drawn = plots.drawing(score, axis=axis, before=before)
    return {"drawn": drawn, "label": label, "tall": tall, "empty": score.value is None}


@register.inclusion_tag("metrics/_change.html")
def change(verdict: Verdict | None, score: Score, detail: str = "full") -> dict[str, Any]:
    if verdict is None:
        return {"verdict": None}
    way = WAYS.get(verdict.word, "unknown")
    sense = is_good_direction(verdict, score.version.high_is_good) or ""
    if verdict.small:
        sense = ""
    return {
        "verdict": verdict,
        "way": way,
        "sense": sense,
        "word": words.card_word(verdict) if detail == "card" else words.verdict_word(verdict),
        "detail": words.verdict_detail(verdict, score.estimate) if detail == "full" else "",
    }


@register.inclusion_tag("metrics/_spark.html")
def spark(trend: Sequence[Score], level: str = "") -> dict[str, Any]:
    return {"spark": plots.spark(trend), "level": level}


@register.simple_tag
def scores_to_start_with(user: User) -> overview.Landing:
    return overview.landing(user, most=MOST_TILES)


@register.inclusion_tag("metrics/_tiles.html")
def score_tiles(landing: overview.Landing) -> dict[str, Any]:
    return {"tiles": landing.tiles, "period": landing.period}


@register.simple_tag
def finding(tile: overview.Tile) -> str:
    return words.finding(tile.metric.name, tile.score, tile.verdict)


@register.inclusion_tag("metrics/_tiles.html")
def survey_tiles(survey: Survey, user: User) -> dict[str, Any]:
    """What one survey's answers come to, as far as this person may see it."""
    metrics = Metric.objects.visible_to(user).filter(current_version__items__survey=survey)
    chosen = overview.sources(metrics.distinct(), user=user, most=MOST_TILES)
    if not chosen:
        return {"tiles": []}
    period = overview.default_period([pk for source in chosen for pk in source.item_ids])
    return {"tiles": overview.tiles(chosen, period=period, with_trend=True), "period": period}


@register.simple_tag
def axis_ends(axis: plots.Axis, score: Score) -> str:
    """The ends of a table's shared axis; they are marked, since they may cut the scale."""
    ends = [words.bare_text(score.estimate, end) for end in (axis.low, axis.high)]
    return format_html(
        '<span class="ends" aria-hidden="true"><span>{}</span><span>{}</span></span>', *ends
    )


@register.filter
def score_value(score: Score, more: int = 0) -> str:
    return words.value_text(score.estimate, more=more)


@register.filter
def score_interval(score: Score, more: int = 0) -> str:
    return words.interval_text(score.estimate, more=more)


@register.filter
def score_count(score: Score) -> str:
    return words.count_text(score)


@register.filter
def score_short_count(score: Score) -> str:
    return words.short_count_text(score)


@register.filter
def score_kind(score: Score) -> str:
    return words.kind_text(score.version)


@register.filter
def scale_end(score: Score, end: str) -> str:
    estimate = score.estimate
    value = estimate.scale_min if end == "low" else estimate.scale_max
    if estimate.unit == "mean":
        return words.number(value)
    return words.value_text(estimate, value)


@register.filter
def as_number(value: float | None, decimals: int = 0) -> str:
    return "–" if value is None else words.number(value, decimals=decimals)


# --- touchpoints and maps -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """Scores of touchpoints and stages, with the period they are of and the form that chose it."""

    form: PeriodForm
    period: Period
    scores: Scores
    line: mapline.Line | None
    sentence: str
    lowest: mapline.Stop | None


@register.simple_tag(takes_context=True)
def touchpoint_scores(
    context: Context, touchpoints: Iterable[Touchpoint], stages: Iterable[Stage] = ()
) -> Shown:
    """Once a page, with all it shows: `stages` with their placements, where it is a map."""
    request = context["request"]
    heard = parts.hear(list(touchpoints), user=request.user)
    form, period = asked_period(request.GET, item_ids=heard.item_ids, any_days=heard.sees_everyone)
    placed = {stage.pk: [p.touchpoint_id for p in stage.placements.all()] for stage in stages}
    scores = read(heard, period=period, stages=placed)
    stops = [mapline.Stop(stage.name, scores.stages[stage.pk]) for stage in stages]
    line, lowest = mapline.line(stops, scores), mapline.lowest(stops)
    return Shown(form, period, scores, line, mapline.sentence(stops), lowest)


@register.filter
def of_touchpoint(shown: Shown, touchpoint: Touchpoint) -> TouchpointScore:
    return shown.scores.touchpoints[touchpoint.pk]


@register.filter
def of_stage(shown: Shown, stage: Stage) -> StageScore:
    return shown.scores.stages[stage.pk]


@register.inclusion_tag("metrics/_touchpoint.html")
def touchpoint_score(found: TouchpointScore) -> dict[str, Any]:
    """What stands on a touchpoint's card: its number, interval, n, mark and age."""
    age = words.age_text(found.latest, timezone.localdate()) if found.latest else ""
    return {"found": found, "score": found.score, "age": age}


@register.inclusion_tag("metrics/_mark.html")
def evidence_mark(mark: Mark, text: str = "") -> dict[str, Any]:
    return {"mark": mark.value, "text": text or words.mark_word(mark)}


@register.simple_tag
def evidence_rules() -> list[dict[str, Any]]:
    """Each mark with its rule, for a legend."""
    return [
        {"mark": mark, "text": f"{words.mark_word(mark)}: {rule}"}
        for mark, rule in words.mark_rules()
    ]


@register.simple_tag
def metrics_of(touchpoint: Touchpoint, user: User) -> list[Metric]:
    """The metrics this person sees that are made of what a touchpoint hears."""
    items = hearing.listened([touchpoint.pk], today=timezone.localdate()).get(touchpoint.pk, [])
    seen = Metric.objects.visible_to(user).filter(current_version__items__in=items)
    return list(seen.distinct().order_by("name"))


@register.filter
def age(day: date | None) -> str:
    return words.age_text(day, timezone.localdate()) if day else ""


@register.filter
def kind_text(version: MetricVersion) -> str:
    return words.kind_text(version)


@register.filter
def kind_name(version: MetricVersion) -> str:
    return str(MetricKind(version.kind).label)


@register.filter
def score_word(score: Score) -> str:
    return words.kind_word(score.version)
