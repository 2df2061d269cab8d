"""Aurora's distributions over the year: which, when, and their texts."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from cxplatform.demo.copying import copy_in, give_ids
from cxplatform.demo.scene import DAYS, Scene
from cxplatform.demo.surveying import Published, Surveys
from surveys.models import Distribution, DistributionState

SUBJECTS = {
    "feel": {
        "en": "One question about Aurora Air",
        "de": "Eine Frage zu Aurora Air",
        "zh-Hans": "关于极光航空的一个问题",
        "ms": "Satu soalan tentang Aurora Air",
    },
    "flight": {
        "en": "How was your flight?",
        "de": "Wie war Ihr Flug?",
        "zh-Hans": "您的航班怎么样？",
        "ms": "Bagaimanakah penerbangan anda?",
    },
}
BODIES = {
    "feel": {
        "en": "You have flown with us this year. Your answer goes straight to the people who run "
        "your flights and takes less than a minute.",
        "de": "Sie sind dieses Jahr mit uns geflogen. Ihre Antwort geht direkt an die "
        "Zuständigen und dauert keine Minute.",
        "zh-Hans": "您今年乘坐过我们的航班。您的回答会直接交给负责航班的同事，用时不到一分钟。",
        "ms": "Anda telah terbang bersama kami tahun ini. Jawapan anda terus kepada pasukan "
        "penerbangan dan mengambil masa kurang seminit.",
    },
    "flight": {
        "en": "Thank you for flying with us. Tell us how it went: it takes about a minute, and "
        "the crew of your base reads it.",
        "de": "Danke, dass Sie mit uns geflogen sind. Sagen Sie uns, wie es war: Es dauert etwa "
        "eine Minute, und die Basis liest mit.",
        "zh-Hans": "感谢您乘坐我们的航班。请告诉我们您的感受：大约一分钟，基地同事都会阅读。",
        "ms": "Terima kasih kerana terbang bersama kami. Beritahu kami pengalaman anda: kira-kira "
        "seminit, dan pasukan pangkalan anda membacanya.",
    },
}


@dataclass
class Wave:
    """One distribution, the days it asks on, and what kind of survey it carries."""

    row: Distribution
    kind: str  # feel, flight
    survey: Published
    first: date
    last: date
    share: float = 1.0  # of those who could be asked
    stops_on: date | None = None  # from here on nobody is sent anything
    audience: dict[str, Any] = field(default_factory=dict)


def make_waves(scene: Scene, surveys: Surveys, designer: User) -> list[Wave]:
    """Two rounds of the relationship survey, six after flights, and four of other kinds."""
    waves = [
        *_split(scene, surveys, designer, "feel", 2),
        *_split(scene, surveys, designer, "flight", 6),
        _stopped(scene, surveys, designer),
        _paused(scene, surveys, designer),
        _waiting(scene, surveys, designer),
    ]
    rows = [wave.row for wave in waves]
    rows.append(_planned(scene, surveys, designer))
    give_ids(Distribution, rows)
    copy_in(Distribution, rows)
    return waves


def _split(scene: Scene, surveys: Surveys, designer: User, kind: str, parts: int) -> list[Wave]:
    survey = surveys.feel if kind == "feel" else surveys.flight
    waves = []
    for part in range(parts):
        first = scene.since + timedelta(days=DAYS * part // parts)
        last = scene.since + timedelta(days=DAYS * (part + 1) // parts - 1)
        name = f"{survey.survey.name} · {first:%b %Y} to {last:%b %Y}"
        row = _row(scene, surveys, designer, kind, name, first, DistributionState.DONE)
        row.finished_at = row.updated_at = scene.at(last, hour=20)
        row.audience = {"kind": "customer"}
        waves.append(Wave(row, kind, survey, first, last))
    return waves


def _stopped(scene: Scene, surveys: Surveys, designer: User) -> Wave:
    """A trial in Shanghai that was cancelled half way."""
    first, last = scene.ago(80), scene.ago(72)
    name = "After your flight · Shanghai trial"
    row = _row(scene, surveys, designer, "flight", name, first, DistributionState.CANCELLED)
    row.finished_at = row.updated_at = scene.at(scene.ago(76), hour=9, minute=40)
    row.audience = {"kind": "customer", "attributes": {"home_airport": ["PVG"]}}
    wave = Wave(row, "flight", surveys.flight, first, last, 0.5, scene.ago(76))
    wave.audience = {"airport": "PVG"}
    return wave


def _paused(scene: Scene, surveys: Surveys, designer: User) -> Wave:
    """One for Business that waits: whoever resumes it sees the rest leave."""
    first, last = scene.ago(2), scene.until
    name = "After your flight · Business, missed in summer"
    row = _row(scene, surveys, designer, "flight", name, first, DistributionState.PAUSED)
    row.audience = {"kind": "customer", "attributes": {"class": ["Business"]}}
    wave = Wave(row, "flight", surveys.flight, first, last, 0.4, scene.ago(1))
    wave.audience = {"class": "Business"}
    return wave


def _waiting(scene: Scene, surveys: Surveys, designer: User) -> Wave:
    """One above the limit: whoever leads releases it or sends it back."""
    name = "After your flight · Eco, before the timetable changes"
    row = _row(scene, surveys, designer, "flight", name, scene.until, DistributionState.WAITING)
    row.audience = {"kind": "customer", "attributes": {"class": ["Eco"]}}
    row.release_asked_at = row.told_at = row.launched_at
    wave = Wave(row, "flight", surveys.flight, scene.until, scene.until, stops_on=scene.until)
    wave.audience = {"class": "Eco"}
    return wave


def _planned(scene: Scene, surveys: Surveys, designer: User) -> Distribution:
    name = "How do you feel about Aurora Air · winter round, Eco Plus and Business"
    day = scene.ago(1)
    row = _row(scene, surveys, designer, "feel", name, day, DistributionState.DRAFT)
    row.launched_at = row.launched_by = None
    row.audience = {"kind": "customer", "attributes": {"class": ["Eco Plus", "Business"]}}
    return row


def _row(
    scene: Scene,
    surveys: Surveys,
    designer: User,
    kind: str,
    name: str,
    day: date,
    state: DistributionState,
) -> Distribution:
    survey = surveys.feel if kind == "feel" else surveys.flight
    made = scene.at(day - timedelta(days=2), hour=16)
    launched = scene.at(day, hour=8)
    return Distribution(
        name=name,
        survey=survey.survey,
        owner=designer,
        sender=surveys.sender,
        state=state,
        subjects=SUBJECTS[kind],
        bodies={tag: f"{{{{ salutation }}}}\n\n{text}" for tag, text in BODIES[kind].items()},
        launched_at=launched,
        launched_by=designer,
        created_at=made,
        updated_at=launched,
    )
