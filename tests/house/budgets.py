"""How many queries each page, file and list may ask, in one reviewed file (`query_budgets.json`)."""

import json
from pathlib import Path

from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.house.matrix import CAST, Row, rows

FILE = Path(__file__).with_name("query_budgets.json")
BUDGETS: dict[str, dict[str, int]] = json.loads(FILE.read_text())


def readers(row: Row) -> list[str]:
    """Whose reading of a page is measured: the public's, a partner's and the secretariat's, or the one who may."""
    allowed = [who for who, status in zip(CAST, row.expected, strict=True) if status == 200]
    return [who for who in ("anonymous", "manager", "secretariat") if who in allowed] or allowed[
        -1:
    ]


PAGES = [row for row in rows() if row.method == "get" and 200 in row.expected]


def measure(row: Row, people: list[str], clients, world) -> dict[str, int]:
    """Queries by reader, each asked with cold caches and a warm process, down to the last byte of the answer."""
    counts = {}
    for who in people:
        row.ask(clients[who], world).getvalue()
        for cache in caches.all():
            cache.clear()
        with CaptureQueriesContext(connection) as queries:
            row.ask(clients[who], world).getvalue()
        counts[who] = len(queries)
    return counts


def over(counts: dict[str, int], budget: dict[str, int]) -> dict[str, int]:
    return {who: count for who, count in counts.items() if count > budget.get(who, -1)}


def check(row: Row, people: list[str], clients, world) -> None:
    counts = measure(row, people, clients, world)
    assert not over(counts, BUDGETS.get(str(row), {})), f'"{row}": {json.dumps(counts)},'
