"""From an uploaded file to a temporary table: good rows staged, bad ones reported."""

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from activity.models import Upload
from activity.running import Run
from activity.tables import Table, TableRefused, open_table, write_csv_cell
from activity.uploads import store_upload
from contacts.imports.targets import STAGE, Plan, Problem

BATCH = 10_000
# A report longer than this helps nobody, and would be larger than the file it is about.
MOST_REPORTED = 200_000
FOUND_CHARS = 200


class FileGone(Exception):
    """The upload's time is over, or its file is missing."""


@contextmanager
def opened(upload: Upload) -> Iterator[Table]:
    """The upload as a table; raises TableRefused, FileGone."""
    if not upload.file:
        raise FileGone
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = Path(upload.file.path)
        except NotImplementedError:  # a storage elsewhere: bring the file here for the while
            path = Path(folder) / "table"
            with upload.file.open("rb") as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        if not path.exists():
            raise FileGone
        yield open_table(path, filename=upload.filename)


def refusal_of(error: TableRefused) -> str:
    return _(error.message.text) % error.message.params


class Report:
    """Rows for a person to read, gathered in a file that lives as long as an upload."""

    def __init__(self, name: str, *columns: str) -> None:
        self.name, self.count = name, 0
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self.text = io.TextIOWrapper(self.file, encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.text)
        self.writer.writerow(columns)

    def add(self, *cells: Any) -> None:
        self.count += 1
        if self.count <= MOST_REPORTED:
            self.writer.writerow([write_csv_cell(str(cell)[:FOUND_CHARS]) for cell in cells])

    def keep(self, owner: User) -> Upload | None:
        """The report as a download of its owner's; none where nothing was added."""
        self.text.flush()
        self.file.seek(0)
        return store_upload(File(self.file, name=self.name), owner=owner) if self.count else None

    def close(self) -> None:
        self.text.close()


def rows_of(report: Upload | None, *, most: int) -> list[list[str]]:
    """The first rows of a kept report, as long as it is kept."""
    if report is None or not report.file:
        return []
    with report.file.open("rb") as file:
        rows = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
        return list(islice(rows, 1, most + 1))


class Staged:
    """What reading the file gave: how many rows there were, and which of them can't be written."""

    def __init__(self, report: Report) -> None:
        self.report, self.rows, self.bad = report, 0, set[int]()

    def refuse(self, problem: Problem) -> None:
        self.bad.add(problem.row)
        self.report.add(problem.row, problem.column, problem.found, problem.cure)


def stage(run: Run, table: Table, plan: Plan, staged: Staged, *, writing: bool) -> None:
    """Read the whole table into STAGE; bad rows stay out of it. Raises TableRefused."""
    names = ", ".join(name for name, _type in plan.columns)
    typed = "".join(f", {name} {type_}" for name, type_ in plan.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {STAGE}")
        cursor.execute(f'CREATE TEMP TABLE {STAGE} ("row" integer{typed})')
        for batch in table.batches(BATCH):
            staged.rows += len(batch)
            for row in batch.problems:
                cure = _(row.problem.text) % row.problem.params if row.problem else ""
                staged.refuse(Problem(row.number, "", "", cure))
            ready, problems = plan.stage(batch.numbers, batch.rows, writing=writing)
            for problem in problems:
                staged.refuse(problem)
            copy_sql = f'COPY {STAGE} ("row", {names}) FROM STDIN'
            with cursor.copy(copy_sql) as copy:
                for one in ready:
                    copy.write_row(one)
            run.progress(staged.rows)
        cursor.execute(f"ANALYZE {STAGE}")
        for problem in plan.problems(cursor, writing=writing):
            staged.refuse(problem)
        cursor.execute(f'DELETE FROM {STAGE} WHERE "row" = ANY(%s)', [list(staged.bad)])
