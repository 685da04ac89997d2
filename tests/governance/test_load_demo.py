"""The demonstration rows: a partnership in mid-cycle, clearly marked, in trial databases only."""

from datetime import date, timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.utils import timezone

from governance.loading.demo import NotATrial, load_demo
from governance.loading.demo.calendar import Calendar
from governance.models import Action, Committee, Decision, Mandate, Meeting, PaperRevision
from governance.typesetting.inspection import inspect_pdf
from partners.models import Partner, User
from projects.models import (
    FundingAgreement,
    ProgressReport,
    Project,
    ProjectSeries,
    ReportingPeriod,
)
from tests.loaded import kept_for_the_module

pytestmark = pytest.mark.django_db

ACCOUNTS = {
    "admin@smartport.example",
    "secretariat@smartport.example",
    "member@smartport.example",
    "manager@partner-a.example",
    "contributor@partner-a.example",
    "contributor@partner-b.example",
}


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    with kept_for_the_module(django_db_blocker):
        with django_db_blocker.unblock():
            assert load_demo()
        yield


def test_outside_a_trial_database_it_refuses_with_one_line(settings):
    settings.TRIAL = False
    with pytest.raises(CommandError) as refusal:
        call_command("load_demo", stdout=StringIO())
    assert "trial" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not Partner.objects.exists()
    with pytest.raises(NotATrial):
        load_demo()


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 31)])
def test_it_loads_on_the_first_and_on_the_last_day_of_a_quarter(today):
    assert load_demo(today=today)
    late = ProgressReport.objects.filter(submitted_at__date__gt=today)
    assert not late.exists()


def test_it_loads_once(demo):
    rows = ProgressReport.objects.count(), Meeting.objects.count(), User.objects.count()
    assert load_demo() is False
    assert rows == (
        ProgressReport.objects.count(),
        Meeting.objects.count(),
        User.objects.count(),
    )


def test_the_accounts_sign_in_and_no_other_person_does(demo, client):
    for email in ACCOUNTS:
        assert User.objects.get(email=email).check_password("smartport-demo")
    others = User.objects.exclude(email__in=ACCOUNTS)
    assert others and not any(person.has_usable_password() for person in others)
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == User.objects.count()


def test_every_invented_row_carries_its_mark(demo):
    for model in (Project, ProjectSeries, FundingAgreement, Meeting, Partner, Committee):
        unmarked = model.objects.exclude(code__startswith="DEMO-")
        assert not unmarked.filter(sources__isnull=True).exists(), model
    assert all(project.is_demo for project in Project.objects.filter(sources__isnull=True))


def test_the_real_committee_keeps_its_own_register(demo):
    real = Committee.objects.exclude(code__startswith="DEMO-").get()
    assert [decision.reference for decision in real.decisions.all()] == ["2017-001"]
    assert not Mandate.objects.filter(seat__committee=real).exists()


def test_the_portfolio_is_varied_and_its_health_comes_from_accepted_reports(demo):
    projects = Project.objects.filter(series__code="DEMO-S1")
    assert projects.count() == 8
    assert set(projects.values_list("status", flat=True)) == {
        "approved",
        "in_progress",
        "suspended",
        "completed",
    }
    assert set(projects.values_list("health", flat=True)) == {"sunny", "cloudy", "rainy", "stormy"}
    for project in projects:
        newest = project.reports.accepted().order_by("-period__ends_on").first()
        assert project.latest_report == newest
        assert project.health == newest.health
        assert project.reported_on == timezone.localdate(newest.reviewed_at)
    waiting = Project.objects.filter(series__code="DEMO-S2")
    assert set(waiting.values_list("status", flat=True)) == {"proposed"}
    assert waiting.count() == 3


def test_two_periods_are_accepted_and_one_is_due_in_the_coming_days(demo):
    newest, *accepted = ReportingPeriod.objects.order_by("-ends_on")
    assert len(accepted) == 2
    for period in accepted:
        assert set(period.reports.values_list("status", flat=True)) == {"accepted"}
        assert period.reports.count() == 8
    today = timezone.localdate()
    assert today < newest.due_on <= today + timedelta(days=14)
    states = set(newest.reports.values_list("status", flat=True))
    assert states == {"open", "draft", "submitted", "sent_back"}
    contributor = User.objects.get(email="contributor@partner-a.example")
    mine = Partner.objects.of(contributor)
    assert ProgressReport.objects.owed_by(mine).count() == 3


