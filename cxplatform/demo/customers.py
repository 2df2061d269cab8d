"""Aurora's customers and employees as contacts, with what may be asked of them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from accounts.models import Unit
from contacts.models import (
    Account,
    AttributeDefinition,
    Basis,
    Channel,
    Contact,
    ContactKind,
    ContactPermission,
    Purpose,
    Suppression,
)
from contacts.services.attributes import recount_members
from contacts.services.saving import compute_keys
from cxplatform.demo.copying import copy_in, give_ids
from cxplatform.demo.names import COMPANIES, Name, name_in
from cxplatform.demo.phones import Phones
from cxplatform.demo.places import BASES, BY_CODE, Base, Places
from cxplatform.demo.scene import Scene
from cxplatform.shared.text import fold

EMPLOYEES = 60
DOMAINS = {
    "en": ("mail.example", "post.example", "inbox.example"),
    "de": ("post.example", "briefkasten.example", "mail.example"),
    "zh-Hans": ("youjian.example", "mail.example"),
    "ms": ("mel.example", "mail.example"),
}
ATTRIBUTES = (
    ("class", "Class", True),
    ("loyalty", "Loyalty tier", True),
    ("travel_type", "Travel type", False),
    ("home_airport", "Home airport", False),
    ("age_band", "Age band", False),
)
CLASSES = {"Eco": 0.62, "Eco Plus": 0.2, "Business": 0.18}
TIERS = {
    "Eco": {"Blue": 0.66, "Silver": 0.25, "Gold": 0.09},
    "Eco Plus": {"Blue": 0.44, "Silver": 0.34, "Gold": 0.22},
    "Business": {"Blue": 0.18, "Silver": 0.27, "Gold": 0.55},
}
AGES = {"18–29": 0.2, "30–44": 0.33, "45–59": 0.29, "60+": 0.18}


@dataclass
class Person:
    """A contact, and what only the sample data know of it: how often they fly and how they feel."""

    contact: Contact
    base: Base
    flying: float  # the chance of a flight in a quarter
    mood: float
    withdrawn_on: date | None = None
    gone_at: datetime | None = None  # when the address left for the suppression list
    gone_reason: str = ""
    asked_on: dict[str, date] = field(default_factory=dict)  # by survey

    @property
    def frozen(self) -> dict[str, str]:
        attributes = self.contact.attributes
        return {key: attributes[key] for key, _label, splits in ATTRIBUTES if splits}


def define_attributes(scene: Scene) -> None:
    now = scene.at(scene.ago(400))
    copy_in(
        AttributeDefinition,
        [
            AttributeDefinition(
                key=key, label=label, break_down_by=splits, created_at=now, updated_at=now
            )
            for key, label, splits in ATTRIBUTES
        ],
    )


def make_people(scene: Scene, places: Places) -> list[Person]:
    """Everybody, customers first; written with companies, not yet with permissions."""
    phones, used = Phones(), set[str]()
    numbers = count(200_001)
    accounts = _accounts(scene, places)
    people = [_customer(scene, places, next(numbers), used, phones) for _ in range(scene.people)]
    for person in people:
        _employ(scene, person, accounts)
    employees = [
        _employee(scene, places, number, used)
        for number in range(1, min(EMPLOYEES, scene.people) + 1)
    ]
    copy_in(Contact, [person.contact for person in people] + employees)
    for definition in AttributeDefinition.objects.dimensions():
        recount_members(definition)
    return people


def _customer(scene: Scene, places: Places, number: int, used: set[str], phones: Phones) -> Person:
    rng = scene.rng
    base = rng.choices(BASES, [each.share for each in BASES])[0]
    language = _pick(scene, base.languages)
    name = name_in(rng, language, nordic=base.region == "nordic")
    contact = _contact(scene, name, language, places.units[base.code])
    contact.kind = ContactKind.CUSTOMER
    contact.external_id, contact.source = f"AU{number}", "loyalty"
    if not scene.chance(0.035):
        contact.email = _address(name, rng.choice(DOMAINS[language]), used)
    if scene.chance(0.4):
        contact.phone = phones.next(language)
    contact.attributes = _attributes(scene, base)
    compute_keys(contact)
    business = contact.attributes["class"] == "Business"
    flying = min(1.0, rng.betavariate(2, 2.2) + (0.15 if business else 0))
    withdrawn = scene.ago(rng.randrange(20, 360)) if scene.chance(0.04) else None
    return Person(contact, base, flying, rng.gauss(0, 0.55), withdrawn)


def _attributes(scene: Scene, base: Base) -> dict[str, str]:
    class_ = _pick(scene, CLASSES)
    business = 0.7 if class_ == "Business" else 0.2
    return {
        "class": class_,
        "loyalty": _pick(scene, TIERS[class_]),
        "travel_type": _pick(
            scene, {"Business": business, "Leisure": 0.55 - business / 3, "Family": 0.25}
        ),
        "home_airport": base.airport,
        "age_band": _pick(scene, AGES),
    }


def _pick(scene: Scene, shares: dict[str, float]) -> str:
    return scene.rng.choices(list(shares), list(shares.values()))[0]


def _contact(scene: Scene, name: Name, language: str, unit: Unit) -> Contact:
    joined = scene.during(scene.ago(scene.rng.randrange(366, 1500)))
    return Contact(
        given_name=name.given,
        family_name=name.family,
        display_name=name.display,
        form_of_address=name.address if scene.chance(0.8) else "",
        language=language,
        unit=unit,
        created_at=joined,
        updated_at=joined,
    )


def _address(name: Name, domain: str, used: set[str]) -> str:
    for number in count(1):
        address = f"{name.letters}{number if number > 1 else ''}@{domain}"
        if address not in used:
            break
    used.add(address)
    return address


def _employee(scene: Scene, places: Places, number: int, used: set[str]) -> Contact:
    base = scene.rng.choices(BASES, [each.share for each in BASES])[0]
    language = _pick(scene, base.languages)
    name = name_in(scene.rng, language, nordic=base.region == "nordic")
    contact = _contact(scene, name, language, places.units[base.code])
    contact.kind = ContactKind.EMPLOYEE
    contact.external_id, contact.source = f"E{number:04}", "payroll"
    contact.email = _address(name, "crew.aurora.example", used)
    contact.attributes = {"home_airport": base.airport, "age_band": _pick(scene, AGES)}
    compute_keys(contact)
    return contact


def _accounts(scene: Scene, places: Places) -> dict[str, Account]:
    """A company that flies with us at each base."""
    rows = {}
    for number, (name, base) in enumerate(COMPANIES, start=1):
        now = scene.at(scene.ago(500))
        rows[base] = Account(
            name=name,
            external_id=f"C{number:03}",
            source="crm",
            unit=places.units[base],
            sort_key=fold(name),
            created_at=now,
            updated_at=now,
        )
    give_ids(Account, rows.values())
    copy_in(Account, list(rows.values()))
    return rows


def _employ(scene: Scene, person: Person, accounts: dict[str, Account]) -> None:
    if person.contact.attributes["travel_type"] == "Business" and scene.chance(0.12):
        person.contact.account = accounts[BY_CODE[person.base.code].code]
        booker = scene.chance(0.1)
        person.contact.account_role = "Travel manager" if booker else "Traveller"


def write_permissions(scene: Scene, people: list[Person]) -> None:
    """What each allowed, and took back: by a click in a mail, or by telling us; who is gone."""
    rows = []
    for person in people:
        if person.contact.email:
            rows += _permissions(scene, person)
    copy_in(ContactPermission, rows)
    gone = [
        Suppression(
            address_hash=person.contact.address_hash,
            reason=person.gone_reason,
            added_at=person.gone_at,
        )
        for person in people
        if person.gone_at
    ]
    copy_in(Suppression, gone)


def _permissions(scene: Scene, person: Person) -> list[ContactPermission]:
    given = person.contact.created_at + timedelta(minutes=5)
    marketing = scene.chance(0.45)
    basis = Basis.CONSENT if scene.chance(0.7) else Basis.LEGITIMATE_INTEREST
    ended = person.gone_at if person.gone_reason == "unsubscribed" else None
    if person.withdrawn_on:
        ended = scene.at(person.withdrawn_on, hour=14)
    survey = ContactPermission(
        contact=person.contact,
        purpose=Purpose.SURVEY,
        channel=Channel.EMAIL,
        basis=Basis.WITHDRAWN if ended else basis,
        source="booking",
        given_at=given,
        withdrawn_at=ended,
    )
    if not marketing:
        return [survey]
    return [
        survey,
        ContactPermission(
            contact=person.contact,
            purpose=Purpose.MARKETING,
            channel=Channel.EMAIL,
            basis=Basis.CONSENT,
            source="loyalty",
            given_at=given,
        ),
    ]
