"""Does every approved series owe its state to exactly one decision that still stands?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, Q, QuerySet

from governance.enums import ACTING_OUTCOMES, Effect
from governance.models import Decision
from projects.enums import SeriesStatus
from projects.models import ProjectSeries


@dataclass(frozen=True)
class Fault:
    """`decisions` is how many standing decisions approve the series; one is right."""

    series: ProjectSeries
    decisions: int


@dataclass(frozen=True)
class Gap:
    """Numbers run from 1 to `last` in a committee's year, and only `found` of them exist."""

    committee: str
    year: int
    found: int
    last: int


def standing_approvals() -> Q:
    return Q(
        decisions__effect=Effect.APPROVE_SERIES,
        decisions__outcome__in=ACTING_OUTCOMES,
        decisions__withdraws=False,
        decisions__corrected_by=None,
    )


def series_with_approvals() -> QuerySet[ProjectSeries]:
    return ProjectSeries.objects.annotate(
        approvals=Count("decisions", filter=standing_approvals(), distinct=True)
    ).order_by("code")


def faults() -> Iterator[Fault]:
    """Approved series without exactly one standing approving decision, and those waiting that have one.

    The same rule as the database's own check (`governance.standing`), which this finds broken by whatever door.
    """
    approved, withdrawn = Q(status=SeriesStatus.APPROVED), Q(status=SeriesStatus.WITHDRAWN)
    wrong = (
        (approved & ~Q(approvals=1))
        | (withdrawn & Q(approvals__gt=1))
        | (~approved & ~withdrawn & Q(approvals__gt=0))
    )
    for series in series_with_approvals().filter(wrong):
        yield Fault(series, cast("Any", series).approvals)


def gaps() -> Iterator[Gap]:
    """Committees and years whose numbers are not 1, 2, 3, … to the last."""
    years: dict[tuple[str, int], list[int]] = {}
    rows = Decision.objects.order_by("committee__code", "year", "number")
    for code, year, number in rows.values_list("committee__code", "year", "number"):
        years.setdefault((code, year), []).append(number)
    for (code, year), numbers in years.items():
        if numbers[-1] != len(numbers):
            yield Gap(code, year, len(numbers), numbers[-1])