def test_partner_b_is_a_stranger_to_a_project_of_partner_a(demo):
    stranger = User.objects.get(email="contributor@partner-b.example")
    project = Project.objects.get(code="DEMO-01")
    assert not Project.objects.of(stranger).filter(pk=project.pk).exists()
    assert not ProgressReport.objects.visible_to(stranger).filter(project=project).exists()


def test_each_approval_rests_on_a_decision_of_that_day(demo):
    decisions = Decision.objects.filter(committee__code="DEMO-COPIL")
    for series in ProjectSeries.objects.filter(status="approved", code__startswith="DEMO-"):
        assert (
            decisions.get(series=series, effect="approve_series").decided_on == series.approved_on
        )
    for agreement in FundingAgreement.objects.filter(code__in=["DEMO-K1", "DEMO-K2"]):
        decision = decisions.get(agreement=agreement)
        assert decision.decided_on == agreement.approved_on
    for project in Project.objects.filter(code__in=["DEMO-07", "DEMO-08"]):
        assert decisions.get(project=project).decided_on == project.status_since


def test_decision_numbers_run_without_gaps_in_the_order_of_the_days(demo):
    for committee in Committee.objects.all():
        by_year: dict[int, list[int]] = {}
        for decision in committee.decisions.order_by("decided_on", "item__position"):
            by_year.setdefault(decision.year, []).append(decision.number)
        for numbers in by_year.values():
            assert numbers == list(range(1, len(numbers) + 1))


def test_an_agreement_of_four_parties_is_half_signed(demo):
    agreement = FundingAgreement.objects.get(status="signing")
    signatures = list(agreement.parties.values_list("signature", flat=True))
    assert sorted(signatures) == ["signed", "signed", "waiting", "waiting"]
    assert agreement.contributions.filter(instalments__isnull=False).exists()


def test_a_meeting_is_in_preparation_with_agenda_and_three_readable_annexes(demo):
    meeting = Meeting.objects.get(status="draft")
    assert meeting.starts_at > timezone.now()
    assert meeting.previous.minutes.status == "circulated"
    assert [item.kind for item in meeting.agenda.all()] == [
        "approve_minutes",
        "approve_series",
        "approve_agreement",
        "progress",
        "information",
    ]
    revisions = PaperRevision.objects.filter(uses__item__meeting=meeting)
    assert revisions.count() == 3
    for revision in revisions:
        with revision.file.open("rb") as file:
            found = inspect_pdf(file.read())
        assert found.is_usable and not found.findings
        assert (found.sha256, found.pages, found.size) == (
            revision.sha256,
            revision.pages,
            revision.size,
        )
        assert 2 <= revision.pages <= 6


def test_the_member_sits_on_the_demonstration_committee(demo):
    mandate = Mandate.objects.active().get(user__email="member@smartport.example")
    assert mandate.capacity == "titular"
    assert mandate.seat.committee.kind == "steering"


def test_actions_are_open_late_done_and_verified(demo):
    today = timezone.localdate()
    actions = Action.objects.filter(committee__code="DEMO-COPIL")
    assert set(actions.values_list("status", flat=True)) == {
        "open",
        "in_progress",
        "done",
        "verified",
    }
    assert actions.filter(status="in_progress", due_on__lt=today).exists()


def test_every_shown_text_is_there_in_both_languages(demo):
    for model in (Partner, ProjectSeries, Project, FundingAgreement, Meeting, Decision):
        names = {field.name for field in model._meta.get_fields()}
        for name in (n[:-3] for n in names if n.endswith("_fr")):
            one_sided = model.objects.filter(Q(**{f"{name}_fr": ""}) ^ Q(**{f"{name}_en": ""}))
            assert not one_sided.exists(), (model, name)


@pytest.mark.parametrize(
    "today", [date(2026, 1, 1), date(2026, 4, 1), date(2028, 2, 29), date(2026, 12, 31)]
)
def test_the_open_period_is_the_quarter_that_ended_last(today):
    calendar = Calendar(today)
    newest = calendar.quarter(0)
    assert newest.ends_on < today <= newest.ends_on + timedelta(days=92)
    assert calendar.quarter(1).ends_on + timedelta(days=1) == newest.starts_on
    assert calendar.day("t-3") == today - timedelta(days=3)
    assert calendar.day(-3) == newest.ends_on - timedelta(days=3)
