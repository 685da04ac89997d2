"""Who is told what about a report or an agreement: rows of the outbox, in the caller's transaction.

The kinds are declared in `projects.messages`.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import User
from partners.services import outbox
from partners.services.acting import people_of
from projects.enums import ReportStatus
from projects.models import (
    AgreementParty,
    Instalment,
    ProgressReport,
    Project,
    ProjectSeries,
    ReviewNote,
)
from smartport.messages import Notice

TO_CORRECT = timedelta(days=7)
WRITERS = _("You write the reports of a project your organisation leads.")
MANAGERS = _("You manage the people and papers of your organisation.")
SECRETARIAT = _("You review the reports for the secretariat.")
AGREEMENTS = _("You follow the agreements for the secretariat.")


def asked_by(report: ProgressReport) -> date:
    """The day it is due; one that was sent back after it is due a week later."""
    if report.status == ReportStatus.SENT_BACK and report.reviewed_at:
        return max(report.due_on, timezone.localdate(report.reviewed_at) + TO_CORRECT)
    return report.due_on


def facts(report: ProgressReport) -> dict[str, Any]:
    """What the templates show of a report; the title is written in the reader's language by the template."""
    return {
        "report": report,
        "project": report.project,
        "period": report.period,
        "due_on": asked_by(report),
    }


def about(
    report: ProgressReport,
    recipients: Sequence[User],
    why: Any,
    page: str = "report_edit",
    **context: Any,
) -> Notice:
    return Notice(
        obligation=f"report:{report.pk}",
        recipients=recipients,
        due_on=asked_by(report),
        context={**facts(report), **context},
        url_name=f"projects:{page}",
        url_args=[report.pk],
        why=why,
    )


def tell_opened(reports: Sequence[ProgressReport]) -> int:
    people = people_of({report.project.lead_id for report in reports})
    told = [
        about(report, people[report.project.lead_id], WRITERS)
        for report in reports
        if report.project.lead_id in people
    ]
    return outbox.queue_many(kind="report_opened", notices=told, step="opened")


def ask_to_confirm(report: ProgressReport) -> int:
    managers = people_of([report.project.lead_id], managers=True).get(
        report.project.lead_id or 0, []
    )
    told = about(report, managers, MANAGERS, writer=report.confirmation_asked_by)
    return outbox.queue_many(kind="report_to_confirm", notices=[told], step=f"r{report.revision}")


def tell_submitted(report: ProgressReport) -> int:
    told = about(report, list(User.objects.secretariat()), SECRETARIAT, "report_review")
    return outbox.queue_many(kind="report_submitted", notices=[told], step=f"r{report.revision}")


def tell_sent_back(report: ProgressReport) -> int:
    notes = list(
        report.review_notes.filter(action="sent_back", at__gte=report.submitted_at).order_by("id")
    )
    told = about(report, _writers(report), WRITERS, notes=notes)
    return outbox.queue_many(kind="report_sent_back", notices=[told], step=f"r{report.revision}")


def tell_accepted(report: ProgressReport) -> int:
    told = about(report, _writers(report), WRITERS, "report_detail")
    return outbox.queue_many(kind="report_accepted", notices=[told], step="accepted")


def tell_correction(report: ProgressReport, actor: User) -> int:
    told = about(report, [user for user in _writers(report) if user != actor], WRITERS)
    return outbox.queue_many(kind="report_correction", notices=[told], step="opened")


def tell_remark(report: ProgressReport, note: ReviewNote) -> int:
    """The other side: the partner's people for the secretariat's remark, else the secretariat."""
    writers = _writers(report)
    from_partner = note.author in writers
    recipients = list(User.objects.secretariat()) if from_partner else writers
    why = SECRETARIAT if from_partner else WRITERS
    told = about(
        report,
        [user for user in recipients if user != note.author],
        why,
        "report_detail",
        note=note,
    )
    return outbox.queue_many(kind="report_remark", notices=[told], step=f"note{note.pk}")


def tell_extended(report: ProgressReport, reason: str, former: date) -> int:
    told = about(report, _writers(report), WRITERS, reason=reason, former=former)
    return outbox.queue_many(kind="report_extended", notices=[told], step=report.due_on.isoformat())


def chase(reports: Sequence[ProgressReport]) -> int:
    """A reminder by hand to those who can write each report; once a day at most."""
    people = people_of({report.project.lead_id for report in reports})
    told = [
        about(report, people[report.project.lead_id], WRITERS)
        for report in reports
        if report.project.lead_id in people
    ]
    return outbox.queue_many(
        kind="report_chased", notices=told, step=timezone.localdate().isoformat()
    )


def tell_series_approved(series: ProjectSeries, projects: Sequence[Project]) -> int:
    people = people_of({project.lead_id for project in projects})
    told = [
        Notice(
            obligation=f"project:{project.pk}",
            recipients=people[project.lead_id],
            context={"project": project, "series": series},
            url_name="projects:project_detail",
            url_args=[project.slug],
            why=_("Your organisation leads this project."),
        )
        for project in projects
        if project.lead_id in people
    ]
    return outbox.queue_many(
        kind="series_approved", notices=told, step=f"approved {series.approved_on}"
    )


def ask_to_sign(parties: Sequence[AgreementParty]) -> int:
    people = people_of({party.partner_id for party in parties}, managers=True)
    told = [
        party_notice(party, people[party.partner_id])
        for party in parties
        if party.partner_id in people
    ]
    day = parties[0].waiting_since if parties else None
    return outbox.queue_many(kind="agreement_to_sign", notices=told, step=f"opened {day}")


def party_notice(party: AgreementParty, recipients: Sequence[User]) -> Notice:
    return Notice(
        obligation=f"signature:{party.pk}",
        recipients=recipients,
        due_on=party.waiting_since,
        context={"party": party, "agreement": party.agreement},
        url_name="projects:agreement_detail",
        url_args=[party.agreement.code],
        why=MANAGERS,
    )


def tell_called(instalment: Instalment) -> int:
    contribution = instalment.contribution
    managers = people_of([contribution.funder_id], managers=True).get(contribution.funder_id, [])
    return outbox.queue_many(
        kind="instalment_called", notices=[instalment_notice(instalment, managers)], step="called"
    )


def instalment_notice(instalment: Instalment, recipients: Sequence[User]) -> Notice:
    """An instalment due on a condition is due from the day it was called."""
    contribution = instalment.contribution
    due_on = instalment.due_on or instalment.called_on
    return Notice(
        obligation=f"instalment:{instalment.pk}",
        recipients=recipients,
        due_on=due_on,
        context={
            "instalment": instalment,
            "contribution": contribution,
            "agreement": contribution.agreement,
            "due_on": due_on,
        },
        url_name="projects:agreement_detail",
        url_args=[contribution.agreement.code],
        why=MANAGERS,
    )


def _writers(report: ProgressReport) -> list[User]:
    lead = report.project.lead_id
    return people_of([lead]).get(lead or 0, [])
