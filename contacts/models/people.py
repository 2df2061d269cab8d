import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.permissions import Capability
from contacts.searching import full_name
from cxplatform.shared.models import Dated


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: User) -> "AccountQuerySet":
        return self.filter(user.reach(Capability.MANAGE_CONTACTS).q())


class Account(Dated):
    """A company whose people we serve."""

    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=60, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    sort_key = models.CharField(max_length=200, editable=False, db_collation="C")

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="account_external_id_once_per_source",
            )
        ]
        indexes = [models.Index(fields=["sort_key", "id"])]

    def __str__(self) -> str:
        return self.name


class AttributeType(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    YES_NO = "yes_no", _("Yes or no")


class AttributeDefinitionQuerySet(models.QuerySet["AttributeDefinition"]):
    def visible_to(self, user: User) -> "AttributeDefinitionQuerySet":
        return self.all() if user.may(Capability.MANAGE_CONTACTS) else self.none()

    def dimensions(self) -> "AttributeDefinitionQuerySet":
        """What scores break down by, in a fixed order."""
        return self.filter(break_down_by=True).order_by("key")


class AttributeDefinition(Dated):
    """What we note about contacts: a key, what it is called and where it may be shown."""

    MOST_DIMENSIONS = 8
    MOST_MEMBERS = 50

    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=100)
    type = models.CharField(max_length=10, choices=AttributeType, default=AttributeType.TEXT)
    personal = models.BooleanField(
        _("personal"), default=False, help_text=_("Identifies or describes the person closely.")
    )
    reportable = models.BooleanField(
        _("reportable"), default=True, help_text=_("May appear beside numbers.")
    )
    break_down_by = models.BooleanField(
        _("break down by"), default=False, help_text=_("Scores can be split by it.")
    )
    # Of a break-down-by attribute: the values in use, so that limit and filters read no contacts.
    members = models.JSONField(default=list, blank=True, editable=False)

    objects = AttributeDefinitionQuerySet.as_manager()

    class Meta:
        ordering = ["label"]
        constraints = [
            models.CheckConstraint(
                condition=Q(break_down_by=False) | Q(reportable=True, personal=False),
                name="dimension_is_reportable_and_not_personal",
            )
        ]

    def __str__(self) -> str:
        return self.label


class ContactKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    EMPLOYEE = "employee", _("Employee")


class ContactQuerySet(models.QuerySet["Contact"]):
    def living(self) -> "ContactQuerySet":
        """Neither erased nor merged into another."""
        return self.filter(erased_at=None, merged_into=None)

    def visible_to(self, user: User) -> "ContactQuerySet":
        return self.living().filter(user.reach(Capability.MANAGE_CONTACTS).q())

    def findable_by(self, user: User) -> "ContactQuerySet":
        """Whom this person may look up one at a time, by an exact address or number."""
        return self.living().filter(user.reach(Capability.LOOK_UP_CONTACT).q())


class Contact(Dated):
    """A customer or an employee, as we know them."""

    kind = models.CharField(max_length=10, choices=ContactKind, default=ContactKind.CUSTOMER)
    external_id = models.CharField(_("external id"), max_length=200, blank=True)
    source = models.CharField(max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    display_name = models.CharField(_("display name"), max_length=200, blank=True)
    form_of_address = models.CharField(_("form of address"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    account_role = models.CharField(_("role there"), max_length=100, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    # Both written by services from the fields above: order that no server locale changes, and
    # the folded words that searching looks in.
    sort_key = models.CharField(max_length=300, editable=False, db_collation="C")
    search_text = models.TextField(editable=False, default="")
    # What the suppression list knows the e-mail address by.
    address_hash = models.CharField(max_length=64, editable=False, default="", blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source", "external_id"],
                condition=~Q(external_id="") & Q(merged_into=None, erased_at=None),
                name="contact_external_id_once_per_kind_and_source",
            ),
            models.UniqueConstraint(
                fields=["kind", "email"],
                condition=~Q(email="") & Q(merged_into=None, erased_at=None),
                name="contact_email_once_per_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"]),
            models.Index(fields=["unit", "sort_key", "id"]),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="contact_search"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What we call them; an erased person has no name."""
        if self.erased_at:
            return "–"
        own = self.display_name or full_name(self.given_name, self.family_name)
        return own or self.email or self.external_id or f"#{self.pk}"


class Purpose(models.TextChoices):
    SURVEY = "survey", _("Surveys")
    MARKETING = "marketing", _("Marketing")


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    PHONE = "phone", _("Phone")


class Basis(models.TextChoices):
    CONSENT = "consent", _("Consent")
    CONTRACT = "contract", _("Contract")
    LEGITIMATE_INTEREST = "legitimate_interest", _("Legitimate interest")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ContactPermission(models.Model):
    """Whether we may ask for a purpose on a channel: on what basis, since when, until when."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="permissions")
    purpose = models.CharField(max_length=20, choices=Purpose)
    channel = models.CharField(max_length=10, choices=Channel)
    basis = models.CharField(max_length=20, choices=Basis)
    source = models.CharField(max_length=60)
    given_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "purpose", "channel"], name="one_permission_per_purpose_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel} {self.basis}"


class Suppression(models.Model):
    """An address never to be written to again, kept as a keyed hash that outlives an erasure."""

    address_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    reason = models.CharField(
        max_length=20,
        choices=[
            ("unsubscribed", _("Unsubscribed")),
            ("bounced", _("Bounced")),
            ("complained", _("Complained")),
            ("erased", _("Erased")),
            ("by_staff", _("By staff")),
        ],
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_hash", "channel"], name="suppressed_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.reason}"


class Merge(models.Model):
    """Two contacts made one: what is needed to take it back."""

    kept = models.ForeignKey(Contact, models.PROTECT, related_name="merges_kept")
    gone = models.ForeignKey(Contact, models.PROTECT, related_name="merges_gone")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_joins_two")]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


class Erasure(models.Model):
    """The erasure log: applied again after a restore; holds no personal data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact_id = models.BigIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erasure of {self.contact_id}"
