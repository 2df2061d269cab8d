"""The year day by day: who was asked or left out, what became of it, and who answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from cxplatform.demo import answering
from cxplatform.demo.copying import copy_in
from cxplatform.demo.customers import Person
from cxplatform.demo.moods import mood, traffic
from cxplatform.demo.scene import Scene
from cxplatform.demo.surveying import Published
from cxplatform.demo.waves import Wave
from surveys.models import DistributionState, Invitation, InvitationState, Response, ResponseStatus

ASKED_AGAIN_AFTER_DAYS = 30
ANSWER_RATE = {"feel": 0.31, "flight": 0.42}
LINK_ANSWERS_A_DAY = {"feel": 0.6, "flight": 4.2}  # at three thousand customers


@dataclass
class Year:
    """The rows of the year as they come to be."""

    scene: Scene
    invitations: list[Invitation] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)


def play(scene: Scene, people: list[Person], waves: list[Wave]) -> Year:
    """Everything in the order it happened, since one thing leads to another; written at the end."""
    year = Year(scene)
    sent = [wave for wave in waves if wave.row.state != DistributionState.WAITING]
    for day, wave, person in sorted(
        _plans(scene, people, sent), key=lambda plan: (plan[0], plan[1].row.pk)
    ):
        _ask(year, wave, person, day)
    rounds = [wave for wave in waves if wave.row.state == DistributionState.DONE]
    for wave in rounds:
        _open_link(year, wave)
        _tests(year, wave)
    for wave in waves:
        if wave.row.state == DistributionState.WAITING:
            _hold(year, wave, people)
    copy_in(Invitation, year.invitations)
    copy_in(Response, year.responses)
    return year


def _plans(
    scene: Scene, people: list[Person], waves: list[Wave]
) -> Iterator[tuple[date, Wave, Person]]:
    """Whom each wave considers, and on which day."""
    for wave in waves:
        days = [wave.first + timedelta(days=n) for n in range((wave.last - wave.first).days + 1)]
        weights = [traffic(day) for day in days]
        busy = sum(weights) / len(weights)
        for person in people:
            if not _is_meant(wave, person):
                continue
            share = wave.share if wave.kind == "feel" else wave.share * person.flying * busy
            if scene.chance(share):
                chosen = days if wave.kind == "feel" else scene.rng.choices(days, weights)
                yield scene.rng.choice(chosen), wave, person


def _is_meant(wave: Wave, person: Person) -> bool:
    attributes = person.contact.attributes
    airport = wave.audience.get("airport", attributes["home_airport"])
    class_ = wave.audience.get("class", attributes["class"])
    return bool(attributes["home_airport"] == airport and attributes["class"] == class_)


def _ask(year: Year, wave: Wave, person: Person, day: date) -> None:
    scene = year.scene
    queued = scene.at(day, hour=8, minute=scene.rng.randrange(60))
    invitation = Invitation(
        id=scene.random_id(),
        distribution=wave.row,
        contact=person.contact,
        language=person.contact.language,
        queued_at=queued,
        expires_at=queued + timedelta(days=settings.INVITATION_KEEP_DAYS),
    )
    year.invitations.append(invitation)
    reason = _left_out(wave, person, day)
    if reason:
        invitation.state, invitation.left_out_because = InvitationState.LEFT_OUT, reason
    elif wave.stops_on and day >= wave.stops_on:
        paused = wave.row.finished_at is None
        invitation.state = InvitationState.QUEUED if paused else InvitationState.CANCELLED
    else:
        _send(year, wave, person, invitation, queued)


def _hold(year: Year, wave: Wave, people: list[Person]) -> None:
    """Everybody it meant to ask, waiting; dice of its own leave the year's answers as they are."""
    own = Scene(until=year.scene.until, seed=year.scene.seed + 1_000_000, people=year.scene.people)
    held = Year(own, year.invitations, year.responses)
    for person in people:
        if _is_meant(wave, person):
            _ask(held, wave, person, wave.first)


def _left_out(wave: Wave, person: Person, day: date) -> str:
    """Why nobody writes to this person that day; "" where one may."""
    if not person.contact.email:
        return "no_address"
    if person.gone_at and timezone.localdate(person.gone_at) <= day:
        return "suppressed"
    if person.withdrawn_on and person.withdrawn_on <= day:
        return "withdrawn"
    lately = day - timedelta(days=ASKED_AGAIN_AFTER_DAYS)
    return "asked_lately" if person.asked_on.get(wave.kind, lately) > lately else ""


