"""Vega-Lite specs: marks name a style of the page's theme, never a colour."""

from typing import Any

from django.utils.translation import gettext as _

from metrics.models import MetricKind, MetricVersion
from metrics.periods import step_label
from metrics.rating import band
from metrics.reading import Reading
from metrics.words import NO_BREAK, number, value_text

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
LAST_NAMED = 1
ZERO = {"labelExpr": "datum.value === 0 ? '0' : datum.label"}
AXIS_FORMATS = {"points": "+.0f", "%": ".0f", "mean": ".1f"}


def trend(reading: Reading) -> dict[str, Any]:
    """The steps with their intervals; a gap where nobody answered or a step is withheld."""
    estimate = reading.score.estimate
    points = [_point(reading, i) for i in range(len(reading.trend))]
    drawn = [point for point in points if point["value"] is not None]
    for point in drawn[-LAST_NAMED:]:
        point["call"] = True
    low = min((point["low"] for point in drawn), default=estimate.scale_min)
    high = max((point["high"] for point in drawn), default=estimate.scale_max)
    y = {"field": "value", "type": "quantitative"}
    scale = {"domain": _domain(low, high, estimate.scale_min, estimate.scale_max), "nice": False}
    axis = {"title": None, "format": AXIS_FORMATS[estimate.unit], "tickCount": 5} | ZERO
    return {
        "$schema": SCHEMA,
        "data": {"values": points},
        "width": "container",
        "height": 260,
        "encoding": {"x": _x(reading)},
        "layer": [
            {
                "mark": {"type": "area", "style": "interval"},
                "encoding": {
                    "y": y | {"field": "low", "scale": scale, "axis": axis},
                    "y2": {"field": "high"},
                },
            },
            *_alone(drawn, y),
            {"mark": {"type": "line", "style": "score"}, "encoding": {"y": y}},
            {
                "transform": [{"filter": "isValid(datum.value)"}],
                "mark": {"type": "point", "style": "score-dot"},
                "encoding": {
                    "y": y,
                    "tooltip": [
                        {"field": key} for key in ("step", "score", "from", "to", "answers")
                    ],
                },
            },
            {
                "transform": [{"filter": "datum.call"}],
                "mark": {"type": "text", "style": "callout", "dy": -12},
                "encoding": {"y": y | {"field": "high"}, "text": {"field": "score"}},
            },
        ],
    }


def _alone(drawn: list[dict[str, Any]], y: dict[str, Any]) -> list[dict[str, Any]]:
    """The interval of a step between two gaps, which has no width as an area."""
    if not any(point["alone"] for point in drawn):
        return []
    return [
        {
            "transform": [{"filter": "datum.alone"}],
            "mark": {"type": "rule", "style": "interval", "strokeWidth": 6},
            "encoding": {"y": y | {"field": "low"}, "y2": {"field": "high"}},
        }
    ]


def distribution(reading: Reading) -> dict[str, Any]:
    version, values = reading.source.version, reading.score.values
    rows = [
        {"value": value, "answers": values.get(value, 0), "band": band(version, value)}
        for value in range(version.scale_min, version.scale_max + 1)
    ]
    colour = {
        "field": "band",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": ["bad", "mid", "good"]},
    }
    y = {"field": "answers", "type": "quantitative"}
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "width": "container",
        "height": 200,
        "encoding": {
            "x": {
                "field": "value",
                "type": "ordinal",
                "axis": {"title": None, "labelAngle": 0, "grid": False},
            }
        },
        "layer": [
            {
                "mark": "bar",
                "encoding": {
                    "y": y | {"axis": None},
                    "color": colour,
                    "tooltip": [{"field": "value"}, {"field": "answers", "format": ","}],
                },
            },
            {
                "mark": {"type": "text", "style": "callout", "dy": -8},
                "encoding": {"y": y, "text": {"field": "answers", "format": ","}},
            },
        ],
    }


def _point(reading: Reading, i: int) -> dict[str, Any]:
    score = reading.trend[i]
    estimate, label = score.estimate, step_label(score.period, reading.steps.step)
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return {"step": label, "value": None, "low": None, "high": None}
    beside = reading.trend[max(0, i - 1) : i] + reading.trend[i + 1 : i + 2]
    return {
        "step": label,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "score": value_text(estimate),
        "from": value_text(estimate, estimate.low),
        "to": value_text(estimate, estimate.high),
        "answers": f"{score.n:,}",
        "alone": all(other.value is None for other in beside),
    }


def _x(reading: Reading) -> dict[str, Any]:
    """Steps by name and in order: dates read from text would move with the reader's time zone."""
    axis: dict[str, Any] = {"title": None, "labelAngle": 0, "labelOverlap": True}
    if reading.steps.step == "week":
        axis["labelExpr"] = "slice(datum.label, 5)"
    return {
        "field": "step",
        "type": "ordinal",
        "sort": None,
        "scale": {"padding": 0.1},
        "axis": axis,
    }


def _domain(low: float, high: float, scale_min: float, scale_max: float) -> list[float]:
    """Room around what is drawn, within the scale."""
    room = max((high - low) * 0.15, (scale_max - scale_min) * 0.02)
    return [max(scale_min, low - room), min(scale_max, high + room)]


def bands(reading: Reading) -> list[dict[str, str]]:
    """The shares under the headline: detractors, passives, promoters; or hits and the rest."""
    version, values = reading.source.version, reading.score.values
    n = sum(values.values())
    if not n or reading.score.estimate.unit == "mean":
        return []
    names = _band_names(version)
    counted = {key: sum(t for v, t in values.items() if band(version, v) == key) for key in names}
    result, x = [], 0.0
    for key, name in names.items():
        share = 100 * counted[key] / n
        percent = number(share, decimals=1) + NO_BREAK + "%"
        drawn = {"x": f"{x:.1f}%", "width": f"{max(0.0, share - 0.4):.1f}%"}
        result.append({"key": key, "name": name, "share": percent} | drawn)
        x += share
    return result


def rows(reading: Reading) -> list[dict[str, Any]]:
    """The table behind the distribution."""
    version, values = reading.source.version, reading.score.values
    n = sum(values.values()) or 1
    return [
        {
            "value": value,
            "answers": values.get(value, 0),
            "share": number(100 * values.get(value, 0) / n, decimals=1) + NO_BREAK + "%",
        }
        for value in range(version.scale_min, version.scale_max + 1)
    ]


def _band_names(version: MetricVersion) -> dict[str, str]:
    if version.kind == MetricKind.NPS:
        return {
            "bad": _("Detractors 0–6"),
            "mid": _("Passives 7–8"),
            "good": _("Promoters 9–10"),
        }
    ends = {"from": version.box_min, "to": version.box_max}
    return {"mid": _("Other answers"), "good": _("Answers from %(from)s to %(to)s") % ends}
