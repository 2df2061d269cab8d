"""An import from upload to result, one verb each; the caller enqueues the jobs in between."""

from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activity.models import Job
from activity.running import create_job
from activity.services import record_event
from activity.tables import TableRefused
from activity.uploads import UploadTooLarge, store_upload
from contacts.imports.columns import MOST_COLUMNS, ColumnChoice, to_json
from contacts.imports.guessing import SAMPLE_ROWS, guess
from contacts.imports.staging import opened, refusal_of
from contacts.imports.targets import TARGETS
from contacts.models import Import, ImportState, OnError


class ImportRefused(Exception):
    """The step can't be taken; `str()` is the sentence for the page."""


def start_import(
    file: "File[bytes]", *, kind: str, owner: User, options: dict[str, Any] | None = None
) -> Import:
    """Keep the file, read its header and guess what its columns mean; raises ImportRefused.

    `options` are what the target must know before the mapping, such as which survey.
    """
    try:
        upload = store_upload(file, owner=owner)
    except UploadTooLarge as error:
        raise ImportRefused(str(error)) from None
    imp = Import(kind=kind, owner=owner, upload=upload, options=options or {})
    try:
        with opened(upload) as table:
            sample = first_rows(table.rows(), SAMPLE_ROWS)
            header = table.header
    except TableRefused as error:
        raise ImportRefused(refusal_of(error)) from None
    if len(header) > MOST_COLUMNS:
        raise ImportRefused(
            _("The table has %(found)s columns; %(most)s are the most. Delete those not needed.")
            % {"found": f"{len(header):,}", "most": MOST_COLUMNS}
        )
    imp.header = header
    imp.mapping = to_json(guess(header, TARGETS[kind].fields(imp), sample))
    with transaction.atomic():
        imp.save()
        record_event(imp, verb="import_uploaded", actor=owner, data={"kind": kind})
    return imp


def first_rows(rows: Any, most: int) -> list[list[str]]:
    """The cells of the first good rows; a file broken further down shows that at the check."""
    found: list[list[str]] = []
    try:
        for row in rows:
            if row.problem is None:
                found.append(row.cells)
            if len(found) >= most:
                break
    except TableRefused:
        pass
    return found


@transaction.atomic
def check(
    imp: Import, *, choices: list[ColumnChoice], options: dict[str, Any], on_error: str = ""
) -> Job:
    """Keep the mapping and create the job that checks it; raises MappingRefused, ImportRefused.

    With `on_error` what follows is decided now, and nobody has to look at the report.
    """
    imp = _at_rest(imp)
    imp.mapping, imp.options, imp.on_error = to_json(choices), options, on_error
    TARGETS[imp.kind].plan(imp, choices)
    imp.report, imp.problems, imp.changes = {}, None, None
    return _go(imp, ImportState.CHECKING)


@transaction.atomic
def write(imp: Import, *, skip_bad_rows: bool) -> Job:
    """Create the job that writes what was checked, where it changes anything.

    Raises ImportRefused.
    """
    imp = _at_rest(imp)
    if not imp.report or imp.report.get("refusals"):
        raise ImportRefused(_("Check the file first."))
    if not imp.to_write:
        raise ImportRefused(
            _("Everything in the file is known already: there is nothing to write.")
        )
    if imp.report["bad"] and not skip_bad_rows:
        raise ImportRefused(_("Correct the rows, or choose to leave them out."))
    imp.skip_bad_rows = skip_bad_rows
    return _go(imp, ImportState.WRITING)


@transaction.atomic
def go_on(imp: Import) -> Job | None:
    """The job that writes what was just checked, where that was decided beforehand and nothing
    speaks against it."""
    bad_rows_stop_it = imp.report["bad"] and imp.on_error == OnError.REFUSE
    if not imp.on_error or imp.report["refusals"] or bad_rows_stop_it or not imp.to_write:
        return None
    return write(imp, skip_bad_rows=imp.on_error == OnError.SKIP)


@transaction.atomic
def reopen(imp: Import) -> None:
    """Back to the mapping; raises ImportRefused."""
    imp = _at_rest(imp)
    imp.state = ImportState.MAPPING
    imp.save(update_fields=["state", "updated_at"])


def _at_rest(imp: Import) -> Import:
    """The import, locked; raises ImportRefused where a job works on it or it is written."""
    imp = Import.objects.select_for_update(of=("self",)).get(pk=imp.pk)
    if imp.job and not imp.job.is_finished:
        raise ImportRefused(_("This import is being worked on. Wait for it, or stop it first."))
    if imp.written_at:
        raise ImportRefused(_("This import is written already. Upload the file again."))
    return imp


def _go(imp: Import, state: ImportState) -> Job:
    imp.state = state
    imp.job = create_job(
        imp.job_kind, owner=imp.owner, params={"import": imp.pk}, upload=imp.upload
    )
    imp.save()
    return imp.job
