"""The editor's resources: each edit, its refusals, its undo, and two people at once."""

import pytest
from django.urls import reverse

from activity.models import Event
from journeys.models import Journey, Listening, Placement, Stage, Touchpoint
from tests.journeys.factories import hear, make_journey, make_touchpoint, place
from tests.metrics.factories import make_survey, scored

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey(designer):
    made = make_journey(designer, "Book", "Fly")
    for name in ("Crew", "Food"):
        place(made.stages.get(name="Fly"), make_touchpoint(designer, name), designer)
    made.refresh_from_db()
    return made


@pytest.fixture
def desk(client, designer, journey):
    """Send one edit of the map under its present revision."""
    client.force_login(designer)

    def send(route, *args, htmx=False, **data):
        journey.refresh_from_db()
        data = {"revision": journey.revision} | data
        headers = {"HX-Request": "true", "HX-Boosted": "true"} if htmx else {}
        url = reverse(f"journeys:{route}", args=[journey.pk, *args])
        return client.post(url, data, headers=headers)

    return send


@pytest.fixture
def bench(client, designer):
    """Send one edit of a touchpoint under its present revision."""
    client.force_login(designer)

    def send(route, touchpoint, *args, **data):
        touchpoint.refresh_from_db()
        data = {"revision": touchpoint.revision} | data
        return client.post(reverse(f"journeys:{route}", args=[touchpoint.pk, *args]), data)

    return send


def drawn(journey) -> dict[str, list[str]]:
    return {
        stage.name: [each.touchpoint.name for each in stage.placements.select_related("touchpoint")]
        for stage in journey.stages.all()
    }


def placed(name) -> Placement:
    return Placement.objects.get(touchpoint__name=name)


# --- the map -------------------------------------------------------------------------------------


def test_draws_a_journey_with_its_first_stages(client, north_designer, north, south):
    client.force_login(north_designer)
    url = reverse("journeys:new")
    shown = client.get(url).content.decode()
    assert "South" not in shown
    data = {"name": "Holiday", "stages": "Book\n\n  Fly  home \n", "unit": north.pk}
    made = client.post(url, data)
    journey = Journey.objects.get()
    assert made.url == reverse("journeys:edit", args=[journey.pk])
    assert list(drawn(journey)) == ["Book", "Fly home"]
    assert (journey.unit, journey.owner) == (north, north_designer)
    refused = client.post(url, data | {"unit": south.pk})
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        ("x" * 101, "longer than 100 letters"),
        ("\n".join(f"s{n}" for n in range(13)), "13 stages. Start with 12"),
    ],
)
def test_says_what_is_wrong_with_first_stages(client, designer, stages, says):
    client.force_login(designer)
    refused = client.post(reverse("journeys:new"), {"name": "Holiday", "stages": stages})
    assert refused.status_code == 422
    assert says in refused.content.decode()
    assert not Journey.objects.exists()


def test_adds_renames_moves_and_removes_stages(desk, journey):
    desk("stages", name="Arrive")
    arrive = Stage.objects.get(name="Arrive")
    desk("stage_move", arrive.pk, direction="earlier")
    desk("stage", arrive.pk, name="Land")
    assert list(drawn(journey)) == ["Book", "Land", "Fly"]
    desk("stage_move", arrive.pk, position="0")
    assert list(drawn(journey)) == ["Land", "Book", "Fly"]
    desk("stage_removal", Stage.objects.get(name="Fly").pk)
    assert drawn(journey) == {"Land": [], "Book": []}
    desk("restoration")
    assert drawn(journey) == {"Land": [], "Book": [], "Fly": ["Crew", "Food"]}


@pytest.mark.parametrize(
    ("direction", "then"),
    [
        ("up", {"Book": [], "Fly": ["Food", "Crew"]}),
        ("down", {"Book": [], "Fly": ["Crew", "Food"]}),
        ("earlier", {"Book": ["Food"], "Fly": ["Crew"]}),
        ("later", {"Book": [], "Fly": ["Crew", "Food"]}),
        ("sideways", {"Book": [], "Fly": ["Crew", "Food"]}),
    ],
)
def test_moves_a_touchpoint_by_its_buttons(desk, journey, direction, then):
    answer = desk("placement_move", placed("Food").pk, direction=direction)
    assert answer.url.endswith(f"#placement-{placed('Food').pk}")
    assert drawn(journey) == then


