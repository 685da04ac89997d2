"""Sixty more projects, with their reports, cost no page one query more than its budget."""

import pytest

from tests.house.budgets import PAGES, check, readers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_page_keeps_its_budget_with_many_rows(row, clients, crowded_world):
    check(row, readers(row), clients, crowded_world)
