"""What one load is made from: a last day, a seed and a size. The same three give the same rows."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

LANGUAGES = ("en", "de", "zh-Hans", "ms")
DAYS = 365


@dataclass
class Scene:
    until: date
    seed: int
    people: int
    rng: Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = Random(f"aurora {self.seed} {self.until}")  # noqa: S311

    @property
    def since(self) -> date:
        """The first day with answers."""
        return self.until - timedelta(days=DAYS - 1)

    def ago(self, days: int) -> date:
        return self.until - timedelta(days=days)

    def at(self, day: date, *, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
        """A moment of that day, by the organisation's clocks."""
        return timezone.make_aware(datetime.combine(day, time(hour, minute, second)))

    def during(self, day: date) -> datetime:
        """Some moment of that day at which people are awake."""
        hour = min(22, max(7, round(self.rng.gauss(15, 4))))
        return self.at(day, hour=hour, minute=self.rng.randrange(60), second=self.rng.randrange(60))

    def random_id(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def word(self, length: int = 8) -> str:
        return "".join(self.rng.choices("abcdefghijkmnpqrstuvwxyz23456789", k=length))
