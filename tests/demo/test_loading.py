from collections import Counter
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation, User
from contacts.models import AttributeDefinition, Basis, Contact, ContactKind
from contacts.suppression import is_suppressed
from cxplatform.demo import loading
from cxplatform.demo.scene import Scene
from journeys.models import Journey
from journeys.selectors import stages_of, standing_in
from metrics import parts
from metrics.folding import differences
from metrics.models import Cell, Delta, Metric
from metrics.periods import preset
from metrics.touchpoints import read
from surveys.document.problems import problems
from surveys.document.schema import SurveyDocument
from surveys.models import Distribution, Invitation, InvitationState, Response, Survey

UNTIL = date(2026, 11, 20)


def small(*, seed: int = 1) -> Scene:
    return Scene(until=UNTIL, seed=seed, people=80)


def picture() -> list[tuple[object, ...]]:
    """All that was answered, free of ids that sequences give."""
    rows = Response.objects.order_by("id").values_list(
        "id", "survey__name", "version__number", "channel", "language", "status", "is_test",
        "answers", "frozen", "unit__code", "contact__external_id", "invitation_id",
        "started_at", "completed_at", "completed_on",
    )  # fmt: skip
    return [tuple(map(str, row)) for row in rows]


def kept_cells() -> list[tuple[object, ...]]:
    fields = ("item_id", "day", "dimension", "member", "value", "n", "w", "w2")
    return list(Cell.objects.order_by(*fields).values_list(*fields))


@pytest.mark.django_db
def test_loads_the_same_answers_and_cells_for_the_same_seed_and_day():
    # Fresh over sample data both times: ids, units' among them, count from one again.
    loading.load(small())
    loading.load(small(), fresh=True)
    first, cells = picture(), kept_cells()
    loading.load(small(), fresh=True)
    assert picture() == first
    assert kept_cells() == cells
    loading.load(small(seed=2), fresh=True)
    assert picture() != first


@pytest.mark.django_db
def test_does_nothing_when_the_sample_data_are_there():
    assert loading.load(small())
    count = Response.objects.count()
    assert not loading.load(Scene(until=UNTIL, seed=7, people=90))
    assert Response.objects.count() == count


@pytest.mark.django_db
@pytest.mark.parametrize("fresh", [[], ["--fresh"]])
def test_leaves_an_organisation_of_its_own_alone(capsys, fresh):
    Organisation.objects.create(name="Somebody else")
    call_command("demo_data", "--people", "10", *fresh)
    assert "other data" in capsys.readouterr().out
    assert Organisation.objects.filter(name="Somebody else").exists()
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_load_that_fails_leaves_what_was_there(monkeypatch):
    loading.load(small())
    before = picture()

    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cxplatform.demo.customers.write_permissions", stop)
    with pytest.raises(KeyboardInterrupt):
        loading.load(small(seed=3), fresh=True)
    assert picture() == before


@pytest.mark.django_db
def test_refuses_outside_the_demo(settings):
    settings.MAILBOX_DIR = None
    for arguments in (["--fresh"], []):
        with pytest.raises(CommandError, match="only"):
            call_command("demo_data", *arguments)
    assert not User.objects.exists()


@pytest.fixture
def loaded(db) -> Scene:
    scene = Scene(until=UNTIL, seed=1, people=400)
    loading.load(scene)
    return scene


def test_fills_a_year_with_answers_of_every_kind(loaded):
    real = Response.objects.counted()
    assert real.order_by("completed_on").first().completed_on >= loaded.since
    assert real.order_by("completed_on").last().completed_on <= UNTIL
    assert len({day.strftime("%Y%m") for day in real.values_list("completed_on", flat=True)}) >= 12
    assert set(real.values_list("language", flat=True)) == {"en", "de", "zh-Hans", "ms"}
    assert set(real.values_list("channel", flat=True)) == {"email", "link"}
    assert Response.objects.filter(is_test=True).exists()
    assert Response.objects.filter(status="partial", completed_on=None).exists()
    flights = real.filter(survey__name="After your flight")
    assert flights.filter(answers__baggage={"na": True}).exists()
    assert flights.exclude(answers__has_key="food").exists()
    assert real.exclude(answers__comment=None).exists()


def test_answers_are_what_their_version_asks(loaded):
    for response in Response.objects.select_related("version"):
        document = SurveyDocument.model_validate(response.version.document)
        for key, answer in response.answers.items():
            question = document.by_key[key]
            if question.scored and isinstance(answer, int):
                assert question.value(answer) == answer


