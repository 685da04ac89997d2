"""No page asks more queries than its budget."""

import pytest

from tests.house.budgets import BUDGETS, PAGES, check, readers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_page_keeps_its_budget(row, clients, world):
    check(row, readers(row)[-1:], clients, world)


def test_every_budget_is_for_a_page_that_exists():
    assert sorted(set(BUDGETS) - {str(row) for row in PAGES}) == []