def test_moves_a_touchpoint_to_where_it_was_dropped(desk, journey):
    book = Stage.objects.get(name="Book")
    desk("placement_move", placed("Food").pk, stage=book.pk, position="0")
    desk("placement_move", placed("Crew").pk, stage=book.pk, position="0")
    assert drawn(journey) == {"Book": ["Crew", "Food"], "Fly": []}


def test_adds_a_new_touchpoint_nobodys_until_it_is_given_away(desk, journey, designer):
    book = Stage.objects.get(name="Book")
    desk("placements", stage=book.pk, name="Website", channel="web")
    made = Touchpoint.objects.get(name="Website")
    assert (made.channel, made.digital, made.owner, made.unit) == ("web", True, None, journey.unit)
    assert drawn(journey)["Book"] == ["Website"]


def test_gives_an_owner_the_touchpoints_they_add_to_their_own_map(client, owner):
    journey = make_journey(owner, "Fly")
    client.force_login(owner)
    stage = journey.stages.get()
    url = reverse("journeys:placements", args=[journey.pk])
    client.post(url, {"revision": 1, "stage": stage.pk, "name": "Gate", "channel": "place"})
    assert Touchpoint.objects.get().owner == owner
    assert client.get(reverse("journeys:new")).status_code == 403


def test_places_a_touchpoint_there_is_and_none_out_of_sight(desk, journey, designer, owner):
    book = Stage.objects.get(name="Book")
    desk("placements", stage=book.pk, touchpoint=placed("Crew").touchpoint_id)
    assert drawn(journey) == {"Book": ["Crew"], "Fly": ["Crew", "Food"]}
    again = desk("placements", stage=book.pk, touchpoint=placed("Food").touchpoint_id + 999)
    assert again.status_code == 404
    twice = desk("placements", stage=book.pk, touchpoint=Touchpoint.objects.get(name="Crew").pk)
    assert twice.status_code == 422
    assert "stands in “Book” already" in twice.content.decode()


def test_reaches_no_touchpoint_of_another_unit(client, north_designer, designer, north, south):
    hidden = make_touchpoint(designer, "Hidden", unit=south)
    journey = make_journey(north_designer, "Fly", unit=north)
    client.force_login(north_designer)
    url = reverse("journeys:placements", args=[journey.pk])
    data = {"revision": 1, "stage": journey.stages.get().pk, "touchpoint": hidden.pk}
    assert client.post(url, data).status_code == 404
    other = make_journey(north_designer, "Else", unit=north)
    data = {"revision": 1, "stage": other.stages.get().pk, "name": "New"}
    assert client.post(url, data).status_code == 404
    assert not Placement.objects.exists()


def test_takes_a_touchpoint_off_and_offers_to_put_it_back(desk, journey, client):
    desk("placement_removal", placed("Crew").pk)
    page = client.get(reverse("journeys:edit", args=[journey.pk])).content.decode()
    assert "off this map" in page
    assert drawn(journey)["Fly"] == ["Food"]
    desk("restoration")
    assert drawn(journey)["Fly"] == ["Crew", "Food"]
    assert (
        "off this map"
        not in client.get(reverse("journeys:edit", args=[journey.pk])).content.decode()
    )
    assert desk("restoration").status_code == 302


def test_never_overwrites_what_a_colleague_moved(desk, journey, client, admin, designer):
    old = journey.revision
    client.force_login(admin)
    desk("stages", name="Theirs")
    client.force_login(designer)
    late = desk("stages", name="Mine", of="new-stage", revision=old)
    page = late.content.decode()
    assert late.status_code == 409
    assert "Admin changed “A trip” in the meantime" in page
    assert 'value="Mine"' in page
    assert list(drawn(journey)) == ["Book", "Fly", "Theirs"]
    desk("placements", stage=Stage.objects.get(name="Book").pk, name="Late", revision=old)
    assert not Touchpoint.objects.filter(name="Late").exists()


