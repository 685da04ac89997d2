from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partners.models import User
from projects.enums import ProjectStatus
from projects.models import ProgressReport
from smartport.obligations import standing
from tests.api import call
from tests.factories.projects import (
    APPROVAL,
    AgreementFactory,
    ContributionFactory,
    InstalmentFactory,
    PartyFactory,
    PeriodFactory,
    ProjectFactory,
    ReportFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def matters(cast):
    """Five things that partner A owes, and two that it waits for."""
    lead = cast.partner_a

    def project():
        return ProjectFactory(lead=lead)

    agreement = AgreementFactory()
    PartyFactory(agreement=agreement, partner=lead)
    contribution = ContributionFactory(agreement=agreement, funder=lead)
    InstalmentFactory(contribution=contribution, status="called", called_on=APPROVAL)
    for state in ({}, {"draft": True}, {"sent_back": True}, {"submitted": True}):
        ReportFactory(project=project(), **state)
    return lead


def keys(user: User) -> list[str]:
    return [one.kind for one in standing(user, timezone.localdate()).owed]


def test_a_partner_with_five_obligations_sees_exactly_five(cast, matters):
    assert sorted(keys(cast.manager)) == ["payment", "report", "report", "report", "signature"]


def test_a_stranger_and_a_supporting_partner_owe_nothing(cast, matters):
    assert keys(cast.stranger) == []


def test_a_contributor_owes_the_reports_alone(cast, matters):
    assert keys(cast.owner) == ["report", "report", "report"]


def test_a_submitted_report_is_awaited_from_the_secretariat(cast, matters):
    (awaited,) = standing(cast.owner, timezone.localdate()).awaited
    assert awaited.waits_for
    assert awaited.since == timezone.localdate()


def test_the_secretariat_owes_the_review(cast, matters):
    assert keys(cast.secretary) == ["review"]


def test_muted_suspended_and_closed_reports_are_not_owed(cast):
    lead = cast.partner_a
    ReportFactory(project=ProjectFactory(lead=lead, reporting_muted_reason="En travaux"))
    ReportFactory(project=ProjectFactory(lead=lead, status=ProjectStatus.SUSPENDED))
    yesterday = timezone.localdate() - timedelta(days=1)
    ReportFactory(project=ProjectFactory(lead=lead), due_on=yesterday, period__closed_on=yesterday)
    assert keys(cast.owner) == []


def test_a_report_handed_to_the_manager_waits_for_them(cast):
    ReportFactory(
        project=ProjectFactory(lead=cast.partner_a),
        draft=True,
        confirmation_asked_by=cast.owner,
        confirmation_asked_at=timezone.now(),
    )
    assert keys(cast.owner) == []
    assert keys(cast.manager) == ["report"]


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_for_one_report_and_for_twelve(
    cast, count, django_assert_num_queries
):
    for _number in range(count):
        ReportFactory(project=ProjectFactory(lead=cast.partner_a))
    manager = cast.manager
    from projects import obligations

    with django_assert_num_queries(2):
        list(obligations.reports_of(manager, timezone.localdate()))


def in_page_and_api(person, as_user) -> tuple[list[str], list[str]]:
    """What the workspace shows as owed, row by row, and what the API gives."""
    page = as_user(person).get(reverse("partners:workspace"))
    html = page.content.decode()
    shown = [one.key for one in page.context["standing"].owed]
    assert html.split('id="awaited"')[0].count('class="obligation"') == len(shown)
    told = call("me/obligations", user=person).json()
    assert [one["key"] for one in told["awaited"]] == [
        one.key for one in page.context["standing"].awaited
    ]
    return shown, [one["key"] for one in told["owed"]]


def test_the_page_and_the_api_say_the_same_five_things_and_nothing_to_a_stranger(
    cast, as_user, matters
):
    shown, told = in_page_and_api(cast.manager, as_user)
    assert len(shown) == 5
    assert shown == told
    assert in_page_and_api(cast.stranger, as_user) == ([], [])


def test_each_thing_is_one_click_from_where_it_is_done(cast, as_user, matters):
    manager = as_user(cast.manager)
    for one in standing(cast.manager, timezone.localdate()).owed:
        page = manager.get(one.url)
        assert page.status_code == 200, one.url
        if one.kind != "payment":
            assert "<form" in page.content.decode().split("<main")[1], one.url


def test_the_workspace_asks_the_same_queries_for_one_thing_and_for_two_hundred(cast, as_user):
    period, asked = PeriodFactory(), []
    client = as_user(cast.manager)
    for more in (1, 199):
        ProgressReport.objects.bulk_create(
            ProgressReport(project=project, period=period, due_on=period.due_on)
            for project in ProjectFactory.create_batch(
                more, lead=cast.partner_a, series=period.series
            )
        )
        client.get(reverse("partners:workspace"))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("partners:workspace"))
        asked.append((page.content.decode().count('class="obligation"'), len(queries)))
    assert [shown for shown, _count in asked] == [1, 200]
    assert asked[0][1] == asked[1][1]
