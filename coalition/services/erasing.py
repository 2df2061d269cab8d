"""Erasing a text of the decision log: the chain covers its hash and goes on holding."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Capability
from coalition.models import Initiative, LogEntry, LogKind, Vote
from coalition.services.errors import NotYours
from coalition.services.moving import enter


@dataclass(frozen=True)
class Erasable:
    """One text that hangs on an entry, under the name the log knows it by."""

    key: str
    label: str


def texts_of(entry: LogEntry) -> list[Erasable]:
    """What can still be erased: its reason, the reasons of counted votes, the proposal's text."""
    found = []
    if entry.text:
        found.append(Erasable(f"entry:{entry.number}", _("The reason given")))
    if "votes" in entry.facts:
        votes = Vote.objects.filter(elector__ballot=entry.facts["ballot"]).exclude(reason="")
        for vote in votes.select_related("elector__user").order_by("pk"):
            label = _("The reason of %(name)s’s vote") % {"name": vote.elector.user}
            found.append(Erasable(f"vote:{vote.pk}", label))
        if entry.initiative.salt and entry.initiative.is_decided:
            label = _("The proposal’s problem and plan")
            found.append(Erasable(f"proposal:{entry.initiative_id}", label))
    return found


@transaction.atomic
def erase_texts(entry: LogEntry, keys: list[str], *, by: User) -> LogEntry | None:
    """Take the named texts out for good, and say so in the log. What is gone already is passed."""
    if not by.may(Capability.ADMINISTER):
        raise NotYours(_("Only an administrator erases texts."))
    # One at a time: an erasure is told once.
    initiative = Initiative.objects.select_for_update().get(pk=entry.initiative_id)
    there = {text.key for text in texts_of(LogEntry.objects.get(pk=entry.pk))}
    wanted = [key for key in keys if key in there]
    if not wanted:
        return None
    for key in wanted:
        _erase(key)
    return enter(initiative, LogKind.ERASED, by=by, facts={"texts": sorted(wanted)})


def _erase(key: str) -> None:
    kind, _colon, number = key.partition(":")
    if kind == "entry":
        LogEntry.objects.filter(pk=number).update(text="", salt="")
    elif kind == "vote":
        Vote.objects.filter(pk=number).update(reason="", salt="")
    else:
        Initiative.objects.filter(pk=number).update(problem="", plan="", salt="")
