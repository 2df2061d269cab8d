"""Importing contacts, check and writing, beside a COPY of the same rows into an empty table."""

import csv
import os
import tempfile
import time
from pathlib import Path

from django.core.files.base import File
from django.db import connection

from accounts.models import Organisation, RoleHeld, Unit, UnitPlace, User
from activity.running import run_job
from contacts.imports import services
from contacts.imports.columns import ColumnChoice
from contacts.models import AttributeDefinition, Contact, Import

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
CHUNK = 50_000
HEADER = ["id", "first name", "last name", "email", "language", "class", "age"]
GIVEN = ["Anna", "Jürgen", "Wei", "Siti", "Ola", "Marie", "José", "小伟"]
FAMILY = ["Müller", "Koch", "Tan", "Hansen", "O'Neil", "Groß", "García", "王"]


def run() -> list[dict]:
    """ours and floor in rows a second; the ratio is how much of COPY's speed is left."""
    owner = _owner()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        _write_file(path)
        ours = _import(path, owner)
    floor = _copy()
    Import.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE contacts_contact CASCADE")
    AttributeDefinition.objects.all().delete()
    return [
        {
            "name": f"import {ROWS:,} contacts, check and write (rows/s)",
            "ours": ROWS / ours,
            "floor": ROWS / floor,
            "ratio": floor / ours,
            "target": "≥ 0.25",
        }
    ]


def _owner() -> User:
    Organisation.objects.get_or_create(only_one=True, defaults={"name": "Bench"})
    unit, _new = Unit.objects.get_or_create(code="bench", defaults={"name": "Bench"})
    UnitPlace.objects.get_or_create(unit=unit, parent=None, valid_to=None)
    user = User.objects.filter(email="bench@cx.example").first()
    user = user or User.objects.create_user("bench@cx.example", "a long enough password")
    RoleHeld.objects.get_or_create(user=user, role="designer", unit=unit, held_to=None)
    return User.objects.get(pk=user.pk)


def _write_file(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for n in range(ROWS):
            given, family = GIVEN[n % 8], f"{FAMILY[n // 8 % 8]}{n % 5000:x}"
            language, class_ = ("en", "de", "zh-Hans", "ms")[n % 4], ("Eco", "Business")[n % 2]
            email = f"person{n}@example.com"
            writer.writerow([f"C{n}", given, family, email, language, class_, 20 + n % 60])


def _import(path: Path, owner: User) -> float:
    with path.open("rb") as file:
        imp = services.start_import(File(file, name=path.name), kind="contacts", owner=owner)
    choices = [ColumnChoice(**one) for one in imp.mapping]
    choices[5] = ColumnChoice(to="new", label="Class", split=True)
    choices[6] = ColumnChoice(to="new", label="Age", type="number")
    began = time.perf_counter()
    run_job(str(services.check(imp, choices=choices, options={"kind": "customer"}).pk))
    run_job(str(services.write(imp, skip_bad_rows=False).pk))
    took = time.perf_counter() - began
    imp.refresh_from_db()
    if imp.result.get("new") != ROWS:
        raise RuntimeError(f"the import wrote {imp.result}, {imp.job.message if imp.job else ''}")
    return took


def _copy() -> float:
    """Seconds to COPY the same rows, already parsed, into an empty table with the same indexes."""
    names = [field.column for field in Contact._meta.concrete_fields]
    took = 0.0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_floor")
        cursor.execute("CREATE TABLE bench_floor (LIKE contacts_contact INCLUDING ALL)")
        copy_sql = f"COPY bench_floor ({', '.join(names)}) FROM STDIN"
        with connection.chunked_cursor() as reading:
            reading.execute(
                f"SELECT {', '.join(n if n != 'attributes' else 'attributes::text' for n in names)}"
                " FROM contacts_contact"
            )
            while rows := reading.fetchmany(CHUNK):
                began = time.perf_counter()
                with cursor.copy(copy_sql) as copy:
                    for row in rows:
                        copy.write_row(row)
                took += time.perf_counter() - began
        cursor.execute("DROP TABLE bench_floor")
    return took
