"""Historic answers as a target of imports: which columns there are, and when a mapping is whole."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Capability
from contacts.forms.people import units_for
from contacts.imports.columns import ColumnChoice
from contacts.imports.targets import Field, MappingRefused
from contacts.models import Import
from surveys.document.describe import short_title
from surveys.document.questions import Question
from surveys.importing.options import AnswersOptions, codes_in
from surveys.importing.plan import AnswersPlan, Mapped
from surveys.models import Survey
from surveys.selectors import document_of

KIND = "responses"
QUESTION = "question:"
THE_ANSWER, WHO = _("The answer"), _("Who answered")
FIELDS = [
    Field("external_id", _("External id of the contact"), WHO, ("id", "external id", "customer id",
          "customer number", "contact id", "client id", "member id", "kundennummer", "编号",
          "客户编号")),
    Field("email", _("E-mail of the contact"), WHO, ("email", "mail", "e-mail address",
          "email address", "mailadresse", "e-mail-adresse", "emel", "邮箱", "电子邮件")),
    Field("response_id", _("Response id"), THE_ANSWER, ("response id", "answer id", "submission id",
          "record id", "antwort-id", "答卷编号")),
    Field("day", _("Date answered"), THE_ANSWER, ("date", "day", "answered on", "completed on",
          "completed at", "submitted at", "submit date", "timestamp", "datum", "tarikh", "日期")),
    Field("channel", _("Channel"), THE_ANSWER, ("channel", "kanal", "saluran", "渠道")),
    Field("unit", _("Unit (code or name)"), THE_ANSWER, ("unit", "branch", "store", "filiale")),
]  # fmt: skip


class ResponsesTarget:
    kind = KIND
    label = _("Answers to a survey")
    explanation = _(
        "One row is one person’s answers, given earlier. A row is known again by its response id, "
        "or else by its contact and date; of a known row, the mapped questions become what the "
        "file says now. Breakdowns use what is noted about each contact today. Blank cells are "
        "skipped questions."
    )
    capability = Capability.MANAGE_SURVEYS
    new_attributes = False
    starts_elsewhere = True  # at the survey the answers are for
    conflict = _(
        "Somebody brought in or changed the same answers meanwhile; nothing was written. Check "
        "again."
    )

    def fields(self, imp: Import) -> list[Field]:
        survey = survey_of(imp)
        if survey is None:
            return FIELDS
        group = _now("Questions of “%(survey)s”") % {"survey": survey.name}
        document = document_of(survey.current_version_id or 0)
        return [
            *FIELDS,
            *(
                Field(
                    f"{QUESTION}{question.key}",
                    short_title(question, document, document.first_language),
                    group,
                    (question.key, *question.title.root.values()),
                )
                for question in document.questions
            ),
        ]

    def options_form(self, imp: Import, data: Any = None) -> forms.Form:
        return AnswersOptions(data, imp=imp)

    def options(self, form: Any) -> dict[str, Any]:
        said = dict(form.cleaned_data)
        return said | {
            "survey": form.imp.options.get("survey"),
            "day": said["day"].isoformat() if said["day"] else None,
            "unit": said["unit"].pk if said["unit"] else None,
        }

    def start_url(self, imp: Import | None = None) -> str:
        survey = survey_of(imp) if imp else None
        if survey is None:
            return reverse("surveys:list")
        return reverse("surveys:import_answers", args=[survey.pk])

    def result_url(self, imp: Import) -> str:
        survey = survey_of(imp)
        return reverse("surveys:detail", args=[survey.pk]) if survey else reverse("surveys:list")

    def plan(self, imp: Import, choices: list[ColumnChoice]) -> AnswersPlan:
        """Raises MappingRefused with every sentence there is to say."""
        survey = survey_of(imp)
        if survey is None or survey.archived_at:
            raise MappingRefused(
                [_now("The survey takes no answers from files. Publish it, then upload again.")]
            )
        mapped = _mapped(imp, choices, document_of(survey.current_version_id or 0).by_key)
        wrong = [*_doubled(choices, self.fields(imp)), *_missing(imp, mapped)]
        if wrong:
            raise MappingRefused(wrong)
        units = units_for(imp.owner, Capability.MANAGE_SURVEYS).values_list("pk", "code", "name")
        places = {name.casefold(): pk for pk, _code, name in units}
        places |= {code.casefold(): pk for pk, code, _name in units if code}
        return AnswersPlan(imp, survey, mapped, units=places)


def survey_of(imp: Import) -> Survey | None:
    """The published survey the answers are for, while the importer may manage it."""
    surveys = Survey.objects.editable_by(imp.owner).exclude(current_version=None)
    return surveys.filter(pk=imp.options.get("survey")).first()


def _mapped(imp: Import, choices: list[ColumnChoice], by_key: dict[str, Question]) -> Mapped:
    mapped = Mapped(codes=codes_in(str(imp.options.get("codes") or "")))
    for place, choice in enumerate(choices):
        heading = imp.header[place]
        if choice.to.startswith(QUESTION):
            question = by_key.get(choice.to.removeprefix(QUESTION))
            if question:
                mapped.questions.append((place, heading, question))
        elif choice.to:
            mapped.fields[choice.to] = (place, heading)
    return mapped


def _doubled(choices: list[ColumnChoice], fields: list[Field]) -> list[str]:
    """A sentence for each field that two columns would fill, and for what is not a field."""
    labels = {field.key: field.label for field in fields}
    used = [choice.to for choice in choices if choice.to]
    twice = [to for to in labels if used.count(to) > 1]
    wrong = [
        _now("Two columns are to fill “%(field)s”. Leave one of them out.") % {"field": labels[to]}
        for to in twice
    ]
    if any(to not in labels for to in used):
        wrong.append(_now("A column was mapped to something that is not there any more. Check it."))
    return wrong


def _missing(imp: Import, mapped: Mapped) -> list[str]:
    wrong = []
    if not mapped.questions:
        wrong.append(_now("Choose at least one column that holds the answers to a question."))
    if not mapped.fields.keys() & {"response_id", "external_id", "email"}:
        wrong.append(
            _now("Choose which column holds the response id, or who answered: without one, the "
                 "same row could not be known again.")
        )  # fmt: skip
    if "day" not in mapped.fields and not imp.options.get("day"):
        wrong.append(
            _now("Choose which column holds the date, or give one date for all rows above.")
        )
    return wrong
