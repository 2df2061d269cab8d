"""What happens to people, their roles and the units they hold them in."""

from accounts.services.organisation import ensure_organisation, update_organisation
from accounts.services.people import (
    accept_invitation,
    deactivate,
    invite,
    mail_invitation,
    reactivate,
    renew_invitation,
    sign_out_everywhere,
)
from accounts.services.refusals import AccountsRefusal, LastAdmin, SelfElevation
from accounts.services.roles import end_role, grant_role, sync_admin_flags
from accounts.services.units import add_unit, end_unit, move_unit, rename_unit

__all__ = [
    "AccountsRefusal",
    "LastAdmin",
    "SelfElevation",
    "accept_invitation",
    "add_unit",
    "deactivate",
    "end_role",
    "end_unit",
    "ensure_organisation",
    "grant_role",
    "invite",
    "mail_invitation",
    "move_unit",
    "reactivate",
    "rename_unit",
    "renew_invitation",
    "sign_out_everywhere",
    "sync_admin_flags",
    "update_organisation",
]
