"""What is asked about surveys across several models."""

from functools import lru_cache

from surveys.document.questions import Ces, Csat, Nps, ScoredQuestion
from surveys.document.schema import SurveyDocument
from surveys.models import Survey, SurveyVersion


@lru_cache(maxsize=256)
def document_of(version_id: int) -> SurveyDocument:
    """The document of a version; parsed once per process, for a version never changes."""
    stored = SurveyVersion.objects.values_list("document", flat=True).get(pk=version_id)
    return SurveyDocument.model_validate(stored)


def draft_of(survey: Survey) -> SurveyDocument:
    return SurveyDocument.model_validate(survey.draft)


def used_keys(survey: Survey) -> set[str]:
    """Question keys that earlier versions gave a meaning; a new question gets another one."""
    versions = survey.versions.values_list("pk", flat=True)
    return {key for version in versions for key in document_of(version).by_key}


def clickable_question(document: SurveyDocument) -> ScoredQuestion | None:
    """The NPS, CSAT or CES question that an e-mail can show as buttons: the first one asked.

    Its links are the personal link with `?score=VALUE`; they open the page with the choice made.
    """
    first = next((page for page in document.pages if page.questions), None)
    if first is None:
        return None
    asked = (question for question in first.questions if question.shown_if is None)
    return next((each for each in asked if isinstance(each, Nps | Csat | Ces)), None)
