import uuid
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.permissions import GRANTS, Capability, Role, Scope
from cxplatform.shared.models import Dated

UNITS_BELOW = """
WITH RECURSIVE below AS (
    SELECT unnest(%s::bigint[]) AS unit_id
    UNION
    SELECT place.unit_id FROM accounts_unitplace AS place
    JOIN below ON place.parent_id = below.unit_id
    WHERE place.valid_from <= %s AND (place.valid_to IS NULL OR place.valid_to > %s)
)
SELECT unit_id FROM below
"""
UNITS_ABOVE = """
WITH RECURSIVE above AS (
    SELECT %s::bigint AS unit_id
    UNION
    SELECT place.parent_id FROM accounts_unitplace AS place
    JOIN above ON place.unit_id = above.unit_id
    WHERE place.parent_id IS NOT NULL
        AND place.valid_from <= %s AND (place.valid_to IS NULL OR place.valid_to > %s)
)
SELECT unit_id FROM above
"""


class Organisation(Dated):
    """The one organisation this installation serves; there is exactly one row."""

    name = models.CharField(max_length=200)
    imprint = models.TextField(
        _("imprint"), blank=True, help_text=_("Legal name and postal address, under every e-mail.")
    )
    privacy_url = models.URLField(_("privacy page"), blank=True)
    contact_email = models.EmailField(_("contact address"), blank=True)
    languages = models.JSONField(default=list, help_text=_("Language tags offered to designers."))
    release_above = models.PositiveIntegerField(
        _("second person above"),
        default=1000,
        null=True,
        blank=True,
        help_text=_(
            "A distribution to more people than this waits until a leader or an administrator "
            "other than the one who launched it releases it. Empty or 0: no limit."
        ),
    )
    # Says where this database belongs; a restored or cloned one differs and starts paused.
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    sending_paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    sending_paused_reason = models.CharField(max_length=200, blank=True, editable=False)
    only_one = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["only_one"], name="one_organisation"),
            models.CheckConstraint(condition=Q(only_one=True), name="organisation_is_the_one"),
        ]

    def __str__(self) -> str:
        return self.name

    def needs_second_person(self, recipients: int) -> bool:
        return bool(self.release_above) and recipients > (self.release_above or 0)


class UnitQuerySet(models.QuerySet["Unit"]):
    def current(self) -> "UnitQuerySet":
        return self.filter(ended_on__isnull=True)

    def visible_to(self, user: "User") -> "UnitQuerySet":
        """Any member of staff sees the tree: it names places, not people."""
        return self.all() if user.is_active else self.none()


class Unit(Dated):
    """A place in the organisation: a region, store, brand or team."""

    name = models.CharField(max_length=200)
    code = models.SlugField(max_length=60, unique=True)
    started_on = models.DateField(default=timezone.localdate)
    ended_on = models.DateField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UnitPlace(models.Model):
    """Where a unit hangs in the tree, from a day until another: as it was and as it is now."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="places")
    parent = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="child_places"
    )
    valid_from = models.DateField(default=timezone.localdate)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(valid_to=None), name="unit_has_one_current_place"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="place_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("unit")), name="unit_is_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} under {self.parent_id}"


def units_below(unit_ids: Iterable[int], *, on: date | None = None) -> set[int]:
    """The given units and every unit below them in the tree as it stood on that day."""
    day = on or timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(UNITS_BELOW, [list(unit_ids), day, day])
        return {row[0] for row in cursor.fetchall()}


def units_above(unit_id: int) -> set[int]:
    """The unit and every unit above it in today's tree."""
    day = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(UNITS_ABOVE, [unit_id, day, day])
        return {row[0] for row in cursor.fetchall()}


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> "UserQuerySet":
        if user.may(Capability.ADMINISTER):
            return self.all()
        return self.filter(pk=user.pk)

    def who_may(self, capability: Capability, unit_id: int | None) -> "UserQuerySet":
        """Everybody of whom `may_in` is true there: who could be asked to do it."""
        scopes = GRANTS[capability].items()
        places = _root_units() if unit_id is None else units_above(unit_id)
        everywhere = Q(role__in=[role for role, scope in scopes if scope == Scope.ALL])
        there = Q(role__in=[role for role, scope in scopes if scope == Scope.UNIT])
        held = RoleHeld.objects.in_force(timezone.localdate())
        holders = held.filter(everywhere | there & Q(unit_id__in=places)).values("user")
        return self.filter(is_active=True, pk__in=holders)


