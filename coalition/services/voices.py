"""What everybody may add to an initiative: support, once, and comments."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Capability
from activity.services import record_event
from coalition.models import Comment, Initiative, Support
from coalition.moves import Verb
from coalition.services.errors import NotYours
from coalition.services.moving import held_for


@transaction.atomic
def support(initiative: Initiative, *, by: User) -> None:
    """Once; a second time changes nothing."""
    held = held_for(initiative, Verb.SUPPORT, by=by)
    _row, is_new = Support.objects.get_or_create(
        initiative=held, user=by, defaults={"at": timezone.now()}
    )
    if is_new:
        record_event(held, verb="initiative.supported", actor=by, label=held.title)


@transaction.atomic
def take_support_back(initiative: Initiative, *, by: User) -> None:
    held = held_for(initiative, Verb.SUPPORT, by=by)
    gone, _rows = Support.objects.filter(initiative=held, user=by).delete()
    if gone:
        record_event(held, verb="initiative.support_taken_back", actor=by, label=held.title)


@transaction.atomic
def comment(initiative: Initiative, *, by: User, text: str) -> Comment:
    held = held_for(initiative, Verb.COMMENT, by=by)
    made = Comment.objects.create(initiative=held, author=by, text=text, at=timezone.now())
    record_event(held, verb="initiative.commented", actor=by, label=held.title)
    return made


def may_remove(comment: Comment, user: User) -> bool:
    """One's own, and an administrator any: a comment may name somebody."""
    is_own = comment.author_id == user.pk
    return not comment.removed_at and (is_own or user.may(Capability.ADMINISTER))


@transaction.atomic
def remove_comment(comment: Comment, *, by: User) -> None:
    """Its text goes, its place stays."""
    held = Comment.objects.select_for_update().select_related("initiative").get(pk=comment.pk)
    if held.removed_at:
        return
    if not may_remove(held, by):
        raise NotYours(_("Only its author or an administrator removes a comment."))
    held.text, held.removed_at, held.removed_by = "", timezone.now(), by
    held.save(update_fields=["text", "removed_at", "removed_by"])
    initiative = held.initiative
    record_event(initiative, verb="initiative.comment_removed", actor=by, label=initiative.title)
