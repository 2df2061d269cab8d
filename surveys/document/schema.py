"""The survey document: one typed source for editing, rendering, validating and exporting."""

from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from surveys.document.limits import MAX_PAGES, MAX_QUESTIONS, within_depth
from surveys.document.questions import Question
from surveys.document.questions.base import Key
from surveys.document.texts import Language, Text


class Page(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Key
    title: Text = Text()
    questions: Annotated[list[Question], Field(max_length=MAX_QUESTIONS)] = []


class SurveyDocument(BaseModel):
    """A whole survey. Never changed in place: ``editing`` makes a new one from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    languages: Annotated[list[Language], Field(min_length=1, max_length=50)]
    title: Text = Text()
    intro: Text = Text()
    thanks: Text = Text()
    footer: Text = Text()
    pages: Annotated[list[Page], Field(min_length=1, max_length=MAX_PAGES)]

    @model_validator(mode="before")
    @classmethod
    def _not_too_deep(cls, data: Any) -> Any:
        return within_depth(data)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(self.questions) > MAX_QUESTIONS:
            raise ValueError(f"A survey has at most {MAX_QUESTIONS} questions.")
        _refuse_repeats("question key", [question.key for question in self.questions])
        _refuse_repeats("page key", [page.key for page in self.pages])
        _refuse_repeats("language", self.languages)
        return self

    @property
    def first_language(self) -> str:
        return self.languages[0]

    @cached_property
    def questions(self) -> list[Question]:
        """Every question in the order of the document."""
        return [question for page in self.pages for question in page.questions]

    @cached_property
    def by_key(self) -> dict[str, Question]:
        return {question.key: question for question in self.questions}

    @cached_property
    def page_index_of(self) -> dict[str, int]:
        """Question key → index of its page."""
        return {q.key: index for index, page in enumerate(self.pages) for q in page.questions}

    def text(self, text: Text, lang: str) -> str:
        """One of this document's texts for a reader of ``lang``, with the fallback of surveys."""
        return text.pick(lang, self.first_language)

    def dump(self) -> dict[str, Any]:
        """Plain JSON data, as stored; ``SurveyDocument.model_validate`` reads it back."""
        return self.model_dump(mode="json")


def _refuse_repeats(what: str, values: list[str]) -> None:
    repeated = next((value for value in values if values.count(value) > 1), None)
    if repeated is not None:
        raise ValueError(f"The {what} “{repeated}” is used twice.")


def json_schema() -> dict[str, Any]:
    """The document's JSON Schema (2020-12), as published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **SurveyDocument.model_json_schema(),
    }
