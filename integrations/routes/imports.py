"""Imports: a file and its mapping in, a watched job, and what came of it."""

from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Field, File, Form, Router, Schema, Status, UploadedFile
from pydantic import ConfigDict, ValidationError

from activity.models import JobState
from activity.queues import enqueue
from contacts.imports import services
from contacts.imports.columns import NEW, ColumnChoice, from_json
from contacts.imports.services import ImportRefused
from contacts.imports.staging import rows_of
from contacts.imports.targets import TARGETS, MappingRefused
from contacts.models import Import, ImportState
from contacts.services.attributes import key_of
from integrations.bearer import Bearer
from integrations.models import TokenScope
from integrations.once import once
from integrations.pages import Id
from integrations.problems import PROBLEMS, Refused, errors_of
from integrations.rights import TokenRequest, demand
from surveys.models import Survey

router = Router(tags=["imports"])
MOST_ERRORS = 1_000
ANSWER, ATTRIBUTE = "answer:", "attribute:"
# What the API calls a constant, where the form calls it otherwise.
CONSTANTS = {"date": "day", "permission": "basis"}
FORM_NAMES = {form: name for name, form in CONSTANTS.items()} | {"codes": "not_applicable"}


class Mapping(Schema):
    """Which column becomes what, and what holds for every row."""

    model_config = ConfigDict(extra="forbid")

    columns: dict[str, str] = Field(
        description="Heading → external_id, email, …, attribute:KEY or answer:KEY. A column not "
        "named is left out."
    )
    constants: dict[str, str] = Field({}, description="date, channel, unit, kind, permission, …")
    not_applicable: list[int | str] = Field([], description="Codes for “not applicable”.")
    break_down_by: list[str] = Field(
        [], description="Keys of new attributes by which scores can be split."
    )


class RowError(Schema):
    row: int
    column: str
    found: str
    cure: str


class ImportOut(Schema):
    id: int
    kind: str
    state: Literal["checking", "writing", "done", "refused", "failed", "cancelled"]
    rows: int
    written: int
    skipped: int
    bad: int = Field(description="Rows that can’t be written as they are.")
    message: str
    errors: list[RowError] = Field(description=f"At most {MOST_ERRORS} of them.")


@router.post(
    "",
    response={202: ImportOut, **PROBLEMS},
    auth=Bearer(TokenScope.IMPORT),
    summary="Import contacts or answers",
)
@once
def create_import(
    request: TokenRequest,
    kind: Annotated[Literal["contacts", "responses"], Form()],
    file: Annotated[UploadedFile, File()],
    mapping: Annotated[str, Form(description="JSON: columns, constants, not_applicable.")],
    survey: Annotated[int | None, Form()] = None,
    on_error: Annotated[Literal["refuse", "skip"], Form()] = "refuse",
) -> Status[Any]:
    """The file is checked whole; then all rows are written in one transaction, or with bad ones
    none (`refuse`) or the good ones (`skip`). Ask for the import until its state is settled."""
    user = demand(request, TARGETS[kind].capability)
    wanted = _mapping(mapping)
    try:
        imp = services.start_import(
            file, kind=kind, owner=user, options=_survey(request, kind, survey)
        )
        form = TARGETS[kind].options_form(imp, _constants(wanted))
        if not form.is_valid():
            names = {
                name: f"mapping.constants.{FORM_NAMES.get(name, name)}" for name in form.fields
            }
            errors = errors_of(form, **names)
            raise Refused(422, "The constants are not as they should be.", errors=errors)
        job = services.check(
            imp,
            choices=_choices(imp, wanted),
            options=TARGETS[kind].options(form),
            on_error=on_error,
        )
    except ImportRefused as refusal:
        raise Refused(422, str(refusal), errors=[("file", str(refusal))]) from None
    except MappingRefused as refusal:
        raise Refused(
            422, str(refusal), errors=[("mapping.columns", each) for each in refusal.sentences]
        ) from None
    enqueue(job)
    imp.refresh_from_db()
    return Status(202, _out(imp))


