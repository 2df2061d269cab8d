"""The metric page at two sizes, a fold of 10,000 deltas, and answering while something folds."""

import threading
import uuid
from datetime import date, timedelta

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, RoleHeld, Unit, UnitPlace, User
from bench.pairs import Figure, compare
from metrics.folding import fold
from metrics.models import Delta, Metric
from metrics.services import define_missing
from surveys.models import Response, ResponseStatus, Survey, SurveyVersion

SMALL, LARGE = 100_000, 1_000_000
DELTAS = 10_000
BURST = 300
DAYS = 365

ANSWERS = """
INSERT INTO surveys_response (
    id, survey_id, version_id, channel, language, status, is_test, answers, context, frozen,
    weight, import_key, completed_on)
SELECT gen_random_uuid(), %s, %s, (ARRAY['email', 'link'])[1 + i %% 2], 'en', 'complete', false,
       jsonb_build_object('q', (i * 7919) %% 11), '{}',
       jsonb_build_object('class', 'c' || i %% 5, 'loyalty', 'l' || i %% 3), 1, '',
       %s::date - (i %% %s)::int
FROM generate_series(%s::bigint, %s::bigint) AS i
"""


def run() -> list[Figure]:
    user = _designer()
    small, large = _survey(user, "small"), _survey(user, "large")
    define_missing()
    _answer(small, 0, SMALL)
    for start in range(0, LARGE, 200_000):
        _answer(large, start, 200_000)
        _fold_all()
    return [_page(user), _fold(small), _folding_meanwhile(_survey(user, "hot"))]


def _page(user: User) -> Figure:
    """Rates of the page, so that small ÷ large is time at a million ÷ time at 100 thousand."""
    client = Client()
    client.force_login(user)
    large, small = (
        reverse("metrics:detail", args=[Metric.objects.get(name=f"NPS · {name}").key])
        + "?period=365"
        for name in ("large", "small")
    )
    for url in (large, small):
        assert client.get(url).status_code == 200
    return compare(
        "metric page: time at 1 million ÷ at 100 thousand answers",
        lambda: client.get(small),
        lambda: client.get(large),
        target="≤ 1.5",
    )


def _fold(survey: Survey) -> Figure:
    """Folding against the bare insert of as many rows."""

    def folding() -> None:
        fold(DELTAS)

    def inserting() -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE bare (LIKE metrics_delta)")
            cursor.execute(
                "INSERT INTO bare SELECT i, 1, current_date, 1, 1, 1, '{}'"
                " FROM generate_series(1, %s) AS i",
                [DELTAS],
            )
            cursor.execute("DROP TABLE bare")

    _answer(survey, SMALL, 8 * DELTAS)
    return compare(
        "fold of 10,000 deltas ÷ bare insert of 10,000 rows",
        folding,
        inserting,
        target="reported",
        amount=DELTAS,
    )


def _folding_meanwhile(survey: Survey) -> Figure:
    def burst() -> None:
        for _ in range(BURST):
            Response.objects.create(**_answer_fields(survey))

    def burst_while_folding() -> None:
        done = threading.Event()
        folder = threading.Thread(target=_fold_until, args=(done,))
        folder.start()
        burst()
        done.set()
        folder.join()

    _fold_all()
    return compare(
        "answers a second of one hot survey, folding on ÷ off",
        burst_while_folding,
        burst,
        target="≥ 0.9",
        amount=BURST,
    )


def _fold_until(done: threading.Event) -> None:
    """As beat does: a fold each second."""
    while not done.wait(1.0):
        fold()
    connection.close()


def _fold_all() -> None:
    while Delta.objects.exists():
        fold(100_000)


def _answer(survey: Survey, start: int, amount: int) -> None:
    version = survey.current_version
    assert version is not None
    with connection.cursor() as cursor:
        values = [survey.pk, version.pk, date.today(), DAYS, start + 1, start + amount]
        cursor.execute(ANSWERS, values)
        cursor.execute("ANALYZE metrics_observation, metrics_delta, metrics_cell, surveys_response")


def _answer_fields(survey: Survey) -> dict[str, object]:
    return {
        "id": uuid.uuid4(),
        "survey": survey,
        "version": survey.current_version,
        "channel": "link",
        "language": "en",
        "status": ResponseStatus.COMPLETE,
        "answers": {"q": 9},
        "frozen": {"class": "c1"},
        "completed_on": date.today() - timedelta(days=1),
    }


def _survey(user: User, name: str) -> Survey:
    survey = Survey.objects.create(name=name, slug=name, owner=user, draft={})
    scored = {"q": {"type": "nps", "min": 0, "max": 10, "label": "How likely?"}}
    survey.current_version = SurveyVersion.objects.create(
        survey=survey,
        number=1,
        document={},
        scored=scored,
        published_at=timezone.now(),
        published_by=user,
    )
    survey.save()
    return survey


def _designer() -> User:
    Organisation.objects.get_or_create(name="Bench")
    unit = Unit.objects.create(name="Bench", code=f"bench-{uuid.uuid4().hex[:8]}")
    UnitPlace.objects.create(unit=unit, parent=None)
    user = User.objects.create_user(f"{uuid.uuid4().hex}@bench.example")
    RoleHeld.objects.create(user=user, role="designer", unit=unit)
    return user
