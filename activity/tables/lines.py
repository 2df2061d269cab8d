"""The lines of a text, never holding more of it than one row may."""

from collections.abc import Iterator
from io import StringIO
from itertools import chain

from activity.tables import limits


class RowTooLong(Exception):
    """More text than one row may hold came by without an end of row."""


class Lines:
    """The lines of a text, read in blocks; whoever takes a row sets `pending` back to 0."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self.pieces = pieces
        self.taken = 0
        self.pending = 0

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[StringIO]:
        carry = ""
        for piece in self.pieces:
            self.taken += len(piece)
            self.pending += len(piece)
            if self.pending > limits.ROW_CHARS + limits.BLOCK_BYTES:
                raise RowTooLong
            text = carry + piece
            cut = _last_break(text)
            carry = text[cut:]
            yield StringIO(text[:cut], newline="")
        yield StringIO(carry, newline="")


def _last_break(text: str) -> int:
    """Where the last whole line ends; a closing \\r may be half of \\r\\n, so it waits."""
    return (text.rfind("\n") + 1) or (text.rfind("\r", 0, -1) + 1)
