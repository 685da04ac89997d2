"""A synthetic portfolio: varied, the same for a seed, resumable, marked, and in trial databases only."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F

from governance.loading import scale
from governance.loading.copying import copy_rows
from governance.loading.scale import make_portfolio
from governance.models import Decision
from partners.models import Partner, PartnerName
from projects.models import (
    Contribution,
    IndicatorValue,
    Milestone,
    ProgressReport,
    Project,
    ProjectListing,
    ProjectSeries,
    SearchWord,
)
from smartport.progress import Progress
from tests.loaded import kept_for_the_module

pytestmark = pytest.mark.django_db

SYNTHETIC = "DEMO-S0"
COMPARED = (
    "code",
    "title_fr",
    "status",
    "health",
    "total_cost",
    "start_on",
    "latitude",
    "place_en",
)


def synthetic() -> list[tuple]:
    return list(
        Project.objects.filter(code__startswith=SYNTHETIC).order_by("code").values_list(*COMPARED)
    )


def test_outside_a_trial_database_it_refuses_with_one_line(settings):
    settings.TRIAL = False
    with pytest.raises(CommandError, match="trial"):
        call_command("make_portfolio", projects=3, stdout=StringIO())
    assert not Project.objects.exists()


def made(*sizes: int, seed: int) -> list[tuple]:
    """What these runs, one after the other, leave; rolled back."""
    with transaction.atomic():
        for size in sizes:
            make_portfolio(projects=size, seed=seed)
        rows = synthetic()
        transaction.set_rollback(True)
    return rows


def test_fewer_quarters_make_fewer_reports():
    with transaction.atomic():
        make_portfolio(projects=2, seed=1, quarters=2)
        made = Project.objects.filter(code__startswith=SYNTHETIC)
        assert [each.reports.count() for each in made] == [2, 2]
        assert all(each.latest_report for each in made)
        transaction.set_rollback(True)


def test_the_same_seed_gives_the_same_projects_also_after_a_cut(monkeypatch):
    monkeypatch.setattr(scale, "PROJECTS_PER_SERIES", 4)
    at_once = made(9, seed=7)
    assert len(at_once) == 9
    assert made(3, 9, 9, seed=7) == at_once
    assert made(9, seed=8) != at_once


@pytest.fixture(scope="module")
def portfolio(django_db_setup, django_db_blocker):
    with kept_for_the_module(django_db_blocker):
        with django_db_blocker.unblock():
            make_portfolio(projects=60, seed=1)
        yield


def test_every_title_is_its_own(portfolio):
    assert len({row[1] for row in synthetic()}) == 60


def test_each_project_has_three_years_of_accepted_reports(portfolio):
    for project in Project.objects.filter(code__startswith=SYNTHETIC):
        assert project.is_demo
        reports = project.reports.order_by("period__ends_on")
        assert [report.status for report in reports] == ["accepted"] * 12
        assert project.latest_report == reports.last()
        assert project.health == reports.last().health


def test_the_portfolio_is_varied_and_public(portfolio):
    projects = Project.objects.filter(code__startswith=SYNTHETIC)
    assert Project.objects.public().filter(code__startswith=SYNTHETIC).count() == 60
    for column, least in (("status", 4), ("health", 3), ("strand", 3), ("lead", 15)):
        assert projects.values(column).distinct().count() >= least, column
    assert projects.filter(total_cost=None).exists()
    assert Milestone.objects.filter(project__in=projects, slips__isnull=False).exists()
    assert Contribution.objects.filter(project__in=projects, instalments__isnull=False).exists()
    assert IndicatorValue.objects.filter(report__project__in=projects).count() == 180


def test_each_series_is_approved_by_its_decision(portfolio):
    for series in ProjectSeries.objects.filter(code__startswith="DEMO-SS"):
        decision = Decision.objects.get(series=series)
        assert decision.decided_on == series.approved_on
        assert decision.is_demo


def test_the_history_says_what_wrote_the_rows(portfolio):
    report = ProgressReport.objects.order_by("-pk").first()
    event = report.events.get()
    assert event.pgh_label == "insert"
    assert event.pgh_context.metadata == {"command": "make_portfolio"}


@pytest.mark.parametrize("odd", ["a\tb", "a\\N", "\\.", "two\nlines\r", "back\\slash"])
def test_copied_text_arrives_as_it_was(odd, portfolio):
    partner = Partner.objects.filter(code__startswith="DEMO-SP")[0]
    copy_rows(PartnerName, [{"partner_id": partner.pk, "name": odd}])
    assert PartnerName.objects.get(partner=partner).name == odd


class Terminal(StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str, *, ending: str = "\n") -> int:
        return super().write(text + ending)


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_shows_on_a_terminal_and_is_silent_in_a_log(terminal):
    stream = Terminal(terminal=terminal)
    with Progress(stream, "projects", 10) as bar:
        bar.advance(10)
    assert ("10/10" in stream.getvalue()) is terminal
    assert bool(stream.getvalue()) is terminal


def test_listed_once_at_the_end_is_listed_as_by_the_triggers(portfolio):
    projects = Project.objects.filter(code__startswith=SYNTHETIC)
    columns = [field.attname for field in ProjectListing._meta.concrete_fields]

    def listings() -> list[tuple]:
        return list(
            ProjectListing.objects.filter(project__in=projects)
            .order_by("project")
            .values_list(*columns)
        )

    def words() -> set[tuple]:
        return set(SearchWord.objects.values_list("word", "stem"))

    at_the_end, known = listings(), words()
    assert len(at_the_end) == 60
    assert len({facet for row in at_the_end for facet in row[columns.index("facets")]}) > 40
    ProjectListing.objects.all().delete()
    SearchWord.objects.all().delete()
    Project.objects.update(slug=F("slug"))  # the triggers list what is written
    assert listings() == at_the_end
    assert words() == known
