"""A page of a survey as its template shows it: fields with their texts, choices and errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.html import format_html
from django.utils.safestring import SafeString

from surveys.document.answers import NA_VALUE, Answer, is_not_applicable
from surveys.document.messages import say, spoken
from surveys.document.questions import (
    BaseQuestion,
    ChoiceQuestion,
    MultipleChoice,
    Question,
    ScoredQuestion,
    ShortText,
)
from surveys.document.schema import SurveyDocument
from surveys.document.texts import truncations

# More points than this are a list to choose from, not a row of buttons.
MOST_BUTTONS = 11
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "yi", "ps", "sd", "ug"}
OWN_NAMES = {"en": "English", "de": "Deutsch", "zh-Hans": "简体中文", "ms": "Bahasa Melayu"}


class Words:
    """The product's own words in one language, for templates: `{{ words.next }}`."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __getitem__(self, key: str) -> str:
        return say(self.lang, key)

    @property
    def marks(self) -> SafeString | str:
        """The attributes of an element with our words, where the page speaks another language."""
        own = spoken(self.lang)
        if own.partition("-")[0] == self.lang.partition("-")[0]:
            return ""
        return format_html(' lang="{}" dir="{}"', own, direction(own))


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One question ready to show. `kind`: scale, list, one, many, line or lines."""

    key: str
    kind: str
    title: str
    help: str
    required: bool
    error: str
    text: str = ""
    low: str = ""
    high: str = ""
    hint: str = ""
    options: list[Option] = field(default_factory=list)
    apart: Option | None = None  # "not applicable", beside the scale

    @property
    def described_by(self) -> str:
        ends = self.low or self.high
        parts = [("h", self.help), ("t", self.hint), ("p", ends), ("x", self.error)]
        return " ".join(f"{self.key}-{name}" for name, text in parts if text)


def fields_of(
    document: SurveyDocument,
    questions: Sequence[Question],
    *,
    entered: Mapping[str, Sequence[str]],
    errors: Mapping[str, str],
    lang: str,
) -> list[Field]:
    """In: the questions to show, what is filled in, what is wrong. Out: one Field each."""
    first = document.first_language
    return [
        _field(each, list(entered.get(each.key, ())), errors.get(each.key, ""), lang, first)
        for each in questions
    ]


def _field(question: BaseQuestion, entered: list[str], error: str, lang: str, first: str) -> Field:
    common: dict[str, Any] = {
        "key": question.key,
        "title": question.title.pick(lang, first),
        "help": question.help.pick(lang, first),
        "required": question.required,
        "error": error,
    }
    match question:
        case ScoredQuestion():
            return _scored(question, common, entered, lang, first)
        case ChoiceQuestion():
            options = [
                Option(each.key, each.label.pick(lang, first) or each.key, each.key in entered)
                for each in question.choices
            ]
            many = isinstance(question, MultipleChoice)
            hint = _picks(question, lang) if isinstance(question, MultipleChoice) else ""
            return Field(**common, kind="many" if many else "one", options=options, hint=hint)
        case _:
            kind = "line" if isinstance(question, ShortText) else "lines"
            return Field(**common, kind=kind, text=entered[0] if entered else "")


def _scored(
    question: ScoredQuestion, common: dict[str, Any], entered: list[str], lang: str, first: str
) -> Field:
    points = question.scale.points
    apart = None
    if question.not_applicable:
        apart = Option(NA_VALUE, say(lang, "not_applicable"), NA_VALUE in entered)
    return Field(
        **common,
        kind="scale" if len(points) <= MOST_BUTTONS else "list",
        options=[Option(str(n), str(n), str(n) in entered) for n in points],
        low=_end(points[0], question.low_label.pick(lang, first)),
        high=_end(points[-1], question.high_label.pick(lang, first)),
        apart=apart,
    )


def _end(point: int, label: str) -> str:
    return f"{point} = {label}" if label else ""


def _picks(question: MultipleChoice, lang: str) -> str:
    low, high = question.min_picks, question.max_picks
    if low and high:
        if low == high:
            return say(lang, "hint_picks_exactly", count=low)
        return say(lang, "hint_picks_between", low=low, high=high)
    if low:
        return say(lang, "hint_picks_min", count=low)
    return say(lang, "hint_picks_max", count=high) if high else say(lang, "hint_picks_any")


def as_entered(answer: Answer | None) -> list[str]:
    """A stored answer as the form would send it."""
    if answer is None:
        return []
    if is_not_applicable(answer):
        return [NA_VALUE]
    return list(answer) if isinstance(answer, list) else [str(answer)]


def direction(lang: str) -> str:
    return "rtl" if lang.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def languages_of(document: SurveyDocument, lang: str) -> list[tuple[str, str]]:
    """The other languages on offer, each by its own name."""
    return [(tag, own_name(tag)) for tag in document.languages if tag != lang]


def own_name(tag: str) -> str:
    """A language by the name its speakers give it; the tag itself where we do not know it."""
    for short in truncations(tag):
        if short in OWN_NAMES:
            return OWN_NAMES[short]
        known: str = LANG_INFO.get(short.lower(), {}).get("name_local", "")
        if known:
            return known[:1].upper() + known[1:]
    return tag
