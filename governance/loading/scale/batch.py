"""The rows of one batch of synthetic projects, gathered by table and written at once."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import models

from governance.loading.copying import copy_rows, reserve_ids
from projects.models import (
    Contribution,
    Expenditure,
    IndicatorValue,
    Instalment,
    Milestone,
    MilestoneSlip,
    ProgressReport,
    Project,
    ProjectIndicator,
    ProjectPartner,
    ReportRisk,
)
from projects.services.listing import listed_at_the_end

# What belongs to a report comes before it: an accepted report takes no more rows.
ORDER: list[type[models.Model]] = [
    Project,
    Project.goals.through,
    Project.frameworks.through,
    ProjectPartner,
    ProjectIndicator,
    Milestone,
    Contribution,
    Instalment,
    IndicatorValue,
    Expenditure,
    ReportRisk,
    MilestoneSlip,
    ProgressReport,
]


class Ref:
    """A row of the same batch, by its number there."""

    __slots__ = ("model", "number")

    def __init__(self, model: type[models.Model], number: int) -> None:
        self.model = model
        self.number = number


class Batch:
    """Rows name each other by `Ref`; `write` gives them real identifiers."""

    def __init__(self) -> None:
        self._rows: dict[type[models.Model], list[dict[str, Any]]] = defaultdict(list)

    def add(self, model: type[models.Model], **columns: Any) -> Ref:
        self._rows[model].append(columns)
        return Ref(model, len(self._rows[model]) - 1)

    def set(self, row: Ref, **columns: Any) -> None:
        self._rows[row.model][row.number].update(columns)

    def write(self) -> int:
        numbers = {
            model: reserve_ids(model, len(rows)) for model, rows in self._rows.items() if rows
        }
        with listed_at_the_end(numbers.get(Project, [])):
            return sum(copy_rows(model, self._numbered(model, numbers)) for model in ORDER)

    def _numbered(
        self, model: type[models.Model], numbers: dict[type[models.Model], list[int]]
    ) -> list[dict[str, Any]]:
        rows = self._rows.get(model, [])
        for number, row in zip(numbers.get(model, []), rows, strict=True):
            row["id"] = number
            for name, value in row.items():
                if type(value) is Ref:
                    row[name] = numbers[value.model][value.number]
        return rows
