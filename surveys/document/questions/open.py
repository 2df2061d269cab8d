"""Questions answered in the respondent's own words."""

from collections.abc import Sequence
from typing import ClassVar, Final, Literal

from surveys.document.answers import Answer, AnswerError
from surveys.document.messages import say
from surveys.document.questions.base import BaseQuestion
from surveys.document.texts import clean

MAX_ANSWER: Final = 10_000


class TextQuestion(BaseQuestion):
    def parse(self, raw: Sequence[str]) -> Answer | None:
        text = self._tidy(raw[0]) if raw else ""
        if len(text) > MAX_ANSWER:
            raise AnswerError("text_too_long", limit=MAX_ANSWER, length=len(text))
        return text or None

    def _tidy(self, text: str) -> str:
        return clean(text)

    def missing(self) -> AnswerError:
        return AnswerError("required_text")


class ShortText(TextQuestion):
    """One line."""

    default_key: ClassVar[str] = "text"
    type: Literal["short_text"] = "short_text"

    def _tidy(self, text: str) -> str:
        return clean(text).replace("\n", " ")


class LongText(TextQuestion):
    default_key: ClassVar[str] = "comment"
    type: Literal["long_text"] = "long_text"

    def hint(self, lang: str) -> str:
        return say(lang, "hint_free_text")
