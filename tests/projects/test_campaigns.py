from datetime import date, timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from partners.models import Message
from partners.services.reminders import send_reminders
from projects.enums import Cadence, ProjectStatus
from projects.models import ProgressReport, ReportingPeriod
from projects.services import campaigns
from smartport.errors import NotAllowed, Refusal
from tests.factories.partners import MembershipFactory
from tests.factories.projects import PeriodFactory, ProjectFactory, ReportFactory, SeriesFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 5)


@pytest.fixture
def series():
    series = SeriesFactory()
    ProjectFactory.create_batch(3, series=series)
    return series


def test_opening_creates_the_period_that_ended_last_with_one_report_by_project(series):
    assert campaigns.open_reports(on=DAY) == 3
    period = ReportingPeriod.objects.get()
    assert (period.starts_on, period.ends_on) == (date(2026, 7, 1), date(2026, 9, 30))
    assert (period.opens_on, period.due_on) == (date(2026, 10, 1), date(2026, 10, 21))
    assert set(ProgressReport.objects.values_list("status", "due_on")) == {
        ("open", date(2026, 10, 21))
    }


def test_opening_twice_adds_nothing_and_tells_nobody_again(series, cast):
    MembershipFactory(partner=series.projects.first().lead)
    campaigns.open_reports(on=DAY)
    told = Message.objects.filter(kind="report_opened").count()
    assert campaigns.open_reports(on=DAY) == 0
    assert campaigns.open_reports(on=DAY + timedelta(days=3)) == 0
    assert Message.objects.filter(kind="report_opened").count() == told == 1


def test_after_an_outage_of_a_year_only_the_last_period_opens(series):
    campaigns.open_reports(on=date(2027, 10, 5))
    assert ReportingPeriod.objects.get().starts_on == date(2027, 7, 1)


@pytest.mark.parametrize(
    ("cadence", "starts_on"),
    [
        (Cadence.MONTHLY, date(2026, 9, 1)),
        (Cadence.QUARTERLY, date(2026, 7, 1)),
        (Cadence.HALF_YEARLY, date(2026, 1, 1)),
    ],
)
def test_each_cadence_has_its_periods(cadence, starts_on):
    ProjectFactory(series=SeriesFactory(cadence=cadence))
    campaigns.open_reports(on=DAY)
    assert ReportingPeriod.objects.get().starts_on == starts_on


@pytest.mark.parametrize(
    "changes",
    [
        {"status": ProjectStatus.SUSPENDED},
        {"status": ProjectStatus.COMPLETED},
        {"reporting_muted_reason": "En travaux"},
        {"approved_on": date(2026, 10, 2)},
    ],
)
def test_projects_that_do_not_report_are_not_asked(changes):
    ProjectFactory(**changes)
    assert campaigns.open_reports(on=DAY) == 0


def test_a_campaign_prepared_by_hand_is_not_doubled(series):
    PeriodFactory(
        series=series, starts_on=date(2026, 6, 15), ends_on=date(2026, 9, 15), opened_at=None
    )
    assert campaigns.open_reports(on=DAY) == 3
    assert ReportingPeriod.objects.count() == 1


def test_the_command_says_how_many_it_opened(series, capsys):
    call_command("open_reports", on=DAY)
    assert "3 reports opened" in capsys.readouterr().out


def test_more_time_needs_a_later_day_and_a_reason(cast):
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a))
    writer, later = cast.owner, report.due_on + timedelta(days=10)
    with pytest.raises(Refusal):
        campaigns.extend(actor=cast.secretary, report=report, due_on=report.due_on, reason="Congés")
    with pytest.raises(Refusal):
        campaigns.extend(actor=cast.secretary, report=report, due_on=later, reason=" ")
    with pytest.raises(NotAllowed):
        campaigns.extend(actor=writer, report=report, due_on=later, reason="Congés")
    campaigns.extend(actor=cast.secretary, report=report, due_on=later, reason="Congés")
    report.refresh_from_db()
    assert report.due_on == later
    assert Message.objects.get(kind="report_extended").recipient == writer


