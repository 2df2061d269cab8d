from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.permissions import Capability
from activity.models import Job, Upload
from cxplatform.shared.models import Dated


class ImportState(models.TextChoices):
    MAPPING = "mapping", _("To be mapped")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    WRITING = "writing", _("Being written")
    DONE = "done", _("Done")


class OnError(models.TextChoices):
    REFUSE = "refuse", _("Write nothing")
    SKIP = "skip", _("Leave bad rows out")


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> "ImportQuerySet":
        """One's own: a file may hold more people than a colleague may see."""
        return self.filter(owner=user) if user.may(Capability.MANAGE_CONTACTS) else self.none()


class Import(Dated):
    """An uploaded table on its way in: what its columns mean, what was found, what came of it."""

    kind = models.CharField(max_length=30)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.MAPPING)
    header = models.JSONField(default=list)
    # One per column of the file: {"to", "label", "type", "split"}; see contacts.imports.mapping.
    mapping = models.JSONField(default=list)
    options = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    skip_bad_rows = models.BooleanField(default=False)
    # What a program decided beforehand; blank: a person decides once the file is checked.
    on_error = models.CharField(max_length=6, choices=OnError, blank=True)
    # Counts only: rows and values stand in the files below, which live as long as an upload does.
    report = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    problems = models.ForeignKey(Upload, models.SET_NULL, null=True, related_name="+")
    changes = models.ForeignKey(Upload, models.SET_NULL, null=True, related_name="+")
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["owner", "-created_at"])]

    def __str__(self) -> str:
        return self.upload.filename

    @property
    def to_write(self) -> int:
        """How many rows of what was checked would change anything."""
        return int(self.report.get("new", 0)) + int(self.report.get("changed", 0))

    @property
    def job_kind(self) -> str:
        return "import_write" if self.state == ImportState.WRITING else "import_check"
