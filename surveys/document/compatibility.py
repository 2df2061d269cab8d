"""A question key stands for ever for one type, scale and set of choices."""

from dataclasses import dataclass
from typing import Final

from surveys.document.schema import SurveyDocument

_SENTENCES: Final[dict[str, str]] = {
    "type": "The question type of “{key}” was {before} when published and is {after} now.",
    "scale": "The scale of “{key}” was {before} when published and is {after} now.",
    "choices": "The choices of “{key}” were {before} when published and are {after} now.",
}


@dataclass(frozen=True)
class Break:
    """A change that makes the answers before and after it different things."""

    key: str
    kind: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        changed = _SENTENCES[self.kind].format(key=self.key, before=self.before, after=self.after)
        return f"{changed} Its answers cannot be counted together: it needs a new key."


def bound_changes(old: SurveyDocument, new: SurveyDocument) -> list[Break]:
    """In: a published document and a draft. Out: what changed per key, in the draft's order.

    Where the type changed only that is reported, for scale and choices follow from it.
    """
    found: list[Break] = []
    for question in new.questions:
        former = old.by_key.get(question.key)
        if former is None:
            continue
        before, after = former.bound(), question.bound()
        kinds = ["type"] if before["type"] != after["type"] else list(after)
        found.extend(
            Break(question.key, kind, before[kind], after[kind])
            for kind in kinds
            if before.get(kind) != after[kind]
        )
    return found
