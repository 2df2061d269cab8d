"""Who works at Aurora: the six demo logins, and colleagues in the regions who cannot log in."""

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import RoleHeld, User
from accounts.permissions import Role
from cxplatform.demo.copying import copy_in
from cxplatform.demo.places import Places
from cxplatform.demo.scene import Scene

LOGINS = {
    Role.DESIGNER: ("Ada", "Okafor"),
    Role.LEADER: ("Jonas", "Lindqvist"),
    Role.OWNER: ("Mira", "Halvorsen"),
    Role.AGENT: ("Tomás", "Reyes"),
    Role.EMPLOYEE: ("Inês", "Duarte"),
    Role.ADMIN: ("Hanne", "Solberg"),
}
COLLEAGUES = (
    ("Elin", "Nygård", Role.DESIGNER, "nordic", "en"),
    ("Lukas", "Brandt", Role.DESIGNER, "central-europe", "de"),
    ("Mei Ling", "Tan", Role.DESIGNER, "asia", "zh-hans"),
    ("Priya", "Novak", Role.LEADER, "aurora", "en"),
    ("Leo", "Weiß", Role.LEADER, "aurora", "de"),
    ("Aksel", "Moen", Role.OWNER, "nordic", "en"),
    ("Farah", "Yusof", Role.OWNER, "asia", "ms"),
    ("Jutta", "Böhm", Role.AGENT, "central-europe", "de"),
    ("Nur Izzati", "Osman", Role.AGENT, "kuala-lumpur", "ms"),
    ("Signe", "Kjær", Role.EMPLOYEE, "copenhagen", "en"),
)


def make_staff(scene: Scene, places: Places) -> dict[str, User]:
    """The demo logins by role, and everybody else; `colleagues` hold roles in their units."""
    joined = scene.at(scene.ago(420))
    known = make_password(settings.DEMO_PASSWORD)
    staff: dict[str, User] = {}
    roles = []
    for role, (given, family) in LOGINS.items():
        user = User(email=f"{role}@cx.example", password=known)
        staff[role.value] = _named(user, given, family, "en")
        user.is_staff = user.is_superuser = role == Role.ADMIN
        roles.append((user, role, "aurora"))
    for number, (given, family, role, unit, language) in enumerate(COLLEAGUES, start=1):
        user = User(email=f"colleague{number}@aurora.example", password=make_password(None))
        staff[user.email] = _named(user, given, family, language)
        roles.append((user, role, unit))
    for user in staff.values():
        user.created_at = user.updated_at = joined
    copy_in(User, list(staff.values()))
    copy_in(
        RoleHeld,
        [
            RoleHeld(
                user=user,
                role=role.value,
                unit=places.units[unit],
                held_from=joined.date(),
                granted_by=staff[Role.ADMIN.value],
                created_at=joined,
                updated_at=joined,
            )
            for user, role, unit in roles
        ],
    )
    return staff


def _named(user: User, given: str, family: str, language: str) -> User:
    user.given_name, user.family_name, user.language = given, family, language
    return user
