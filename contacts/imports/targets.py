"""What the engine asks of whoever takes rows: fields to map to, a plan to stage and write them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django import forms
from django.db.backends.utils import CursorWrapper

from accounts.models import User
from accounts.permissions import Capability
from contacts.imports.columns import ColumnChoice
from contacts.models import Import

# Temporary tables of the one import a session works on; gone with the session.
STAGE = "import_stage"


class MappingRefused(Exception):
    """The columns can't be understood as mapped; `sentences` say what to change."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Field:
    """Something a column can become; `names` are headings it is guessed from."""

    key: str
    label: Any
    group: Any
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row can't be written: its number, the column's heading, what it says, the cure."""

    row: int
    column: str
    found: str
    cure: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change to address or permission, shown before it is made: it needs a right of its own."""

    row: int
    whom: str
    what: str
    before: str
    after: str


@dataclass
class Preview:
    """What writing would do; `refusals` stop all of it and say what to change."""

    counts: dict[str, int] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)


class Plan(Protocol):
    """A mapping turned into work. Called in this order, in one session, on temporary tables.

    `stage` turns cells into rows of STAGE (after the row's number); `problems` compares them with
    each other and with the database; the engine then deletes bad rows from STAGE.
    """

    @property
    def columns(self) -> Sequence[tuple[str, str]]: ...

    def stage(
        self, numbers: list[int], rows: list[list[str]], *, writing: bool
    ) -> tuple[list[tuple[Any, ...]], list[Problem]]: ...

    def problems(self, cursor: CursorWrapper, *, writing: bool) -> Iterator[Problem]: ...

    def preview(self, cursor: CursorWrapper) -> Preview: ...

    def changes(self) -> Iterator[Change]: ...

    def write(self, cursor: CursorWrapper) -> dict[str, int]: ...


class Target(Protocol):
    """A kind of thing a table can hold."""

    kind: str
    label: Any
    explanation: Any
    capability: Capability
    new_attributes: bool  # whether a column may become an attribute that does not exist yet
    starts_elsewhere: bool  # whether something must be chosen before there is a file
    conflict: Any  # what is said where somebody else wrote the same in the meantime

    def fields(self, imp: Import) -> list[Field]: ...

    def options_form(self, imp: Import, data: Any = None) -> forms.Form: ...

    def options(self, form: Any) -> dict[str, Any]: ...

    def plan(self, imp: Import, choices: list[ColumnChoice]) -> Plan: ...

    def start_url(self, imp: Import | None = None) -> str:
        """Where a file, or another one like `imp`'s, is uploaded."""

    def result_url(self, imp: Import) -> str: ...


TARGETS: dict[str, Target] = {}


def register(target: Target) -> None:
    TARGETS[target.kind] = target


def targets_for(user: User) -> list[Target]:
    return [target for target in TARGETS.values() if user.may(target.capability)]
