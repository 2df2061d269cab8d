from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Capability
from coalition.models.initiatives import Initiative


class LogKind(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    SENT_BACK = "sent_back", _("Sent back")
    OPENED = "opened", _("Put to the vote")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    UNDECIDED = "undecided", _("Not decided: no quorum")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ERASED = "erased", _("Text erased")


class LogEntryQuerySet(models.QuerySet["LogEntry"]):
    def visible_to(self, user: User) -> "LogEntryQuerySet":
        """Everybody with a role; what was withdrawn as a draft never came here."""
        return self.all() if user.may(Capability.PROPOSE) else self.none()


class LogEntry(models.Model):
    """One step of one initiative, chained to the step before; append-only by trigger.

    `hash` covers everything but the text, of which it covers a salted hash: a text can be erased
    and the chain still be verified.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=LogKind)
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="log")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    facts = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    salt = models.CharField(max_length=32, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("entry of the decision log")
        verbose_name_plural = _("decision log")
        indexes = [models.Index(fields=["initiative", "number"])]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="log_counts_from_one")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

    @property
    def is_erased(self) -> bool:
        return bool(self.digest) and not self.salt


class LogCheck(models.Model):
    """What the last verification of the decision log found; one row."""

    at = models.DateTimeField()
    entries = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64, blank=True)
    problems = models.JSONField(default=list)
    only_one = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return f"{self.entries} entries, {len(self.problems)} problems"