@router.get("/{id}", response={200: ImportOut, **PROBLEMS}, summary="What came of an import")
def read_import(request: TokenRequest, id: Id) -> dict[str, Any]:
    imports = Import.objects.visible_to(request.user).select_related("job", "problems")
    return _out(get_object_or_404(imports, pk=id))


def _mapping(text: str) -> Mapping:
    try:
        return Mapping.model_validate_json(text)
    except ValidationError as error:
        raise Refused(422, "The mapping does not fit its schema.", errors=[
            (".".join(str(part) for part in ("mapping", *each["loc"])), each["msg"])
            for each in error.errors(include_input=False)
        ]) from None  # fmt: skip


def _survey(request: TokenRequest, kind: str, pk: int | None) -> dict[str, Any]:
    if kind != "responses":
        return {}
    surveys = Survey.objects.editable_by(request.user).exclude(current_version=None)
    if pk is None or not surveys.filter(pk=pk).exists():
        sentence = "Name a published survey that you may edit."
        raise Refused(422, sentence, errors=[("survey", sentence)])
    return {"survey": pk}


def _constants(wanted: Mapping) -> dict[str, str]:
    given = {CONSTANTS.get(name, name): value for name, value in wanted.constants.items()}
    codes = " ".join(str(code) for code in wanted.not_applicable)
    return {"kind": "customer", "codes": codes} | given


def _choices(imp: Import, wanted: Mapping) -> list[ColumnChoice]:
    """One for each column of the file. Raises MappingRefused."""
    missing = [heading for heading in wanted.columns if heading not in imp.header]
    if missing:
        raise MappingRefused(
            [f"The file has no column “{heading}”. Its headings are compared letter by letter."
             for heading in missing]
        )  # fmt: skip
    guessed = from_json(imp.mapping)
    known = {field.key for field in TARGETS[imp.kind].fields(imp)}
    return [
        _choice(wanted.columns.get(heading, ""), guess.type, known, wanted.break_down_by)
        for heading, guess in zip(imp.header, guessed, strict=True)
    ]


def _choice(to: str, type_: str, known: set[str], split: list[str]) -> ColumnChoice:
    if to.startswith(ANSWER):
        return ColumnChoice(f"question:{to.removeprefix(ANSWER)}")
    if not to.startswith(ATTRIBUTE) or to in known:
        return ColumnChoice(to)
    key = to.removeprefix(ATTRIBUTE)
    label = key.replace("_", " ").capitalize()
    if key_of(label, taken=set()) != key:
        raise MappingRefused(
            [f"“{key}” can’t be the key of a new attribute. Write it like loyalty_status."]
        )
    return ColumnChoice(NEW, label, type_, key in split)


def _out(imp: Import) -> dict[str, Any]:
    result, report, job = imp.result, imp.report, imp.job
    errors = [
        {"row": int(row), "column": column, "found": found, "cure": cure}
        for row, column, found, cure in rows_of(imp.problems, most=MOST_ERRORS)
    ]
    refusals = " ".join(report.get("refusals") or [])
    return {
        "id": imp.pk,
        "kind": imp.kind,
        "state": _state(imp),
        "rows": result.get("rows", report.get("rows", 0)),
        "written": result.get("new", 0) + result.get("changed", 0),
        "skipped": result.get("skipped", 0),
        "bad": report.get("bad", 0),
        "message": (job.message if job else "") or refusals,
        "errors": errors,
    }


def _state(imp: Import) -> str:
    if imp.written_at:
        return "done"
    state = imp.job.state if imp.job else JobState.QUEUED
    if state in (JobState.FAILED, JobState.CANCELLED):
        return str(state)
    if imp.state == ImportState.CHECKED:
        stopped = imp.report.get("refusals") or imp.report.get("bad")
        return "refused" if stopped else "done"  # everything was known already
    return "writing" if imp.state == ImportState.WRITING else "checking"
