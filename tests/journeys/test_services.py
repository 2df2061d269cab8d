"""Maps and touchpoints: made, edited, ended; what is refused; two people at once."""

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from activity.models import Event
from journeys.models import Journey, Listening, Placement, Stage, Touchpoint
from journeys.services import maps, touchpoints
from journeys.services.errors import (
    AlreadyHeard,
    AlreadyPlaced,
    JourneyArchived,
    NoName,
    NothingToListenTo,
    StaleEdit,
    TouchpointEnded,
    WrongDays,
)
from tests.journeys.factories import hear, make_journey, make_touchpoint, place
from tests.metrics.factories import DAY, answer, make_survey, scored

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _fixed_day():
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        yield


@pytest.fixture
def journey(designer) -> Journey:
    return make_journey(designer, "Book", "Fly", "Arrive")


@pytest.fixture
def survey(designer):
    return make_survey(designer, questions=scored(q="csat", r="nps"))


def drawn(journey) -> list[tuple[str, list[str]]]:
    """The map as somebody sees it, its positions counted from 0 without a gap."""
    found = []
    for number, stage in enumerate(journey.stages.all()):
        assert stage.position == number
        placed = list(stage.placements.select_related("touchpoint"))
        assert [each.position for each in placed] == list(range(len(placed)))
        found.append((stage.name, [each.touchpoint.name for each in placed]))
    return found


def now(row) -> int:
    """The revision that stands."""
    row.refresh_from_db()
    return row.revision


def verbs(row) -> list[str]:
    return list(Event.objects.about(row).order_by("id").values_list("verb", flat=True))


# --- maps ----------------------------------------------------------------------------------------


def test_adds_renames_moves_and_removes_stages(journey, designer):
    stage = maps.add_stage(journey, revision=1, by=designer, name="  Come  back ")
    maps.move_stage(stage, revision=now(journey), by=designer, position=1)
    maps.rename_stage(stage, revision=now(journey), by=designer, name="Prepare")
    last = journey.stages.get(name="Arrive")
    maps.remove_stage(last, revision=now(journey), by=designer)
    assert [name for name, _placed in drawn(journey)] == ["Book", "Prepare", "Fly"]
    assert now(journey) == 5
    assert verbs(journey) == [
        "journey.created",
        "journey.stage_added",
        "journey.stage_moved",
        "journey.stage_renamed",
        "journey.stage_removed",
    ]


@pytest.mark.parametrize(("position", "lands"), [(0, 0), (1, 1), (-3, 0), (99, 2)])
def test_moves_a_stage_to_any_place_and_never_beyond_the_ends(journey, designer, position, lands):
    stage = journey.stages.get(name="Book")
    maps.move_stage(stage, revision=1, by=designer, position=position)
    assert [name for name, _placed in drawn(journey)].index("Book") == lands


def test_places_and_moves_a_touchpoint_between_stages(journey, designer):
    book, fly, _arrive = journey.stages.all()
    crew, food = (make_touchpoint(designer, name) for name in ("Crew", "Food"))
    first = place(fly, crew, designer)
    place(fly, food, designer)
    place(book, make_touchpoint(designer, "Website"), designer)
    maps.move_placement(first, stage=fly, position=1, revision=now(journey), by=designer)
    assert drawn(journey)[1] == ("Fly", ["Food", "Crew"])
    maps.move_placement(first, stage=book, position=0, revision=now(journey), by=designer)
    assert drawn(journey)[:2] == [("Book", ["Crew", "Website"]), ("Fly", ["Food"])]
    maps.move_placement(first, stage=book, position=9, revision=now(journey), by=designer)
    assert drawn(journey)[0] == ("Book", ["Website", "Crew"])


def test_lets_a_touchpoint_stand_on_several_maps_but_once_in_a_stage(journey, designer):
    crew = make_touchpoint(designer, "Crew")
    book, fly, _arrive = journey.stages.all()
    placed = place(fly, crew, designer)
    place(book, crew, designer)
    place(make_journey(designer, "Care", name="Complaints").stages.get(), crew, designer)
    assert crew.placements.count() == 3
    with pytest.raises(AlreadyPlaced, match="“Crew” stands in “Fly” already"):
        place(fly, crew, designer)
    with pytest.raises(AlreadyPlaced), transaction.atomic():
        maps.move_placement(placed, stage=book, position=0, revision=now(journey), by=designer)
    assert drawn(journey) == [("Book", ["Crew"]), ("Fly", ["Crew"]), ("Arrive", [])]


