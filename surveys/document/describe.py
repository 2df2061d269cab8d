"""Conditions as sentences: "If “How likely …” is 0 to 6"."""

from surveys.document.expressions import (
    All,
    Answered,
    AnyOf,
    Between,
    Compare,
    Expression,
    Leaf,
    Not,
    OneOf,
    Selected,
)
from surveys.document.messages import say
from surveys.document.questions import ChoiceQuestion, Question, ScoredQuestion
from surveys.document.schema import SurveyDocument

_TITLE_LENGTH = 60


def describe(expr: Expression, document: SurveyDocument, lang: str) -> str:
    """The whole condition as one sentence without a full stop."""
    return say(lang, "if", condition=_phrase(expr, document, lang))


def short_title(question: Question, document: SurveyDocument, lang: str) -> str:
    """A question's title on one line, cut at 60 characters; its key where it has none."""
    title = " ".join(document.text(question.title, lang).split()) or question.key
    return title if len(title) <= _TITLE_LENGTH else title[: _TITLE_LENGTH - 1].rstrip() + "…"


def _phrase(expr: Expression, document: SurveyDocument, lang: str) -> str:
    match expr:
        case All() | AnyOf():
            parts = [_grouped(part, document, lang) for part in expr.of]
            phrase = parts[0]
            for part in parts[1:]:
                phrase = say(lang, f"cond_{expr.op}", left=phrase, right=part)
            return phrase
        case Not():
            return say(lang, "cond_not", condition=_phrase(expr.of, document, lang))
        case _:
            return _leaf(expr, document, lang)


def _grouped(part: Expression, document: SurveyDocument, lang: str) -> str:
    phrase = _phrase(part, document, lang)
    if isinstance(part, All | AnyOf) and len(part.of) > 1:
        return say(lang, "cond_group", condition=phrase)
    return phrase


def _leaf(leaf: Leaf, document: SurveyDocument, lang: str) -> str:
    question = document.by_key.get(leaf.left.question)
    named = short_title(question, document, lang) if question else say(lang, "unknown_question")

    def shown(value: int | str) -> str:
        return _value(question, value, document, lang)

    match leaf:
        case Compare():
            if ends := _range_on_scale(leaf, question):
                return say(lang, "cond_between", question=named, low=ends[0], high=ends[1])
            return say(lang, f"cond_{leaf.op}", question=named, value=shown(leaf.value))
        case Between():
            return say(lang, "cond_between", question=named, low=leaf.low, high=leaf.high)
        case OneOf():
            values = say(lang, "list_separator").join(shown(value) for value in leaf.values)
            return say(lang, "cond_one_of", question=named, values=values)
        case Answered():
            return say(lang, "cond_answered", question=named)
        case Selected():
            return say(lang, "cond_selected", question=named, value=shown(leaf.choice))


def _range_on_scale(leaf: Compare, question: Question | None) -> tuple[int, int] | None:
    """``score <= 6`` on 0–10 reads better as 0 to 6."""
    if not isinstance(question, ScoredQuestion) or not isinstance(leaf.value, int):
        return None
    low, high, value = question.scale.min, question.scale.max, leaf.value
    ends = {
        "lt": (low, value - 1),
        "le": (low, value),
        "gt": (value + 1, high),
        "ge": (value, high),
    }.get(leaf.op)
    return ends if ends and low <= ends[0] < ends[1] <= high else None


def _value(question: Question | None, value: int | str, document: SurveyDocument, lang: str) -> str:
    if isinstance(question, ChoiceQuestion) and isinstance(value, str):
        return f"“{question.label_of(value, lang, document.first_language)}”"
    return str(value)
