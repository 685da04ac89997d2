from typing import TYPE_CHECKING

from partners.models import Membership, Partner
from partners.permissions import belongs_to, manages
from projects.enums import (
    AMENDED_AGREEMENTS,
    EDITABLE_REPORTS,
    AgreementStatus,
    InstalmentStatus,
    PartyRole,
    ReportStatus,
)
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


def can_steer_campaigns(user: "User", about: object = None) -> bool:
    return user.is_authenticated and user.runs_the_cycle


def can_see_history(user: "User", project: Project) -> bool:
    if not user.is_authenticated:
        return False
    return user.runs_the_cycle or Project.objects.of(user).filter(pk=project.pk).exists()


def can_record_signature(user: "User", party: AgreementParty) -> bool:
    return user.is_authenticated and (user.runs_the_cycle or manages(user, party.partner_id))


def can_move_instalment(user: "User", instalment: Instalment, target: str) -> bool:
    """The funder commits; the recipient calls and says what it received; the secretariat may do each.

    Nothing moves while the agreement, or the amendment that brings the money, is a draft.
    """
    contribution = instalment.contribution
    unsettled = contribution.amendment or contribution.agreement
    if not user.is_authenticated or unsettled.status == AgreementStatus.DRAFT:
        return False
    acts = (
        contribution.funder_id
        if target == InstalmentStatus.COMMITTED
        else contribution.recipient_id
    )
    return user.runs_the_cycle or manages(user, acts)


def can_edit_agreement(user: "User", agreement: FundingAgreement) -> bool:
    return user.is_authenticated and user.runs_the_cycle


def can_draft_agreement(user: "User") -> bool:
    """The secretariat, and managers for their own organisation, which then leads the agreement."""
    if not user.is_authenticated:
        return False
    return user.runs_the_cycle or Membership.objects.active().managers().filter(user=user).exists()


def can_write_agreement(user: "User", agreement: FundingAgreement) -> bool:
    """Before it is approved: the secretariat, and managers of the party that leads it.

    What is known from public sources is theirs to say: nobody rewrites it here.
    """
    if not user.is_authenticated or agreement.is_sourced:
        return False
    return user.runs_the_cycle or any(
        manages(user, party.partner_id)
        for party in agreement.parties.all()
        if party.role == PartyRole.LEAD and party.amendment_id is None
    )


def can_write_draft(user: "User", agreement: FundingAgreement) -> bool:
    return agreement.status == AgreementStatus.DRAFT and can_write_agreement(user, agreement)


def can_amend(user: "User", agreement: FundingAgreement) -> bool:
    return agreement.status in AMENDED_AGREEMENTS and can_write_agreement(user, agreement)


def can_report_for(user: "User", partner: Partner) -> bool:
    return belongs_to(user, partner)
