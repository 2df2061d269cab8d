"""What every question type shares; each type is the only source of how it is asked and read."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from surveys.document.answers import (
    Answer,
    AnswerError,
    Scale,
    is_not_applicable,
    not_applicable,
)
from surveys.document.expressions import Condition
from surveys.document.limits import KEY
from surveys.document.messages import say
from surveys.document.questions.wording import TITLES, text_in
from surveys.document.texts import Text

type Key = Annotated[str, Field(pattern=KEY)]
type FormData = Callable[[str], Sequence[str]]

NA_EXPORT = "NA"

_WHOLE = re.compile(r"([+-]?[0-9]{1,9})(?:\.0{1,6})?")


class BaseQuestion(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    scored: ClassVar[bool] = False
    default_key: ClassVar[str]

    type: str
    key: Key
    title: Text = Text()
    help: Text = Text()
    required: bool = False
    shown_if: Condition | None = None

    @classmethod
    def default(cls, key: str, languages: Sequence[str], **fields: Any) -> Self:
        """A new question with the standard wording in ``languages``; ``fields`` overrule it."""
        return cls.model_validate({"key": key, **cls.wording(languages, fields), **fields})

    @classmethod
    def wording(cls, languages: Sequence[str], fields: Mapping[str, Any]) -> dict[str, Any]:
        """The standard texts of this type as fields."""
        return {"title": text_in(TITLES[cls.model_fields["type"].default], languages)}

    @property
    def scale(self) -> Scale | None:
        return None

    def read(self, getlist: FormData) -> Answer | None:
        """The answer in a form; a type with several form fields overrides this."""
        return self.parse(getlist(self.key))

    def parse(self, raw: Sequence[str]) -> Answer | None:
        """In: what a form sent under the key. Out: the answer, None if skipped.

        Raises AnswerError, and nothing else, for whatever strings come.
        """
        raise NotImplementedError

    def parse_cell(
        self, text: str, not_applicable_codes: Collection[str] = frozenset()
    ) -> Answer | None:
        """In: an imported cell, the codes for *not applicable*. Out and raises: as ``parse``."""
        cell = text.strip()
        if cell in not_applicable_codes:
            return not_applicable()
        number = whole_number(cell)
        if number is not None and str(number) in not_applicable_codes:
            return not_applicable()
        return self._cell(cell) if cell else None

    def _cell(self, cell: str) -> Answer | None:
        return self.parse([cell])

    def missing(self) -> AnswerError:
        """What is said when a required answer is not there."""
        return AnswerError("required_choice")

    def value(self, answer: Answer | None) -> int | None:
        """The number metrics count; None for whatever is not a scored answer on the scale."""
        return None

    def columns(self) -> list[str]:
        """The export's column names, the same for every response."""
        return [self.key]

    def export(self, answer: Answer | None) -> dict[str, str]:
        """Column → cell; skipped is empty, *not applicable* is ``NA``."""
        if answer is None:
            return dict.fromkeys(self.columns(), "")
        if is_not_applicable(answer):
            return dict.fromkeys(self.columns(), NA_EXPORT)
        return self._export(answer)

    def _export(self, answer: Answer) -> dict[str, str]:
        return {self.key: str(answer)}

    def label(self, answer: Answer | None, lang: str, first: str = "") -> str:
        """The answer as a person reads it; "" if skipped."""
        if answer is None:
            return ""
        return say(lang, "not_applicable") if is_not_applicable(answer) else str(answer)

    def bound(self) -> dict[str, str]:
        """What the key stands for once published: aspect → plain description."""
        return {"type": self.type}

    def summary_label(self, lang: str) -> str:
        """The type in a few words, such as "NPS, 0 to 10"."""
        return say(lang, f"type_{self.type}")

    def hint(self, lang: str) -> str:
        """What the product says about how to answer; shown where the author wrote no help."""
        return ""

    def texts(self) -> list[tuple[str, Text, bool]]:
        """(field, text, must not be empty) of all a respondent may read."""
        return [("title", self.title, True), ("help", self.help, False)]


def single(raw: Sequence[str]) -> str:
    """The one value sent, "" if none; raises AnswerError if different ones came."""
    values = {value.strip() for value in raw} - {""}
    if len(values) > 1:
        raise AnswerError("one_only")
    return values.pop() if values else ""


def whole_number(text: str) -> int | None:
    """``7``, ``7.0`` and full-width ``７`` → 7; else None."""
    if len(text) > 20:
        return None
    found = _WHOLE.fullmatch(unicodedata.normalize("NFKC", text))
    return int(found[1]) if found else None