def test_takes_a_touchpoint_off_one_map_and_puts_it_back(journey, designer):
    fly = journey.stages.get(name="Fly")
    for name in ("Crew", "Food", "Seat"):
        place(fly, make_touchpoint(designer, name), designer)
    food = Placement.objects.get(touchpoint__name="Food")
    removed = maps.remove_placement(food, revision=now(journey), by=designer)
    assert drawn(journey)[1] == ("Fly", ["Crew", "Seat"])
    assert Touchpoint.objects.filter(name="Food").exists()
    maps.bring_back(journey, maps.Removed(**removed.plain()), revision=now(journey), by=designer)
    assert drawn(journey)[1] == ("Fly", ["Crew", "Food", "Seat"])


def test_puts_a_removed_stage_back_with_what_still_lives(journey, designer):
    fly = journey.stages.get(name="Fly")
    for name in ("Crew", "Food"):
        place(fly, make_touchpoint(designer, name), designer)
    removed = maps.remove_stage(fly, revision=now(journey), by=designer)
    assert [name for name, _placed in drawn(journey)] == ["Book", "Arrive"]
    food = Touchpoint.objects.get(name="Food")
    touchpoints.end_touchpoint(food, revision=now(food), by=designer)
    maps.bring_back(journey, removed, revision=now(journey), by=designer)
    assert drawn(journey)[1] == ("Fly", ["Crew"])


def test_leaves_a_touchpoint_off_where_its_stage_went_meanwhile(journey, designer):
    fly = journey.stages.get(name="Fly")
    placed = place(fly, make_touchpoint(designer, "Crew"), designer)
    removed = maps.remove_placement(placed, revision=now(journey), by=designer)
    maps.remove_stage(fly, revision=now(journey), by=designer)
    maps.bring_back(journey, removed, revision=now(journey), by=designer)
    assert drawn(journey) == [("Book", []), ("Arrive", [])]


def test_keeps_the_first_of_two_edits_made_on_the_same_map(journey, designer, admin):
    seen = journey.revision
    maps.add_stage(journey, revision=seen, by=designer, name="Mine")
    with pytest.raises(StaleEdit, match="Designer changed “A trip” in the meantime"):
        maps.add_stage(Journey.objects.get(), revision=seen, by=admin, name="Yours")
    assert [name for name, _placed in drawn(journey)] == ["Book", "Fly", "Arrive", "Mine"]
    assert verbs(journey)[1:] == ["journey.stage_added"]


def test_leaves_nothing_of_an_edit_that_was_refused(journey, designer):
    with pytest.raises(NoName):
        maps.add_stage(journey, revision=1, by=designer, name=" \n ")
    assert now(journey) == 1
    assert verbs(journey) == ["journey.created"]


def test_edits_nothing_of_an_archived_map(journey, designer):
    maps.archive_journey(journey, by=designer)
    with pytest.raises(JourneyArchived):
        maps.add_stage(journey, revision=1, by=designer, name="More")
    maps.unarchive_journey(journey, by=designer)
    maps.add_stage(journey, revision=now(journey), by=designer, name="More")
    assert journey.stages.count() == 4


def test_changes_what_a_journey_is_called_and_who_owns_it(journey, designer, owner):
    maps.change_journey(
        journey, revision=1, by=designer, name="Holiday", about=" x ", owner=owner, published=True
    )
    journey.refresh_from_db()
    assert (journey.name, journey.about, journey.owner) == ("Holiday", "x", owner)
    last = Event.objects.about(journey).first()
    assert last.data["after"] == {"owner": owner.pk, "published": True}


# --- touchpoints ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("channel", "digital"), [("app", True), ("person", False)])
def test_takes_a_touchpoint_for_digital_by_its_channel_unless_said(designer, channel, digital):
    assert make_touchpoint(designer, channel=channel).digital == digital
    assert make_touchpoint(designer, channel=channel, digital=not digital).digital != digital


def test_tells_the_trail_what_changed_of_a_touchpoint(designer, owner):
    touchpoint = make_touchpoint(designer)
    touchpoints.change_touchpoint(
        touchpoint, revision=1, by=designer, name="Gate", channel="place", owner=owner
    )
    data = Event.objects.about(touchpoint).first().data
    assert data == {"name": ["Boarding", "Gate"], "owner": [None, owner.pk]}
    with pytest.raises(StaleEdit, match="Designer changed “Gate”"):
        touchpoints.change_touchpoint(touchpoint, revision=1, by=owner, name="Door")


