"""A meeting ready for its pack, for the tests that build one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from governance.enums import Access, ItemKind
from governance.models import AgendaItem, AgendaPaper, Committee, Meeting
from governance.services import agenda
from partners.models import User
from projects.enums import Health, InstalmentStatus, ReportStatus
from projects.models import MilestoneSlip, ProgressReport, Project, ProjectSeries
from tests.factories.governance import (
    ActionFactory,
    AgendaItemFactory,
    CommitteeFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.factories.projects import (
    AgreementFactory,
    ContributionFactory,
    InstalmentFactory,
    MilestoneFactory,
    PeriodFactory,
    ProjectFactory,
    ProjectIndicatorFactory,
    ReportFactory,
    RiskFactory,
    SeriesFactory,
)
from tests.governance import packs

THEN = timezone.now() - timedelta(days=120)


@dataclass
class Table:
    """A committee about to meet: a running series of two projects, three items, one annex."""

    secretary: User
    committee: Committee
    meeting: Meeting
    series: ProjectSeries
    projects: list[Project]
    items: list[AgendaItem]

    def attach(
        self, item: AgendaItem, content: bytes, name: str = "note.pdf", **fields: object
    ) -> AgendaPaper:
        upload = SimpleUploadedFile(name, content, content_type="application/pdf")
        return agenda.attach_paper(actor=self.secretary, item=item, upload=upload, **fields)


@pytest.fixture
def table(cast, db) -> Table:
    committee = CommitteeFactory(name_fr="Comité de pilotage", name_en="Steering committee")
    for rank, person in enumerate([cast.member, cast.owner]):
        MandateFactory(seat=SeatFactory(committee=committee, position=rank), user=person)
    earlier = MeetingFactory(committee=committee, starts_at=THEN, title_fr="Séance d’avant")
    meeting = MeetingFactory(committee=committee, previous=earlier, title_fr="Séance d’hiver")
    series = SeriesFactory(title_fr="Série de l’eau", title_en="Water series")
    projects = [ProjectFactory(series=series, code=f"EAU-{rank}") for rank in (1, 2)]
    reported(projects[0], Health.STORMY)
    paid(projects[0])
    items = [
        AgendaItemFactory(meeting=meeting, title_fr="Ouverture", title_en="Opening", ready=True),
        AgendaItemFactory(
            meeting=meeting,
            kind=ItemKind.PROGRESS,
            series=series,
            title_fr="Avancement de la série",
            title_en="Progress of the series",
            note_fr="Deux projets sont en cours.",
            proposed_decision_fr="Le comité prend acte.",
            ready=True,
        ),
        AgendaItemFactory(
            meeting=meeting,
            title_fr="Contentieux",
            title_en="Litigation",
            confidential=True,
            ready=True,
        ),
    ]
    ActionFactory(committee=committee, title="Envoyer le plan de financement", owner=cast.member)
    found = Table(cast.secretary, committee, meeting, series, projects, items)
    found.attach(items[1], packs.annex_file(2, "Feuillet"), access=Access.PUBLIC)
    return found


def reported(project: Project, health: str) -> ProgressReport:
    """Sunny before the last committee, then `health` with a cause, a risk and a milestone that slipped."""
    before = PeriodFactory(
        series=project.series,
        starts_on=date(2026, 4, 1),
        ends_on=date(2026, 6, 30),
        opens_on=date(2026, 7, 1),
        due_on=date(2026, 7, 21),
    )
    ReportFactory(
        project=project, period=before, accepted=True, reviewed_at=THEN - timedelta(days=5)
    )
    report = ReportFactory(
        project=project,
        draft=True,
        health=health,
        cause="Le fournisseur a failli.",
        ask="Autoriser le report du jalon.",
    )
    RiskFactory(report=report, title="Fournisseur unique")
    milestone = MilestoneFactory(
        project=project, title_fr="Mise en eau", forecast_on=date(2027, 3, 31)
    )
    MilestoneSlip.objects.create(
        milestone=milestone,
        from_on=date(2026, 9, 28),
        to_on=date(2027, 3, 31),
        reason="pompes non livrées",
        author=report.edited_by,
    )
    ProjectIndicatorFactory(project=project)
    report.status = ReportStatus.ACCEPTED
    report.submitted_by = report.reviewed_by = report.edited_by
    report.submitted_at = report.reviewed_at = timezone.now()
    report.save()
    project.health, project.latest_report = report.health, report
    project.reported_on = timezone.localdate(report.reviewed_at)
    project.save()
    return report


def paid(project: Project) -> None:
    line = ContributionFactory(
        project=project, agreement=AgreementFactory(in_force=True), amount=Decimal("120000.00")
    )
    InstalmentFactory(
        contribution=line,
        amount=Decimal("40000.00"),
        status=InstalmentStatus.RECEIVED,
        received_on=timezone.localdate() - timedelta(days=3),
    )
