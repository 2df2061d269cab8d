"""What a row of the permission matrix is, and the few words rows are written in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Unit, User

ROLES = ("designer", "leader", "owner", "agent", "employee", "admin", "stranger")
ANONYMOUS = "anonymous"

UNIT = frozenset({"own"})
ALL = frozenset({"own", "sister", "parent", "none"})
NOWHERE: frozenset[str] = frozenset()

STAFF = dict.fromkeys(ROLES, ALL)  # whoever is signed in, with or without a role
ADMIN = {"admin": ALL}
EVERYBODY = {**STAFF, ANONYMOUS: ALL}

Maker = Callable[[User, Unit | None], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    may: dict[str, frozenset[str]]
    answer: int = 200
    refused: int = 404
    method: str = "get"
    make: Maker | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)
    path: str = ""  # of a page that no name leads to
    data: dict[str, Any] = field(default_factory=dict)
    signed_out: int = 302
    # Roles that lack the capability altogether: 403 before any object is looked for.
    forbidden: frozenset[str] = frozenset()

    def expected(self, role: str, place: str) -> int:
        if place in self.may.get(role, NOWHERE):
            return self.answer
        if role in self.forbidden:
            return 403
        return self.signed_out if role == ANONYMOUS else self.refused


def page(may: dict[str, frozenset[str]], **more: Any) -> Row:
    """A page about nothing in particular: refused with 403, not 404."""
    return Row(may=may, **{"refused": 403} | more)


def action(may: dict[str, frozenset[str]], **more: Any) -> Row:
    return Row(may=may, **{"method": "post", "answer": 302, "refused": 403} | more)
