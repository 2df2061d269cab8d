"""Passengers' files to walk with: the real one where it is at hand, and a made one of its shape.

What pages must read afterwards is known beforehand: published for the real file, counted by the
plainest arithmetic for the made one.
"""

import csv
import math
import random
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

PLACES = [parent / "shared" / "data" / "airline" for parent in Path(__file__).resolve().parents]
REAL = next((place / "passengers.csv" for place in PLACES if place.exists()), None)
QUESTIONS = {
    "Inflight wifi service": (12584, 31.05, 2.807),
    "Departure/Arrival time convenient": (12306, 49.01, 3.227),
    "Ease of Online booking": (12399, 33.93, 2.891),
    "Gate location": (13000, 36.73, 2.978),
    "Food and drink": (12990, 45.84, 3.229),
    "Online boarding": (12679, 51.12, 3.342),
    "Seat comfort": (13000, 56.45, 3.453),
    "Inflight entertainment": (12998, 52.99, 3.367),
    "On-board service": (12999, 52.80, 3.386),
    "Leg room service": (12941, 51.72, 3.366),
    "Baggage handling": (13000, 62.30, 3.634),
    "Checkin service": (13000, 48.62, 3.315),
    "Inflight service": (12999, 63.24, 3.656),
    "Cleanliness": (12999, 47.98, 3.291),
}
WIFI = "Inflight wifi service"
CLASSES = ("Business", "Eco", "Eco Plus")


@dataclass
class Walk:
    """A file and what is known of it: n, CSAT and mean by question, and by class for wifi."""

    path: Path
    people: int
    answers: int
    questions: dict[str, tuple[int, float, float]]
    wifi: dict[str, tuple[int, float]]
    pooled: float
    error: float
    not_applicable: int = field(default=0)


def real() -> Walk:
    assert REAL is not None
    wifi = {"Business": (5963, 35.28), "Eco": (5691, 26.74), "Eco Plus": (930, 30.22)}
    return Walk(REAL, 13_000, 179_894, QUESTIONS, wifi, 48.93, 0.214, 2_106)


def made(folder: Path, *, people: int = 300, seed: int = 7) -> Walk:
    """Other people, another mood, another order of columns, semicolons, and some skipped."""
    chance = random.Random(seed)
    path = folder / "travellers.csv"
    columns = ["", "Class", *QUESTIONS, "id", "Gender", "Customer Type", "Age", "Type of Travel"]
    rows = []
    for number in range(people):
        mood = chance.choice([1.5, 3, 4.5])
        row = {name: _rating(chance, mood) for name in QUESTIONS}
        rows.append(
            row
            | {
                "": number,
                "id": f"T-{number:05}",
                "Class": chance.choice(CLASSES),
                "Gender": chance.choice(["Female", "Male"]),
                "Customer Type": chance.choice(["Loyal Customer", "disloyal Customer"]),
                "Age": chance.randint(7, 85),
                "Type of Travel": chance.choice(["Business travel", "Personal Travel"]),
            }
        )
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return _counted(path, rows)


def _rating(chance: random.Random, mood: float) -> int | str:
    fate = chance.random()
    if fate < 0.04:
        return 0
    return "" if fate < 0.06 else min(5, max(1, round(chance.gauss(mood, 1))))


def _counted(path: Path, rows: list[dict]) -> Walk:
    def of(name: str, some: list[dict] = rows) -> list[int]:
        return [row[name] for row in some if row[name] not in ("", 0)]

    def csat(values: list[int]) -> float:
        return 100 * fmean(value >= 4 for value in values)

    questions = {name: (len(of(name)), csat(of(name)), fmean(of(name))) for name in QUESTIONS}
    wifi = {}
    for group in CLASSES:
        values = of(WIFI, [row for row in rows if row["Class"] == group])
        wifi[group] = (len(values), csat(values))
    everything = [value for name in QUESTIONS for value in of(name)]
    share, n = csat(everything) / 100, len(everything)
    people = [[row[name] for name in QUESTIONS if row[name] not in ("", 0)] for row in rows]
    spread = sum(sum((value >= 4) - share for value in one) ** 2 for one in people)
    error = 100 * math.sqrt(spread) / n
    absent = sum(row[name] == 0 for row in rows for name in QUESTIONS)
    return Walk(path, len(rows), n, questions, wifi, 100 * share, error, absent)