@pytest.mark.parametrize("revision", ["", "x", "\x00", "-1", "9" * 30, "²"])
def test_refuses_a_revision_that_makes_no_sense(desk, journey, revision):
    assert desk("stages", name="More", revision=revision).status_code == 409
    assert list(drawn(journey)) == ["Book", "Fly"]


def test_keeps_what_was_typed_where_a_name_is_missing_or_the_map_is_archived(desk, journey, client):
    refused = desk("stages", name="  ")
    assert refused.status_code == 422
    assert "Give it a name." in refused.content.decode()
    client.post(reverse("journeys:archive", args=[journey.pk]))
    book = Stage.objects.get(name="Book").pk
    refused = desk("stage", book, name="Look", of=book)
    assert "This journey is archived" in refused.content.decode()
    assert 'value="Look"' in refused.content.decode()


def test_answers_htmx_with_the_board_alone_and_what_was_done(desk, journey):
    sent = desk("placement_move", placed("Food").pk, direction="up", htmx=True)
    part = sent.content.decode()
    assert "<html" not in part
    assert 'id="board"' in part
    assert "Food is now number 1 in Fly." in part
    assert f'name="revision" value="{Journey.objects.get().revision}"' in part
    refused = desk("stages", name="", htmx=True)
    assert refused.status_code == 200
    assert "Give it a name." in refused.content.decode()


def test_changes_the_journey_itself_under_its_revision(desk, journey, owner):
    data = {"name": "Holiday", "about": "Sun", "owner": owner.pk, "published": "on"}
    old = journey.revision
    desk("about", **data)
    journey.refresh_from_db()
    assert (journey.name, journey.owner, journey.published) == ("Holiday", owner, True)
    assert desk("about", **data, revision=old).status_code == 409
    wrong = desk("about", **data | {"name": ""})
    assert wrong.status_code == 422
    assert "required" in wrong.content.decode()


def test_a_get_changes_nothing(client, designer, journey):
    client.force_login(designer)
    for route in ("stages", "placements", "restoration", "about", "archive"):
        assert client.get(reverse(f"journeys:{route}", args=[journey.pk])).status_code == 405


def test_the_editor_takes_as_many_queries_for_a_full_map(
    client, designer, journey, django_assert_max_num_queries
):
    client.force_login(designer)
    url = reverse("journeys:edit", args=[journey.pk])
    client.get(url)
    with django_assert_max_num_queries(24) as few:
        client.get(url)
    for number in range(20):
        place(journey.stages.first(), make_touchpoint(designer, f"T{number}"), designer)
    with django_assert_max_num_queries(24) as many:
        client.get(url)
    assert len(few) == len(many)


# --- touchpoints ---------------------------------------------------------------------------------


@pytest.fixture
def survey(designer):
    return make_survey(designer, questions=scored(q="csat", r="nps"))


@pytest.fixture
def crew(designer, journey):
    return placed("Crew").touchpoint


def test_changes_a_touchpoint_everywhere_at_once(bench, crew, owner, root):
    data = {"name": "Cabin crew", "channel": "person", "owner": owner.pk, "unit": root.pk}
    bench("edit_touchpoint", crew, **data)
    crew.refresh_from_db()
    assert (crew.name, crew.channel, crew.owner, crew.unit) == ("Cabin crew", "person", owner, root)
    late = bench("edit_touchpoint", crew, **data | {"name": "Mine"}, revision=1)
    assert late.status_code == 409
    assert 'value="Mine"' in late.content.decode()
    assert bench("edit_touchpoint", crew, **data | {"channel": "smoke"}).status_code == 422


