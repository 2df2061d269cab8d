"""Telephone numbers that ring nowhere: ranges regulators keep for films and examples."""

from collections.abc import Iterator
from itertools import chain, cycle

# Germany: Bundesnetzagentur, Berlin, Frankfurt and Munich; United Kingdom: Ofcom.
GERMAN = ("+493023125", "+496990009", "+498999998")
BRITISH = ("+447700900", "+441632960")


class Phones:
    """Hands out each number once before it starts again."""

    def __init__(self) -> None:
        self._german = _numbers(GERMAN)
        self._british = _numbers(BRITISH)

    def next(self, language: str) -> str:
        return next(self._german if language == "de" else self._british)


def _numbers(stems: tuple[str, ...]) -> Iterator[str]:
    return cycle(chain.from_iterable((f"{stem}{n:03}" for n in range(1000)) for stem in stems))
