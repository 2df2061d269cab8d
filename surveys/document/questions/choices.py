"""Questions answered by picking from a list."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from surveys.document.answers import Answer, AnswerError
from surveys.document.limits import MAX_CHOICES
from surveys.document.messages import say
from surveys.document.questions.base import BaseQuestion, Key, single
from surveys.document.questions.wording import option
from surveys.document.texts import Text

_LIST = re.compile(r"[;|\n]")


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Key
    label: Text = Text()


class ChoiceQuestion(BaseQuestion):
    choices: Annotated[list[Choice], Field(min_length=1, max_length=MAX_CHOICES)]

    @classmethod
    def wording(cls, languages: Sequence[str], fields: Mapping[str, Any]) -> dict[str, Any]:
        choices = [{"key": f"option_{n}", "label": option(n, languages)} for n in (1, 2)]
        return {**super().wording(languages, fields), "choices": choices}

    @model_validator(mode="after")
    def _choice_keys_differ(self) -> Self:
        if len(set(self.choice_keys)) != len(self.choices):
            raise ValueError("Two choices have the same key.")
        return self

    @property
    def choice_keys(self) -> list[str]:
        return [choice.key for choice in self.choices]

    def _known(self, key: str) -> str:
        if key not in self.choice_keys:
            raise AnswerError("unknown_choice")
        return key

    def _key_of(self, cell: str) -> str:
        """The choice meant by an imported key or label, in any of its languages."""
        if cell in self.choice_keys:
            return cell
        wanted = cell.casefold()
        for choice in self.choices:
            if any(label.casefold() == wanted for label in choice.label.root.values()):
                return choice.key
        raise AnswerError("unknown_choice")

    def label_of(self, key: str, lang: str, first: str = "") -> str:
        """A choice's label; its key where it has none, or is gone."""
        found = next((choice for choice in self.choices if choice.key == key), None)
        return (found.label.pick(lang, first) if found else "") or key

    def bound(self) -> dict[str, str]:
        return {**super().bound(), "choices": ", ".join(sorted(self.choice_keys))}

    def summary_label(self, lang: str) -> str:
        named = super().summary_label(lang)
        return say(lang, "summary_choices", type=named, count=len(self.choices))

    def texts(self) -> list[tuple[str, Text, bool]]:
        labels = [(f"choice #{n}", each.label, True) for n, each in enumerate(self.choices, 1)]
        return [*super().texts(), *labels]


class SingleChoice(ChoiceQuestion):
    default_key: ClassVar[str] = "choice"
    type: Literal["single_choice"] = "single_choice"

    def parse(self, raw: Sequence[str]) -> Answer | None:
        chosen = single(raw)
        return self._known(chosen) if chosen else None

    def _cell(self, cell: str) -> Answer | None:
        return self._key_of(cell)

    def label(self, answer: Answer | None, lang: str, first: str = "") -> str:
        if isinstance(answer, str):
            return self.label_of(answer, lang, first)
        return super().label(answer, lang, first)


class MultipleChoice(ChoiceQuestion):
    default_key: ClassVar[str] = "choices"
    type: Literal["multiple_choice"] = "multiple_choice"
    min_picks: Annotated[StrictInt, Field(ge=0, le=MAX_CHOICES)] = 0
    max_picks: Annotated[StrictInt, Field(ge=1, le=MAX_CHOICES)] | None = None

    @model_validator(mode="after")
    def _picks_fit(self) -> Self:
        most = self.max_picks or len(self.choices)
        if most > len(self.choices) or self.min_picks > len(self.choices):
            raise ValueError("Picks are limited to more than there are choices.")
        if self.min_picks > most:
            raise ValueError("The fewest picks must not be above the most.")
        return self

    def parse(self, raw: Sequence[str]) -> Answer | None:
        return self._picked({self._known(key) for value in raw if (key := value.strip())})

    def _cell(self, cell: str) -> Answer | None:
        parts = [part.strip() for part in _LIST.split(cell) if part.strip()]
        return self._picked({self._key_of(part) for part in parts})

    def _picked(self, keys: set[str]) -> Answer | None:
        if not keys:
            return None
        if len(keys) < self.min_picks:
            raise AnswerError("picks_min", count=self.min_picks)
        if self.max_picks is not None and len(keys) > self.max_picks:
            raise AnswerError("picks_max", count=self.max_picks)
        return [key for key in self.choice_keys if key in keys]

    def hint(self, lang: str) -> str:
        low, high = self.min_picks, self.max_picks
        if high is None:
            return say(lang, "hint_picks_min" if low > 1 else "hint_picks_any", count=low)
        if low == high:
            return say(lang, "hint_picks_exactly", count=high)
        return say(
            lang,
            "hint_picks_between" if low > 1 else "hint_picks_max",
            count=high,
            low=low,
            high=high,
        )

    def missing(self) -> AnswerError:
        return AnswerError("picks_min", count=max(1, self.min_picks))

    def columns(self) -> list[str]:
        return [f"{self.key}.{key}" for key in self.choice_keys]

    def _export(self, answer: Answer) -> dict[str, str]:
        picked = answer if isinstance(answer, list) else []
        return {f"{self.key}.{key}": str(int(key in picked)) for key in self.choice_keys}

    def label(self, answer: Answer | None, lang: str, first: str = "") -> str:
        if isinstance(answer, list):
            labels = [self.label_of(key, lang, first) for key in answer]
            return say(lang, "list_separator").join(labels)
        return super().label(answer, lang, first)