def test_a_muted_project_is_neither_asked_nor_reminded_until_it_is_asked_again(cast):
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a), due_on=timezone.localdate())
    _ = cast.owner
    campaigns.mute(actor=cast.secretary, project=report.project, reason="Chantier arrêté")
    assert send_reminders(day=timezone.localdate()).queued == 0
    campaigns.unmute(actor=cast.secretary, project=report.project)
    assert send_reminders(day=timezone.localdate()).queued == 1


def test_asking_again_opens_the_running_campaign():
    project = ProjectFactory(reporting_muted_reason="En travaux")
    PeriodFactory(series=project.series)
    from tests.factories.partners import SecretaryFactory

    campaigns.unmute(actor=SecretaryFactory(), project=project)
    assert project.reports.count() == 1


def test_reminders_follow_the_ladder_and_stop_once_it_is_sent(cast):
    today = timezone.localdate()
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a), due_on=today)
    _ = cast.owner
    told = [
        send_reminders(day=today + timedelta(days=days)).queued
        for days in (-15, -14, -13, -7, -3, 0, 1, 3, 10, 11)
    ]
    assert told == [0, 1, 0, 1, 1, 1, 0, 1, 1, 0]
    ProgressReport.objects.filter(pk=report.pk).delete()


def test_the_secretariat_reminds_each_person_once_a_day(cast):
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a))
    submitted = ReportFactory(project=ProjectFactory(lead=cast.partner_a), submitted=True)
    _ = cast.owner, cast.colleague
    chosen = [report, submitted]
    assert campaigns.chase(actor=cast.secretary, reports=chosen) == 2
    assert campaigns.chase(actor=cast.secretary, reports=chosen) == 0


def test_a_campaign_closes_after_its_due_day_only(cast):
    period = PeriodFactory(due_on=timezone.localdate() + timedelta(days=3))
    with pytest.raises(Refusal):
        campaigns.close(actor=cast.secretary, period=period, on=timezone.localdate())
    period.due_on = timezone.localdate()
    period.save()
    assert campaigns.close(actor=cast.secretary, period=period, on=timezone.localdate()).closed_on


def test_moving_a_campaign_leaves_extensions_alone(cast, series):
    period = PeriodFactory(series=series)
    plain, extended = (
        ReportFactory(project=project, period=period) for project in series.projects.all()[:2]
    )
    own = period.due_on + timedelta(days=20)
    campaigns.extend(actor=cast.secretary, report=extended, due_on=own, reason="Congés")
    moved = period.due_on + timedelta(days=5)
    campaigns.change_dates(
        actor=cast.secretary, period=period, opens_on=period.opens_on, due_on=moved
    )
    plain.refresh_from_db()
    extended.refresh_from_db()
    assert (plain.due_on, extended.due_on) == (moved, own)


@pytest.fixture
def office(client, cast):
    client.force_login(cast.secretary)
    return client


def test_the_matrix_says_for_each_partner_how_its_reports_stand(office, cast):
    series = SeriesFactory()
    period = PeriodFactory(series=series, due_on=timezone.localdate() + timedelta(days=2))
    for state in ({}, {"draft": True}, {"submitted": True}, {"accepted": True}):
        ReportFactory(project=ProjectFactory(series=series), period=period, **state)
    ReportFactory(
        project=ProjectFactory(series=series),
        period=period,
        due_on=timezone.localdate() - timedelta(days=1),
    )
    text = office.get(reverse("projects:campaigns")).content.decode()
    for word in ("À rédiger", "Brouillon", "Envoyée", "Acceptée", "En retard"):
        assert word in text
    assert "2 fiches" in text or "2 sur 5" in text


