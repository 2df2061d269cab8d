"""Questions answered by a number on a scale; these feed the metrics."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StrictInt, model_validator

from surveys.document.answers import (
    NA_VALUE,
    Answer,
    AnswerError,
    Orientation,
    Scale,
    not_applicable,
)
from surveys.document.messages import say
from surveys.document.questions.base import BaseQuestion, single, whole_number
from surveys.document.questions.wording import HIGH_ENDS, LOW_ENDS, TITLES, text_in
from surveys.document.texts import Text

MAX_POINTS = 101


class ScoredQuestion(BaseQuestion):
    scored: ClassVar[bool] = True

    low_label: Text = Text()
    high_label: Text = Text()
    not_applicable: bool = False

    @property
    def scale(self) -> Scale:
        raise NotImplementedError

    @classmethod
    def wording(cls, languages: Sequence[str], fields: Mapping[str, Any]) -> dict[str, Any]:
        name = cls._wording_name(fields)
        return {
            "title": text_in(TITLES[name], languages),
            "low_label": text_in(LOW_ENDS[name], languages),
            "high_label": text_in(HIGH_ENDS[name], languages),
        }

    @classmethod
    def _wording_name(cls, fields: Mapping[str, Any]) -> str:
        return str(cls.model_fields["type"].default)

    def parse(self, raw: Sequence[str]) -> Answer | None:
        chosen = single(raw)
        if not chosen:
            return None
        if chosen == NA_VALUE and self.not_applicable:
            return not_applicable()
        number = whole_number(chosen)
        if number is None or number not in self.scale.points:
            raise self._off("off_scale")
        return number

    def missing(self) -> AnswerError:
        return self._off("required_number")

    def _off(self, code: str) -> AnswerError:
        return AnswerError(code, low=self.scale.min, high=self.scale.max)

    def value(self, answer: Answer | None) -> int | None:
        if isinstance(answer, int) and not isinstance(answer, bool):
            return answer if answer in self.scale.points else None
        return None

    def bound(self) -> dict[str, str]:
        scale = self.scale
        better = "high is good" if scale.orientation == "high_good" else "low is good"
        return {**super().bound(), "scale": f"{scale.min} to {scale.max}, {better}"}

    def summary_label(self, lang: str) -> str:
        named = super().summary_label(lang)
        return say(lang, "summary_scale", type=named, low=self.scale.min, high=self.scale.max)

    def texts(self) -> list[tuple[str, Text, bool]]:
        ends = [("low_label", self.low_label, False), ("high_label", self.high_label, False)]
        return [*super().texts(), *ends]


class Nps(ScoredQuestion):
    """Would you recommend us, 0 to 10: the only thing called NPS."""

    default_key: ClassVar[str] = "nps"
    type: Literal["nps"] = "nps"

    @property
    def scale(self) -> Scale:
        return Scale(0, 10, "high_good")


class Csat(ScoredQuestion):
    default_key: ClassVar[str] = "csat"
    type: Literal["csat"] = "csat"

    @property
    def scale(self) -> Scale:
        return Scale(1, 5, "high_good")


class Ces(ScoredQuestion):
    """Version 1 asks for effort (1–5, low is good), version 2 for ease (1–7, high is good)."""

    default_key: ClassVar[str] = "ces"
    type: Literal["ces"] = "ces"
    version: Literal[1, 2] = 2

    @property
    def scale(self) -> Scale:
        return Scale(1, 5, "low_good") if self.version == 1 else Scale(1, 7, "high_good")

    @classmethod
    def _wording_name(cls, fields: Mapping[str, Any]) -> str:
        return "ces_1" if fields.get("version") == 1 else "ces_2"


class Rating(ScoredQuestion):
    default_key: ClassVar[str] = "rating"
    type: Literal["rating"] = "rating"
    min: Annotated[StrictInt, Field(ge=-1000, le=1000)] = 1
    max: Annotated[StrictInt, Field(ge=-1000, le=1000)] = 5
    orientation: Orientation = "high_good"

    @model_validator(mode="after")
    def _few_enough_points(self) -> Self:
        if not self.min < self.max:
            raise ValueError("The highest value must be above the lowest.")
        if self.max - self.min >= MAX_POINTS:
            raise ValueError(f"A scale has at most {MAX_POINTS} values.")
        return self

    @property
    def scale(self) -> Scale:
        return Scale(self.min, self.max, self.orientation)
