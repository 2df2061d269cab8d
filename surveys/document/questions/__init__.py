"""The question types. A new one joins the union and ``TYPES``; nothing else lists them."""

from typing import Annotated, Final

from pydantic import Field

from surveys.document.questions.base import BaseQuestion
from surveys.document.questions.choices import (
    Choice,
    ChoiceQuestion,
    MultipleChoice,
    SingleChoice,
)
from surveys.document.questions.open import LongText, ShortText, TextQuestion
from surveys.document.questions.scored import Ces, Csat, Nps, Rating, ScoredQuestion

type Question = Annotated[
    Nps | Csat | Ces | Rating | SingleChoice | MultipleChoice | ShortText | LongText,
    Field(discriminator="type"),
]

TYPES: Final[dict[str, type[BaseQuestion]]] = {
    "nps": Nps,
    "csat": Csat,
    "ces": Ces,
    "rating": Rating,
    "single_choice": SingleChoice,
    "multiple_choice": MultipleChoice,
    "short_text": ShortText,
    "long_text": LongText,
}

__all__ = [
    "TYPES",
    "BaseQuestion",
    "Ces",
    "Choice",
    "ChoiceQuestion",
    "Csat",
    "LongText",
    "MultipleChoice",
    "Nps",
    "Question",
    "Rating",
    "ScoredQuestion",
    "ShortText",
    "SingleChoice",
    "TextQuestion",
]
