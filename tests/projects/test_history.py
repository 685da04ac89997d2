from datetime import date

import pghistory
import pytest
from django.db import connection
from django.urls import reverse

from projects import past
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
        for entry in history_of(project, reader).entries
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
        one for one in history_of(project, cast.owner).entries if "Pilot" in one.text and one.reason
    )
    assert "28" in entry.text
    assert "15" in entry.text
    assert (entry.who, entry.reason) == (str(cast.owner), "retard du fournisseur")


def test_a_suspension_reads_with_its_reason(cast, project):
    with pghistory.context(user=cast.secretary.pk):
        effects.suspend(
            actor=cast.secretary, project=project, on=date(2026, 5, 4), reason="recours en cours"
        )
    entry = next(one for one in history_of(project, cast.secretary).entries if one.reason)
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
    with django_assert_num_queries(7):
        history_of(project, reader)


def test_a_long_history_is_told_page_by_page_and_nothing_twice(cast, project):
    milestones = MilestoneFactory.create_batch(70, project=project)
    for step in range(5):
        for milestone in milestones[:40]:
            milestone.forecast_on = date(2027, 1, 1 + step)
            milestone.save()
    spread_over_time(project)
    pages, until = [], None
    while not pages or until:
        page = history_of(project, cast.secretary, until)
        pages.append(page.entries)
        until = page.earlier
    told = [(entry.at, entry.text) for entries in pages for entry in entries]
    assert len(pages) > 4
    assert all(len(entries) <= 2 * past.LEAST for entries in pages)
    assert told == sorted(told, key=lambda one: one[0], reverse=True)
    assert len(told) == len(set(told)) == 1 + 70 + 5 * 40
    assert sum("ajouté" in text for _at, text in told) == 70


def test_thousands_of_rows_written_at_one_moment_stand_on_one_page(cast, project):
    MilestoneFactory.create_batch(3 * past.LEAST, project=project)
    page = history_of(project, cast.secretary)
    assert len(page.entries) == 1 + 3 * past.LEAST
    assert page.earlier is None


def test_changes_that_say_nothing_do_not_hide_those_that_do(cast, project):
    for step in range(3 * past.LEAST):
        project.completion_percent = step % 100
        project.save()
    spread_over_time(project)
    assert words(project, cast.secretary) == ["Projet créé"]


def spread_over_time(project) -> None:
    """Each row of the history a minute after the one before: a test writes them all at one moment."""
    with connection.cursor() as cursor:
        for table, mine in (
            ("projects_milestoneevent", "project_id"),
            ("projects_projectevent", "pgh_obj_id"),
        ):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                f"UPDATE {table} SET pgh_created_at = pgh_created_at + pgh_id * interval '1 minute'"
                f" WHERE {mine} = %s",
                [project.pk],
            )
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize("until", ["x", "2026-13-01", "2026-01-01T00:00:00", "\x00", "9" * 500])
def test_an_address_made_by_hand_breaks_nothing(client, cast, project, until):
    client.force_login(cast.secretary)
    address = reverse("projects:project_history", args=[project.slug])
    assert client.get(address, {"until": until}).status_code == 200
