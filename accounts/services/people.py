from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.models import StaffInvitation, Unit, User
from accounts.permissions import Role
from accounts.services.organisation import ensure_organisation
from accounts.services.refusals import AccountsRefusal, SelfElevation
from accounts.services.roles import grant_role, keep_an_admin, sync_admin_flags
from accounts.services.trail import note
from cxplatform.shared import tokens
from cxplatform.shared.text import one_line

INVITATION_DAYS = 7


class AlreadyHere(AccountsRefusal):
    """The address belongs to somebody who has an account."""


class InvitationOver(AccountsRefusal):
    """The invitation was used, replaced or is too old."""


@transaction.atomic
def invite(
    email: str,
    *,
    role: Role,
    unit: Unit,
    by: User | None,
    given_name: str = "",
    family_name: str = "",
) -> StaffInvitation:
    """Make an account that cannot sign in yet, with a role, and an invitation to open it.

    Raises AlreadyHere for an address in use. Mail it with `mail_invitation`.
    """
    email = email.strip().lower()
    user = User.objects.select_for_update().filter(email=email).first()
    if user and (user.is_active or not user.invited_at):
        raise AlreadyHere(
            _("%(email)s has an account already. Find it in the list of people.") % {"email": email}
        )
    if user is None:
        user = User.objects.create_user(
            email,
            given_name=given_name,
            family_name=family_name,
            is_active=False,
            invited_at=timezone.now(),
        )
    grant_role(user, role=role, unit=unit, by=by)
    note(user, verb="invited", actor=by, data={"role": role.value, "unit": unit.pk})
    return renew_invitation(user, by=by)


@transaction.atomic
def renew_invitation(user: User, *, by: User | None) -> StaffInvitation:
    """A fresh invitation; earlier ones stop working."""
    if user.is_active or not user.invited_at:
        raise AlreadyHere(_("%(name)s has an account already.") % {"name": user})
    now = timezone.now()
    user.invitations.filter(accepted_at=None, expires_at__gt=now).update(expires_at=now)
    return StaffInvitation.objects.create(
        user=user, invited_by=by, expires_at=now + timedelta(days=INVITATION_DAYS)
    )


def invitation_link(invitation: StaffInvitation) -> str:
    """The address that opens it; held by nobody but the mail."""
    return settings.SITE_URL + reverse("accounts:join", args=[tokens.make("join", invitation.pk)])


def mail_invitation(invitation: StaffInvitation) -> None:
    """Send it in the organisation's name; raises OSError where the mail server refuses."""
    organisation = ensure_organisation()
    with translation.override(invitation.user.language or settings.LANGUAGE_CODE):
        EmailMessage(
            subject=one_line(
                _("%(organisation)s invites you to CXplatform") % {"organisation": organisation}
            ),
            body=render_to_string(
                "accounts/invitation.txt",
                {
                    "invitation": invitation,
                    "organisation": organisation,
                    "link": invitation_link(invitation),
                    "days": INVITATION_DAYS,
                },
            ),
            to=[invitation.user.email],
        ).send()


@transaction.atomic
def accept_invitation(invitation: StaffInvitation, *, password: str) -> User:
    """Open the account with a password of its owner's; raises InvitationOver. Works once."""
    invitation = StaffInvitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        raise InvitationOver
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at", "updated_at"])
    user = invitation.user
    user.set_password(password)
    user.is_active = True
    user.invited_at = None
    user.save(update_fields=["password", "is_active", "invited_at", "updated_at"])
    sync_admin_flags(user)
    note(user, verb="joined", actor=user)
    return user


@transaction.atomic
def deactivate(user: User, *, by: User | None) -> None:
    """Nobody signs in with this account any more, and open sessions end; raises LastAdmin."""
    keep_an_admin(without=user)
    now = timezone.now()
    user.invitations.filter(accepted_at=None, expires_at__gt=now).update(expires_at=now)
    user.is_active = False
    user.invited_at = None
    user.save(update_fields=["is_active", "invited_at", "updated_at"])
    sync_admin_flags(user)
    note(user, verb="deactivated", actor=by)


@transaction.atomic
def reactivate(user: User, *, by: User) -> None:
    """Open a deactivated account again, with the roles it still holds; raises SelfElevation."""
    if by.pk == user.pk:
        raise SelfElevation
    user.is_active = True
    user.save(update_fields=["is_active", "updated_at"])
    sync_admin_flags(user)
    note(user, verb="reactivated", actor=by)


@transaction.atomic
def sign_out_everywhere(user: User, *, by: User | None) -> None:
    """End every session of this user; the caller may keep the current one."""
    user.session_stamp = get_random_string(16)
    user.save(update_fields=["session_stamp", "updated_at"])
    note(user, verb="signed_out_everywhere", actor=by)
