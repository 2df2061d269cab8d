"""Where this database belongs: a restored or cloned one starts with sending paused."""

import hashlib

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from activity.services import record_event

WHERE_AM_I = """
SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' ||
       (SELECT oid FROM pg_database WHERE datname = current_database())::text
"""


class NoOrganisation(Exception):
    """The installation has not been set up: there is no organisation yet."""


def current_fingerprint() -> str:
    """A hash of the server's identity, the database's number in it, and INSTALLATION_ID if set.

    A dump restored elsewhere, or beside the original, differs. Where database files are copied
    whole, only INSTALLATION_ID tells the two apart.
    """
    with connection.cursor() as cursor:
        cursor.execute(WHERE_AM_I)
        place = cursor.fetchone()[0]
    return hashlib.sha256(f"{place}/{settings.INSTALLATION_ID}".encode()).hexdigest()


def may_send() -> bool:
    """Whether this installation may send now; pauses it where the database was moved or cloned.

    The first call on a new installation notes where it belongs.
    """
    organisation = Organisation.objects.first()
    if organisation is None:
        raise NoOrganisation
    here = current_fingerprint()
    if organisation.fingerprint not in ("", here):
        _pause_moved(organisation)
        return False
    if not organisation.fingerprint:
        Organisation.objects.filter(fingerprint="").update(fingerprint=here)
    return organisation.sending_paused_at is None


def pause_all(*, by: User, reason: str = "") -> None:
    """Nothing more goes out, from between two messages on, until `resume_all`."""
    _pause(Organisation.objects.get(), by=by, reason=reason or _("Stopped by an administrator."))


@transaction.atomic
def resume_all(*, by: User) -> None:
    """Let sending go on; from here on this database belongs where it is now."""
    organisation = Organisation.objects.select_for_update().get()
    moved = organisation.fingerprint != current_fingerprint()
    if organisation.sending_paused_at is None and not moved:
        return
    organisation.fingerprint = current_fingerprint()
    organisation.sending_paused_at = None
    organisation.sending_paused_reason = ""
    organisation.save(
        update_fields=["fingerprint", "sending_paused_at", "sending_paused_reason", "updated_at"]
    )
    record_event(organisation, verb="sending_resumed", actor=by, data={"moved": moved})


@transaction.atomic
def _pause(organisation: Organisation, *, by: User | None, reason: str) -> None:
    running = Organisation.objects.filter(pk=organisation.pk, sending_paused_at=None)
    if running.update(sending_paused_at=timezone.now(), sending_paused_reason=reason[:200]):
        record_event(organisation, verb="sending_paused", actor=by, data={"reason": reason[:200]})


def _pause_moved(organisation: Organisation) -> None:
    _pause(
        organisation,
        by=None,
        reason=_("This database was restored or copied here from another installation."),
    )
