from typing import TYPE_CHECKING

from partners.models import Partner
from partners.permissions import belongs_to, manages
from projects.enums import EDITABLE_REPORTS, InstalmentStatus, ReportStatus
from projects.models import AgreementParty, FundingAgreement, Instalment, ProgressReport, Project

if TYPE_CHECKING:
    from partners.models import User


def can_edit_report(user: "User", report: ProgressReport) -> bool:
    """People of the lead partner, while the report is theirs to write."""
    return report.status in EDITABLE_REPORTS and belongs_to(user, report.project.lead_id)


def can_submit_report(user: "User", report: ProgressReport) -> bool:
    return can_edit_report(user, report)


def can_confirm_report(user: "User", report: ProgressReport) -> bool:
    return report.status in EDITABLE_REPORTS and manages(user, report.project.lead_id)


def can_review_report(user: "User", report: ProgressReport) -> bool:
    return user.is_authenticated and user.runs_the_cycle and report.status == ReportStatus.SUBMITTED


def can_correct_report(user: "User", report: ProgressReport) -> bool:
    return report.status == ReportStatus.ACCEPTED and (
        user.is_authenticated and (user.runs_the_cycle or belongs_to(user, report.project.lead_id))
    )


def can_remark_report(user: "User", report: ProgressReport) -> bool:
    return user.is_authenticated and (
        user.runs_the_cycle or belongs_to(user, report.project.lead_id)
    )


def can_steer_campaigns(user: "User") -> bool:
    return user.is_authenticated and user.runs_the_cycle


def can_see_history(user: "User", project: Project) -> bool:
    if not user.is_authenticated:
        return False
    return user.runs_the_cycle or Project.objects.of(user).filter(pk=project.pk).exists()


def can_record_signature(user: "User", party: AgreementParty) -> bool:
    return user.is_authenticated and (user.runs_the_cycle or manages(user, party.partner_id))


def can_move_instalment(user: "User", instalment: Instalment, target: str) -> bool:
    """The funder commits; the recipient calls and says what it received; the secretariat may do each."""
    if not user.is_authenticated:
        return False
    contribution = instalment.contribution
    acts = (
        contribution.funder_id
        if target == InstalmentStatus.COMMITTED
        else contribution.recipient_id
    )
    return user.runs_the_cycle or manages(user, acts)


def can_edit_agreement(user: "User", agreement: FundingAgreement) -> bool:
    return user.is_authenticated and user.runs_the_cycle


def can_report_for(user: "User", partner: Partner) -> bool:
    return belongs_to(user, partner)
