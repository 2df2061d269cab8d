"""How rows of upper apps follow a contact through a merge and an erasure.

An app says in `AppConfig.ready` what of its own points at a contact:

    follow("responses", **repoint(Response, "contact"), erase=unlink_responses)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef


@dataclass(frozen=True)
class Follower:
    """`move(gone, kept)` returns what `restore` needs (JSON) to put everything back."""

    name: str
    move: Callable[[int, int], Any]
    restore: Callable[[Any], None]
    erase: Callable[[int], None]


FOLLOWERS: dict[str, Follower] = {}


def _nothing(_contact_id: int) -> None:
    """Holds no personal data of its own."""


def follow(
    name: str,
    *,
    move: Callable[[int, int], Any],
    restore: Callable[[Any], None],
    erase: Callable[[int], None] = _nothing,
) -> None:
    """Let rows follow; all three are called inside the merge's or erasure's transaction."""
    FOLLOWERS[name] = Follower(name=name, move=move, restore=restore, erase=erase)


def repoint(
    model: type[models.Model], field: str, *, unless: Iterable[str] = ()
) -> dict[str, Callable[..., Any]]:
    """`move` and `restore` for a plain foreign key to Contact.

    `unless` names fields unique together with it: a row that would meet its like stays behind.
    """
    manager = model._default_manager
    shared = tuple(unless)

    def move(gone: int, kept: int) -> list[str]:
        rows = manager.filter(**{f"{field}_id": gone})
        if shared:
            like = {name: OuterRef(name) for name in shared}
            rows = rows.exclude(Exists(manager.filter(**{f"{field}_id": kept}, **like)))
        ids = list(rows.values_list("pk", flat=True))
        manager.filter(pk__in=ids).update(**{f"{field}_id": kept})
        return [str(pk) for pk in ids] and [str(gone), *map(str, ids)]

    def restore(moved: list[str]) -> None:
        if moved:
            manager.filter(pk__in=moved[1:]).update(**{f"{field}_id": int(moved[0])})

    return {"move": move, "restore": restore}
