"""How people at Aurora feel on a day, turned into answers on each scale.

A feeling is a number around 0: what the airline does there, the person, their class and tier, the
season, the flight, chance. Each scale cuts the same feeling into its own shares.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from statistics import NormalDist

from cxplatform.demo.customers import Person
from cxplatform.demo.scene import Scene

SPREAD = 1.25
CHANCE = 0.75
FLIGHT = 0.5
BAGS_FROM_DAYS_AGO = 48  # since then bags come late at the Nordic bases
CHECKIN_FROM_DAYS_AGO = 120  # since then the new check-in is live

BY_CLASS = {"Business": 0.24, "Eco Plus": 0.05, "Eco": -0.12}
BY_TIER = {"Gold": 0.17, "Silver": 0.05, "Blue": -0.1}
BY_REGION = {"nordic": 0.0, "central-europe": -0.08, "asia": 0.12}
BY_TOPIC = {
    "overall": 0.08,
    "recommend": 0.02,
    "checkin": -0.15,
    "ease": -0.1,
    "boarding": -0.05,
    "crew": 0.5,
    "seat": -0.1,
    "food": -0.45,
    "baggage": 0.3,
}
SEAT_BY_CLASS = {"Business": 0.6, "Eco Plus": 0.2, "Eco": -0.2}


def _cuts(shares: Sequence[float]) -> list[float]:
    """Where the normal curve of that spread is cut so that each value gets its share."""
    total = sum(shares)
    curve = NormalDist(0, SPREAD)
    return [curve.inv_cdf(below / total) for below in list(accumulate(shares))[:-1]]


NPS = _cuts((2, 0.8, 1.3, 1.6, 2, 4.6, 5.4, 12.6, 20, 24, 25.7))
FIVE = _cuts((4.5, 8.5, 19, 38, 30))
SEVEN = _cuts((2.5, 3.5, 5.5, 10, 18.5, 31, 29))


@dataclass(frozen=True)
class Mood:
    """One person, or a stranger on the open link, on one day with one flight behind them."""

    scene: Scene
    day: date
    person: Person | None
    ground: float

    def nps(self) -> int:
        return bisect_right(NPS, self.feeling("recommend"))

    def five(self, topic: str) -> int:
        return 1 + bisect_right(FIVE, self.feeling(topic))

    def seven(self, topic: str) -> int:
        return 1 + bisect_right(SEVEN, self.feeling(topic))

    def feeling(self, topic: str) -> float:
        level = BY_TOPIC[topic] + self.ground + self._planted(topic)
        if topic == "seat" and self.person:
            level += SEAT_BY_CLASS[self.person.contact.attributes["class"]]
        return self.scene.rng.gauss(level, CHANCE)

    @property
    def bags_are_late(self) -> bool:
        nordic = self.person is not None and self.person.base.region == "nordic"
        return nordic and self.day >= self.scene.ago(BAGS_FROM_DAYS_AGO)

    def _planted(self, topic: str) -> float:
        if self.bags_are_late:
            return {"baggage": -1.15, "overall": -0.18, "recommend": -0.12}.get(topic, 0.0)
        if self.day >= self.scene.ago(CHECKIN_FROM_DAYS_AGO):
            return {"checkin": 0.5, "ease": 0.55}.get(topic, 0.0)
        return 0.0


def mood(scene: Scene, day: date, person: Person | None) -> Mood:
    ground = season(day) + scene.rng.gauss(0, FLIGHT)
    if person is None:
        return Mood(scene, day, None, ground + scene.rng.gauss(-0.1, 0.6))
    attributes = person.contact.attributes
    ground += BY_CLASS[attributes["class"]] + BY_TIER[attributes["loyalty"]]
    return Mood(scene, day, person, ground + BY_REGION[person.base.region] + person.mood)


def season(day: date) -> float:
    """Full planes: worst in mid-July, a little around Christmas."""
    return -0.32 * _bump(day, 200, 30) - 0.2 * _bump(day, 358, 10)


def traffic(day: date) -> float:
    """How many fly that day, 1 on an average one: summers and Christmas, Fridays and Sundays."""
    week = (1.08, 0.88, 0.9, 1.0, 1.28, 0.78, 1.08)[day.weekday()]
    year = 0.88 + 0.4 * _bump(day, 200, 38) + 0.3 * _bump(day, 356, 9) - 0.12 * _bump(day, 35, 20)
    return week * year


def _bump(day: date, centre: int, width: float) -> float:
    apart = abs(day.timetuple().tm_yday - centre)
    return math.exp(-((min(apart, 365 - apart) / width) ** 2) / 2)
