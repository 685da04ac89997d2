"""How many queries each page may ask, in one reviewed file; the same number for few rows and for many."""

import json
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.house.matrix import CAST, Row, rows

pytestmark = pytest.mark.django_db

FILE = Path(__file__).with_name("query_budgets.json")
BUDGETS: dict[str, dict[str, int]] = json.loads(FILE.read_text())


def readers(row: Row) -> list[str]:
    """Whose reading of a page is measured: the public's, and that of the one who sees most of it."""
    allowed = [who for who, status in zip(CAST, row.expected, strict=True) if status == 200]
    return list(
        dict.fromkeys(
            who for who in ("anonymous", *allowed[-2:-1], *allowed[-1:]) if who in allowed
        )
    )[:2]


PAGES = [row for row in rows() if row.method == "get" and 200 in row.expected]


def measure(row: Row, clients, world) -> dict[str, int]:
    """Queries by reader, each asked with cold caches and a warm process; nothing for what is not a page."""
    counts = {}
    for who in readers(row):
        response = row.ask(clients[who], world)
        if not response["Content-Type"].startswith("text/html"):
            continue
        for cache in caches.all():
            cache.clear()
        with CaptureQueriesContext(connection) as queries:
            row.ask(clients[who], world)
        counts[who] = len(queries)
    return counts


def over(counts: dict[str, int], budget: dict[str, int]) -> dict[str, int]:
    return {who: count for who, count in counts.items() if count > budget.get(who, -1)}


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_page_keeps_its_budget_with_few_rows(row, clients, world):
    counts = measure(row, clients, world)
    assert not over(counts, BUDGETS.get(str(row), {})), f'"{row}": {json.dumps(counts)}'


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_page_keeps_its_budget_with_many_rows(row, clients, crowded_world):
    counts = measure(row, clients, crowded_world)
    assert not over(counts, BUDGETS.get(str(row), {})), f'"{row}": {json.dumps(counts)}'


def test_every_budget_is_for_a_page_that_exists():
    assert sorted(set(BUDGETS) - {str(row) for row in PAGES}) == []
