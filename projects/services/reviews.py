"""What the secretariat does with a submitted report: send it back with reasons, or accept it."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import User
from projects.enums import (
    PROJECT_MOVES,
    REPORT_MOVES,
    ProjectStatus,
    ReportSection,
    ReportStatus,
    ReviewAction,
)
from projects.models import DueDateExtension, MilestoneSlip, ProgressReport, Project, ReviewNote
from projects.permissions import can_review_report
from projects.services import checks, notices
from projects.services.reports import locked
from smartport.errors import NotAllowed, Refusal, TransitionRefused
from smartport.workflow import move

DAYS_TO_ANSWER = 7


class ReasonNeeded(Refusal):
    code = "reason_needed"
    status = 400


@transaction.atomic
def send_back(
    *, actor: User, report: ProgressReport, reasons: Mapping[str, str], due_on: date | None = None
) -> ProgressReport:
    """Asks the partner to change the sections named; `due_on` defaults to a week at least from today."""
    report = _to_review(actor, report)
    given = {section: text.strip() for section, text in reasons.items() if text.strip()}
    if not given:
        raise ReasonNeeded(
            _("Say what has to change, in the section it concerns."),
            remedy=_("The partner reads it beside the field."),
            field="general",
        )
    _reviewed(report, actor, ReportStatus.SENT_BACK)
    report.confirmed_by = report.confirmed_at = None
    report.confirmation_asked_by = report.confirmation_asked_at = None
    new_due = due_on or max(report.due_on, timezone.localdate() + timedelta(days=DAYS_TO_ANSWER))
    if new_due != report.due_on:
        DueDateExtension.objects.create(
            report=report, from_on=report.due_on, to_on=new_due, reason=_("Sent back"), author=actor
        )
        report.due_on = new_due
    report.save()
    ReviewNote.objects.bulk_create(
        ReviewNote(
            report=report,
            action=ReviewAction.SENT_BACK,
            section=ReportSection(section),
            text=text,
            author=actor,
        )
        for section, text in given.items()
    )
    notices.tell_sent_back(report)
    return report


@transaction.atomic
def accept(*, actor: User, report: ProgressReport, remark: str = "") -> ProgressReport:
    """Freezes the report and publishes it: the project takes its health, completion and milestone dates."""
    report = _to_review(actor, report)
    _reviewed(report, actor, ReportStatus.ACCEPTED)
    report.save()
    ReviewNote.objects.create(
        report=report, action=ReviewAction.ACCEPTED, text=remark.strip(), author=actor
    )
    project = Project.objects.select_for_update().get(pk=report.project_id)
    if _is_newest(report, project):
        _move_milestones(report)
        _publish(report, project)
    notices.tell_accepted(report)
    return report


def _to_review(actor: User, report: ProgressReport) -> ProgressReport:
    report = locked(report)
    if not actor.runs_the_cycle:
        raise NotAllowed(_("Only the secretariat reviews reports."))
    if not can_review_report(actor, report):
        raise TransitionRefused(
            _("This report is not waiting for a review: it is %(state)s.")
            % {"state": str(report.get_status_display()).lower()},
            remedy=_("Reload the page to see what can be done now."),
        )
    return report


def _reviewed(report: ProgressReport, actor: User, target: ReportStatus) -> None:
    move(report, REPORT_MOVES, target)
    report.reviewed_by, report.reviewed_at = actor, timezone.now()


def _is_newest(report: ProgressReport, project: Project) -> bool:
    latest = project.latest_report
    return latest is None or latest.period.ends_on <= report.period.ends_on


def _move_milestones(report: ProgressReport) -> None:
    """Takes over the dates of the report; a later one leaves a slip with its reason and author."""
    milestones = {
        one.pk: one for one in report.project.milestones.select_for_update().order_by("id")
    }
    slips = []
    for update in report.milestone_updates.all():
        milestone = milestones.get(update.milestone_id)
        if milestone is None:
            continue
        value = {
            "forecast_on": update.forecast_on and update.forecast_on.isoformat(),
            "actual_on": update.actual_on and update.actual_on.isoformat(),
        }
        to_on = update.actual_on or update.forecast_on
        if to_on and checks.slips(milestone, value):
            slips.append(
                MilestoneSlip(
                    milestone=milestone,
                    report=report,
                    from_on=milestone.expected_on,
                    to_on=to_on,
                    reason=update.reason,
                    author=report.submitted_by,
                )
            )
        if (milestone.forecast_on, milestone.actual_on) != (update.forecast_on, update.actual_on):
            milestone.forecast_on, milestone.actual_on = update.forecast_on, update.actual_on
            milestone.save(update_fields=["forecast_on", "actual_on"])
    MilestoneSlip.objects.bulk_create(slips)


def _publish(report: ProgressReport, project: Project) -> None:
    today = timezone.localdate()
    project.health, project.completion_percent = report.health, report.completion_percent
    project.latest_report, project.reported_on = report, today
    if project.status == ProjectStatus.APPROVED:
        move(project, PROJECT_MOVES, ProjectStatus.IN_PROGRESS)
        project.status_since = today
    project.save()
