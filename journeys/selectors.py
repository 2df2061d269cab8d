"""What is asked across surveys, touchpoints and maps."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from accounts.models import User
from journeys.models import Journey, Listening, Placement, Stage, Touchpoint
from surveys.models import Survey, SurveyVersion


@dataclass(frozen=True, slots=True)
class ScoredQuestion:
    """A published question that yields a value, as it was worded last."""

    survey: Survey
    key: str
    label: str

    @property
    def address(self) -> str:
        """What a form sends for it."""
        return f"{self.survey.pk}:{self.key}"


def scored_question(survey: Survey, key: str) -> ScoredQuestion | None:
    return next((each for each in _asked_by([survey]) if each.key == key), None)


def scored_questions(user: User) -> list[ScoredQuestion]:
    """All this person may let a touchpoint listen to, by survey."""
    surveys = Survey.objects.visible_to(user).filter(archived_at=None, current_version__gt=0)
    return _asked_by(surveys.defer("draft").order_by("name", "pk"))


def worded(listenings: Iterable[Listening]) -> dict[int, str]:
    """What each listening's question asks, by the listening's number."""
    rows = list(listenings)
    surveys = {row.survey_id: row.survey for row in rows}
    labels = {(each.survey.pk, each.key): each.label for each in _asked_by(surveys.values())}
    return {row.pk: labels.get((row.survey_id, row.question_key), row.question_key) for row in rows}


def _asked_by(surveys: Iterable[Survey]) -> list[ScoredQuestion]:
    by_id = {survey.pk: survey for survey in surveys}
    versions = SurveyVersion.objects.filter(survey__in=by_id).order_by("number")
    found: dict[int, dict[str, str]] = {pk: {} for pk in by_id}
    for survey, scored in versions.values_list("survey_id", "scored"):
        found[survey] |= {key: asked.get("label", key) for key, asked in scored.items()}
    return [
        ScoredQuestion(by_id[pk], key, label)
        for pk, asked in found.items()
        for key, label in asked.items()
    ]


def stages_of(journey: Journey) -> list[Stage]:
    """A map's stages in order, with what stands in them."""
    placed = Placement.objects.select_related("touchpoint__owner").order_by("position")
    return list(journey.stages.prefetch_related(Prefetch("placements", placed)))


def standing_in(stages: Iterable[Stage]) -> list[Touchpoint]:
    """Each touchpoint once, as they come."""
    placements = [placement for stage in stages for placement in stage.placements.all()]
    return list({each.touchpoint_id: each.touchpoint for each in placements}.values())
