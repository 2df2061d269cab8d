"""Aurora's surveys as rows: two published, one in two versions, and one being designed."""

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from cxplatform.demo import questionnaires
from cxplatform.demo.places import Places
from cxplatform.demo.scene import Scene
from surveys.document.schema import SurveyDocument
from surveys.models import Sender, Survey, SurveyVersion
from surveys.services.surveys import scored_questions

SECOND_VERSION_DAYS_AGO = 160


@dataclass(frozen=True)
class Published:
    """A survey with its versions, each from a day on, newest last."""

    survey: Survey
    versions: list[tuple[date, SurveyVersion]]

    def version_on(self, day: date) -> SurveyVersion:
        return [version for since, version in self.versions if since <= day][-1]


@dataclass(frozen=True)
class Surveys:
    feel: Published
    flight: Published
    sender: Sender


def make_surveys(scene: Scene, places: Places, designer: User) -> Surveys:
    start, later = scene.ago(370), scene.ago(SECOND_VERSION_DAYS_AGO)
    feel = _publish(
        scene,
        places,
        designer,
        questionnaires.FEEL,
        [(start, questionnaires.feel(version=1)), (later, questionnaires.feel(version=2))],
    )
    flight = _publish(
        scene, places, designer, questionnaires.FLIGHT, [(start, questionnaires.after_flight())]
    )
    draft = questionnaires.changing_a_booking()
    _survey(scene, places, designer, questionnaires.BOOKING, draft, began=scene.ago(3))
    sender = Sender.objects.create(
        name="Aurora Air", email="feedback@aurora.example", reply_to="hello@aurora.example"
    )
    return Surveys(feel, flight, sender)


def _survey(
    scene: Scene,
    places: Places,
    designer: User,
    name: str,
    document: SurveyDocument,
    *,
    began: date,
) -> Survey:
    slug = f"{name.lower().replace(' ', '-')[:40].strip('-')}-{scene.word()}"
    survey = Survey.objects.create(
        name=name, slug=slug, unit=places.root, owner=designer, draft=document.dump()
    )
    moment = scene.at(began, hour=11, minute=20)
    Survey.objects.filter(pk=survey.pk).update(created_at=moment, updated_at=moment)
    return survey


def _publish(
    scene: Scene,
    places: Places,
    designer: User,
    name: str,
    documents: list[tuple[date, SurveyDocument]],
) -> Published:
    survey = _survey(scene, places, designer, name, documents[-1][1], began=documents[0][0])
    versions = []
    for number, (day, document) in enumerate(documents, start=1):
        version = SurveyVersion.objects.create(
            survey=survey,
            number=number,
            document=document.dump(),
            scored=scored_questions(document),
            published_at=scene.at(day, hour=15),
            published_by=designer,
        )
        versions.append((day, version))
    Survey.objects.filter(pk=survey.pk).update(
        current_version=versions[-1][1],
        public_link=True,
        updated_at=scene.at(documents[-1][0], hour=15),
    )
    survey.refresh_from_db()
    return Published(survey, versions)
