from django.db import transaction
from django.utils import timezone

from accounts.models import RoleHeld, Unit, User
from accounts.permissions import Role
from accounts.services.refusals import LastAdmin, SelfElevation
from accounts.services.trail import note


@transaction.atomic
def grant_role(user: User, *, role: Role, unit: Unit, by: User | None) -> RoleHeld:
    """Let somebody hold a role in a unit from today; held already, nothing changes.

    Raises SelfElevation. `by` is None only where the system itself sets up.
    """
    if by is not None and by.pk == user.pk:
        raise SelfElevation
    held, made = RoleHeld.objects.get_or_create(
        user=user, role=role.value, unit=unit, held_to=None, defaults={"granted_by": by}
    )
    if made:
        sync_admin_flags(user)
        note(user, verb="role_granted", actor=by, data={"role": role.value, "unit": unit.pk})
    return held


@transaction.atomic
def end_role(held: RoleHeld, *, by: User | None) -> None:
    """Let a role end today; raises LastAdmin."""
    keep_an_admin(without=held)
    RoleHeld.objects.filter(pk=held.pk, held_to=None).update(
        held_to=timezone.localdate(), updated_at=timezone.now()
    )
    sync_admin_flags(held.user)
    note(held.user, verb="role_ended", actor=by, data={"role": held.role, "unit": held.unit_id})


def keep_an_admin(*, without: RoleHeld | User) -> None:
    """Raises LastAdmin if nobody active administers once this role, or this user, is gone.

    Locks the administrators' roles until the caller's transaction ends, so that two who remove
    each other at once do not both succeed.
    """
    # In one order, or two of these could wait for each other.
    held = RoleHeld.objects.filter(role=Role.ADMIN, held_to=None).order_by("pk")
    locked = list(held.select_for_update().values_list("pk", flat=True))
    # Asked anew: who was deactivated while we waited for the lock no longer counts.
    left = RoleHeld.objects.in_force(timezone.localdate()).filter(
        pk__in=locked, user__is_active=True
    )
    if isinstance(without, User):
        concerned, left = left.filter(user=without), left.exclude(user=without)
    else:
        concerned, left = left.filter(pk=without.pk), left.exclude(pk=without.pk)
    if concerned.exists() and not left.exists():
        raise LastAdmin


def sync_admin_flags(user: User) -> None:
    """Django admin follows the administrator role, and nothing else."""
    today = timezone.localdate()
    held = RoleHeld.objects.in_force(today).filter(user=user, role=Role.ADMIN)
    user.is_staff = user.is_superuser = user.is_active and held.exists()
    User.objects.filter(pk=user.pk).update(is_staff=user.is_staff, is_superuser=user.is_superuser)
