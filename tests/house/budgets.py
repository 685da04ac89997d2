"""How many queries each page, file and list may ask, in one reviewed file (`query_budgets.json`)."""

import json
from pathlib import Path

from tests.house.matrix import CAST, Row, rows

FILE = Path(__file__).with_name("query_budgets.json")
BUDGETS: dict[str, dict[str, int]] = json.loads(FILE.read_text())


ROWS = rows()
PAGES = [row for row in ROWS if row.method == "get" and 200 in row.expected]


def readers(row: Row) -> list[str]:
    """Whose reading of a page is measured: the public's, a partner's and the secretariat's, or the one who may."""
    allowed = [who for who, status in zip(CAST, row.expected, strict=True) if status == 200]
    return [who for who in ("anonymous", "manager", "secretariat") if who in allowed] or allowed[
        -1:
    ]


def over(counts: dict[str, int], budget: dict[str, int]) -> dict[str, int]:
    return {who: count for who, count in counts.items() if count > budget.get(who, -1)}
