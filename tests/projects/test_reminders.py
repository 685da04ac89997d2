"""Who is reminded of reports, signatures, agreements and payments, on which day, and when it stops."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from partners.enums import MembershipRole, MessageState
from partners.models import Message, Preference
from partners.services.delivery import deliver
from partners.services.reminders import send_reminders
from projects.enums import InstalmentStatus
from projects.services import campaigns
from tests.factories.partners import MembershipFactory
from tests.factories.projects import (
    AgreementFactory,
    ContributionFactory,
    InstalmentFactory,
    PartyFactory,
    ProjectFactory,
    ReportFactory,
)
from tests.mail import smtp_server

pytestmark = pytest.mark.django_db
DUE = date(2026, 10, 21)
DAYS = (-15, -14, -13, -8, -7, -4, -3, -1, 0, 1, 3, 4, 10, 11, 14, 15, 16, 20, 21, 60)


def told(days: int, due_on: date = DUE) -> list[tuple[str, str]]:
    """(kind, first name) of what the scan of that day adds, `days` after the due date."""
    before = set(Message.objects.values_list("pk", flat=True))
    assert not send_reminders(day=due_on + timedelta(days=days)).failed
    added = Message.objects.exclude(pk__in=before).order_by("kind", "recipient__first_name")
    return list(added.values_list("kind", "recipient__first_name"))


@pytest.fixture
def report(cast):
    """Of partner A: Oriane writes, Manon manages, Solange is the secretariat."""
    cast.owner, cast.manager, cast.secretary  # noqa: B018
    return ReportFactory(project=ProjectFactory(lead=cast.partner_a))


def test_a_late_report_climbs_from_its_writers_to_the_managers_and_then_to_the_secretariat(report):
    climbed = {days: told(days) for days in DAYS}
    both = ["Manon", "Oriane"]
    assert {days: found for days, found in climbed.items() if found} == {
        **{days: [("report_due", name) for name in both] for days in (-14, -7, -3, 0)},
        **{days: [("report_late", name) for name in both] for days in (3, 10)},
        15: [("report_late_manager", "Manon")],
        20: [("report_late_secretariat", "Solange")],
    }


def test_after_a_long_outage_each_person_gets_one_message_the_latest_meant_for_them(report):
    told(-7)
    assert told(16) == [("report_late", "Oriane"), ("report_late_manager", "Manon")]
    assert told(17) == []


def test_a_late_message_says_late_and_not_due(report):
    told(3)
    late = Message.objects.filter(kind="report_late")[0]
    assert "En retard" in late.subject or "en retard" in late.subject
    assert "était attendue le 21\xa0octobre 2026" in late.text


def test_what_is_told_after_the_due_date_says_that_it_was_due(report, cast):
    told(-3)
    told(2)
    before, after = Message.objects.filter(kind="report_due", recipient=cast.owner).order_by("pk")
    assert "Échéance\xa0: le 21\xa0octobre 2026" in before.text
    assert "Échéance dépassée\xa0: le 21\xa0octobre 2026" in after.text
    report.due_on = timezone.localdate() - timedelta(days=1)
    report.save()
    campaigns.chase(actor=cast.secretary, reports=[report])
    assert "Échéance dépassée" in Message.objects.filter(kind="report_chased")[0].text


def test_the_secretariat_reads_who_was_reminded_or_that_nobody_could_be(cast):
    cast.secretary  # noqa: B018
    ReportFactory(project=ProjectFactory(lead=cast.partner_b))
    told(20)
    assert "n’a pu être relancé" in Message.objects.get(kind="report_late_secretariat").text
    cast.owner  # noqa: B018
    ReportFactory(project=ProjectFactory(lead=cast.partner_a))
    told(21)
    assert "Oriane" in Message.objects.filter(kind="report_late_secretariat").latest("pk").text


def test_nothing_more_is_told_once_the_report_is_in_or_no_longer_asked_for(report, cast):
    told(3)
    report.project.reporting_muted_reason = "En travaux"
    report.project.save()
    assert told(10) == told(15) == told(20) == []


def test_more_time_stops_the_ladder_until_the_new_day(report, cast):
    told(10)
    later = timezone.localdate() + timedelta(days=60)
    campaigns.extend(actor=cast.secretary, report=report, due_on=later, reason="Congés")
    assert told(15) == told(20) == []
    assert told(0, later) == [("report_due", "Manon"), ("report_due", "Oriane")]


def test_a_report_sent_back_late_has_a_week_before_it_is_called_late(cast):
    cast.owner  # noqa: B018
    at = timezone.make_aware(datetime(2026, 11, 2, 10))
    ReportFactory(project=ProjectFactory(lead=cast.partner_a), sent_back=True, reviewed_at=at)
    assert told(12) == [("report_due", "Oriane")]  # the week began
    assert told(15) == []
    assert told(16) == [("report_due", "Oriane")]
    assert told(22) == [("report_late", "Oriane")]  # 12 November, three days after the 9th


def test_a_reader_who_left_their_organisation_before_the_sending_is_not_written_to(
    report, cast, settings
):
    told(3)
    yesterday = timezone.localdate() - timedelta(days=1)
    cast.owner.memberships.update(start=yesterday, end=yesterday)
    with smtp_server(settings) as post:
        done = deliver()
    assert (done.sent, done.cancelled) == (1, 1)
    assert post.addresses == [cast.manager.email]


def test_what_a_stand_in_receives_is_still_due_for_the_one_who_is_away(report, cast, settings):
    """A contributor who stands in for the manager is told what the manager would be, each rung once."""
    Preference.objects.create(
        user=cast.manager, paused_from=date(2020, 1, 1), stand_in=cast.colleague
    )
    report.due_on = timezone.localdate()
    report.save()
    assert ("report_late_manager", "Colin") in told(15, report.due_on)
    assert told(16, report.due_on) == []
    assert Message.objects.get(kind="report_late_manager").instead_of == cast.manager
    with smtp_server(settings) as post:
        deliver()
    assert cast.colleague.email in post.addresses


def test_reports_that_wait_for_review_are_told_together_to_the_secretariat(cast):
    cast.secretary  # noqa: B018
    since = timezone.localdate()
    first, _second = ReportFactory.create_batch(2, submitted=True)
    assert told(4, since) == []
    assert told(5, since) == [("reviews_waiting", "Solange")]
    row = Message.objects.get()
    assert "2 fiches" in row.subject
    assert first.project.title in row.text
    assert told(6, since) == []


@pytest.fixture
def parties(cast):
    cast.owner, cast.manager, cast.secretary  # noqa: B018
    MembershipFactory(
        user=cast.stranger, partner=cast.partner_b, start=date(2020, 1, 1), end=date(2020, 2, 1)
    )
    cast.stranger.memberships.filter(end=None).update(role=MembershipRole.MANAGER)
    return cast


def test_a_signature_is_asked_for_again_of_the_partys_managers_while_it_waits(parties):
    party = PartyFactory(partner=parties.partner_a)
    assert told(6, party.waiting_since) == []
    assert told(7, party.waiting_since) == [("signature_due", "Manon")]
    party.signature = "declined"
    party.save()
    assert told(21, party.waiting_since) == []


def test_an_agreement_that_ends_is_told_90_and_30_days_before(parties, settings):
    ends_on = timezone.localdate() + timedelta(days=400)
    agreement = AgreementFactory(in_force=True, ends_on=ends_on)
    for partner in (parties.partner_a, parties.partner_b):
        PartyFactory(agreement=agreement, partner=partner, signed=True)
    everyone = [("agreement_ending", name) for name in ("Manon", "Silvia", "Solange")]
    found = {days: told(days, ends_on) for days in (-91, -90, -89, -31, -30, -1, 0, 1)}
    assert {days for days, added in found.items() if added} == {-90, -30}
    assert found[-90] == found[-30] == everyone
    agreement.status, agreement.ended_on = "ended", timezone.localdate()
    agreement.save()
    with smtp_server(settings) as post:
        assert deliver().sent == 0
    assert not post.letters


def test_a_call_for_funds_is_asked_of_the_recipient_and_its_payment_of_the_funder(parties):
    contribution = ContributionFactory(funder=parties.partner_a, recipient=parties.partner_b)
    due = InstalmentFactory(
        contribution=contribution, status=InstalmentStatus.COMMITTED, committed_on=date(2026, 1, 5)
    )
    assert [told(days, due.due_on) for days in (-15, -14, 0)] == [
        [],
        [("call_due", "Silvia")],
        [("call_due", "Silvia")],
    ]
    due.status, due.called_on = InstalmentStatus.CALLED, due.due_on
    due.save()
    assert told(1, due.due_on) == [("payment_due", "Manon")]
    assert [told(days, due.due_on) for days in (9, 10, 30)] == [
        [],
        [("payment_late", "Manon")],
        [("payment_late", "Manon")],
    ]
    due.status, due.received_on = InstalmentStatus.RECEIVED, due.due_on
    due.save()
    assert told(60, due.due_on) == []


def test_a_payment_due_on_a_condition_counts_from_its_call_and_names_that_day(parties):
    contribution = ContributionFactory(funder=parties.partner_a, recipient=parties.partner_b)
    InstalmentFactory(
        contribution=contribution,
        status=InstalmentStatus.CALLED,
        due_on=None,
        condition="Livraison",
        called_on=date(2026, 3, 2),
    )
    assert told(10, date(2026, 3, 2)) == [("payment_late", "Manon")]
    assert "2\xa0mars 2026" in Message.objects.get().text


def test_twenty_ninth_of_february_is_a_due_date_like_another(report):
    leap = date(2028, 2, 29)
    report.due_on = leap
    report.save()
    assert [days for days in DAYS if days < 15 and told(days, leap)] == [-14, -7, -3, 0, 3, 10]
    row = Message.objects.filter(kind="report_due").latest("pk")
    assert "29\xa0février 2028" in row.subject
    assert row.state == MessageState.CANCELLED  # the later rung replaced it, unsent
