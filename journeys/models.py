from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.permissions import Capability
from cxplatform.shared.models import Dated
from surveys.models import Survey


class JourneyQuerySet(models.QuerySet["Journey"]):
    def visible_to(self, user: User) -> "JourneyQuerySet":
        return self.filter(user.sees_aggregates())

    def editable_by(self, user: User) -> "JourneyQuerySet":
        return self.filter(user.keeps(Capability.MANAGE_JOURNEYS))

    def current(self) -> "JourneyQuerySet":
        return self.filter(archived_at=None)


class Journey(Dated):
    """The way people go with us, drawn as stages; its map is edited under a revision."""

    name = models.CharField(_("name"), max_length=200)
    about = models.TextField(_("about"), blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="journeys")
    published = models.BooleanField(
        _("published to all employees"), default=False, help_text=_("Aggregates only.")
    )
    # Counts up with every edit of the map: two people never overwrite each other unseen.
    revision = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = JourneyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """One column of a map."""

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="stages")
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "position"],
                name="one_stage_a_position",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return self.name


class Channel(models.TextChoices):
    WEB = "web", _("Website")
    APP = "app", _("App")
    EMAIL = "email", _("E-mail")
    MESSAGE = "message", _("Message")
    PHONE = "phone", _("Phone")
    PERSON = "person", _("In person")
    PLACE = "place", _("On the spot")
    POST = "post", _("Post")
    OTHER = "other", _("Other")

    @property
    def is_digital(self) -> bool:
        return self in {Channel.WEB, Channel.APP, Channel.EMAIL, Channel.MESSAGE}


class TouchpointQuerySet(models.QuerySet["Touchpoint"]):
    def visible_to(self, user: User) -> "TouchpointQuerySet":
        """The units in reach, what one owns, and what stands on a map one sees."""
        maps = Journey.objects.visible_to(user)
        placed = Placement.objects.filter(stage__journey__in=maps).values("touchpoint")
        seen = user.reach(Capability.SEE_SCORES).q() | Q(pk__in=placed)
        if user.may(Capability.SEE_SCORES):
            seen |= Q(owner=user)
        return self.filter(seen)

    def editable_by(self, user: User) -> "TouchpointQuerySet":
        return self.filter(user.keeps(Capability.MANAGE_JOURNEYS))

    def current(self) -> "TouchpointQuerySet":
        return self.filter(ended_on=None)


class Touchpoint(Dated):
    """Where people meet us: one thing everywhere, however many maps it stands on.

    An answer's `context` names a touchpoint by its number.
    """

    name = models.CharField(_("name"), max_length=200)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.PLACE)
    digital = models.BooleanField(_("digital"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="touchpoints"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """A touchpoint standing in a stage of a map."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="placements")
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="placements")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "touchpoint"], name="placed_once_a_stage"),
            models.UniqueConstraint(
                fields=["stage", "position"],
                name="one_placement_a_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint_id} in {self.stage_id}"


class ListeningQuerySet(models.QuerySet["Listening"]):
    def overlapping(self, starts_on: date, ends_on: date | None) -> "ListeningQuerySet":
        found = self.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
        return found.filter(starts_on__lte=ends_on) if ends_on else found


class Listening(models.Model):
    """From a day until another (both included) the answers to one question are about a touchpoint.

    On any day a question belongs to one touchpoint at most; the database holds that.
    """

    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="listenings")
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+")
    question_key = models.CharField(max_length=40)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = ListeningQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            ExclusionConstraint(
                name="one_touchpoint_a_question_a_day",
                expressions=[
                    ("survey", RangeOperators.EQUAL),
                    ("question_key", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="listening_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint_id} to {self.survey_id}/{self.question_key}"
