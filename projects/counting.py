"""How many public projects carry each facet under the filters in force, for a list of any length.

Facets are bits by blocks of projects (projects/models/listing.py): counting is ANDing and summing them, a few
milliseconds for 100,000 projects. So are the words that many projects hold. Blocks that changed since they were written
are read from their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import BigIntegerField, Case, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast
from django.http import QueryDict

from projects.filters import ProjectFilter, facet
from projects.models.listing import BLOCK

EVERYONE = ""  # the facet that all public projects carry
BITS = "="
WIDEST = 4096  # blocks that are told, of four million projects: half a megabyte

# Every facet with its bits; COUNTS, HEALTHS and PUBLIC go on from here. Names are only told apart: as bytes, quickly.
KEPT = """
WITH dirty AS MATERIALIZED (SELECT DISTINCT block FROM projects_dirtyblock),
kept AS MATERIALIZED (
    SELECT block, facet COLLATE "C" AS facet, split_part(facet, ':', 1) COLLATE "C" AS name, bits
      FROM projects_facetblock WHERE block NOT IN (TABLE dirty)
    UNION ALL
    SELECT block, facet COLLATE "C", split_part(facet, ':', 1) COLLATE "C", bits
      FROM projects_facet_bits((SELECT array_agg(block) FROM dirty))
)
"""

# `everyone` may be counted, narrowed to what a search finds; `masks` are the bits of each filter in force, `base` those
# of all of them, `sets` those of all but one, under which the values of that one are counted; `apart` are their names.
COUNTS = """,
chosen AS (SELECT * FROM unnest(%(names)s::text[], %(facets)s::text[]) AS chosen (name, facet)),
found AS MATERIALIZED (SELECT * FROM projects_found(%(words)s::tsquery, %(code)s)),
everyone AS (
    SELECT kept.block,
           CASE WHEN %(searched)s THEN coalesce(kept.bits & found.bits, 0::bit(1024)) ELSE kept.bits END AS bits
      FROM kept LEFT JOIN found USING (block) WHERE facet = ''
),
masks AS (
    SELECT everyone.block, names.name, coalesce(bit_or(carried.bits), 0::bit(1024)) AS bits
      FROM everyone CROSS JOIN unnest(%(apart)s::text[]) names (name)
      LEFT JOIN (SELECT kept.block, chosen.name, kept.bits FROM kept JOIN chosen USING (facet)) carried
        ON carried.block = everyone.block AND carried.name = names.name
     GROUP BY 1, 2
),
base AS MATERIALIZED (
    SELECT everyone.block, everyone.bits & coalesce(bit_and(masks.bits), everyone.bits) AS bits
      FROM everyone LEFT JOIN masks USING (block) GROUP BY everyone.block, everyone.bits
),
sets AS MATERIALIZED (
    SELECT everyone.block, but,
           everyone.bits & coalesce(bit_and(masks.bits) FILTER (WHERE masks.name <> but), everyone.bits) AS bits
      FROM everyone CROSS JOIN unnest(%(apart)s::text[]) apart (but) LEFT JOIN masks USING (block)
     GROUP BY everyone.block, but, everyone.bits
),
told AS MATERIALIZED (
    SELECT base.block, base.bits, array_agg(sets.bits ORDER BY array_position(%(apart)s::text[], but)) AS sets
      FROM base LEFT JOIN sets USING (block) GROUP BY base.block, base.bits
)
SELECT facet, NULL,
       sum(bit_count(kept.bits & coalesce(told.sets[array_position(%(apart)s::text[], kept.name)], told.bits)))
  FROM kept JOIN told USING (block) GROUP BY 1
