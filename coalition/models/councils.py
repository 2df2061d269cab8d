from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.permissions import Capability
from cxplatform.shared.models import Dated


class QuorumKind(models.TextChoices):
    SHARE = "share", _("per cent of those who may vote")
    NUMBER = "number", _("votes")


class Majority(models.TextChoices):
    SIMPLE = "simple", _("more in favour than against")
    TWO_THIRDS = "two_thirds", _("at least two thirds in favour")


class CouncilQuerySet(models.QuerySet["Council"]):
    def current(self) -> "CouncilQuerySet":
        return self.filter(ended_on=None)

    def visible_to(self, user: User) -> "CouncilQuerySet":
        """Who decides, and by which rule, is open to everybody who works here."""
        return self.all() if user.may(Capability.PROPOSE) else self.none()


class Council(Dated):
    """Those who decide on a unit's initiatives, and the rule they decide by."""

    name = models.CharField(_("name"), max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="councils")
    quorum_kind = models.CharField(max_length=6, choices=QuorumKind, default=QuorumKind.SHARE)
    quorum = models.PositiveSmallIntegerField(_("quorum"), default=50)
    majority = models.CharField(max_length=10, choices=Majority, default=Majority.SIMPLE)
    voting_days = models.PositiveSmallIntegerField(_("days to vote"), default=14)
    ended_on = models.DateField(null=True, blank=True)

    objects = CouncilQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(ended_on=None),
                nulls_distinct=False,
                name="one_council_a_unit",
            ),
            models.CheckConstraint(condition=Q(quorum__gte=1), name="quorum_is_at_least_one"),
            models.CheckConstraint(
                condition=~Q(quorum_kind=QuorumKind.SHARE) | Q(quorum__lte=100),
                name="quorum_share_is_at_most_all",
            ),
            models.CheckConstraint(
                condition=Q(voting_days__gte=1, voting_days__lte=90), name="voting_lasts_90_days"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SeatQuerySet(models.QuerySet["Seat"]):
    def in_force(self, day: date) -> "SeatQuerySet":
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)


class Seat(Dated):
    """A place in a council that somebody holds from a day until another."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats")
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "user"], condition=Q(ends_on=None), name="seated_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="seat_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.council_id}"