class User(AbstractBaseUser, PermissionsMixin, Dated):
    """Somebody who works here; logs in by e-mail and holds roles in units."""

    email = models.EmailField(_("e-mail"), unique=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=20, blank=True)
    theme = models.CharField(
        max_length=5, blank=True, choices=[("light", _("Light")), ("dark", _("Dark"))]
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(
        _("may open Django admin"), default=False, help_text=_("Follows the administrator role.")
    )
    # Set while the invitation waits to be taken up; until then the account is not active.
    invited_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Part of what sessions are bound to: a new one signs out everywhere.
    session_stamp = models.CharField(max_length=16, blank=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        ordering = ["email"]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def get_short_name(self) -> str:
        return self.given_name or self.email.partition("@")[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        bound_to = f"{self.password}{self.session_stamp}"
        return salted_hmac(
            "accounts.session", bound_to, secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def is_invited(self) -> bool:
        return self.invited_at is not None

    @property
    def initials(self) -> str:
        words = self.get_full_name().split() or [self.email]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()

    @cached_property
    def held_roles(self) -> list[tuple[Role, int]]:
        """(role, unit) pairs in force today; read once per request."""
        if not self.is_active:
            return []
        rows = RoleHeld.objects.in_force(timezone.localdate()).filter(user_id=self.pk)
        return [(Role(role), unit) for role, unit in rows.values_list("role", "unit_id")]

    @cached_property
    def _units_below(self) -> dict[int, set[int]]:
        return {unit: units_below([unit]) for unit in {unit for _role, unit in self.held_roles}}

    def scopes(self, capability: Capability) -> set[Scope]:
        """How far this user's roles carry the capability; empty means refused."""
        grants = GRANTS[capability]
        return {grants[role] for role, _unit in self.held_roles if role in grants}

    def may(self, *capabilities: Capability) -> bool:
        """Whether any of them is theirs in some unit."""
        return any(self.scopes(capability) for capability in capabilities)

    def may_in(self, capability: Capability, unit_id: int | None) -> bool:
        """Whether a thing of that unit is within reach; None is the whole organisation's."""
        reach = self.reach(capability)
        return reach.everything or unit_id in reach.unit_ids

    def reach(self, capability: Capability) -> "Reach":
        """The units in which this user may do it; the root's holder also reaches what has none."""
        scopes = self.scopes(capability)
        if Scope.ALL in scopes:
            return Reach(everything=True)
        grants = GRANTS[capability]
        units: set[int | None] = set()
        for role, unit in self.held_roles:
            if grants.get(role) == Scope.UNIT:
                units |= self._units_below[unit]
        if units & set(_root_units()):
            units.add(None)
        return Reach(unit_ids=frozenset(units))

    def keeps(self, capability: Capability) -> Q:
        """Rows with a unit and an owner: those in reach, and one's own where that is granted."""
        within = self.reach(capability).q()
        return within | Q(owner=self) if Scope.OWN in self.scopes(capability) else within

    def sees_aggregates(self) -> Q:
        """Of rows that carry scores: those in reach, one's own, and the published."""
        within = self.reach(Capability.SEE_SCORES).q()
        if not self.may(Capability.SEE_SCORES):
            return within
        return within | Q(owner=self) | Q(published=True)


def _root_units() -> list[int]:
    places = UnitPlace.objects.filter(parent=None, valid_to=None)
    return list(places.values_list("unit_id", flat=True))


class Reach:
    """A set of units as a filter: `Reach.q()` on rows that carry a nullable `unit`."""

    def __init__(
        self, *, everything: bool = False, unit_ids: frozenset[int | None] = frozenset()
    ) -> None:
        self.everything = everything
        self.unit_ids = unit_ids

    def __bool__(self) -> bool:
        return self.everything or bool(self.unit_ids)

    def q(self, field: str = "unit") -> Q:
        if self.everything:
            return ~Q(pk__in=[])  # everything even when put beside others; an empty Q() vanishes
        named = Q(**{f"{field}_id__in": [unit for unit in self.unit_ids if unit is not None]})
        return named | Q(**{f"{field}__isnull": True}) if None in self.unit_ids else named


class RoleHeldQuerySet(models.QuerySet["RoleHeld"]):
    def in_force(self, day: date) -> "RoleHeldQuerySet":
        return self.filter(Q(held_to=None) | Q(held_to__gt=day), held_from__lte=day)


class RoleHeld(Dated):
    """A role somebody holds in a unit and everything below it, from a day until another."""

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="roles")
    held_from = models.DateField(default=timezone.localdate)
    held_to = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    objects = RoleHeldQuerySet.as_manager()

    class Meta:
        verbose_name = _("role held")
        verbose_name_plural = _("roles held")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                condition=Q(held_to=None),
                name="role_held_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.unit_id}"


class StaffInvitation(Dated):
    """A mailed invitation to join as staff; the link carries this id, signed, and works once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.expires_at > timezone.now()
