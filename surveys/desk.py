"""The editor's view of a draft: its outline, the question in hand, and what its form sends."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys.document.describe import describe, short_title
from surveys.document.expressions import Answered, Between, Expression, Not, OneOf
from surveys.document.keys import key_from, unused_key
from surveys.document.messages import say
from surveys.document.problems import Problem
from surveys.document.questions import TYPES, ChoiceQuestion, Question, ScoredQuestion
from surveys.document.schema import SurveyDocument
from surveys.presenting import own_name


@dataclass(frozen=True)
class Line:
    """One question in the outline."""

    key: str
    number: int
    title: str
    summary: str
    branch: str  # the condition, read aloud; "" if always asked
    errors: int
    hints: int
    current: bool


@dataclass(frozen=True)
class Sheet:
    """One page in the outline."""

    key: str
    number: int
    title: str
    current: bool
    lines: list[Line] = field(default_factory=list)


def outline(
    document: SurveyDocument, found: Sequence[Problem], lang: str, current: str
) -> list[Sheet]:
    errors = Counter(each.key for each in found if each.level == "error")
    hints = Counter(each.key for each in found if each.level == "warning")
    numbers = {question.key: n for n, question in enumerate(document.questions, 1)}
    sheets = []
    for number, page in enumerate(document.pages, 1):
        lines = [
            Line(
                key=each.key,
                number=numbers[each.key],
                title=short_title(each, document, lang),
                summary=each.summary_label("en"),
                branch=describe(each.shown_if, document, lang) if each.shown_if else "",
                errors=errors[each.key],
                hints=hints[each.key],
                current=each.key == current,
            )
            for each in page.questions
        ]
        title = document.text(page.title, lang)
        sheets.append(Sheet(page.key, number, title, f"page:{page.key}" == current, lines))
    return sheets


def missing_texts(found: Sequence[Problem]) -> dict[str, int]:
    """Language → how many texts its readers get in another one."""
    codes = ("missing_translation", "empty_text")
    return Counter(each.params["language"] for each in found if each.code in codes)


def language_tabs(
    document: SurveyDocument, found: Sequence[Problem], lang: str
) -> list[dict[str, Any]]:
    missing = missing_texts(found)
    return [
        {
            "tag": tag,
            "name": own_name(tag),
            "current": tag == lang,
            "missing": missing.get(tag, 0),
        }
        for tag in document.languages
    ]


def question_types() -> list[tuple[str, str]]:
    return [(kind, say("en", f"type_{kind}")) for kind in TYPES]


def question_fields(question: Question, data: QueryDict, lang: str) -> dict[str, Any]:
    """What the form changes, for `update_question`: texts in one language, the rest for all."""
    fields: dict[str, Any] = {"required": "required" in data}
    for name in ("title", "help", "low_label", "high_label"):
        if name in data:
            fields[name] = {**getattr(question, name).root, lang: data[name]}
    if isinstance(question, ScoredQuestion):
        fields["not_applicable"] = "not_applicable" in data
    for name in ("min", "max", "min_picks", "max_picks", "version"):
        if name in data and name in type(question).model_fields:
            fields[name] = _number(data[name])
    if "min_picks" in fields:
        fields["min_picks"] = fields["min_picks"] or 0
    if "orientation" in data:
        fields["orientation"] = data["orientation"]
    if isinstance(question, ChoiceQuestion):
        fields["choices"] = choices_from(question, data, lang)
    return fields


def _number(raw: object) -> int | str | None:
    """What is no number is left for the document to refuse in its own words."""
    text = str(raw).strip()
    try:
        return int(text) if text else None
    except ValueError:
        return text


def choices_from(question: ChoiceQuestion, data: QueryDict, lang: str) -> list[dict[str, Any]]:
    """The choices as the form has them: reworded, taken out, moved one up, a new one last."""
    known = {choice.key: choice for choice in question.choices}
    gone = {data.get("choice_gone", "")}
    rows: list[dict[str, Any]] = []
    for key, label in zip(data.getlist("choice_key"), data.getlist("choice"), strict=False):
        if key in known and key not in gone:
            rows.append({"key": key, "label": {**known[key].label.root, lang: label}})
    if new := data.get("choice_new", "").strip():
        fallback = f"option_{len(rows) + 1}"
        fresh = unused_key(key_from(new, fallback), [*known, *(row["key"] for row in rows)])
        rows.append({"key": fresh, "label": {lang: new}})
    place = next((n for n, row in enumerate(rows) if row["key"] == data.get("choice_up")), 0)
    if place:
        rows[place - 1 : place + 1] = [rows[place], rows[place - 1]]
    return rows


# --- conditions ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class When:
    """The condition form: on which question it hangs, and how."""

    others: list[tuple[str, str]]
    other: str = ""
    op: str = ""
    points: list[int] = field(default_factory=list)
    low: int | None = None
    high: int | None = None
    choices: list[tuple[str, str, bool]] = field(default_factory=list)
    sentence: str = ""


def when_of(document: SurveyDocument, question: Question, lang: str, picked: str) -> When:
    """`picked`: the question just chosen in the form; else that of the condition in force."""
    others = _earlier(document, question)
    op, leaf, low, high, values = _read(question.shown_if)
    earlier = {each.key for each in others}
    other = next((key for key in (picked, leaf) if key in earlier), "")
    target = document.by_key.get(other)
    points = list(target.scale.points) if target and target.scale else []
    choices = []
    if isinstance(target, ChoiceQuestion):
        first = document.first_language
        choices = [
            (key, target.label_of(key, lang, first), key in values and other == leaf)
            for key in target.choice_keys
        ]
    return When(
        others=[(each.key, short_title(each, document, lang)) for each in others],
        other=other,
        op=op if other == leaf else "",
        points=points,
        low=low if other == leaf and low is not None else (points[0] if points else None),
        high=high if other == leaf and high is not None else _suggested_high(target),
        choices=choices,
        sentence=describe(question.shown_if, document, lang) if question.shown_if else "",
    )


def _suggested_high(target: Question | None) -> int | None:
    """The lower part of the scale, where one asks what went wrong: 0–6 of 0–10."""
    if target is None or target.scale is None:
        return None
    low, high = target.scale.min, target.scale.max
    return low + round((high - low) * 0.6)


def _earlier(document: SurveyDocument, question: Question) -> list[Question]:
    keys = [each.key for each in document.questions]
    return document.questions[: keys.index(question.key)]


def _read(expr: Expression | None) -> tuple[str, str, int | None, int | None, list[str]]:
    match expr:
        case Between():
            return "between", expr.left.question, expr.low, expr.high, []
        case OneOf():
            return "one_of", expr.left.question, None, None, [str(each) for each in expr.values]
        case Not(of=OneOf() as inner):
            return "none_of", inner.left.question, None, None, [str(v) for v in inner.values]
        case Answered():
            return "answered", expr.left.question, None, None, []
        case _:
            return "", "", None, None, []


class WrongCondition(Exception):
    """The condition form is not complete; the message says what to fill in."""


def condition_from(document: SurveyDocument, data: QueryDict) -> dict[str, Any] | None:
    """The condition the form describes, None for "always"; raises WrongCondition."""
    if "always" in data:
        return None
    other, op = data.get("other", ""), data.get("op", "")
    if other not in document.by_key:
        raise WrongCondition(_("Choose the question it depends on."))
    left = {"source": "answer", "question": other}
    if op == "answered":
        return {"op": op, "left": left}
    if op == "between":
        low, high = _number(data.get("low", "")), _number(data.get("high", ""))
        if not isinstance(low, int) or not isinstance(high, int) or low > high:
            raise WrongCondition(_("Choose the lowest and the highest value, the lower one first."))
        return {"op": op, "left": left, "low": low, "high": high}
    return _choice_condition(op, left, data.getlist("values"))


def _choice_condition(op: str, left: Mapping[str, str], values: list[str]) -> dict[str, Any]:
    if op not in ("one_of", "none_of"):
        raise WrongCondition(_("Choose how the answer must be."))
    if not values:
        raise WrongCondition(_("Choose at least one option."))
    one_of = {"op": "one_of", "left": left, "values": values}
    return one_of if op == "one_of" else {"op": "not", "of": one_of}
