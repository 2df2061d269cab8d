"""Keyset pages: the next one begins after the last row of this one, however many there are."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import Path, Query

from integrations.problems import Refused

MOST = 200
Id = Annotated[int, Path(ge=1, lt=2**63)]
Limit = Annotated[int, Query(100, ge=1, le=MOST, description="Rows on a page.")]
After = Annotated[
    str, Query("", max_length=100, description="The last page's `next` carries it; else leave out.")
]


def next_page(request: HttpRequest, rows: Sequence[object], *, limit: int, after: str) -> str:
    """The address of the page after this one, which ends at `after`; "" where it is the last."""
    if len(rows) < limit:
        return ""
    query = request.GET.copy()
    query["after"] = after
    return f"{request.path}?{urlencode(sorted(query.items()))}"


def number_of(after: str) -> int:
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise bad_place()
    return int(after)


def bad_place() -> Refused:
    sentence = "Take `after` from the last page's `next`, unchanged."
    return Refused(422, sentence, errors=[("after", sentence)])
