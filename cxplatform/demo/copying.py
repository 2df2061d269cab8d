"""Rows written set-wise, by COPY: thousands in a fraction of a second."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def copy_in[M: models.Model](model: type[M], rows: Sequence[M]) -> Sequence[M]:
    """Write unsaved rows as they stand, times included; whoever lacks an id gets the next one."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    give_ids(model, [row for row in rows if row.pk is None])
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_stored(field, row) for field in fields])
    return rows


def _stored(field: "models.Field[Any, Any]", row: models.Model) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)


def give_ids[M: models.Model](model: type[M], rows: Iterable[M]) -> None:
    """Reserve ids from the table's own sequence, in order."""
    waiting = list(rows)
    if not waiting:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, len(waiting)],
        )
        for row, (id_,) in zip(waiting, cursor.fetchall(), strict=True):
            row.pk = id_