def test_listens_from_the_first_answer_where_no_day_is_given(designer, survey):
    answer(survey, {"q": 4}, completed_on=date(2026, 3, 1))
    assert hear(make_touchpoint(designer), survey, by=designer, starts_on=None).starts_on == date(
        2026, 3, 1
    )
    assert hear(make_touchpoint(designer), survey, "r", by=designer, starts_on=None).starts_on
    quiet = make_survey(designer, name="Quiet")
    heard = hear(make_touchpoint(designer), quiet, by=designer, starts_on=None)
    assert heard.starts_on == TODAY


def test_gives_a_question_to_one_touchpoint_a_day(designer, survey):
    boarding, gate = make_touchpoint(designer), make_touchpoint(designer, "Gate")
    hear(boarding, survey, by=designer, starts_on=date(2026, 5, 1), ends_on=date(2026, 6, 30))
    with pytest.raises(
        AlreadyHeard, match="“Boarding” listens to this question from 1 May 2026 to 30 Jun 2026"
    ):
        hear(gate, survey, by=designer, starts_on=date(2026, 6, 30))
    hear(gate, survey, by=designer, starts_on=date(2026, 7, 1))
    hear(gate, survey, "r", by=designer, starts_on=date(2026, 6, 30))
    with pytest.raises(AlreadyHeard, match="“Gate” listens to this question since 1 Jul 2026"):
        hear(boarding, survey, by=designer, starts_on=DAY)
    hear(boarding, survey, by=designer, starts_on=date(2026, 1, 1), ends_on=date(2026, 4, 30))


def test_the_database_itself_gives_a_question_to_one_touchpoint_a_day(designer, survey):
    one, two = make_touchpoint(designer), make_touchpoint(designer)
    same = {"survey": survey, "question_key": "q", "starts_on": DAY}
    Listening.objects.create(touchpoint=one, **same, ends_on=DAY)
    with (
        pytest.raises(IntegrityError, match="one_touchpoint_a_question_a_day"),
        transaction.atomic(),
    ):
        Listening.objects.create(touchpoint=two, **same)
    with (
        pytest.raises(IntegrityError, match="listening_ends_after_it_starts"),
        transaction.atomic(),
    ):
        Listening.objects.create(touchpoint=two, **same | {"ends_on": date(2026, 1, 1)})


@pytest.mark.parametrize("key", ["nothing", ""])
def test_listens_to_scored_questions_alone(designer, survey, key):
    with pytest.raises(NothingToListenTo):
        hear(make_touchpoint(designer), survey, key, by=designer)


def test_refuses_days_that_end_before_they_start(designer, survey):
    with pytest.raises(WrongDays, match="starts on 10 Nov 2026"):
        hear(
            make_touchpoint(designer), survey, by=designer, starts_on=DAY, ends_on=date(2026, 1, 1)
        )
    assert not Listening.objects.exists()


def test_moves_the_days_of_a_listening_into_the_past(designer, survey):
    boarding, gate = make_touchpoint(designer), make_touchpoint(designer, "Gate")
    listening = hear(boarding, survey, by=designer)
    touchpoints.date_listening(
        listening,
        starts_on=date(2025, 1, 1),
        ends_on=date(2026, 2, 1),
        revision=now(boarding),
        by=designer,
    )
    later = hear(gate, survey, by=designer, starts_on=date(2026, 2, 2))
    with pytest.raises(AlreadyHeard, match="“Boarding”"):
        touchpoints.date_listening(
            later, starts_on=date(2026, 2, 1), ends_on=None, revision=now(gate), by=designer
        )
    later.refresh_from_db()
    assert later.starts_on == date(2026, 2, 2)


def test_takes_a_mistaken_listening_back_and_starts_it_again(designer, survey):
    boarding = make_touchpoint(designer)
    listening = hear(boarding, survey, by=designer, starts_on=DAY, ends_on=TODAY)
    was = touchpoints.retract_listening(listening, revision=now(boarding), by=designer)
    assert not Listening.objects.exists()
    touchpoints.listen_again(boarding, was, revision=now(boarding), by=designer)
    again = Listening.objects.get()
    assert (again.starts_on, again.ends_on, again.question_key) == (DAY, TODAY, "q")
    assert "touchpoint.listening_retracted" in verbs(boarding)


