"""The two jobs of an import. Each reads the file anew, so a killed one leaves nothing behind."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Capability
from activity.models import Job
from activity.queues import enqueue
from activity.running import JobRefused, Run
from activity.services import record_event
from activity.tables import Table, TableRefused
from contacts.imports.columns import from_json
from contacts.imports.services import go_on
from contacts.imports.staging import FileGone, Report, Staged, opened, refusal_of, stage
from contacts.imports.targets import TARGETS, MappingRefused, Plan
from contacts.models import Import, ImportState

BEAT = 15


def check_import(run: Run) -> dict[str, Any]:
    """Read every row and report what writing would do; writes nothing but the report."""
    imp = _import_of(run)
    problems = Report("rows-to-fix.csv", _("Row"), _("Column"), _("Found"), _("Put right by"))
    changes = Report("changes.csv", _("Row"), _("Contact"), _("What"), _("Before"), _("After"))
    with _work_on(imp) as (plan, table), _alive(run):
        staged = Staged(problems)
        stage(run, table, plan, staged, writing=False)
        with connection.cursor() as cursor:
            preview = plan.preview(cursor)
            for one in plan.changes():
                changes.add(one.row, one.whom, one.what, one.before, one.after)
        report = {
            **preview.counts,
            "rows": staged.rows,
            "bad": len(staged.bad),
            "refusals": preview.refusals,
            "changes": changes.count,
            "notes": [_(note.text) % note.params for note in table.notes],
        }
    with transaction.atomic():
        imp.problems, imp.changes = problems.keep(imp.owner), changes.keep(imp.owner)
        imp.report, imp.state = report, ImportState.CHECKED
        imp.save(update_fields=["problems", "changes", "report", "state", "updated_at"])
        record_event(imp, verb="import_checked", actor=imp.owner, data=_numbers(report))
        run.finish(_numbers(report))
        # With the end of the check, so that no crash comes between; a lost message is swept up.
        if following := go_on(imp):
            enqueue(following)
    problems.close()
    changes.close()
    return _numbers(report)


def write_import(run: Run) -> dict[str, Any]:
    """Check once more and write all good rows in one transaction, together with the job's end."""
    imp = _import_of(run)
    if imp.written_at:
        return dict(imp.result)
    problems = Report("rows-skipped.csv", _("Row"), _("Column"), _("Found"), _("Put right by"))
    run.progress(0, imp.report.get("rows") or None)
    with _work_on(imp) as (plan, table), _alive(run):
        staged = Staged(problems)
        stage(run, table, plan, staged, writing=True)
        try:
            return _write(run, imp, plan, staged)
        except IntegrityError:
            raise JobRefused(str(TARGETS[imp.kind].conflict)) from None
        finally:
            problems.close()


@transaction.atomic
def _write(run: Run, imp: Import, plan: Plan, staged: Staged) -> dict[str, Any]:
    with connection.cursor() as cursor:
        # One import writes at a time: two could otherwise create the same company twice.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('contacts.imports'))")
        preview = plan.preview(cursor)
        _refuse_unseen(imp, staged, preview.refusals)
        _refuse_without_right(imp, plan)
        result = plan.write(cursor)
    result |= {"rows": staged.rows, "skipped": len(staged.bad)}
    imp.problems = staged.report.keep(imp.owner)
    imp.result, imp.state, imp.written_at = result, ImportState.DONE, timezone.now()
    imp.save(update_fields=["problems", "result", "state", "written_at", "updated_at"])
    record_event(imp, verb="imported", actor=imp.owner, data={"kind": imp.kind, **result})
    run.finish(result)
    return result


def _refuse_unseen(imp: Import, staged: Staged, refusals: list[str]) -> None:
    if refusals:
        raise JobRefused(" ".join(refusals))
    if staged.bad and not imp.skip_bad_rows:
        raise JobRefused(
            _("%(count)s rows can’t be written any more, so none was. Check the file again.")
            % {"count": f"{len(staged.bad):,}"}
        )


def _refuse_without_right(imp: Import, plan: Plan) -> None:
    if imp.owner.may(Capability.CHANGE_ADDRESSES):
        return
    if next(iter(plan.changes()), None) is not None:
        raise JobRefused(
            _(
                "The file changes e-mail addresses or permissions, which you may not. "
                "Leave those columns out, or ask an administrator to import it."
            )
        )


def _import_of(run: Run) -> Import:
    return Import.objects.select_related("upload", "owner", "unit").get(pk=run.job.params["import"])


@contextmanager
def _work_on(imp: Import) -> Iterator[tuple[Plan, Table]]:
    """The plan and the table; whatever is wrong with either becomes the job's refusal."""
    target = TARGETS[imp.kind]
    if not imp.owner.may(target.capability):
        raise JobRefused(_("You may not import this any more. Ask an administrator."))
    try:
        plan = target.plan(imp, from_json(imp.mapping))
        with opened(imp.upload) as table:
            if table.header != imp.header:
                raise JobRefused(_("The file is not the one that was mapped. Upload it again."))
            yield plan, table
    except TableRefused as error:
        raise JobRefused(refusal_of(error)) from None
    except MappingRefused as error:
        raise JobRefused(str(error)) from None
    except FileGone:
        raise JobRefused(
            _("The file is kept for a limited time, and that is over. Upload it again.")
        ) from None


def _numbers(report: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in report.items() if isinstance(value, int)}


@contextmanager
def _alive(run: Run) -> Iterator[None]:
    """Renew the lease from beside, through statements longer than it lasts."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            held = Job.objects.filter(pk=run.job.pk, claim=run.job.claim)
            held.update(beat_at=timezone.now())
        connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
