"""Numbers and findings in words: real minus, a plus on NPS and differences, a space before %."""

from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.marks import STALE_DAYS, WIDEST, Mark
from metrics.models import MetricKind, MetricVersion
from metrics.periods import Period, day_text
from metrics.rating import SHARES, Score
from metrics.scores import MINIMUM_ANSWERS, Estimate
from metrics.verdicts import Verdict

MINUS = "\u2212"
NO_BREAK = "\u00a0"
MOST_DAYS_AGO = 14


def number(value: float, *, decimals: int = 0, plus: bool = False) -> str:
    """4.25 → "4.3"; −7 with a real minus; zero never carries a sign."""
    text = number_format(abs(round(value, decimals)), decimal_pos=decimals, force_grouping=True)
    if round(value, decimals) == 0:
        return text
    return MINUS + text if value < 0 else f"+{text}" if plus else text


def value_text(estimate: Estimate, value: float | None = None, *, more: int = 0) -> str:
    """A score as its kind is written: +32, 71 %, 5.8; `more` decimals than in a headline."""
    value = estimate.value if value is None else value
    if value is None:
        return "–"
    if estimate.unit == "points":
        return number(value, decimals=more, plus=True)
    if estimate.unit == "%":
        return number(value, decimals=more) + NO_BREAK + "%"
    return number(value, decimals=1 + more)


def bare_text(estimate: Estimate, value: float, *, more: int = 0) -> str:
    """The same without the sign of its unit, for the ends of an interval."""
    return value_text(estimate, value, more=more).removesuffix(NO_BREAK + "%")


def interval_text(estimate: Estimate, *, more: int = 0) -> str:
    if estimate.low is None or estimate.high is None:
        return "–"
    low, high = (bare_text(estimate, end, more=more) for end in (estimate.low, estimate.high))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def answers_text(n: int) -> str:
    shown = number(n)
    return ngettext("%(n)s answer", "%(n)s answers", n) % {"n": shown}