def test_ends_a_touchpoint_with_its_listenings_and_takes_it_up_again(designer, survey, journey):
    boarding = make_touchpoint(designer)
    hear(boarding, survey, "q", by=designer)
    hear(boarding, survey, "r", by=designer, starts_on=date(2027, 1, 1))
    hear(boarding, survey, "r", by=designer, ends_on=DAY)
    were = touchpoints.end_touchpoint(boarding, revision=now(boarding), by=designer)
    assert boarding.ended_on == TODAY
    days = Listening.objects.order_by("question_key").values_list("question_key", "ends_on")
    assert list(days) == [("q", TODAY), ("r", DAY)]
    with pytest.raises(TouchpointEnded):
        hear(boarding, survey, "r", by=designer, starts_on=DAY)
    with pytest.raises(TouchpointEnded):
        place(journey.stages.first(), boarding, designer)
    touchpoints.resume_touchpoint(boarding, revision=now(boarding), by=designer, listenings=were)
    days = Listening.objects.order_by("question_key", "starts_on")
    assert list(days.values_list("question_key", "starts_on", "ends_on")) == [
        ("q", date(2026, 1, 1), None),
        ("r", date(2026, 1, 1), DAY),
        ("r", date(2027, 1, 1), None),
    ]


def test_resumes_nothing_where_another_touchpoint_listens_meanwhile(designer, survey):
    boarding, gate = make_touchpoint(designer), make_touchpoint(designer, "Gate")
    hear(boarding, survey, by=designer)
    were = touchpoints.end_touchpoint(boarding, revision=now(boarding), by=designer)
    hear(gate, survey, by=designer, starts_on=date(2026, 11, 21))
    with pytest.raises(AlreadyHeard, match="“Gate”"):
        touchpoints.resume_touchpoint(
            boarding, revision=now(boarding), by=designer, listenings=were
        )
    boarding.refresh_from_db()
    assert boarding.ended_on == TODAY


# --- who sees and edits --------------------------------------------------------------------------


def test_shows_what_stands_on_a_map_to_whoever_sees_the_map(
    designer, north_designer, employee, stranger, north, south
):
    crew = make_touchpoint(designer, "Crew", unit=south)
    own = make_touchpoint(designer, "Own", owner=employee)
    trip = make_journey(designer, "Fly", unit=north)
    place(trip.stages.get(), crew, designer)
    assert list(Touchpoint.objects.visible_to(north_designer)) == [crew]
    assert list(Touchpoint.objects.editable_by(north_designer)) == []
    assert list(Touchpoint.objects.visible_to(employee)) == [own]
    assert list(Journey.objects.visible_to(employee)) == []
    Journey.objects.update(published=True)
    assert list(Journey.objects.visible_to(employee)) == [trip]
    assert set(Touchpoint.objects.visible_to(employee)) == {crew, own}
    assert not Touchpoint.objects.visible_to(stranger).exists()
    assert not Journey.objects.visible_to(stranger).exists()


def test_lets_an_owner_edit_what_they_own_and_a_leader_nothing(designer, owner, leader):
    mine, other = make_touchpoint(designer, owner=owner), make_touchpoint(designer)
    assert list(Touchpoint.objects.editable_by(owner)) == [mine]
    assert set(Touchpoint.objects.visible_to(owner)) == {mine, other}
    assert not Touchpoint.objects.editable_by(leader).exists()
    trip = make_journey(owner)
    assert list(Journey.objects.editable_by(owner)) == [trip]


def test_shows_nothing_to_somebody_whose_account_is_closed(designer):
    make_journey(designer)
    make_touchpoint(designer)
    designer.is_active = False
    assert not Journey.objects.visible_to(designer).exists()
    assert not Touchpoint.objects.visible_to(designer).exists()


def test_moves_a_stage_in_as_many_statements_for_many_placements(
    journey, designer, django_assert_max_num_queries
):
    stage = journey.stages.first()
    for number in range(12):
        place(stage, make_touchpoint(designer, f"T{number}"), designer)
    with django_assert_max_num_queries(14):
        maps.move_stage(stage, revision=now(journey), by=designer, position=2)
    assert Stage.objects.get(pk=stage.pk).position == 2
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
