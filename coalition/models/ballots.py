from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coalition.models.councils import Council, Majority
from coalition.models.initiatives import Initiative, new_salt


class BallotState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Choice(models.TextChoices):
    YES = "yes", _("In favour")
    NO = "no", _("Against")
    ABSTAIN = "abstain", _("Abstain")


class Outcome(models.TextChoices):
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    UNDECIDED = "undecided", _("Not decided")


class Ballot(models.Model):
    """One vote on one initiative; its rule and electorate are those of the day it opened.

    A trigger holds the frozen columns.
    """

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="ballots")
    council = models.ForeignKey(Council, models.PROTECT, related_name="ballots")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closes_on = models.DateField()
    quorum = models.PositiveSmallIntegerField(help_text=_("Votes needed, abstentions included."))
    majority = models.CharField(max_length=10, choices=Majority)
    state = models.CharField(max_length=10, choices=BallotState, default=BallotState.OPEN)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative"],
                condition=Q(state=BallotState.OPEN),
                name="one_open_ballot_an_initiative",
            ),
            models.CheckConstraint(
                condition=Q(state=BallotState.CLOSED, outcome__in=Outcome.values)
                | (~Q(state=BallotState.CLOSED) & Q(outcome="")),
                name="closed_ballot_has_its_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"ballot {self.pk} on {self.initiative_id}"

    @property
    def is_open(self) -> bool:
        return self.state == BallotState.OPEN

    def takes_votes(self, today: date) -> bool:
        """The last day counts to its end."""
        return self.is_open and today <= self.closes_on


class Elector(models.Model):
    """Somebody who may vote on a ballot, written down when it opened and never changed."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="electors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "user"], name="elector_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.ballot_id}"


class Vote(models.Model):
    """An elector's word and reason; shown to nobody else before the ballot closes."""

    elector = models.OneToOneField(Elector, models.PROTECT, related_name="vote")
    choice = models.CharField(max_length=7, choices=Choice)
    reason = models.TextField(blank=True)
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(choice__in=Choice.values), name="vote_choice")
        ]

    def __str__(self) -> str:
        return f"vote of elector {self.elector_id}"
