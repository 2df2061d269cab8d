"""What an answer is once stored, and the error a wrong one raises."""

from dataclasses import dataclass
from typing import Literal

from surveys.document.messages import say

# Scored → int; choice → key; several choices → keys in document order; text → str;
# not applicable → {"na": true}. A skipped question has no entry at all.
type Answer = int | str | list[str] | dict[str, bool]
type Orientation = Literal["high_good", "low_good"]

NA_VALUE = "na"


@dataclass(frozen=True)
class Scale:
    """The whole numbers a scored question can yield, and which end is good."""

    min: int
    max: int
    orientation: Orientation

    @property
    def points(self) -> range:
        return range(self.min, self.max + 1)


class AnswerError(Exception):
    """An answer that cannot be taken; ``message(lang)`` tells the respondent what to change."""

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def message(self, lang: str) -> str:
        return say(lang, self.code, **self.params)


def not_applicable() -> Answer:
    return {"na": True}


def is_not_applicable(answer: object) -> bool:
    return isinstance(answer, dict) and answer.get("na") is True