def test_lets_an_owner_hand_a_touchpoint_over_but_not_move_it(client, owner, designer, north):
    mine = make_touchpoint(designer, owner=owner, unit=north)
    client.force_login(owner)
    url = reverse("journeys:edit_touchpoint", args=[mine.pk])
    assert 'name="unit"' not in client.get(url).content.decode()
    data = {"revision": 1, "name": "Gate", "channel": "place", "owner": designer.pk, "unit": ""}
    assert client.post(url, data).url == reverse("journeys:touchpoint", args=[mine.pk])
    mine.refresh_from_db()
    assert (mine.name, mine.owner, mine.unit) == ("Gate", designer, north)
    assert client.get(url).status_code == 404


def test_listens_to_a_question_chosen_from_the_surveys_in_sight(bench, client, crew, survey):
    page = client.get(reverse("journeys:edit_touchpoint", args=[crew.pk])).content.decode()
    assert f'value="{survey.pk}:q"' in page
    bench("listenings", crew, question=f"{survey.pk}:q", starts_on="2026-03-01")
    heard = Listening.objects.get()
    assert (heard.touchpoint, heard.question_key, heard.ends_on) == (crew, "q", None)
    assert heard.starts_on.isoformat() == "2026-03-01"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"question": ""}, "required"),
        ({"question": "7:x"}, "Select a valid choice"),
        ({"starts_on": "2026-02-30"}, "valid date"),
        ({"starts_on": "2026-03-01", "ends_on": "2026-02-01"}, "starts on 1 Mar 2026"),
    ],
)
def test_says_what_is_wrong_with_a_listening(bench, crew, survey, data, says):
    refused = bench("listenings", crew, **{"question": f"{survey.pk}:q"} | data)
    assert refused.status_code == 422
    assert says in refused.content.decode()
    assert not Listening.objects.exists()


def test_says_who_listens_already(bench, crew, survey, designer):
    hear(make_touchpoint(designer, "Gate"), survey, by=designer)
    refused = bench("listenings", crew, question=f"{survey.pk}:q", starts_on="2026-03-01")
    assert "“Gate” listens to this question since 1 Jan 2026" in refused.content.decode()


def test_dates_a_listening_anew_and_says_what_is_wrong(bench, crew, survey, designer):
    heard = hear(crew, survey, by=designer)
    bench("listening", crew, heard.pk, starts_on="2025-06-01", ends_on="2026-05-31")
    heard.refresh_from_db()
    assert (heard.starts_on.isoformat(), heard.ends_on.isoformat()) == ("2025-06-01", "2026-05-31")
    refused = bench("listening", crew, heard.pk, starts_on="")
    assert refused.status_code == 422
    assert "From: This field is required." in refused.content.decode()


def test_takes_a_mistaken_listening_back_and_offers_to_undo(bench, client, crew, survey, designer):
    heard = hear(crew, survey, by=designer)
    bench("listening_removal", crew, heard.pk)
    assert not Listening.objects.exists()
    page = client.get(reverse("journeys:edit_touchpoint", args=[crew.pk])).content.decode()
    assert "never did" in page
    bench("touchpoint_restoration", crew)
    assert Listening.objects.get().starts_on == heard.starts_on


def test_ends_a_touchpoint_and_undoes_it_whole(bench, client, crew, survey, designer):
    hear(crew, survey, by=designer)
    bench("ending", crew)
    crew.refresh_from_db()
    assert crew.ended_on
    assert Listening.objects.get().ends_on == crew.ended_on
    bench("touchpoint_restoration", crew)
    crew.refresh_from_db()
    assert (crew.ended_on, Listening.objects.get().ends_on) == (None, None)
    bench("ending", crew)
    bench("ending", crew, undo="1")
    crew.refresh_from_db()
    assert crew.ended_on is None
    assert Listening.objects.get().ends_on
    assert bench("touchpoint_restoration", crew).status_code == 302


def test_every_command_leaves_its_trace(desk, bench, crew, journey, survey):
    desk("stages", name="Arrive")
    bench("listenings", crew, question=f"{survey.pk}:q")
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"journey.created", "journey.stage_added", "touchpoint.listening_started"} <= verbs
    last = Event.objects.about(crew).first()
    assert last.data["question"] == "q"
