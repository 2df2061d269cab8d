from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.permissions import Capability
from cxplatform.shared.models import Dated
from surveys.models import Survey


class Item(models.Model):
    """One thing that yields values: today a scored question of a survey."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="items")
    question_key = models.CharField(max_length=40)
    type = models.CharField(max_length=20)
    label = models.TextField()
    scale_min = models.SmallIntegerField()
    scale_max = models.SmallIntegerField()
    high_is_good = models.BooleanField(default=True)
    # Whether one person or company ever gave it more than one value; then people are counted, not
    # assumed.
    repeated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "question_key"], name="item_once"),
            models.CheckConstraint(
                condition=Q(scale_max__gt=F("scale_min"), scale_max__lte=F("scale_min") + 100),
                name="scale_has_at_most_101_values",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Observation(models.Model):
    """One value of one item from one response; nothing may ever point at it."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, models.CASCADE, db_constraint=False, related_name="observations")
    response_id = models.UUIDField()
    # Who gave it: the contact, or the response itself where there is none.
    person = models.CharField(max_length=40, db_collation="C")
    # The company that person belonged to at the answer; its people's answers hang together.
    account_id = models.BigIntegerField(null=True)
    day = models.DateField()
    value = models.SmallIntegerField()
    weight = models.FloatField(default=1)
    dims = models.JSONField(default=dict)  # {"channel": …, "unit": …, "touchpoint": …, "a:KEY": …}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response_id", "item"], name="observed_once")
        ]
        indexes = [
            models.Index(fields=["item", "day"]),
            models.Index(fields=["item", "person"]),
            models.Index(
                fields=["item", "account_id"],
                condition=Q(account_id__isnull=False),
                name="observed_of_company",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}={self.value}"


class Delta(models.Model):
    """A signed change that no cell holds yet; written in the answer's own transaction."""

    id = models.BigAutoField(primary_key=True)
    item_id = models.BigIntegerField()
    day = models.DateField()
    value = models.SmallIntegerField()
    sign = models.SmallIntegerField()
    weight = models.FloatField()
    dims = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["item_id", "day"])]

    def __str__(self) -> str:
        return f"{self.sign:+d} {self.item_id}={self.value}"


class Cell(models.Model):
    """How many gave one item one value on one day, in all or as one member of one dimension."""

    id = models.BigAutoField(primary_key=True)
    item_id = models.BigIntegerField()
    day = models.DateField()
    dimension = models.CharField(max_length=48, db_collation="C")  # "all", "channel", "a:class"
    member = models.CharField(max_length=200, db_collation="C", blank=True)
    value = models.SmallIntegerField()
    n = models.BigIntegerField()
    w = models.FloatField()
    w2 = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item_id", "dimension", "day", "member", "value"], name="cell_once"
            ),
            models.CheckConstraint(condition=Q(n__gte=0), name="cell_never_below_zero"),
        ]
        indexes = [
            # Which items have answers that name a touchpoint themselves.
            models.Index(
                fields=["member", "item_id", "day"],
                condition=Q(dimension="touchpoint"),
                name="cell_names_touchpoint",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.day} {self.dimension}={self.member} {self.value}: {self.n}"


class MetricKind(models.TextChoices):
    NPS = "nps", _("NPS")
    CSAT = "csat", _("CSAT")
    CES = "ces", _("CES")
    MEAN = "mean", _("Mean")
    SHARE = "share", _("Share")


class MetricQuerySet(models.QuerySet["Metric"]):
    def visible_to(self, user: User) -> "MetricQuerySet":
        return self.filter(user.sees_aggregates())

    def editable_by(self, user: User) -> "MetricQuerySet":
        return self.filter(user.keeps(Capability.MANAGE_METRICS))


class Metric(Dated):
    """A number with a name and an owner; what it means is its current version."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="metrics"
    )
    published = models.BooleanField(
        _("published to all employees"), default=False, help_text=_("Aggregates only.")
    )
    current_version = models.ForeignKey(
        "MetricVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MetricQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MetricVersion(models.Model):
    """One definition of a metric: items, arithmetic and margin; changing it makes the next one."""

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=MetricKind)
    items = models.ManyToManyField(Item, related_name="metric_versions")
    scale_min = models.SmallIntegerField()
    scale_max = models.SmallIntegerField()
    high_is_good = models.BooleanField(default=True)
    box_min = models.SmallIntegerField(null=True)  # shares: the values that count as a hit
    box_max = models.SmallIntegerField(null=True)
    margin = models.FloatField()  # the smallest change worth acting on, in the metric's own unit
    floor = models.FloatField(null=True, blank=True)  # act under
    goal = models.FloatField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["metric", "number"], name="metric_version_once"),
            models.CheckConstraint(
                condition=~Q(kind=MetricKind.NPS) | Q(scale_min=0, scale_max=10),
                name="nps_is_only_ever_0_to_10",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} v{self.number}"
