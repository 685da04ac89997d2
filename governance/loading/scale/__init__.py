"""A synthetic portfolio of any size for scale runs: codes `DEMO-S000001` and up, in trial databases only.

One batch is one series, written in one transaction: memory stays flat, and a run that was cut goes on
where it stopped. The same seed gives the same projects, whatever the number asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from governance.loading.copying import begin_history
from governance.loading.demo import demand_trial
from governance.loading.demo.calendar import Calendar
from governance.loading.facts import load_facts
from governance.loading.scale.batch import ORDER, Batch
from governance.loading.scale.people import cast
from governance.loading.scale.projects import add_project
from governance.loading.scale.series import QUARTERS, ground
from governance.models import AgendaItem, Decision, Meeting
from partners.models import Partner
from projects.models import (
    AgreementParty,
    FacetBlock,
    FundingAgreement,
    Project,
    ProjectListing,
    ProjectSeries,
    ReportingPeriod,
    SearchWord,
    WordBlock,
)
from projects.services import facet_blocks

PROJECTS_PER_SERIES = 500
CODE = r"^DEMO-S\d{6,}$"


def make_portfolio(
    *,
    projects: int,
    seed: int,
    quarters: int = QUARTERS,
    today: date | None = None,
    advanced: Callable[[int], None] = lambda count: None,
) -> int:
    """Brings the synthetic portfolio to this many projects; returns how many were added.

    `quarters` is how many of the last ones each project reported on; `advanced` hears the number of projects after
    each batch.
    """
    demand_trial("make_portfolio")
    load_facts()
    calendar = Calendar(today or timezone.localdate())
    with transaction.atomic():
        people = cast()
    present = Project.objects.filter(code__regex=CODE).count()
    advanced(min(present, projects))
    number = known = present
    while number < projects:
        series = number // PROJECTS_PER_SERIES + 1
        last = min(series * PROJECTS_PER_SERIES, projects)
        with transaction.atomic():
            begin_history(command="make_portfolio")
            around = ground(series, seed, people, calendar, quarters)
            batch = Batch()
            for each in range(number + 1, last + 1):
                add_project(batch, each, seed, around, people)
            batch.write()
        advanced(last - number)
        number = last
        if number >= 2 * known:
            _refresh_statistics()
            known = number
    if number > present:
        facet_blocks.tidy()
        _refresh_statistics()
    return number - present


def _refresh_statistics() -> None:
    """Tells the planner about the new rows, for it would else plan for small tables.

    Checks of foreign keys keep their plans as long as their connection: without this while rows are added, each batch
    takes longer than the one before.
    """
    around = [ProjectSeries, ReportingPeriod, FundingAgreement, AgreementParty, Partner]
    listed = [ProjectListing, SearchWord, FacetBlock, WordBlock]
    written = [*ORDER, *around, *listed, Meeting, AgendaItem, Decision]
    names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in written)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")