def test_what_nobody_wrote_reads_not_reported_once_the_campaign_is_closed(office):
    yesterday = timezone.localdate() - timedelta(days=1)
    ReportFactory(due_on=yesterday, period__closed_on=timezone.localdate())
    assert "Non rendue" in office.get(reverse("projects:campaigns")).content.decode()


def test_the_pages_of_a_campaign_do_what_they_say(office, cast):
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a))
    _ = cast.owner
    matrix = reverse("projects:campaigns")
    answer = office.post(
        reverse("projects:campaign_remind"),
        {"report": [report.pk], "series": report.project.series.slug},
    )
    assert answer.url.startswith(matrix)
    assert Message.objects.filter(kind="report_chased").count() == 1
    extend = reverse("projects:report_extend", args=[report.pk])
    assert office.get(extend).status_code == 200
    assert office.post(extend, {"due_on": "2020-01-01", "reason": "x"}).status_code == 422
    later = timezone.localdate() + timedelta(days=40)
    assert office.post(extend, {"due_on": later.isoformat(), "reason": "Congés"}).status_code == 302
    mute = reverse("projects:project_mute", args=[report.project.slug])
    assert office.get(mute).status_code == 200
    office.post(mute, {"reason": "Chantier arrêté"})
    assert "Chantier arrêté" in office.get(matrix).content.decode()
    assert "Chantier arrêté" in office.get(mute).content.decode()
    office.post(mute)
    report.project.refresh_from_db()
    assert report.project.reporting_muted_reason == ""


def test_the_page_of_one_campaign_changes_closes_and_asks_one_more(office):
    period = PeriodFactory(due_on=timezone.localdate(), opens_on=date(2026, 10, 1))
    late_comer = ProjectFactory(series=period.series, approved_on=timezone.localdate())
    page = reverse("projects:period_edit", args=[period.pk])
    assert late_comer.title in office.get(page).content.decode()
    later = (timezone.localdate() + timedelta(days=9)).isoformat()
    office.post(page, {"action": "one", "one-project": late_comer.pk, "one-due_on": later})
    assert late_comer.reports.get().due_on.isoformat() == later
    wrong = office.post(
        page, {"action": "dates", "dates-opens_on": later, "dates-due_on": "2026-10-02"}
    )
    assert wrong.status_code == 422
    office.post(page, {"action": "close"})
    period.refresh_from_db()
    assert period.closed_on == timezone.localdate()
    office.post(page, {"action": "reopen"})
    period.refresh_from_db()
    assert period.closed_on is None


def test_only_the_secretariat_steers(client, cast):
    client.force_login(cast.manager)
    assert client.get(reverse("projects:campaigns")).status_code == 403
    assert client.post(reverse("projects:campaign_remind")).status_code == 403


@pytest.mark.parametrize("count", [2, 20])
def test_the_matrix_costs_the_same_for_2_and_for_20_partners(
    office, count, django_assert_max_num_queries
):
    period = PeriodFactory()
    for _number in range(count):
        ReportFactory(project=ProjectFactory(series=period.series), period=period)
    with django_assert_max_num_queries(16):
        office.get(reverse("projects:campaigns"))


