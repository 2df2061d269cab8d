"""What to put right before a survey is published."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, combinations, islice, product
from math import prod
from typing import Final, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cxplatform.shared.languages import language_name
from surveys.document.answers import Answer
from surveys.document.describe import short_title
from surveys.document.expressions import (
    Compare,
    Expression,
    Leaf,
    OneOf,
    Selected,
    evaluate,
    leaves,
    references,
)
from surveys.document.questions import ChoiceQuestion, MultipleChoice, Question
from surveys.document.schema import SurveyDocument
from surveys.document.texts import Text

SENTENCES: Final = {
    "no_questions": _("The survey has no questions. Add one."),
    "empty_page": _("%(name)s has no questions. Add one, or remove the page."),
    "empty_text": _("%(name)s has no %(field)s in %(language)s. Write it."),
    "missing_translation": _(
        "%(name)s has no %(field)s in %(language)s. Readers get it in another language."
    ),
    "unlabelled_ends": _(
        "%(name)s does not say what its ends mean. Label the lowest and the highest value."
    ),
    "duplicate_label": _(
        "%(name)s has the option “%(label)s” twice in %(language)s. Reword one of them."
    ),
    "unknown_reference": _(
        "%(name)s depends on a question that does not exist (%(other)s). Choose another one."
    ),
    "own_reference": _("%(name)s depends on itself. Choose an earlier question."),
    "later_reference": _(
        "%(name)s stands before %(other)s, on which it depends, so nobody would ever see it. "
        "Move it behind that question, or change when it is shown."
    ),
    "impossible": _(
        "%(name)s can never be shown: part of its condition on %(other)s cannot come true. "
        "Change when it is shown."
    ),
    "contradiction": _(
        "%(name)s can never be shown: its conditions exclude each other. Change one of them."
    ),
}
# What a text of a question, a page or the survey is called in those sentences.
_FIELDS: Final = {
    "title": _("text"),
    "help": _("help"),
    "low_label": _("label for its lowest value"),
    "high_label": _("label for its highest value"),
    "choice": _("label for option %(number)s"),
    "heading": _("heading"),
    "survey title": _("title"),
    "intro": _("introduction"),
    "thanks": _("thank-you"),
    "footer": _("footer"),
}
_WARNINGS: Final = {"empty_page", "missing_translation", "unlabelled_ends"}
# Bounds the look-ahead: combinations of answers times comparisons.
_MOST_TRIALS: Final = 20_000


@dataclass(frozen=True)
class Problem:
    """One thing to put right; ``key`` is the question's or page's, "" for the survey itself.

    ``other`` is the key of the question that a condition asks about.
    """

    code: str
    key: str = ""
    params: dict[str, str] = field(default_factory=dict)
    other: str = ""

    @property
    def level(self) -> Literal["error", "warning"]:
        return "warning" if self.code in _WARNINGS else "error"

    @property
    def sentence(self) -> str:
        said: dict[str, str] = dict(self.params)
        if "language" in said:
            said["language"] = language_name(said["language"])
        if "field" in said:
            name, _space, number = said["field"].partition(" #")
            said["field"] = _FIELDS[name] % {"number": number}
        return SENTENCES[self.code] % said


def problems(document: SurveyDocument) -> list[Problem]:
    """All problems in document order; those of level "error" stand against publishing."""
    return list(_all(document))


def _all(document: SurveyDocument) -> Iterator[Problem]:
    if not document.questions:
        yield Problem("no_questions")
    title = [("survey title", document.title, True)]
    rest = [(name, getattr(document, name), False) for name in ("intro", "thanks", "footer")]
    yield from _texts(document, "", gettext("The survey"), [*title, *rest])
    for number, page in enumerate(document.pages, 1):
        name = gettext("Page %(number)s") % {"number": number}
        if not page.questions and len(document.pages) > 1:
            yield Problem("empty_page", page.key, {"name": name})
        yield from _texts(document, page.key, name, [("heading", page.title, False)])
        for question in page.questions:
            yield from _question(document, question)


def _question(document: SurveyDocument, question: Question) -> Iterator[Problem]:
    name = _name(document, question.key)
    yield from _texts(document, question.key, name, question.texts())
    if question.scored and any(text.is_empty for _n, text, _m in question.texts()[-2:]):
        yield Problem("unlabelled_ends", question.key, {"name": name})
    if isinstance(question, ChoiceQuestion):
        yield from _labels(document, question, name)
    if question.shown_if is not None:
        yield from _condition(document, question, question.shown_if, name)


def _texts(
    document: SurveyDocument, key: str, name: str, texts: list[tuple[str, Text, bool]]
) -> Iterator[Problem]:
    for field_name, text, needed in texts:
        if text.is_empty and not needed:
            continue
        for lang in document.languages:
            if text.has(lang):
                continue
            first = lang == document.first_language
            code = "empty_text" if first and needed else "missing_translation"
            if text.is_empty and not first:
                continue
            yield Problem(code, key, {"field": field_name, "name": name, "language": lang})


def _labels(document: SurveyDocument, question: ChoiceQuestion, name: str) -> Iterator[Problem]:
    for lang in document.languages:
        labels = Counter(document.text(each.label, lang).casefold() for each in question.choices)
        for label, count in labels.items():
            if label and count > 1:
                params = {"name": name, "label": label, "language": lang}
                yield Problem("duplicate_label", question.key, params)


def _condition(
    document: SurveyDocument, question: Question, expr: Expression, name: str
) -> Iterator[Problem]:
    order = {each.key: index for index, each in enumerate(document.questions)}
    sound = True
    for other in references(expr):
        if other == question.key:
            code = "own_reference"
        elif other not in order:
            code = "unknown_reference"
        elif order[other] > order[question.key]:
            code = "later_reference"
        else:
            continue
        sound = False
        yield Problem(code, question.key, {"name": name, "other": _name(document, other)}, other)
    if sound:
        yield from _unreachable(document, question, expr, name)


def _unreachable(
    document: SurveyDocument, question: Question, expr: Expression, name: str
) -> Iterator[Problem]:
    dead = [leaf for leaf in leaves(expr) if _is_dead(document, leaf)]
    for other in dict.fromkeys(leaf.left.question for leaf in dead):
        params = {"name": name, "other": _name(document, other)}
        yield Problem("impossible", question.key, params, other)
    if not dead and not _can_hold(document, expr):
        yield Problem("contradiction", question.key, {"name": name})


def _name(document: SurveyDocument, key: str) -> str:
    known = document.by_key.get(key)
    if known is None:
        return key
    title = short_title(known, document, document.first_language)
    return gettext("“%(title)s”") % {"title": title}


def _is_dead(document: SurveyDocument, leaf: Leaf) -> bool:
    """A comparison that no answer satisfies, or that names a value nobody can give."""
    question = document.by_key[leaf.left.question]
    possible: list[int | str] | None = None
    if question.scale is not None:
        possible = list(question.scale.points)
    elif isinstance(question, ChoiceQuestion):
        possible = list(question.choice_keys)
    named: list[int | str] = []
    match leaf:
        case Compare(op="eq" | "ne"):
            named = [leaf.value]
        case OneOf():
            named = list(leaf.values)
        case Selected():
            named = [leaf.choice]
    if possible is not None and any(value not in possible for value in named):
        return True
    return not _can_hold(document, leaf)


def _can_hold(document: SurveyDocument, expr: Expression) -> bool:
    """Tries every combination of answers that could matter; True where there are too many."""
    keys = references(expr)
    domains = [_domain(document.by_key[key], expr) for key in keys]
    comparisons = sum(1 for _ in leaves(expr))
    if comparisons * prod(len(domain) for domain in domains) > _MOST_TRIALS:
        return True
    return any(
        evaluate(expr, {k: answer for k, answer in zip(keys, trial, strict=True) if answer != ""})
        for trial in product(*domains)
    )


def _domain(question: Question, expr: Expression) -> list[Answer]:
    """The answers worth trying; "" stands for a missing one."""
    if question.scale is not None:
        return ["", *question.scale.points]
    if isinstance(question, MultipleChoice):
        sizes = range(1, len(question.choices) + 1)
        picks = chain.from_iterable(combinations(question.choice_keys, n) for n in sizes)
        return ["", *(list(pick) for pick in islice(picks, _MOST_TRIALS))]
    if isinstance(question, ChoiceQuestion):
        return ["", *question.choice_keys]
    own = [leaf for leaf in leaves(expr) if leaf.left.question == question.key]
    named = [leaf.value for leaf in own if isinstance(leaf, Compare)]
    listed = [value for leaf in own if isinstance(leaf, OneOf) for value in leaf.values]
    return ["", "some other words", *(v for v in [*named, *listed] if isinstance(v, str))]
