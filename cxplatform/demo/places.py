"""Aurora Air: the organisation and its dated tree of regions and bases."""

from dataclasses import dataclass
from datetime import date

from accounts.models import Organisation, Unit, UnitPlace
from cxplatform.demo.copying import copy_in
from cxplatform.demo.scene import LANGUAGES, Scene

REGIONS = {"nordic": "Nordic", "central-europe": "Central Europe", "asia": "Asia"}
MOVED_DAYS_AGO = 150


@dataclass(frozen=True)
class Base:
    """An airport crews and planes belong to: its share of customers and the languages there."""

    code: str
    name: str
    region: str
    airport: str
    share: float
    languages: dict[str, float]
    was: str = ""  # the region it moved from


BASES = (
    Base("oslo", "Oslo", "nordic", "OSL", 0.17, {"en": 0.97, "de": 0.03}),
    Base("stockholm", "Stockholm", "nordic", "ARN", 0.12, {"en": 0.97, "de": 0.03}),
    Base(
        "copenhagen", "Copenhagen", "nordic", "CPH", 0.10, {"en": 0.9, "de": 0.1}, "central-europe"
    ),
    Base("frankfurt", "Frankfurt", "central-europe", "FRA", 0.15, {"de": 0.88, "en": 0.12}),
    Base("vienna", "Vienna", "central-europe", "VIE", 0.10, {"de": 0.92, "en": 0.08}),
    Base("zurich", "Zurich", "central-europe", "ZRH", 0.08, {"de": 0.8, "en": 0.2}),
    Base("singapore", "Singapore", "asia", "SIN", 0.10, {"en": 0.4, "zh-Hans": 0.35, "ms": 0.25}),
    Base("kuala-lumpur", "Kuala Lumpur", "asia", "KUL", 0.10, {"ms": 0.65, "zh-Hans": 0.35}),
    Base("shanghai", "Shanghai", "asia", "PVG", 0.08, {"zh-Hans": 0.95, "en": 0.05}),
)
BY_CODE = {base.code: base for base in BASES}


@dataclass(frozen=True)
class Places:
    """The units by code; the root is `aurora`."""

    units: dict[str, Unit]
    moved_on: date

    @property
    def root(self) -> Unit:
        return self.units["aurora"]


def make_organisation(scene: Scene) -> Organisation:
    return Organisation.objects.create(
        name="Aurora Air",
        imprint="Aurora Air AS, Rullebanen 1, 2060 Gardermoen, Norway",
        privacy_url="https://aurora.example/privacy",
        contact_email="hello@aurora.example",
        languages=list(LANGUAGES),
    )


def make_places(scene: Scene) -> Places:
    founded = date(scene.until.year - 9, 4, 1)
    moved_on = scene.ago(MOVED_DAYS_AGO)
    names = {"aurora": "Aurora Air", **REGIONS, **{base.code: base.name for base in BASES}}
    units = {code: _unit(scene, code, name, founded) for code, name in names.items()}
    copy_in(Unit, list(units.values()))
    rows = [UnitPlace(unit=units["aurora"], parent=None, valid_from=founded)]
    rows += [
        UnitPlace(unit=units[code], parent=units["aurora"], valid_from=founded) for code in REGIONS
    ]
    for base in BASES:
        start = founded
        if base.was:
            rows.append(_place(units, base.code, base.was, founded, moved_on))
            start = moved_on
        rows.append(_place(units, base.code, base.region, start, None))
    copy_in(UnitPlace, rows)
    return Places(units, moved_on)


def _unit(scene: Scene, code: str, name: str, founded: date) -> Unit:
    now = scene.at(scene.ago(400))
    return Unit(code=code, name=name, started_on=founded, created_at=now, updated_at=now)


def _place(
    units: dict[str, Unit], code: str, parent: str, start: date, end: date | None
) -> UnitPlace:
    return UnitPlace(unit=units[code], parent=units[parent], valid_from=start, valid_to=end)
