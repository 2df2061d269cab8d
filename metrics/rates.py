"""Response rates as the AAPOR Standard Definitions number them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dispositions:
    """What became of everyone asked. `unknown`: nobody can say whether they were eligible."""

    complete: int = 0
    partial: int = 0
    refused: int = 0
    not_contacted: int = 0
    other: int = 0
    unknown: int = 0

    def __post_init__(self) -> None:
        counts = (self.complete, self.partial, self.refused, self.not_contacted)
        if min(*counts, self.other, self.unknown) < 0:
            raise ValueError("A number of people cannot be below zero.")


@dataclass(frozen=True, slots=True)
class ResponseRates:
    """Shares from 0 to 1; None where nobody counts as asked.

    Odd numbers count complete answers only, even ones partial answers too. RR1 and RR2 take every
    unknown as eligible, RR3 and RR4 the estimated share of them, RR5 and RR6 none.
    """

    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None


def response_rates(people: Dispositions, eligible_share: float = 1.0) -> ResponseRates:
    """In: outcomes, and the estimated share (0 to 1) of the unknown who are eligible.

    Raises ValueError if that is not a share.
    """
    if not 0 <= eligible_share <= 1:
        raise ValueError(f"The eligible share lies between 0 and 1, not {eligible_share}.")
    answered = people.complete + people.partial
    known = answered + people.refused + people.not_contacted + people.other
    everyone = known + people.unknown
    estimated = known + eligible_share * people.unknown
    return ResponseRates(
        rr1=_rate(people.complete, everyone),
        rr2=_rate(answered, everyone),
        rr3=_rate(people.complete, estimated),
        rr4=_rate(answered, estimated),
        rr5=_rate(people.complete, known),
        rr6=_rate(answered, known),
    )


def _rate(part: int, whole: float) -> float | None:
    return part / whole if whole else None
