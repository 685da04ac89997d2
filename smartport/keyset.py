"""Pages by position instead of by number: any page of a list costs as much as the first, whatever its length.

A cursor names the last row of a page by the values the list is sorted by. It is not secret and needs no
signature: one made by hand only points at another place of the same list.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model, Q, QuerySet
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from smartport.errors import Refusal

LONGEST_CURSOR = 1000  # characters
LONGEST_TEXT = 400  # characters of a value within a cursor
FORWARD, BACKWARD = "n", "p"


class CursorRefused(Refusal):
    """The cursor was not made by this list, or was cut on the way."""

    code = "cursor_refused"
    status = 400


@dataclass(frozen=True)
class Page:
    """`next` and `previous` are cursors, empty where the list ends."""

    rows: list[Model]
    next: str
    previous: str


@dataclass(frozen=True)
class Key:
    """One name of the order. PostgreSQL puts nulls last going up and first going down."""

    name: str
    alias: str
    descending: bool
    nullable: bool


def page(queryset: QuerySet, order: Sequence[str], *, size: int, cursor: str = "") -> Page:
    """The page of `size` rows that a cursor points at; the first one without. Raises CursorRefused.

    `order` holds names as `order_by` takes them; the last one must be unique among the rows.
    """
    keys = [_key(queryset, name, position) for position, name in enumerate(order)]
    queryset = queryset.annotate(**{key.alias: F(key.name) for key in keys})
    direction, values = _read(cursor, queryset, keys) if cursor else (FORWARD, None)
    backward = direction == BACKWARD
    if values is not None:
        queryset = queryset.filter(_beyond(keys, values, backward=backward))
    queryset = queryset.order_by(
        *(f"{'-' if key.descending != backward else ''}{key.alias}" for key in keys)
    )
    rows = list(queryset[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backward:
        rows.reverse()
    following = more if not backward else True
    preceding = more if backward else values is not None
    return Page(
        rows,
        next=_write(FORWARD, rows[-1], keys) if rows and following else "",
        previous=_write(BACKWARD, rows[0], keys) if rows and preceding else "",
    )


def _key(queryset: QuerySet, name: str, position: int) -> Key:
    bare = name.removeprefix("-")
    try:
        nullable = queryset.model._meta.get_field(bare).null
    except FieldDoesNotExist:
        nullable = False  # an annotation
    return Key(bare, f"key_{position}", name.startswith("-"), nullable)


def _beyond(keys: list[Key], values: list[Any], *, backward: bool) -> Q:
    """Rows after the one with these values: `a > x OR (a = x AND b > y)`, with `a >= x` first for the index."""
    condition = Q()
    for key, value in reversed(list(zip(keys, values, strict=True))):
        after = _after(key, value, backward=backward)
        equal = Q(**{f"{key.alias}__isnull": True} if value is None else {key.alias: value})
        condition = (
            (after | (equal & condition) if condition else after) if after else equal & condition
        )
    first, value = keys[0], values[0]
    if value is not None and not first.nullable:
        bound = "lte" if first.descending != backward else "gte"
        condition = Q(**{f"{first.alias}__{bound}": value}) & condition
    return condition


def _after(key: Key, value: Any, *, backward: bool) -> Q:
    """What sorts after `value` under this key alone; empty when nothing can."""
    down = key.descending != backward
    if value is None:  # with nulls: first going down, last going up
        return Q(**{f"{key.alias}__isnull": False}) if down else Q()
    if down:
        return Q(**{f"{key.alias}__lt": value})
    above = Q(**{f"{key.alias}__gt": value})
    return above | Q(**{f"{key.alias}__isnull": True}) if key.nullable else above


def _write(direction: str, row: Model, keys: list[Key]) -> str:
    values = [direction, *(getattr(row, key.alias) for key in keys)]
    text = json.dumps(values, cls=DjangoJSONEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, queryset: QuerySet, keys: list[Key]) -> tuple[str, list[Any]]:
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError("too long")
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        direction, *raw = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if direction not in (FORWARD, BACKWARD) or len(raw) != len(keys):
            raise ValueError("of another list")
        return direction, [_value(queryset, key, text) for key, text in zip(keys, raw, strict=True)]
    except (ValueError, TypeError, ArithmeticError, binascii.Error, ValidationError) as error:
        raise CursorRefused(
            _("This page of the list cannot be found again."),
            remedy=_("Start from the first page."),
            field="cursor",
        ) from error


def _value(queryset: QuerySet, key: Key, raw: Any) -> Any:
    if raw is None:
        if not key.nullable:
            raise ValueError("never null")
        return None
    if not isinstance(raw, str | int):
        raise TypeError("neither a text nor a whole number")
    if isinstance(raw, str) and (len(raw) > LONGEST_TEXT or "\x00" in raw):
        raise ValueError("not a value of ours")
    value = queryset.query.annotations[key.alias].output_field.to_python(raw)
    if value is None or (isinstance(value, datetime) and is_naive(value)):
        raise ValueError("not a value of ours")
    return value
