"""How many public projects carry each facet under the filters in force, for a list of any length.

Facets are bits by blocks of projects (projects/models/listing.py): counting is ANDing and summing them, a few
milliseconds for 100,000 projects. So are the words that many projects hold. Blocks that changed since they were written
are read from their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Case, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast

from projects.filters import ProjectFilter, facet
from projects.models.listing import BLOCK

EVERYONE = ""  # the facet that all public projects carry
BITS = "="
WIDEST = 4096  # blocks that are told, of four million projects: half a megabyte

# `everyone` may be counted, narrowed to what a search finds; `masks` are the bits of each filter in force; `sets` those
# of all filters but one (or but none, where it is empty), under which the values of that one are counted.
COUNTS = """
WITH dirty AS MATERIALIZED (SELECT DISTINCT block FROM projects_dirtyblock),
kept AS MATERIALIZED (
    SELECT block, facet, split_part(facet, ':', 1) AS name, bits FROM projects_facetblock
     WHERE block NOT IN (TABLE dirty)
    UNION ALL
    SELECT block, facet, split_part(facet, ':', 1), bits
      FROM projects_facet_bits((SELECT array_agg(block) FROM dirty))
),
chosen AS (SELECT * FROM unnest(%(names)s::text[], %(facets)s::text[]) AS chosen (name, facet)),
found AS MATERIALIZED (SELECT * FROM projects_found(%(words)s::tsquery, %(code)s)),
everyone AS (
    SELECT kept.block,
           CASE WHEN %(searched)s THEN coalesce(kept.bits & found.bits, 0::bit(1024)) ELSE kept.bits END AS bits
      FROM kept LEFT JOIN found USING (block) WHERE facet = ''
),
masks AS (
    SELECT everyone.block, names.name, coalesce(bit_or(carried.bits), 0::bit(1024)) AS bits
      FROM everyone CROSS JOIN (SELECT DISTINCT name FROM chosen) names
      LEFT JOIN (SELECT kept.block, chosen.name, kept.bits FROM kept JOIN chosen USING (facet)) carried
        ON carried.block = everyone.block AND carried.name = names.name
     GROUP BY 1, 2
),
sets AS MATERIALIZED (
    SELECT block, but,
           everyone.bits & coalesce(bit_and(masks.bits) FILTER (WHERE masks.name <> but), everyone.bits) AS bits
      FROM everyone CROSS JOIN (SELECT name FROM chosen UNION SELECT '') buts (but) LEFT JOIN masks USING (block)
     GROUP BY block, but, everyone.bits
)
SELECT facet, sum(bit_count(kept.bits & sets.bits)), NULL
  FROM kept JOIN sets ON sets.block = kept.block
   AND sets.but = CASE WHEN kept.name IN (SELECT name FROM chosen) THEN kept.name ELSE '' END
 GROUP BY 1
UNION ALL
SELECT '-' || but, sum(bit_count(bits)), NULL FROM sets WHERE but <> '' GROUP BY but
UNION ALL
SELECT '=', block, bits::text FROM sets WHERE but = '' AND %(narrowed)s
"""

HEALTHS = """
WITH dirty AS MATERIALIZED (SELECT DISTINCT block FROM projects_dirtyblock)
SELECT split_part(facet, ':', 2), sum(bit_count(bits)) FROM (
    SELECT facet, bits FROM projects_facetblock WHERE block NOT IN (TABLE dirty)
    UNION ALL
    SELECT facet, bits FROM projects_facet_bits((SELECT array_agg(block) FROM dirty))
) AS kept
 WHERE starts_with(facet, 'health:') GROUP BY 1
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

    def among(self, listings: QuerySet) -> QuerySet:
        """These listings of the given ones, told from their keys alone."""
        place = Cast("project", BigIntegerField()) - self.first
        bit = Func(Value(self.bits), place, function="get_bit", output_field=IntegerField())
        last = self.first + len(self.bits) * 8 - 1
        inside = When(project__gte=self.first, project__lte=last, then=bit)
        return listings.alias(found=Case(inside, default=0)).filter(found=1)


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
        "searched": asked is not None,
        "words": asked.words if asked else None,
        "code": asked.code if asked else "",
        "narrowed": bool(pairs or asked),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, params)
        return _read(cursor.fetchall())


def healths() -> dict[str, int]:
    """How many public projects stand at each step of the météo; ``none`` for those never reported."""
    with connection.cursor() as cursor:
        cursor.execute(HEALTHS)
        return {health: int(number) for health, number in cursor.fetchall()}


def _read(rows: list[tuple[str, Any, str | None]]) -> Counts:
    facets: dict[str, dict[str, int]] = {}
    blocks, without, total = {}, {}, 0
    for mark, number, bits in rows:
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
