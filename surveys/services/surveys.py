"""What happens to a survey: made from a starter, edited, published, closed, opened, put away."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from activity.models import Event
from activity.services import record_event
from surveys.document.compatibility import Break, bound_changes
from surveys.document.describe import short_title
from surveys.document.editing import update_document
from surveys.document.problems import Problem, problems
from surveys.document.questions import ScoredQuestion
from surveys.document.schema import SurveyDocument
from surveys.document.starters import starter_document
from surveys.document.texts import LANGUAGES
from surveys.models import Survey, SurveyVersion
from surveys.selectors import document_of
from surveys.signals import survey_published

EDITED = "survey.edited"


class DraftConflict(Exception):
    """Somebody saved this draft since it was read; `by`, `at` and `what` say who, when and what."""

    def __init__(self, event: Event | None) -> None:
        super().__init__()
        self.event = event

    def __str__(self) -> str:
        who = str(self.event.actor) if self.event and self.event.actor else _("Somebody")
        return _(
            "%(who)s changed this survey in the meantime. Your change is not saved. "
            "Look at what stands now, then save again."
        ) % {"who": who}


class NotPublishable(Exception):
    """The draft cannot be published; `sentences` say why, each with what to change."""

    def __init__(
        self, *, problems: Sequence[Problem] = (), breaks: Sequence[Break] = (), reason: str = ""
    ) -> None:
        super().__init__(reason)
        self.problems = list(problems)
        self.breaks = list(breaks)
        self.reason = reason

    @property
    def sentences(self) -> list[str]:
        found = [each.sentence for each in self.problems]
        found += [each.sentence for each in self.breaks]
        return [self.reason, *found] if self.reason else found

    def __str__(self) -> str:
        return " ".join(self.sentences)


class WrongState(Exception):
    """The survey is not in a state for this; the message says what to do instead."""


@transaction.atomic
def create_survey(
    name: str,
    *,
    by: User,
    starter: str = "blank",
    languages: Sequence[str] = LANGUAGES,
    unit: Unit | None = None,
) -> Survey:
    """A draft from a starter, its title set to the name in its first language."""
    document = starter_document(starter, languages)
    if starter == "blank":
        document = update_document(document, {"title": {languages[0]: name}}).document
    survey = Survey.objects.create(
        name=name.strip(), slug=_free_slug(name), unit=unit, owner=by, draft=document.dump()
    )
    record_event(
        survey, verb="survey.created", actor=by, label=survey.name, data={"starter": starter}
    )
    return survey


def _free_slug(name: str) -> str:
    """Readable, and random enough that nobody finds a survey by trying names."""
    return f"{slugify(name)[:40].strip('-') or 'survey'}-{get_random_string(8).lower()}"


@transaction.atomic
def save_draft(
    survey: Survey,
    *,
    document: SurveyDocument,
    revision: int,
    by: User,
    what: dict[str, Any],
    name: str = "",
) -> Survey:
    """Keep an edited draft if nobody saved another one since `revision`; else DraftConflict.

    `what` names the edit for the trail and for whoever comes second: {"edit": …, "key": …}.
    """
    held = Survey.objects.filter(pk=survey.pk, draft_revision=revision, archived_at=None)
    values = {
        "draft": document.dump(),
        "draft_revision": revision + 1,
        "updated_at": timezone.now(),
        "name": name or survey.name,
    }
    if not held.update(**values):
        raise DraftConflict(last_edit(survey))
    for field, value in values.items():
        setattr(survey, field, value)
    record_event(survey, verb=EDITED, actor=by, label=survey.name, data=what)
    return survey


def last_edit(survey: Survey) -> Event | None:
    return Event.objects.about(survey).filter(verb=EDITED).select_related("actor").first()


@transaction.atomic
def publish(survey: Survey, *, by: User, revision: int | None = None) -> SurveyVersion:
    """Freeze the draft as the next version, which respondents get from now on.

    Raises NotPublishable for problems, for question keys that would change their meaning and for
    a draft without changes; DraftConflict if the draft is no longer the `revision` looked at.
    """
    held = Survey.objects.select_for_update().get(pk=survey.pk)
    if revision is not None and held.draft_revision != revision:
        raise DraftConflict(last_edit(survey))
    if held.archived_at:
        raise WrongState(_("This survey is archived. Take it out of the archive first."))
    document = SurveyDocument.model_validate(held.draft)
    versions = list(held.versions.order_by("number"))
    _refuse_unpublishable(held, document, versions)
    version = SurveyVersion.objects.create(
        survey=held,
        number=versions[-1].number + 1 if versions else 1,
        document=document.dump(),
        scored=scored_questions(document),
        published_at=timezone.now(),
        published_by=by,
    )
    held.current_version = version
    held.save(update_fields=["current_version", "updated_at"])
    survey.current_version = version
    data = {"version": version.number}
    record_event(held, verb="survey.published", actor=by, label=held.name, data=data)
    transaction.on_commit(
        partial(survey_published.send_robust, sender=SurveyVersion, version=version)
    )
    return version


def _refuse_unpublishable(
    survey: Survey, document: SurveyDocument, versions: list[SurveyVersion]
) -> None:
    errors = [problem for problem in problems(document) if problem.level == "error"]
    breaks = breaking_changes(document, versions)
    if errors or breaks:
        raise NotPublishable(problems=errors, breaks=breaks)
    if not versions and survey.has_ended(timezone.now()):
        reason = _("Its last day is over. On the survey's page, choose a later one or take it off.")
        raise NotPublishable(reason=reason)
    if versions and versions[-1].document == document.dump():
        number = versions[-1].number
        raise NotPublishable(
            reason=_("Nothing has changed since version %(number)s. Edit it first.")
            % {"number": number}
        )


def breaking_changes(document: SurveyDocument, versions: Sequence[SurveyVersion]) -> list[Break]:
    """Keys that would mean something else than in a published version, each once."""
    found: dict[tuple[str, str], Break] = {}
    for version in versions:
        for change in bound_changes(document_of(version.pk), document):
            found[(change.key, change.kind)] = change
    return list(found.values())


def scored_questions(document: SurveyDocument) -> dict[str, dict[str, Any]]:
    """What yields values, by question key: type, scale, which end is good, and its label."""
    return {
        question.key: {
            "type": question.type,
            "min": question.scale.min,
            "max": question.scale.max,
            "orientation": question.scale.orientation.replace("_good", "_is_good"),
            "label": short_title(question, document, document.first_language),
        }
        for question in document.questions
        if isinstance(question, ScoredQuestion)
    }


@transaction.atomic
def close_survey(survey: Survey, *, by: User) -> None:
    """No more answers from now on; links say so kindly."""
    if not survey.is_open:
        raise WrongState(_("Only an open survey can be closed."))
    _mark(survey, by=by, verb="survey.closed", closed_at=timezone.now())


@transaction.atomic
def reopen_survey(survey: Survey, *, by: User) -> None:
    if survey.archived_at or not survey.closed_at:
        raise WrongState(_("Only a closed survey can be opened again."))
    over = survey.has_ended(timezone.now())
    closes_at = None if over else survey.closes_at
    _mark(survey, by=by, verb="survey.reopened", closed_at=None, closes_at=closes_at)


@transaction.atomic
def set_last_day(survey: Survey, day: date | None, *, by: User) -> None:
    """It closes by itself at the end of that day; None: not before somebody closes it."""
    if survey.closed_at or survey.archived_at:
        raise WrongState(_("It is closed already. Open it again first."))
    if day == survey.last_day:
        return
    survey.closes_at = _end_of(day) if day else None
    survey.save(update_fields=["closes_at", "updated_at"])
    verb = "survey.last_day_set" if day else "survey.last_day_cleared"
    data = {"last_day": day.isoformat()} if day else {}
    record_event(survey, verb=verb, actor=by, label=survey.name, data=data)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


@transaction.atomic
def close_ended() -> int:
    """Close what its last day is over for; how many. Links have said so since that moment."""
    ended = Survey.objects.ended(timezone.now()).select_for_update(skip_locked=True)
    for survey in ended:
        _mark(survey, by=None, verb="survey.closed", closed_at=survey.closes_at)
    return len(ended)


@transaction.atomic
def archive_survey(survey: Survey, *, by: User) -> None:
    """Out of the lists; its answers and numbers stay."""
    if survey.is_open:
        raise WrongState(_("Close the survey first, then archive it."))
    _mark(survey, by=by, verb="survey.archived", archived_at=timezone.now())


@transaction.atomic
def unarchive_survey(survey: Survey, *, by: User) -> None:
    _mark(survey, by=by, verb="survey.unarchived", archived_at=None)


@transaction.atomic
def set_public_link(survey: Survey, *, on: bool, by: User) -> None:
    """Whether anybody with the address may answer."""
    verb = "survey.link_opened" if on else "survey.link_closed"
    _mark(survey, by=by, verb=verb, public_link=on)


def _mark(survey: Survey, *, by: User | None, verb: str, **values: Any) -> None:
    for field, value in values.items():
        setattr(survey, field, value)
    survey.save(update_fields=[*values, "updated_at"])
    record_event(survey, verb=verb, actor=by, label=survey.name)