def test_publishes_surveys_without_a_problem_in_four_languages(loaded):
    published = Survey.objects.exclude(current_version=None)
    assert published.count() == 2
    for survey in published:
        document = SurveyDocument.model_validate(survey.current_version.document)
        assert document.languages == ["en", "de", "zh-Hans", "ms"]
        assert problems(document) == []
    draft = Survey.objects.get(current_version=None)
    assert problems(SurveyDocument.model_validate(draft.draft))


def test_says_of_everybody_considered_what_became_of_them(loaded):
    states = Counter(Invitation.objects.values_list("state", flat=True))
    expected = set(InvitationState) - {InvitationState.SENDING}
    assert expected <= set(states)
    left_out = Invitation.objects.filter(state=InvitationState.LEFT_OUT)
    assert not left_out.filter(left_out_because="").exists()
    assert not left_out.exclude(response=None).exists()
    assert set(Distribution.objects.values_list("state", flat=True)) == {
        "draft", "waiting", "done", "paused", "cancelled",
    }  # fmt: skip
    for response in Response.objects.exclude(invitation=None).select_related("invitation"):
        assert response.invitation.done_at == response.completed_at or response.status == "partial"
        assert response.contact_id == response.invitation.contact_id


def test_gives_the_demo_logins_their_roles_and_only_them_a_password(loaded, client, settings):
    for name in ("designer", "leader", "owner", "agent", "employee", "admin"):
        user = User.objects.get(email=f"{name}@cx.example")
        assert user.check_password(settings.DEMO_PASSWORD)
        assert [role.value for role, _unit in user.held_roles] == [name]
    others = User.objects.exclude(email__endswith="@cx.example")
    assert others.exists()
    assert not any(user.has_usable_password() for user in others)


def test_keeps_every_address_and_number_out_of_the_world(loaded):
    for contact in Contact.objects.exclude(email=""):
        assert contact.email.endswith(".example")
        assert contact.email.isascii()
    assert Contact.objects.filter(kind=ContactKind.EMPLOYEE).exists()
    numbers = Contact.objects.exclude(phone="").values_list("phone", flat=True)
    assert len(set(numbers)) == len(numbers)


def test_keeps_cells_that_equal_the_answers(loaded):
    assert not Delta.objects.exists()
    assert differences() == []
    assert set(Cell.objects.values_list("dimension", flat=True)) == {
        "all",
        "channel",
        "unit",
        "a:class",
        "a:loyalty",
    }


def test_defines_metrics_with_owners_and_limits(loaded):
    nps = Metric.objects.select_related("current_version").get(key="nps")
    assert nps.published
    assert nps.owner.email == "designer@cx.example"
    assert nps.current_version.floor < nps.current_version.goal
    assert nps.current_version.valid_from < loaded.since
    everyone = User.objects.get(email="employee@cx.example")
    assert Metric.objects.visible_to(everyone).filter(key="nps").exists()
    assert not Metric.objects.visible_to(everyone).filter(key="boarding").exists()


def test_lists_every_address_that_bounced_or_unsubscribed(loaded):
    bounced = Contact.objects.filter(invitations__state=InvitationState.FAILED)
    left = Contact.objects.filter(invitations__unsubscribed_at__isnull=False).distinct()
    for contact in [*bounced, *left]:
        assert is_suppressed([contact.email])
    assert left.exists()
    assert not left.exclude(permissions__basis=Basis.WITHDRAWN).exists()
    assert AttributeDefinition.objects.get(key="class").members == ["Business", "Eco", "Eco Plus"]


def test_draws_a_journey_whose_touchpoints_hear_what_was_answered(loaded):
    journey = Journey.objects.get()
    everyone = User.objects.get(email="employee@cx.example")
    assert Journey.objects.visible_to(everyone).exists()
    stages = stages_of(journey)
    touchpoints = standing_in(stages)
    period = preset("365", today=UNTIL)
    heard = parts.hear(touchpoints, user=everyone)
    placed = {stage.pk: [p.touchpoint_id for p in stage.placements.all()] for stage in stages}
    scores = read(heard, period=period, stages=placed)
    asked = {t.name for t in touchpoints if scores.touchpoints[t.pk].score}
    answers = Response.objects.counted().filter(survey__name="After your flight")
    boarding = next(t for t in touchpoints if t.name == "Boarding")
    given = [a for a in answers.values_list("answers__boarding", flat=True) if isinstance(a, int)]
    assert scores.touchpoints[boarding.pk].score.n == len(given)
    assert {"Boarding", "Online check-in", "Staying with Aurora"} <= asked
    assert "Security" not in asked
    assert scores.kind.kind == "csat"
    assert {t.name for t in touchpoints if t.owner is None} == {"Security", "Trip e-mails"}
