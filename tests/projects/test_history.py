from datetime import date

import pghistory
import pytest
from django.urls import reverse

from projects.history import history_of
from projects.services import campaigns, effects, reports, reviews
from tests.factories.projects import (
    ContributionFactory,
    MilestoneFactory,
    ProjectFactory,
    ProjectPartnerFactory,
    ReportFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(cast):
    return ProjectFactory(lead=cast.partner_a, approved=True)


def words(project, reader):
    return [
        f"{entry.text}: {entry.reason}" if entry.reason else entry.text
        for entry in history_of(project, reader)
    ]


def test_a_slip_reads_with_its_dates_reason_and_author(cast, project):
    milestone = MilestoneFactory(project=project, title_fr="Pilote", title_en="Pilot")
    report = ReportFactory(project=project)
    slip = {"forecast_on": date(2026, 11, 15), "actual_on": None, "reason": "retard du fournisseur"}
    reports.save_draft(
        actor=cast.owner,
        report=report,
        revision=0,
        data={
            "health": "sunny",
            "completion_percent": 40,
            "achievements": "Fait.",
            "public_summary_fr": "Fait.",
            f"milestone-{milestone.pk}": slip,
        },
    )
    reports.submit(actor=cast.owner, report=report)
    reviews.accept(actor=cast.secretary, report=report)
    entry = next(
        one for one in history_of(project, cast.owner) if "Pilot" in one.text and one.reason
    )
    assert "28" in entry.text
    assert "15" in entry.text
    assert (entry.who, entry.reason) == (str(cast.owner), "retard du fournisseur")


def test_a_suspension_reads_with_its_reason(cast, project):
    with pghistory.context(user=cast.secretary.pk):
        effects.suspend(
            actor=cast.secretary, project=project, on=date(2026, 5, 4), reason="recours en cours"
        )
    entry = next(one for one in history_of(project, cast.secretary) if one.reason)
    assert entry.reason == "recours en cours"
    assert entry.who == str(cast.secretary)


def test_muting_and_more_time_are_in_it(cast, project):
    report = ReportFactory(project=project)
    campaigns.mute(actor=cast.secretary, project=project, reason="Chantier arrêté")
    campaigns.extend(actor=cast.secretary, report=report, due_on=date(2027, 1, 1), reason="Congés")
    told = " ".join(words(project, cast.secretary))
    assert "Chantier arrêté" in told
    assert "Congés" in told


def test_contributions_the_reader_may_not_see_are_left_out(cast, project):
    ContributionFactory(project=project, amount=123456)
    ProjectPartnerFactory(project=project, partner=cast.partner_b)
    assert not any("123" in text for text in words(project, cast.stranger))
    assert any("123" in text for text in words(project, cast.secretary))


def test_the_page_is_for_the_partners_of_the_project_and_the_secretariat(client, cast, project):
    address = reverse("projects:project_history", args=[project.slug])
    assert client.get(address).status_code == 302
    for person, status in ((cast.owner, 200), (cast.secretary, 200), (cast.stranger, 403)):
        client.force_login(person)
        assert client.get(address).status_code == status
    hidden = ProjectFactory(lead=cast.partner_a, proposed=True)
    assert client.get(reverse("projects:project_history", args=[hidden.slug])).status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_history_costs_the_same_for_1_and_for_30_milestones(
    cast, project, count, django_assert_num_queries
):
    MilestoneFactory.create_batch(count, project=project)
    reader = cast.secretary
    with django_assert_num_queries(9):
        history_of(project, reader)
