"""Rows by the hundred thousand: PostgreSQL's COPY, with the model's own columns and defaults.

Triggers run as for any insert, so the history is written; foreign keys are checked when the transaction ends.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, models
from django.utils import timezone

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
MAIN_LANGUAGE = "_fr"

Row = Mapping[str, Any]


def begin_history(**metadata: str) -> None:
    """Names what writes the rows of this transaction, in their history.

    It also gives the history's triggers the settings they look for. Without them each row raises and catches
    an error, and each of those walks all foreign keys still to be checked: the time grows with the square of
    the rows.
    """
    settings = {
        "pghistory.context_id": str(uuid.uuid4()),
        "pghistory.context_metadata": json.dumps(metadata),
        "pgtrigger.ignore": "{}",
    }
    with connection.cursor() as cursor:
        for name, value in settings.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Identifiers that nobody else will be given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor.fetchall()]


def copy_rows(model: type[models.Model], rows: Sequence[Row]) -> int:
    """Adds rows given by column (`project_id`, `title_fr`, …); a column left out takes the model's default."""
    if not rows:
        return 0
    columns = _columns(model, rows[0])
    given = set().union(*rows)
    names = ", ".join(connection.ops.quote_name(name) for name, _source, _default in columns)
    # What no row gives is the same text in all of them.
    line = "\t".join(
        "%s" if source in given else _text(default).replace("%", "%%")
        for _name, source, default in columns
    )
    told = [(source, default) for _name, source, default in columns if source in given]
    lines = io.StringIO()
    for row in rows:
        lines.write(line % tuple([_text(row.get(source, default)) for source, default in told]))
        lines.write("\n")
    lines.seek(0)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", lines)
    return len(rows)


def _columns(model: type[models.Model], example: Row) -> list[tuple[str, str, Any]]:
    """(column, key in the row, default) of each column to write; the plain column of a text repeats its French."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    columns = []
    for name, field in fields.items():
        if field.primary_key and name not in example:
            continue
        source = f"{name}{MAIN_LANGUAGE}" if f"{name}{MAIN_LANGUAGE}" in fields else name
        columns.append((field.column, source, _default(field)))
    return columns


def _default(field: models.Field) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return field.get_default()


def _text(value: Any) -> str:
    if type(value) is str:
        return value.translate(ESCAPES)
    if type(value) is int:
        return str(value)
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date):
        return value.isoformat()
    return str(value).translate(ESCAPES)
