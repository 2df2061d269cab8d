from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Capability


class TokenScope(models.TextChoices):
    """What a token opens, at most: its user's own rights are the other bound."""

    READ = "read", _("Read surveys, metrics, scores, journeys and contacts")
    DESIGN = "design", _("Make and publish surveys, make journeys")
    IMPORT = "import", _("Import and create contacts, import answers")
    EXPORT = "export", _("Read single answers")


# Without the capability somewhere, its scope would open nothing and is not offered.
NEEDS = {
    TokenScope.DESIGN: Capability.MANAGE_SURVEYS,
    TokenScope.IMPORT: Capability.MANAGE_CONTACTS,
    TokenScope.EXPORT: Capability.EXPORT_PERSONAL,
}


def scopes_for(user: User) -> list[TokenScope]:
    return [scope for scope in TokenScope if scope not in NEEDS or user.may(NEEDS[scope])]


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> "ApiTokenQuerySet":
        """Everybody's own; administrators see all, to end them."""
        return self.all() if user.may(Capability.ADMINISTER) else self.filter(user=user)

    def valid(self, now: datetime) -> "ApiTokenQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)


class ApiToken(models.Model):
    """A key to the API: a hash of it, what it opens, and until when. The key itself is not kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    start = models.CharField(max_length=8)  # how the key begins, to tell one from another
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=TokenScope))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"


class KeptReply(models.Model):
    """The reply to a POST that carried an Idempotency-Key: the same request gets it again."""

    token = models.ForeignKey(ApiToken, models.CASCADE)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="reply_kept_once")]

    def __str__(self) -> str:
        return self.key
