"""Rows as files: CSV, XLSX, JSON, GeoJSON. All but XLSX are streamed row by row, in constant memory."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from smartport.openness import LICENCE, LICENCE_NAME, Column, Dataset, Kind

BATCH = 500  # rows fetched, and written, at a time
SEPARATOR = " | "
BOM = "\ufeff"  # without it, Excel takes UTF-8 for something else
LONGEST_CELL = 32_767  # characters: the most a cell of a spreadsheet holds
SPOOLED = 5 * 1024 * 1024  # bytes of a workbook kept in memory before it goes to a file
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
}


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: those that would be begin with an apostrophe.

    Those that look so already get one more, so that a program that takes one away has the text itself.
    """
    return f"'{text}" if FORMULA.match(text) else text


def plain(value: Any, kind: Kind) -> Any:
    """A value as JSON has it: None where nothing is published."""
    if value is None or value == "":
        return [] if kind is Kind.LIST else None
    if kind is Kind.LIST:
        return [str(each) for each in value]
    if kind in (Kind.AMOUNT, Kind.NUMBER):
        return float(value) if isinstance(value, Decimal) else value
    if isinstance(value, datetime):
        return timezone.localdate(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if kind is Kind.YES_NO else str(value)


def cell(value: Any, kind: Kind) -> str:
    """A value as CSV has it."""
    if value is None:
        return ""
    if kind is Kind.LIST:
        return harmless(SEPARATOR.join(str(each) for each in value))
    if kind is Kind.YES_NO:
        return "true" if value else "false"
    if kind in (Kind.AMOUNT, Kind.NUMBER):
        return str(value)
    text = plain(value, kind)
    return harmless(text) if text else ""


def record(columns: Iterable[Column], row: Any) -> dict[str, Any]:
    return {column.name: plain(column.value(row), column.kind) for column in columns}


def write_csv(dataset: Dataset, rows: Iterable[Any]) -> Iterator[bytes]:
    """RFC 4180: commas, quotes where needed, a first row of names, UTF-8 with its mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow(column.name for column in dataset.columns)
    for count, row in enumerate(rows, 1):
        writer.writerow(cell(column.value(row), column.kind) for column in dataset.columns)
        if count % BATCH == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8")
    buffer.seek(0)
    buffer.truncate()
    return data


def write_json(dataset: Dataset, rows: Iterable[Any]) -> Iterator[bytes]:
    yield from _enveloped(_heading(dataset), "rows", (record(dataset.columns, row) for row in rows))


def write_geojson(dataset: Dataset, rows: Iterable[Any]) -> Iterator[bytes]:
    """RFC 7946: every row is a feature; one whose place is not published has no geometry."""
    heading = {"type": "FeatureCollection", **_heading(dataset)}
    yield from _enveloped(heading, "features", (_feature(dataset, row) for row in rows))


def _heading(dataset: Dataset) -> dict[str, Any]:
    return {
        "title": str(dataset.title),
        "source": settings.SITE_URL,
        "license": LICENCE,
        "license_name": str(LICENCE_NAME),
    }


def _feature(dataset: Dataset, row: Any) -> dict[str, Any]:
    place = dataset.point(row) if dataset.point else None
    geometry = {"type": "Point", "coordinates": list(place)} if place else None
    properties = record(dataset.columns, row)
    return {
        "type": "Feature",
        "id": properties["code"],
        "geometry": geometry,
        "properties": properties,
    }


def _enveloped(heading: dict[str, Any], name: str, items: Iterable[dict]) -> Iterator[bytes]:
    """`{…heading, "name": [items]}`, an item on each line."""
    opening = json.dumps(heading, ensure_ascii=False)[:-1]
    yield f'{opening}, "{name}": ['.encode()
    lines: list[str] = []
    first = True
    for item in items:
        lines.append(
            ("\n" if first else ",\n") + json.dumps(item, ensure_ascii=False, cls=DjangoJSONEncoder)
        )
        first = False
        if len(lines) == BATCH:
            yield "".join(lines).encode()
            lines = []
    yield ("".join(lines) + "\n]}\n").encode()


def workbook(dataset: Dataset, rows: Iterable[Any]) -> IO[bytes]:
    """An XLSX file, with a second sheet that says what each column holds. Written row by row to a temporary file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(dataset.title)[:31])
    sheet.freeze_panes = "A2"
    sheet.append([column.name for column in dataset.columns])
    for row in rows:
        sheet.append(
            [_sheet_cell(sheet, column.value(row), column.kind) for column in dataset.columns]
        )
    meanings = book.create_sheet("dictionary")
    for column in dataset.columns:
        codes = ", ".join(f"{code} = {label}" for code, label in column.codes)
        meanings.append([column.name, str(column.meaning), column.kind_label, codes])
    file = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115  (the response closes it)
    book.save(file)
    file.seek(0)
    return file


def _sheet_cell(sheet: Any, value: Any, kind: Kind) -> Any:
    """Numbers and dates keep their kind; a text is never taken for a formula."""
    if value is None or value == "":
        return None
    if kind in (Kind.AMOUNT, Kind.NUMBER, Kind.YES_NO):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = (
        SEPARATOR.join(str(each) for each in value)
        if kind is Kind.LIST
        else str(plain(value, kind))
    )
    written = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL])
    written.data_type = "s"
    return written


STREAMED: dict[str, Callable[[Dataset, Iterable[Any]], Iterator[bytes]]] = {
    "csv": write_csv,
    "json": write_json,
    "geojson": write_geojson,
}