def _send(year: Year, wave: Wave, person: Person, invitation: Invitation, queued: datetime) -> None:
    scene = year.scene
    sent = queued + timedelta(seconds=scene.rng.randrange(5, 900))
    person.asked_on[wave.kind] = timezone.localdate(sent)
    invitation.attempts = 1
    invitation.message_id = f"{invitation.id}@aurora.example"
    if scene.chance(0.006):
        invitation.state = InvitationState.FAILED
        invitation.error = "550 5.1.1 No such mailbox"
        person.gone_at, person.gone_reason = sent, "bounced"
        return
    invitation.state, invitation.sent_at = InvitationState.SENT, sent
    if scene.chance(0.02):
        invitation.machine_hits = scene.rng.randrange(1, 4)
    keen = 0.08 if person.contact.attributes["loyalty"] == "Gold" else 0
    if scene.chance(ANSWER_RATE[wave.kind] + keen):
        _answer(year, wave, person, invitation, sent)
    elif scene.chance(0.07):
        invitation.visited_at = _soon(scene, sent)
    elif scene.chance(0.008):
        _leave(scene, person, invitation, sent)


def _leave(scene: Scene, person: Person, invitation: Invitation, sent: datetime) -> None:
    gone = _soon(scene, sent)
    if gone is None:
        return
    complained = scene.chance(0.1)
    person.gone_at, person.gone_reason = gone, "complained" if complained else "unsubscribed"
    invitation.unsubscribed_at = None if complained else gone


def _soon(scene: Scene, sent: datetime) -> datetime | None:
    """A moment after the mail came, most within a day; None where that is still to come."""
    moment = sent + timedelta(hours=0.2 + scene.rng.expovariate(1 / 26))
    return moment if timezone.localdate(moment) <= scene.until else None


def _answer(year: Year, wave: Wave, person: Person, invitation: Invitation, sent: datetime) -> None:
    done = _soon(year.scene, sent)
    if done is None:
        return
    response = _response(year.scene, wave.kind, wave.survey, person, done)
    response.channel, response.invitation = "email", invitation
    invitation.visited_at = response.started_at
    invitation.done_at = response.completed_at
    year.responses.append(response)


def _response(
    scene: Scene, kind: str, survey: Published, person: Person | None, done: datetime
) -> Response:
    """What somebody answers at that moment; one in twenty stops after the first page."""
    day = timezone.localdate(done)
    version = survey.version_on(day)
    contact = person.contact if person else None
    language = contact.language if contact else scene.rng.choice(("en", "de", "zh-Hans", "ms"))
    feelings = mood(scene, day, person)
    if kind == "feel":
        answers = answering.feel(scene, feelings, language, version=version.number)
    else:
        answers = answering.after_flight(scene, feelings, language)
    response = Response(
        id=scene.random_id(),
        survey=survey.survey,
        version=version,
        language=language,
        status=ResponseStatus.COMPLETE,
        answers=answers,
        unit=contact.unit if contact else survey.survey.unit,
        contact=contact,
        account=contact.account if contact else None,
        frozen=person.frozen if person else {},
        started_at=done - timedelta(seconds=scene.rng.randrange(25, 240)),
        completed_at=done,
        completed_on=day,
    )
    return _stop_early(response) if scene.chance(0.05) else response


def _stop_early(response: Response) -> Response:
    response.status = ResponseStatus.PARTIAL
    response.answers, response.frozen = answering.first_page(response.answers), {}
    response.completed_at = response.completed_on = None
    return response


def _open_link(year: Year, wave: Wave) -> None:
    """People nobody invited: a code at the gate, a link in the app."""
    scene = year.scene
    rate = LINK_ANSWERS_A_DAY[wave.kind] * scene.people / 3000
    for number in range((wave.last - wave.first).days + 1):
        day = wave.first + timedelta(days=number)
        expected = rate * traffic(day)
        for _ in range(int(expected) + scene.chance(expected % 1)):
            response = _response(scene, wave.kind, wave.survey, None, scene.during(day))
            response.channel = "link"
            year.responses.append(response)


def _tests(year: Year, wave: Wave) -> None:
    """The designer trying the link before the round: kept, and never counted."""
    for _ in range(2):
        before = year.scene.during(wave.first)
        response = _response(year.scene, wave.kind, wave.survey, None, before)
        response.channel, response.is_test = "link", True
        year.responses.append(response)
