"""What is refused, each with a sentence that says what to do instead."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activity.models import Event
from journeys.models import Journey, Listening, Stage, Touchpoint


class JourneyRefused(Exception):
    """A change of a map or a touchpoint that is not made."""


class StaleEdit(JourneyRefused):
    """Somebody changed it since it was read; nothing was overwritten."""

    def __init__(self, row: Journey | Touchpoint) -> None:
        last = Event.objects.about(row).select_related("actor").first()
        who = str(last.actor) if last and last.actor else _("Somebody")
        said = _(
            "%(who)s changed “%(name)s” in the meantime. Your change is not saved. "
            "Look at what stands now, then make it again."
        )
        super().__init__(said % {"who": who, "name": row.name})


class NoName(JourneyRefused):
    """Nothing but blanks where a name is wanted."""

    def __init__(self) -> None:
        super().__init__(_("Give it a name."))


class JourneyArchived(JourneyRefused):
    """An archived map is looked at, not edited."""

    def __init__(self) -> None:
        super().__init__(_("This journey is archived. Take it out of the archive first."))


class AlreadyPlaced(JourneyRefused):
    """A touchpoint stands in a stage once."""

    def __init__(self, touchpoint: Touchpoint, stage: Stage) -> None:
        said = _("“%(touchpoint)s” stands in “%(stage)s” already. Choose another stage.")
        super().__init__(said % {"touchpoint": touchpoint, "stage": stage})


class TouchpointEnded(JourneyRefused):
    """An ended touchpoint takes no new place and no new listening."""

    def __init__(self, touchpoint: Touchpoint) -> None:
        said = _("“%(touchpoint)s” has ended. Take it up again first.")
        super().__init__(said % {"touchpoint": touchpoint})


class NothingToListenTo(JourneyRefused):
    """The survey has no published question of that key that yields a value."""

    def __init__(self) -> None:
        super().__init__(_("Choose a scored question of a published survey."))


class WrongDays(JourneyRefused):
    """A listening ends on its first day or later."""

    def __init__(self, starts_on: date) -> None:
        said = _("It starts on %(day)s. Let it end on that day or later.")
        super().__init__(said % {"day": date_format(starts_on, "j M Y")})


class AlreadyHeard(JourneyRefused):
    """On some of these days the question belongs to a touchpoint already."""

    def __init__(self, other: Listening) -> None:
        days = {
            "touchpoint": other.touchpoint,
            "start": date_format(other.starts_on, "j M Y"),
            "end": date_format(other.ends_on, "j M Y") if other.ends_on else "",
        }
        said = (
            _(
                "“%(touchpoint)s” listens to this question from %(start)s to %(end)s. Choose "
                "other days, or end that first."
            )
            if other.ends_on
            else _(
                "“%(touchpoint)s” listens to this question since %(start)s. Choose earlier days, "
                "or end that first."
            )
        )
        super().__init__(said % days)
