import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.permissions import Capability, Scope
from contacts.models import Account, Contact
from cxplatform.shared.models import Dated


class Identity(models.TextChoices):
    IDENTIFIED = "identified", _("Identified")
    CONFIDENTIAL = "confidential", _("Confidential")
    ANONYMOUS = "anonymous", _("Anonymous")


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user: User) -> "SurveyQuerySet":
        return self.filter(user.keeps(Capability.SEE_SURVEYS))

    def editable_by(self, user: User) -> "SurveyQuerySet":
        return self.filter(user.reach(Capability.MANAGE_SURVEYS).q())

    def open(self) -> "SurveyQuerySet":
        return self.filter(closed_at=None, archived_at=None, current_version__isnull=False)

    def ended(self, now: datetime) -> "SurveyQuerySet":
        """Open ones whose last day is over."""
        return self.open().filter(closes_at__lte=now)


class Survey(Dated):
    """A questionnaire as its owner sees it: a draft to edit, and the versions published from it."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="surveys")
    identity = models.CharField(max_length=12, choices=Identity, default=Identity.IDENTIFIED)
    draft = models.JSONField()
    # Counts up with every saved edit: two people editing never overwrite each other unseen.
    draft_revision = models.PositiveIntegerField(default=1)
    current_version = models.ForeignKey(
        "SurveyVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    public_link = models.BooleanField(_("open link"), default=False)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            # The model admits all three; the product offers the first until it keeps the others'
            # promises too.
            models.CheckConstraint(
                condition=Q(identity=Identity.IDENTIFIED), name="only_identified_is_offered_yet"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return bool(self.current_version_id) and not (self.closed_at or self.archived_at)

    @property
    def state(self) -> str:
        if self.archived_at:
            return "archived"
        if self.closed_at:
            return "closed"
        return "open" if self.current_version_id else "draft"

    def takes_answers(self, now: datetime) -> bool:
        return self.is_open and (self.closes_at is None or now < self.closes_at)

    def has_ended(self, now: datetime) -> bool:
        """Whether its last day is over, rather than somebody having closed it before."""
        end = self.closes_at
        return bool(end and end <= now and not (self.closed_at and self.closed_at < end))

    @property
    def last_day(self) -> date | None:
        """The day at whose end it closes by itself."""
        if self.closes_at is None:
            return None
        return timezone.localdate(self.closes_at - timedelta(microseconds=1))


class SurveyVersion(models.Model):
    """What was published: numbered, complete and never changed (a trigger holds that)."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    # {question key: {"type", "min", "max", "orientation", "label"}} of what yields values.
    scored = models.JSONField(default=dict)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} v{self.number}"


class Sender(Dated):
    """An address we may write from; administrators keep the list."""

    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("address"), unique=True)
    reply_to = models.EmailField(_("replies go to"), blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class DistributionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waiting for release")
    SENDING = "sending", _("Sending")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class DistributionQuerySet(models.QuerySet["Distribution"]):
    def visible_to(self, user: User) -> "DistributionQuerySet":
        """What one plans, and what was once put before those who release."""
        asked = Q(release_asked_at__isnull=False)
        release = user.reach(Capability.RELEASE)
        return self.plannable_by(user) | self.filter(release.q("survey__unit") & asked)

    def plannable_by(self, user: User) -> "DistributionQuerySet":
        return self.filter(user.reach(Capability.PLAN_DISTRIBUTIONS).q("survey__unit"))

    def releasable_by(self, user: User) -> "DistributionQuerySet":
        """What waits for this person as the second one."""
        reach = user.reach(Capability.RELEASE)
        waiting = self.filter(reach.q("survey__unit"), state=DistributionState.WAITING)
        return waiting.exclude(launched_by=user)

    def sent_back_to(self, user: User) -> "DistributionQuerySet":
        """Drafts this person launched that came back with a reason."""
        back = self.filter(state=DistributionState.DRAFT, launched_by=user)
        return back.exclude(sent_back_because="")


class Distribution(Dated):
    """One sending of one survey to one audience, in their languages, from one sender."""

    name = models.CharField(_("name"), max_length=200)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="distributions")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sender = models.ForeignKey(Sender, models.PROTECT, null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=DistributionState, default=DistributionState.DRAFT
    )
    # Which contacts: {"kind", "unit", "language", "attributes": {key: [values]}, "search"}.
    audience = models.JSONField(default=dict, blank=True)
    subjects = models.JSONField(default=dict, blank=True)  # language -> text with {{placeholders}}
    bodies = models.JSONField(default=dict, blank=True)
    launched_at = models.DateTimeField(null=True, blank=True)
    launched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Above the organisation's limit: since when a second person has been asked, who released it,
    # or who sent it back and why; and when those whose turn it is were told by mail.
    release_asked_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_back_because = models.CharField(max_length=500, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # What keeps it from going on, in the mail server's words or ours.
    trouble = models.CharField(max_length=300, blank=True, editable=False)

    objects = DistributionQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("launched_by")),
                name="second_person_is_another",
            )
        ]

    def __str__(self) -> str:
        return self.name


