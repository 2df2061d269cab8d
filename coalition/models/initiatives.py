from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.permissions import Capability
from cxplatform.shared.models import Dated
from journeys.models import Touchpoint
from metrics.models import Item, Metric


def new_salt() -> str:
    return get_random_string(32)


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    SENT_BACK = "sent_back", _("Sent back")
    VOTING = "voting", _("Voting")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Direction(models.TextChoices):
    RAISE = "raise", _("raise it by")
    LOWER = "lower", _("lower it by")


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    def visible_to(self, user: User) -> "InitiativeQuerySet":
        """What was ever proposed, to everybody with a role; a draft to its authors alone."""
        if not user.may(Capability.PROPOSE):
            return self.none()
        return self.filter(Q(proposed_at__isnull=False) | Q(proposer=user) | Q(owner=user))


class Initiative(Dated):
    """An improvement somebody proposes: the problem, what it should change, its cost and owner."""

    title = models.CharField(_("title"), max_length=200)
    problem = models.TextField(_("problem"))
    plan = models.TextField(_("what to do"), blank=True)
    effect_metric = models.ForeignKey(
        Metric, models.PROTECT, null=True, blank=True, related_name="expected_of"
    )
    effect_direction = models.CharField(max_length=5, choices=Direction, blank=True)
    effect_amount = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    cost = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    starts_on = models.DateField(_("start"), null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="initiatives_proposed"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="initiatives_owned",
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # Counts up with every edit: nobody overwrites, sends back or opens what they have not read.
    revision = models.PositiveIntegerField(default=1)
    proposed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # Goes into the hash of its text; erased with the text, so that no guess can be tried on it.
    salt = models.CharField(max_length=32, default=new_salt, editable=False)

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [models.Index(fields=["state", "-updated_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="initiative_state"),
            models.CheckConstraint(
                condition=Q(cost=None, currency="")
                | (Q(cost__isnull=False, cost__gte=0) & ~Q(currency="")),
                name="cost_has_its_currency",
            ),
            models.CheckConstraint(
                condition=Q(effect_amount=None) | Q(effect_amount__gt=0),
                name="effect_amount_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN])
                | Q(proposed_at__isnull=False),
                name="proposed_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.APPROVED, State.REJECTED], decided_at__isnull=False)
                | (~Q(state__in=[State.APPROVED, State.REJECTED]) & Q(decided_at=None)),
                name="decided_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def authors(self) -> set[int]:
        """Who may not judge it: whoever proposed it and whoever would own it."""
        return {pk for pk in (self.proposer_id, self.owner_id) if pk}

    @property
    def is_decided(self) -> bool:
        return self.state in (State.APPROVED, State.REJECTED)


class EvidenceKind(models.TextChoices):
    METRIC = "metric", _("Metric")
    TOUCHPOINT = "touchpoint", _("Touchpoint")
    ANSWERS = "answers", _("Answers")


class Evidence(models.Model):
    """What an initiative rests on: a pointer and a note, never a copy of anybody's answer."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=10, choices=EvidenceKind)
    metric = models.ForeignKey(Metric, models.PROTECT, null=True, blank=True, related_name="+")
    touchpoint = models.ForeignKey(
        Touchpoint, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Answers: those of one question, of a range of values, over a range of days.
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+")
    low = models.SmallIntegerField(null=True, blank=True)
    high = models.SmallIntegerField(null=True, blank=True)
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind=EvidenceKind.METRIC, metric__isnull=False, touchpoint=None, item=None
                )
                | Q(kind=EvidenceKind.TOUCHPOINT, metric=None, touchpoint__isnull=False, item=None)
                | Q(
                    kind=EvidenceKind.ANSWERS,
                    metric=None,
                    touchpoint=None,
                    item__isnull=False,
                    low__isnull=False,
                    high__isnull=False,
                    start__isnull=False,
                    end__isnull=False,
                    low__lte=F("high"),
                    start__lte=F("end"),
                ),
                name="evidence_points_at_one_thing",
            ),
            models.UniqueConstraint(
                fields=["initiative", "metric"],
                condition=Q(kind=EvidenceKind.METRIC),
                name="metric_as_evidence_once",
            ),
            models.UniqueConstraint(
                fields=["initiative", "touchpoint"],
                condition=Q(kind=EvidenceKind.TOUCHPOINT),
                name="touchpoint_as_evidence_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.initiative_id}"


class Support(models.Model):
    """That somebody wants it, once; it weighs nothing in a vote."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="supports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["initiative", "user"], name="supported_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.initiative_id}"


class Comment(models.Model):
    """What somebody says about an initiative; a removed one keeps its place and loses its text."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(text=""), name="removed_comment_has_no_text"
            )
        ]

    def __str__(self) -> str:
        return f"{self.author_id} on {self.initiative_id}"
