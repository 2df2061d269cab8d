"""Aurora's journey: what a passenger meets from the first search to the mail afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import User
from cxplatform.demo.places import Places
from cxplatform.demo.scene import Scene
from cxplatform.demo.surveying import Surveys
from journeys.models import Channel, Journey, Touchpoint
from journeys.services.maps import change_journey, create_journey, place_touchpoint
from journeys.services.touchpoints import create_touchpoint, listen

NAME = "A trip with Aurora"
ABOUT = (
    "From the first search to the mail afterwards, for whoever flies economy on their own money."
)
GROUND, CABIN = "owner", "colleague6@aurora.example"


@dataclass(frozen=True)
class Met:
    """A touchpoint: who owns it, and which question of which survey it listens to, if any."""

    name: str
    channel: str
    owner: str = ""
    question: str = ""


STAGES: dict[str, tuple[Met, ...]] = {
    "Book": (
        Met("Website", Channel.WEB, "colleague4@aurora.example"),
        Met("Call centre", Channel.PHONE, "agent"),
    ),
    "Get ready": (
        Met("Online check-in", Channel.APP, GROUND, "ease"),
        Met("Trip e-mails", Channel.EMAIL),
    ),
    "At the airport": (
        Met("Check-in desk", Channel.PERSON, GROUND, "checkin"),
        Met("Security", Channel.PLACE),
        Met("Boarding", Channel.PLACE, GROUND, "boarding"),
    ),
    "On board": (
        Met("Cabin crew", Channel.PERSON, CABIN, "crew"),
        Met("Seat", Channel.PLACE, CABIN, "seat"),
        Met("Food and drink", Channel.PLACE, CABIN, "food"),
    ),
    "Arrive": (Met("Baggage claim", Channel.PLACE, GROUND, "baggage"),),
    "Afterwards": (
        Met("The flight as a whole", Channel.OTHER, GROUND, "satisfaction"),
        Met("Staying with Aurora", Channel.OTHER, "designer", "nps"),
    ),
}


def make_journey(
    scene: Scene, places: Places, surveys: Surveys, staff: Mapping[str, User]
) -> Journey:
    """One map for all to see; two touchpoints nobody owns, four nobody asks about."""
    designer = staff["designer"]
    journey = create_journey(NAME, by=designer, about=ABOUT, unit=places.root, stages=tuple(STAGES))
    for stage in journey.stages.all():
        for met in STAGES[stage.name]:
            touchpoint = _touchpoint(met, places, staff)
            if met.question:
                _listen(scene, touchpoint, met.question, surveys, designer)
            stage.journey.refresh_from_db()
            place_touchpoint(stage, touchpoint, revision=stage.journey.revision, by=designer)
    journey.refresh_from_db()
    change_journey(
        journey,
        revision=journey.revision,
        by=designer,
        name=NAME,
        about=ABOUT,
        owner=designer,
        published=True,
    )
    # Drawn when the surveys were published, not when the data were loaded.
    drawn = scene.at(scene.ago(369), hour=10)
    Journey.objects.update(created_at=drawn, updated_at=drawn)
    Touchpoint.objects.update(created_at=drawn, updated_at=drawn)
    return journey


def _touchpoint(met: Met, places: Places, staff: Mapping[str, User]) -> Touchpoint:
    return create_touchpoint(
        met.name,
        by=staff["designer"],
        channel=met.channel,
        owner=staff[met.owner] if met.owner else None,
        unit=places.root,
    )


def _listen(
    scene: Scene, touchpoint: Touchpoint, question: str, surveys: Surveys, by: User
) -> None:
    asked = surveys.feel if question == "nps" else surveys.flight
    listen(
        touchpoint,
        survey=asked.survey,
        question_key=question,
        starts_on=scene.ago(370),
        revision=touchpoint.revision,
        by=by,
    )