def people_text(n: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", n) % {"n": number(n)}


def count_text(score: Score) -> str:
    """n answers, and of how many people where that is another number."""
    if score.people == score.n:
        return answers_text(score.n)
    told = {"answers": answers_text(score.n), "people": people_text(score.people)}
    return _("%(answers)s of %(people)s") % told


def short_count_text(score: Score) -> str:
    """The same for a card."""
    n = _("n %(n)s") % {"n": number(score.n)}
    if score.people == score.n:
        return n
    return f"{n}, {people_text(score.people)}"


def asked_text(score: Score) -> str:
    """The response rate, or why there is none: the interval covers chance only."""
    asked = score.asked
    if asked is None:
        return ""
    if asked.rate is not None:
        return _("%(rate)s %% of %(invited)s invited answered") % {
            "rate": number(asked.rate),
            "invited": number(asked.invited),
        }
    return (
        _("imported, response rate unknown") if asked.imported else _("open link: no response rate")
    )


def verdict_word(verdict: Verdict) -> str:
    return {
        "moved_up": _("Moved up"),
        "moved_down": _("Moved down"),
        "not_moved": _("Not moved"),
        "cant_tell": _("Can’t tell"),
        "no_verdict": _("No verdict"),
    }[verdict.word]


def card_word(verdict: Verdict) -> str:
    """The same where there is room for one short word."""
    return {
        "moved_up": _("up"),
        "moved_down": _("down"),
        "not_moved": _("same"),
        "cant_tell": _("unsure"),
        "no_verdict": _("too few"),
    }[verdict.word]


def verdict_detail(verdict: Verdict, estimate: Estimate) -> str:
    """What stands behind the word: the difference with its interval, or what is missing."""
    if verdict.word == "no_verdict":
        return _("under %(n)s answers on one side") % {"n": MINIMUM_ANSWERS}
    low, high = verdict.low95 or 0.0, verdict.high95 or 0.0
    values = {
        "difference": _gap(estimate, verdict.difference or 0.0),
        "low": _gap(estimate, low),
        "high": _gap(estimate, high),
    }
    text = _("%(difference)s (%(low)s to %(high)s)") % values
    if verdict.word == "not_moved":
        margin = number(verdict.margin, decimals=_decimals(estimate))
        return _("by more than the agreed %(margin)s") % {"margin": margin}
    if verdict.word == "cant_tell" and verdict.needed_n:
        needed = _("; %(n)s answers a period could tell") % {"n": number(verdict.needed_n)}
        return _("%(difference)s could be %(low)s to %(high)s") % values + needed
    return text + (_(", less than matters") if verdict.small else "")


def finding(name: str, score: Score, verdict: Verdict | None) -> str:
    """The page's heading: what is so."""
    if score.withheld:
        return _("%(name)s: too few people to show a number") % {"name": name}
    if not score.n:
        return _("%(name)s: no answers in this period") % {"name": name}
    if score.is_thin:
        values = {"name": name, "answers": answers_text(score.n)}
        return _("%(name)s: %(answers)s, too few for a score") % values
    values = {"name": name, "value": value_text(score.estimate)}
    word = verdict.word if verdict else "no_verdict"
    return {
        "moved_up": _("%(name)s moved up to %(value)s"),
        "moved_down": _("%(name)s moved down to %(value)s"),
        "not_moved": _("%(name)s is %(value)s and has not moved"),
        "cant_tell": _("%(name)s is %(value)s; it may have moved"),
        "no_verdict": _("%(name)s is %(value)s"),
    }[word] % values


def kind_text(version: MetricVersion) -> str:
    """What kind of number it is: two conventions share a name, so the page says which."""
    scale = {"low": version.scale_min, "high": version.scale_max}
    if version.kind == MetricKind.NPS:
        return _("NPS, 0–10")
    if version.kind in SHARES:
        values = {"from": version.box_min, "to": version.box_max} | scale
        return _("%% giving %(from)s–%(to)s on %(low)s–%(high)s") % values
    way = "" if version.high_is_good else ", " + _("low is good")
    return _("mean of %(low)s–%(high)s") % scale + way


def kind_word(version: MetricVersion) -> str:
    """The kind as it stands beside a number on a map, where `kind_text` has no room."""
    if version.kind == MetricKind.NPS:
        return _("NPS")
    if version.kind in SHARES:
        if version.kind == MetricKind.CSAT:
            return _("satisfied")
        return _("gave %(from)s–%(to)s") % {"from": version.box_min, "to": version.box_max}
    top = {"high": version.scale_max}
    if version.kind == MetricKind.CES:
        return (_("of %(high)s, ease") if version.high_is_good else _("of %(high)s, effort")) % top
    return _("of %(high)s") % top


def age_text(day: date, today: date) -> str:
    """How long ago, while that says more than the date."""
    days = (today - day).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days <= MOST_DAYS_AGO:
        return _("%(n)s days ago") % {"n": days}
    return day_text(day)


def mark_word(mark: Mark) -> str:
    return {
        Mark.NONE: _("No data"),
        Mark.THIN: _("Thin"),
        Mark.STALE: _("Stale"),
        Mark.SOLID: _("Solid"),
    }[mark]


def mark_rules() -> list[tuple[Mark, str]]:
    """The rule behind each mark, in the order they are tried."""
    values = {"least": MINIMUM_ANSWERS, "part": round(1 / WIDEST), "days": STALE_DAYS}
    return [
        (Mark.NONE, _("nobody answered in the period")),
        (
            Mark.THIN,
            _("fewer than %(least)s people, or an interval wider than 1/%(part)s of its scale")
            % values,
        ),
        (
            Mark.STALE,
            _("the last answer is older than %(days)s days, or than the period is long") % values,
        ),
        (Mark.SOLID, _("everything else")),
    ]


def sum_text(version: MetricVersion) -> str:
    if version.kind == MetricKind.NPS:
        return _("% giving 9–10 minus % giving 0–6")
    if version.kind in SHARES:
        values = {"from": version.box_min, "to": version.box_max}
        return _("%% of answers from %(from)s to %(to)s") % values
    return _("Sum of the values divided by the answers")


def since_text(period: Period) -> str:
    return _("against %(start)s to %(end)s") % {
        "start": day_text(period.start),
        "end": day_text(period.end),
    }


def _decimals(estimate: Estimate) -> int:
    return 1 if estimate.unit == "mean" else 0


def _gap(estimate: Estimate, value: float) -> str:
    return number(value, decimals=_decimals(estimate), plus=True)