class TestCadence:
    def test_the_secretariat_changes_the_cadence_for_the_campaigns_to_come(
        self, client, cast, series
    ):
        client.force_login(cast.secretary)
        address = reverse("projects:campaign_series", args=[series.slug])
        assert reverse("projects:campaigns") in client.get(address).content.decode()
        client.post(address, {"action": "rhythm", "cadence": "monthly", "report_days": 10})
        campaigns.open_reports(on=DAY)
        period = ReportingPeriod.objects.get()
        assert (period.starts_on, period.due_on) == (date(2026, 9, 1), date(2026, 10, 10))

    def test_a_campaign_by_hand_opens_at_once_when_its_day_has_come(self, client, cast, series):
        client.force_login(cast.secretary)
        today = timezone.localdate()
        answer = client.post(
            reverse("projects:campaign_series", args=[series.slug]), plan_of(today)
        )
        assert answer.status_code == 302
        assert ReportingPeriod.objects.get().opened_at
        assert set(ProgressReport.objects.values_list("due_on", flat=True)) == {
            today + timedelta(days=9)
        }

    def test_one_for_later_waits_for_its_day(self, cast, series):
        today = timezone.localdate()
        period = campaigns.plan(
            actor=cast.secretary,
            series=series,
            starts_on=today,
            ends_on=today + timedelta(days=60),
            opens_on=today + timedelta(days=61),
            due_on=today + timedelta(days=80),
        )
        assert not period.opened_at
        campaigns.open_reports(on=today + timedelta(days=61))
        assert ProgressReport.objects.filter(period=period).count() == 3

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"plan-ends_on": "2020-01-01"}, "Le dernier jour vient après le premier."),
            ({"plan-due_on": "2020-01-01"}, "Une campagne s’ouvre avant son échéance."),
            ({"plan-opens_on": "2019-01-01", "plan-due_on": "2020-01-01"}, "Cette date est passée"),
            ({"plan-due_on": "30/02/2026"}, "date"),
        ],
    )
    def test_dates_that_cannot_be_are_said_beside_their_field(
        self, client, cast, series, changes, said
    ):
        client.force_login(cast.secretary)
        answer = client.post(
            reverse("projects:campaign_series", args=[series.slug]),
            plan_of(timezone.localdate()) | changes,
        )
        assert answer.status_code == 422
        assert said in unescape(answer.content.decode())
        assert not ReportingPeriod.objects.exists()

    def test_days_already_covered_are_refused(self, cast, series):
        period = PeriodFactory(series=series)
        with pytest.raises(Refusal, match=r"couvre|covers"):
            campaigns.plan(
                actor=cast.secretary,
                series=series,
                starts_on=period.ends_on,
                ends_on=period.ends_on + timedelta(days=30),
                opens_on=timezone.localdate(),
                due_on=timezone.localdate(),
            )

    def test_a_project_may_have_days_of_its_own(self, client, cast, series):
        client.force_login(cast.secretary)
        slow = series.projects.order_by("code").first()
        client.post(reverse("projects:project_days", args=[slow.slug]), {"report_days": 45})
        campaigns.open_reports(on=DAY)
        due = dict(ProgressReport.objects.values_list("project", "due_on"))
        assert due.pop(slow.pk) == date(2026, 11, 14)
        assert set(due.values()) == {date(2026, 10, 21)}
        campaigns.change_dates(
            actor=cast.secretary,
            period=ReportingPeriod.objects.get(),
            opens_on=date(2026, 10, 1),
            due_on=date(2026, 10, 28),
        )
        assert slow.reports.get().due_on == date(2026, 11, 14)

    def test_others_steer_nothing(self, cast, series):
        for verb, asked in (
            (campaigns.set_rhythm, {"series": series, "cadence": "monthly", "report_days": 3}),
            (campaigns.set_report_days, {"project": series.projects.first(), "report_days": 3}),
        ):
            with pytest.raises(NotAllowed):
                verb(actor=cast.manager, **asked)


def plan_of(today: date) -> dict[str, object]:
    return {
        "action": "plan",
        "plan-starts_on": today - timedelta(days=40),
        "plan-ends_on": today - timedelta(days=1),
        "plan-opens_on": today,
        "plan-due_on": today + timedelta(days=9),
    }


def test_what_nobody_wrote_reads_not_reported_to_its_partner(client, cast):
    past = timezone.localdate() - timedelta(days=3)
    report = ReportFactory(project=ProjectFactory(lead=cast.partner_a), due_on=past)
    ReportingPeriod.objects.filter(pk=report.period_id).update(closed_on=past)
    client.force_login(cast.owner)
    for address in (report.get_absolute_url(), report.project.get_absolute_url()):
        assert "Non rendue" in client.get(address).content.decode()
