"""Why a command was not carried out; each message says what to do instead."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class CoalitionRefusal(Exception):
    """The command is refused; the message is for the person who gave it."""


class NotYours(CoalitionRefusal):
    """This person may never do this with this initiative."""


class IllegalMove(CoalitionRefusal):
    """The initiative is no longer, or not yet, where this can be done."""


class StaleInitiative(CoalitionRefusal):
    """Somebody changed it since it was read."""

    def __init__(self) -> None:
        super().__init__(
            _("It was changed in the meantime. Read what stands now, then do it again.")
        )


class ReasonMissing(CoalitionRefusal):
    """A reason is required, and none was given."""

    def __init__(self) -> None:
        super().__init__(_("Give the reason: it goes into the decision log."))


class NotReady(CoalitionRefusal):
    """Something is missing before it can be voted on; `missing` says what, one sentence each."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = list(missing)


class VotingGoesOn(CoalitionRefusal):
    """Votes are still out, and there is still time."""


class VotingOver(CoalitionRefusal):
    """The last day to vote is past."""


class BadSeat(CoalitionRefusal):
    """This seat cannot be given or ended as asked."""


class BadRule(CoalitionRefusal):
    """A council that cannot be kept like this."""