UNION ALL
SELECT '-' || but, NULL, sum(bit_count(bits)) FROM sets GROUP BY but
UNION ALL
SELECT '=', bits::text, block FROM base WHERE %(narrowed)s
"""

# For what asks one thing of them once: no other facet is read.
ONE_OF_KEPT = KEPT.replace("kept AS MATERIALIZED", "kept AS")
PUBLIC = "SELECT block, bits::text FROM kept WHERE facet = ''"
HEALTH = "SELECT split_part(facet, ':', 2), sum(bit_count(bits))::integer FROM kept WHERE name = 'health' GROUP BY 1"

# Each value of some filters, and who has none of them, among the steps of the météo.
HEALTHS = """,
parted AS (
    SELECT block, facet, bits FROM kept WHERE name = ANY (%(names)s) OR facet = ''
    UNION ALL
    SELECT everyone.block, names.name || ':', everyone.bits & ~coalesce(bit_or(carried.bits), 0::bit(1024))
      FROM kept everyone CROSS JOIN unnest(%(names)s::text[]) names (name)
      LEFT JOIN kept carried ON carried.block = everyone.block AND carried.name = names.name
     WHERE everyone.facet = '' GROUP BY everyone.block, names.name, everyone.bits
)
SELECT parted.facet, split_part(health.facet, ':', 2), sum(bit_count(parted.bits & health.bits))::integer
  FROM parted JOIN kept health ON health.block = parted.block AND health.name = 'health' GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Found:
    """Which projects the filters in force find: a bit for each, from the project `first` on."""

    first: int
    bits: bytes

    def keys(self) -> list[int]:
        return [
            self.first + place * 8 + bit
            for place, byte in enumerate(self.bits)
            if byte
            for bit in range(8)
            if byte >> bit & 1
        ]

    def among(self, rows: QuerySet) -> QuerySet:
        """Those of the rows that hang from these projects, told from their `project` alone."""
        place = Cast("project", BigIntegerField()) - self.first
        bit = Func(Value(self.bits), place, function="get_bit", output_field=IntegerField())
        last = self.first + len(self.bits) * 8 - 1
        inside = When(project__gte=self.first, project__lte=last, then=bit)
        # `= 1` would be taken for one row in 200, which it is better to gather and to sort than to read in order.
        return rows.alias(found=Case(inside, default=Value(0))).exclude(found=0)


@dataclass(frozen=True)
class Counts:
    """`facets[name][value]` leaves the filter `name` itself out; `without[name]` is the total with it taken off.

    `found` is None where nothing narrows the list, or too wide a range of projects would have to be told.
    """

    total: int
    facets: dict[str, dict[str, int]]
    without: dict[str, int]
    found: Found | None = None


def count(filterset: ProjectFilter) -> Counts:
    """In one query, after those that read the words of a search."""
    pairs = [
        (name, facet(name, value)) for name, values in filterset.chosen.items() for value in values
    ]
    asked = filterset.search
    params = {
        "names": [name for name, _facet in pairs],
        "facets": [each for _name, each in pairs],
        "apart": [*dict.fromkeys(name for name, _facet in pairs)],
        "searched": asked is not None,
        "words": asked.words if asked else None,
        "code": asked.code if asked else "",
        "narrowed": bool(pairs or asked),
    }
    with connection.cursor() as cursor:
        cursor.execute(KEPT + COUNTS, params)
        return _read(cursor.fetchall())


def under(**filters: Any) -> tuple[ProjectFilter, Counts]:
    """The list that these filters lead to, and its counts."""
    filterset = ProjectFilter(QueryDict(urlencode(filters, doseq=True)))
    return filterset, count(filterset)


def everyone() -> Found | None:
    """All public projects; None where they range too wide to be told."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_OF_KEPT + PUBLIC)
        return _found(dict(cursor.fetchall()))


def healths() -> dict[str, int]:
    """How many public projects stand at each step of the météo; ``none`` for those never reported."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_OF_KEPT + HEALTH)
        return {health: number for health, number in cursor.fetchall() if number}


def healths_by(*names: str) -> dict[str, dict[str, dict[str, int]]]:
    """The same for each value of these filters: ``found["goal"]["air"]``.

    ``found["goal"][""]`` are those without any, ``found[""][""]`` all of them.
    """
    found: dict[str, dict[str, dict[str, int]]] = {EVERYONE: {EVERYONE: {}}}
    with connection.cursor() as cursor:
        cursor.execute(KEPT + HEALTHS, {"names": list(names)})
        for mark, health, number in cursor.fetchall():
            name, _colon, value = mark.partition(":")
            if number:
                found.setdefault(name, {}).setdefault(value, {})[health] = number
    return found


def _read(rows: list[tuple[str, str | None, Any]]) -> Counts:
    facets: dict[str, dict[str, int]] = {}
    blocks, without, total = {}, {}, 0
    for mark, bits, number in rows:
        if mark == BITS:
            blocks[int(number)] = str(bits)
        elif mark == EVERYONE:
            total = int(number or 0)
        elif mark.startswith("-"):
            without[mark.removeprefix("-")] = int(number or 0)
        elif number:
            name, _colon, value = mark.partition(":")
            facets.setdefault(name, {})[value] = int(number)
    return Counts(total, facets, without, _found(blocks))


def _found(blocks: dict[int, str]) -> Found | None:
    """PostgreSQL writes the first project of a block first; in bytes it reads the lowest bit first."""
    if not blocks or max(blocks) - min(blocks) > WIDEST:
        return None
    bits = b"".join(
        int(blocks.get(number, "0")[::-1], 2).to_bytes(BLOCK // 8, "little")
        for number in range(min(blocks), max(blocks) + 1)
    )
    return Found(min(blocks) * BLOCK, bits)
