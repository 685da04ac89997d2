"""The life of a report through the services: what each verb changes, and what it refuses."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from partners.enums import MembershipRole
from partners.models import Message
from projects.enums import ReportStatus
from projects.models import MilestoneSlip, ProgressReport, UnmergedDraft
from projects.services import drafts, reports, reviews
from projects.services.checks import Incomplete
from smartport.errors import NotAllowed, Refusal, Stale, TransitionRefused
from tests.factories.partners import MembershipFactory, SecretaryFactory, UserFactory
from tests.factories.projects import (
    ContributionFactory,
    EvidenceFactory,
    MilestoneFactory,
    ProjectFactory,
    ProjectIndicatorFactory,
    ReportFactory,
    RiskFactory,
)

pytestmark = pytest.mark.django_db

COMPLETE = {
    "health": "cloudy",
    "completion_percent": 45,
    "achievements": "Le quai 12 est équipé.",
    "public_summary_fr": "Le quai 12 est équipé.",
}


@pytest.fixture
def report():
    return ReportFactory(project=ProjectFactory(approved=True))


@pytest.fixture
def writer(report):
    return MembershipFactory(partner=report.project.lead).user


@pytest.fixture
def secretary():
    return SecretaryFactory()


def save(report, actor, **data):
    report.refresh_from_db()
    return reports.save_draft(actor=actor, report=report, data=data, revision=report.revision)


def submitted(report, writer, **data):
    save(report, writer, **COMPLETE | data)
    return reports.submit(actor=writer, report=report)


def test_a_first_save_makes_a_draft_with_its_author(report, writer):
    saved = save(report, writer, achievements="Premiers essais.")
    assert (saved.status, saved.revision, saved.edited_by) == (ReportStatus.DRAFT, 1, writer)
    assert ProgressReport.objects.get(pk=report.pk).achievements == "Premiers essais."


def test_saving_the_same_text_again_changes_nothing(report, writer):
    save(report, writer, achievements="Premiers essais.")
    assert save(report, writer, achievements="Premiers essais.").revision == 1


def test_saving_over_a_newer_version_is_refused_with_that_version(report, writer):
    save(report, writer, achievements="Le premier texte.")
    with pytest.raises(Stale) as refusal:
        reports.save_draft(
            actor=writer, report=report, data={"achievements": "Le second."}, revision=0
        )
    assert refusal.value.context["current"].achievements == "Le premier texte."
    assert ProgressReport.objects.get(pk=report.pk).achievements == "Le premier texte."


def test_two_people_in_different_fields_keep_both_texts(report, writer):
    base = drafts.digests(drafts.shown(reports.loaded(report)))
    colleague = MembershipFactory(partner=report.project.lead).user
    save(report, colleague, achievements="Écrit par la collègue.")
    saved = reports.save_draft(
        actor=writer,
        report=report,
        data={"achievements": "", "next_steps": "Écrit par moi."},
        revision=0,
        base=base,
    )
    assert (saved.achievements, saved.next_steps) == ("Écrit par la collègue.", "Écrit par moi.")


def test_two_people_in_the_same_field_lose_nothing(report, writer):
    base = drafts.digests(drafts.shown(reports.loaded(report)))
    colleague = MembershipFactory(partner=report.project.lead).user
    save(report, colleague, achievements="Écrit par la collègue.")
    with pytest.raises(Stale) as refusal:
        reports.save_draft(
            actor=writer,
            report=report,
            data={"achievements": "Écrit par moi.", "next_steps": "À garder."},
            revision=0,
            base=base,
        )
    assert refusal.value.context["conflicts"] == {"achievements"}
    kept = UnmergedDraft.objects.get(report=report, person=writer)
    assert kept.mine == {"achievements": "Écrit par moi.", "next_steps": "À garder."}


def test_rows_are_saved_with_the_text(report, writer):
    milestone = MilestoneFactory(project=report.project)
    followed = ProjectIndicatorFactory(project=report.project)
    contribution = ContributionFactory(project=report.project, recipient=report.project.lead)
    save(
        report,
        writer,
        **{
            f"milestone-{milestone.pk}": {
                "forecast_on": date(2026, 11, 15),
                "actual_on": None,
                "reason": "Retard du fournisseur",
            },
            f"indicator-{followed.pk}": "12.5",
            f"expenditure-{contribution.pk}": "30000.00",
            "risk-0": {
                "title": "Grève",
                "likelihood": 2,
                "impact": 3,
                "response": "",
                "closed": False,
            },
        },
    )
    content = drafts.read(reports.loaded(report))
    assert content[f"milestone-{milestone.pk}"]["forecast_on"] == "2026-11-15"
    assert content[f"indicator-{followed.pk}"] == "12.5"
    assert content[f"expenditure-{contribution.pk}"] == "30000"
    assert content["risk-0"]["title"] == "Grève"
    milestone.refresh_from_db()
    assert milestone.forecast_on == date(2026, 9, 28), "the milestone waits for the acceptance"


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"health": ""}, "health"),
        ({"health": "rainy", "ask": "Un arbitrage."}, "cause"),
        ({"health": "stormy", "cause": "Le permis est refusé."}, "ask"),
        ({"completion_percent": None}, "completion_percent"),
        ({"achievements": "  "}, "achievements"),
        ({"public_summary_fr": ""}, "public_summary_fr"),
    ],
)
def test_an_incomplete_report_is_not_sent_and_says_what_is_missing(report, writer, change, missing):
    save(report, writer, **COMPLETE | change)
    with pytest.raises(Incomplete) as refusal:
        reports.submit(actor=writer, report=report)
    assert list(refusal.value.context["problems"]) == [missing]


def test_a_slip_needs_its_reason(report, writer):
    milestone = MilestoneFactory(project=report.project)
    late = {"forecast_on": date(2026, 11, 15), "actual_on": None, "reason": ""}
    save(report, writer, **COMPLETE, **{f"milestone-{milestone.pk}": late})
    with pytest.raises(Incomplete) as refusal:
        reports.submit(actor=writer, report=report)
    assert list(refusal.value.context["problems"]) == [f"milestone-{milestone.pk}-reason"]


def test_submitting_tells_the_secretariat_and_the_second_time_changes_nothing(
    report, writer, secretary
):
    submitted(report, writer)
    with pytest.raises(reports.NotEditable):
        reports.submit(actor=writer, report=report)
    assert [m.recipient for m in Message.objects.filter(kind="report_submitted")] == [secretary]
    assert report.review_notes.filter(action="submitted").count() == 1


def test_a_stranger_neither_writes_nor_submits(report):
    stranger = UserFactory()
    with pytest.raises(NotAllowed):
        save(report, stranger, achievements="Intrusion.")
    with pytest.raises(NotAllowed):
        reports.submit(actor=stranger, report=report)


def test_sending_back_needs_a_reason_and_gives_a_week(report, writer, secretary):
    submitted(report, writer)
    with pytest.raises(reviews.ReasonNeeded):
        reviews.send_back(actor=secretary, report=report, reasons={"achievements": "  "})
    back = reviews.send_back(
        actor=secretary, report=report, reasons={"achievements": "Donnez un chiffre."}
    )
    assert back.status == ReportStatus.SENT_BACK
    assert back.due_on >= timezone.localdate() + timedelta(days=7)
    assert Message.objects.get(kind="report_sent_back").recipient == writer
    assert "Donnez un chiffre." in Message.objects.get(kind="report_sent_back").text


def test_several_rounds_keep_the_whole_conversation(report, writer, secretary):
    submitted(report, writer)
    for question in ("Donnez un chiffre.", "Et la date ?"):
        reviews.send_back(actor=secretary, report=report, reasons={"achievements": question})
        save(report, writer, achievements=f"Réponse à {question}")
        reports.submit(actor=writer, report=report)
    reviews.accept(actor=secretary, report=report, remark="Merci.")
    assert [note.action for note in report.review_notes.all()] == [
        "submitted",
        "sent_back",
        "submitted",
        "sent_back",
        "submitted",
        "accepted",
    ]


def test_accepting_publishes_health_completion_and_milestones(report, writer, secretary):
    milestone = MilestoneFactory(project=report.project)
    update = {
        "forecast_on": date(2026, 11, 15),
        "actual_on": None,
        "reason": "Retard du fournisseur",
    }
    submitted(report, writer, **{f"milestone-{milestone.pk}": update})
    reviews.accept(actor=secretary, report=report)
    project, milestone = report.project, milestone
    project.refresh_from_db()
    milestone.refresh_from_db()
    assert (project.status, project.health, project.completion_percent) == (
        "in_progress",
        "cloudy",
        45,
    )
    assert (project.latest_report, project.reported_on) == (report, timezone.localdate())
    assert milestone.forecast_on == date(2026, 11, 15)
    slip = MilestoneSlip.objects.get()
    assert (slip.from_on, slip.to_on, slip.author) == (
        date(2026, 9, 28),
        date(2026, 11, 15),
        writer,
    )


def test_accepting_twice_is_refused(report, writer, secretary):
    submitted(report, writer)
    reviews.accept(actor=secretary, report=report)
    with pytest.raises(TransitionRefused):
        reviews.accept(actor=secretary, report=report)


def test_only_the_secretariat_reviews(report, writer):
    submitted(report, writer)
    with pytest.raises(NotAllowed):
        reviews.accept(actor=writer, report=report)


def test_an_accepted_report_never_changes(report, writer, secretary):
    submitted(report, writer)
    reviews.accept(actor=secretary, report=report)
    with pytest.raises(reports.NotEditable):
        save(report, writer, achievements="Autre chose.")


def test_a_correction_is_a_new_version_with_everything_in_it(report, writer, secretary):
    RiskFactory(report=report)
    EvidenceFactory(report=report)
    submitted(report, writer)
    reviews.accept(actor=secretary, report=report)
    with pytest.raises(Refusal):
        reports.open_correction(actor=writer, report=report, reason=" ")
    second = reports.open_correction(actor=writer, report=report, reason="Chiffre faux.")
    assert (second.version, second.corrects, second.achievements) == (
        2,
        report,
        COMPLETE["achievements"],
    )
    assert second.risks.count() == second.evidence.count() == 1
    with pytest.raises(Refusal):
        reports.open_correction(actor=writer, report=report, reason="Encore.")
    save(second, writer, completion_percent=40)
    reports.submit(actor=writer, report=second)
    reviews.accept(actor=secretary, report=second)
    report.project.refresh_from_db()
    assert report.project.latest_report == second
    assert list(ProgressReport.objects.accepted().current()) == [second]


def test_correcting_an_old_report_leaves_the_newer_health_alone(report, writer, secretary):
    newer = ReportFactory(
        project=report.project,
        period__starts_on=date(2026, 10, 1),
        period__ends_on=date(2026, 12, 31),
        period__due_on=date(2027, 1, 21),
        period__opens_on=date(2027, 1, 1),
    )
    for one, health in ((newer, "sunny"), (report, "cloudy")):
        submitted(one, writer, health=health)
        reviews.accept(actor=secretary, report=one)
    report.project.refresh_from_db()
    assert (report.project.health, report.project.latest_report) == ("sunny", newer)


def test_a_partner_may_want_a_manager_to_confirm(report, writer, as_user):
    lead = report.project.lead
    manager = MembershipFactory(partner=lead, role=MembershipRole.MANAGER).user
    with override("fr"):
        address = reverse("partners:partner_confirmation", args=[lead.slug])
    assert as_user(writer).post(address, {"manager_confirms": "on"}).status_code == 403
    as_user(manager).post(address, {"manager_confirms": "on"})
    lead.refresh_from_db()
    save(report, writer, **COMPLETE)
    with pytest.raises(reports.ConfirmationNeeded):
        reports.submit(actor=writer, report=report)
    reports.ask_confirmation(actor=writer, report=report)
    reports.ask_confirmation(actor=writer, report=report)
    assert [m.recipient for m in Message.objects.filter(kind="report_to_confirm")] == [manager]
    with pytest.raises(NotAllowed):
        reports.confirm(actor=writer, report=report)
    reports.confirm(actor=manager, report=report)
    assert reports.submit(actor=writer, report=report).confirmed_by == manager
    as_user(manager).post(address)
    lead.refresh_from_db()
    assert not lead.manager_confirms


def test_a_change_after_the_confirmation_asks_for_it_again(report, writer):
    report.project.lead.manager_confirms = True
    report.project.lead.save()
    manager = MembershipFactory(partner=report.project.lead, role=MembershipRole.MANAGER).user
    save(report, writer, **COMPLETE)
    reports.confirm(actor=manager, report=report)
    assert save(report, writer, achievements="Autre texte.").confirmed_by is None
    assert reports.submit(actor=manager, report=report).confirmed_by == manager


def test_a_closed_campaign_takes_no_report_without_an_extension(report, writer):
    report.period.closed_on = timezone.localdate()
    report.period.save()
    with pytest.raises(reports.PeriodClosed):
        save(report, writer, **COMPLETE)
    ProgressReport.objects.filter(pk=report.pk).update(due_on=timezone.localdate())
    assert save(report, writer, **COMPLETE).status == ReportStatus.DRAFT


def test_remarks_reach_the_other_side(report, writer, secretary):
    reports.add_remark(actor=writer, report=report, text="Une question.")
    reports.add_remark(actor=secretary, report=report, text="Une réponse.")
    told = Message.objects.filter(kind="report_remark").order_by("id")
    assert [message.recipient for message in told] == [secretary, writer]
    with pytest.raises(NotAllowed):
        reports.add_remark(actor=UserFactory(), report=report, text="Intrusion.")


def test_the_form_starts_from_the_last_accepted_report(report, writer, secretary):
    RiskFactory(report=report, title="Grève")
    RiskFactory(report=report, title="Passé", closed=True)
    submitted(report, writer, next_steps="Former.")
    reviews.accept(actor=secretary, report=report)
    following = ReportFactory(
        project=report.project,
        period__starts_on=date(2026, 10, 1),
        period__ends_on=date(2026, 12, 31),
        period__opens_on=date(2027, 1, 1),
        period__due_on=date(2027, 1, 21),
    )
    shown = drafts.shown(reports.loaded(following))
    assert (shown["health"], shown["completion_percent"], shown["next_steps"]) == (
        "cloudy",
        45,
        "Former.",
    )
    assert shown["achievements"] == ""
    assert [unit for unit in shown if unit.startswith("risk-")] == ["risk-0"]