class InvitationState(models.TextChoices):
    LEFT_OUT = "left_out", _("Left out")
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Invitation(models.Model):
    """One person considered in one distribution: asked or left out, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    distribution = models.ForeignKey(Distribution, models.CASCADE, related_name="invitations")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="invitations")
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.QUEUED)
    left_out_because = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=35, blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    queued_at = models.DateTimeField()
    # Not to be tried again before this: "later" is a time in the row, never in a queue.
    not_before = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    # Hits on the link, people's and machines' apart; neither is an answer.
    visited_at = models.DateTimeField(null=True)
    machine_hits = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["distribution", "contact"], name="considered_once")
        ]
        indexes = [
            models.Index(
                fields=["distribution", "id"],
                condition=Q(state=InvitationState.QUEUED),
                name="invitation_queued",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state=InvitationState.SENDING),
                name="invitation_leased",
            ),
            models.Index(fields=["distribution", "state"]),
            models.Index(
                fields=["sent_at"],
                condition=Q(state=InvitationState.SENT),
                name="invitation_sent_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class ResponseStatus(models.TextChoices):
    PARTIAL = "partial", _("Started")
    COMPLETE = "complete", _("Complete")


class ResponseQuerySet(models.QuerySet["Response"]):
    def counted(self) -> "ResponseQuerySet":
        """What scores count: complete and real."""
        return self.filter(status=ResponseStatus.COMPLETE, is_test=False)

    def visible_to(self, user: User) -> "ResponseQuerySet":
        """Answers with identity: by the survey's unit, or the survey one owns."""
        seen = self.filter(user.reach(Capability.SEE_ANSWERS).q("survey__unit"))
        if Scope.OWN in user.scopes(Capability.SEE_ANSWERS):
            seen = seen | self.filter(survey__owner=user)
        return seen

    def after(self, day: date, key: uuid.UUID) -> "ResponseQuerySet":
        """Those behind a place in the order of day and id."""
        return self.filter(Q(completed_on__gt=day) | Q(completed_on=day, pk__gt=key))


class Response(models.Model):
    """What one respondent answered to one version; `answers` is the truth."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="responses")
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="responses")
    channel = models.CharField(max_length=20)  # email, link, import, …
    language = models.CharField(max_length=35)
    status = models.CharField(max_length=10, choices=ResponseStatus, default=ResponseStatus.PARTIAL)
    is_test = models.BooleanField(default=False)
    answers = models.JSONField(default=dict)
    # The page (by index) to ask next: where the same link goes on.
    reached = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Opaque to surveys; what upper apps were told about the occasion ("touchpoint", …).
    context = models.JSONField(default=dict, blank=True)
    # As they were at the answer: the contact's *break down by* attributes, the unit, the company.
    frozen = models.JSONField(default=dict, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    weight = models.FloatField(default=1)
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="responses"
    )
    invitation = models.OneToOneField(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="response"
    )
    # The row of a file this came from; the same file twice changes nothing.
    import_key = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    completed_on = models.DateField(null=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "import_key"],
                condition=~Q(import_key=""),
                name="response_imported_once",
            ),
            models.CheckConstraint(
                condition=~Q(status=ResponseStatus.COMPLETE) | Q(completed_on__isnull=False),
                name="complete_response_has_its_day",
            ),
            models.CheckConstraint(condition=Q(weight__gt=0), name="weight_is_positive"),
        ]
        indexes = [
            models.Index(fields=["survey", "completed_on", "id"]),
            models.Index(fields=["contact", "-completed_on"]),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AnswerCount(models.Model):
    """Signed counts of what scores count, by survey and day, summed when read.

    A trigger on responses writes them; folding makes the many rows of a day one.
    """

    id = models.BigAutoField(primary_key=True)
    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="answer_counts", db_constraint=False, db_index=False
    )
    day = models.DateField()
    n = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["survey", "day"])]

    def __str__(self) -> str:
        return f"{self.n:+d} {self.survey_id} {self.day}"


class MachineHit(models.Model):
    """A request for a link that looked like a mail scanner's; kept apart, blocks nobody."""

    id = models.BigAutoField(primary_key=True)
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="hits")
    at = models.DateTimeField()
    method = models.CharField(max_length=8)
    reason = models.CharField(max_length=40)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    def __str__(self) -> str:
        return f"{self.method} {self.reason}"
