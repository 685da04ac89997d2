"""What a person owes or waits for on account of reports, signatures and payments."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.enums import MembershipRole
from partners.models import Membership
from projects.enums import InstalmentStatus, ReportStatus
from projects.models import AgreementParty, Instalment, ProgressReport
from smartport import obligations
from smartport.money import euros
from smartport.obligations import Obligation

if TYPE_CHECKING:
    from partners.models import User


def reports_of(user: "User", today: date) -> Iterator[Obligation]:
    roles = _roles(user, today)
    mine = (
        ProgressReport.objects.filter(
            Q(pk__in=ProgressReport.objects.editable().asked_on(today).values("pk"))
            | Q(status=ReportStatus.SUBMITTED),
            project__lead__in=roles,
        )
        .annotate(
            writer_left=~Exists(
                Membership.objects.active_on(today).filter(
                    user=OuterRef("edited_by"), partner=OuterRef("project__lead")
                )
            )
        )
        .select_related("project__lead", "period", "edited_by")
        .order_by("due_on", "pk")
    )
    for report in mine:
        if report.status == ReportStatus.SUBMITTED:
            yield _report(
                report,
                action=_("See"),
                since=report.submitted_at and timezone.localdate(report.submitted_at),
                waits_for=_("the secretariat"),
            )
        else:
            yield _to_write(report, user, roles[report.project.lead_id or 0])


def _to_write(report: ProgressReport, user: "User", role: str) -> Obligation:
    if report.confirmation_asked_at and role != MembershipRole.MANAGER:
        return _report(
            report,
            action=_("See"),
            since=timezone.localdate(report.confirmation_asked_at),
            waits_for=_("a manager of your organisation"),
        )
    if report.confirmation_asked_at:
        return _report(report, action=_("Confirm"), page="report_edit")
    if report.status == ReportStatus.SENT_BACK:
        return _report(report, action=_("Correct"), page="report_edit")
    if report.status == ReportStatus.DRAFT:
        return _report(report, action=_("Go on"), page="report_edit", reader=user)
    return _report(report, action=_("Write"), page="report_edit")


def _report(
    report: ProgressReport,
    *,
    action: str,
    page: str = "report_detail",
    since: date | None = None,
    waits_for: str = "",
    reader: "User | None" = None,
) -> Obligation:
    title = _("Report of %(project)s, %(period)s") % {
        "project": report.project.title,
        "period": report.period.label,
    }
    label = str(report.get_status_display())
    if reader and report.edited_by and report.edited_by != reader:
        said = _("Draft left by %(person)s") if report.writer_left else _("Draft of %(person)s")
        label = said % {"person": report.edited_by}
    return Obligation(
        key=f"report:{report.pk}",
        kind="report",
        title=title,
        url=reverse(f"projects:{page}", args=[report.pk]),
        action=action,
        for_whom=report.project.lead.label if report.project.lead else "",
        partner_id=report.project.lead_id,
        due_on=None if waits_for else report.due_on,
        since=since,
        waits_for=waits_for,
        icon="edit",
        state=report.status,
        state_label=label,
        is_demo=report.project.is_demo,
    )


def reviews_of(user: "User", today: date) -> Iterator[Obligation]:
    """The secretariat's, the longest wait first."""
    if not user.runs_the_cycle:
        return
    waiting = (
        ProgressReport.objects.awaiting_review()
        .select_related("project__lead", "period")
        .order_by("submitted_at", "pk")
    )
    for report in waiting:
        yield Obligation(
            key=f"review:{report.pk}",
            kind="review",
            title=_("Review: %(project)s, %(period)s")
            % {"project": report.project.title, "period": report.period.label},
            url=reverse("projects:report_review", args=[report.pk]),
            action=_("Review the report"),
            for_whom=report.project.lead.label if report.project.lead else "",
            since=report.submitted_at and timezone.localdate(report.submitted_at),
            icon="check-circle",
            state=report.status,
            state_label=str(report.get_status_display()),
            is_demo=report.project.is_demo,
        )


def signatures_of(user: "User", today: date) -> Iterator[Obligation]:
    """Those who may sign or record it: the managers of the party."""
    waiting = (
        AgreementParty.objects.awaited()
        .filter(partner__in=_managed(user, today))
        .select_related("agreement", "amendment", "partner")
        .order_by("waiting_since", "pk")
    )
    for party in waiting:
        signed = party.amendment or party.agreement
        yield Obligation(
            key=f"signature:{party.pk}",
            kind="signature",
            title=_("Signature of %(agreement)s") % {"agreement": signed.title},
            url=reverse("projects:signature_record", args=[party.agreement.code, party.pk]),
            action=_("Sign"),
            for_whom=party.partner.label,
            partner_id=party.partner_id,
            since=party.waiting_since,
            icon="sign",
            state=party.signature,
            state_label=str(party.get_signature_display()),
            is_demo=party.agreement.is_demo,
        )


def payments_of(user: "User", today: date) -> Iterator[Obligation]:
    """Payments called: owed by the funder, awaited by the recipient."""
    managed = _managed(user, today)
    called = (
        Instalment.objects.filter(status=InstalmentStatus.CALLED)
        .alias(awaited=Q(contribution__recipient__in=managed))
        .annotate(owed=Q(contribution__funder__in=managed))
        .filter(Q(owed=True) | Q(awaited=True))
        .select_related(
            "contribution__agreement", "contribution__funder", "contribution__recipient"
        )
        .order_by("called_on", "pk")
    )
    for instalment in called:
        contribution = instalment.contribution
        owed = instalment.owed
        yield Obligation(
            key=f"instalment:{instalment.pk}",
            kind="payment",
            title=_("Payment of %(amount)s, %(agreement)s")
            % {"amount": euros(instalment.amount), "agreement": contribution.agreement.title},
            url=contribution.agreement.get_absolute_url(),
            action=_("See"),
            for_whom=(contribution.funder if owed else contribution.recipient).label,
            partner_id=contribution.funder_id if owed else contribution.recipient_id,
            due_on=instalment.due_on if owed else None,
            since=instalment.called_on,
            waits_for="" if owed else contribution.funder.label,
            icon="euro",
            state=instalment.status,
            state_label=str(instalment.get_status_display()),
            is_demo=contribution.agreement.is_demo,
        )


def _roles(user: "User", today: date) -> dict[int, str]:
    """Role by organisation."""
    active = Membership.objects.filter(user=user).active_on(today).order_by()
    return dict(active.values_list("partner", "role"))


def _managed(user: "User", today: date) -> QuerySet[Membership, Any]:
    return (
        Membership.objects.filter(user=user)
        .managers()
        .active_on(today)
        .order_by()
        .values("partner")
    )


obligations.register("reports", reports_of)
obligations.register("reviews", reviews_of)
obligations.register("signatures", signatures_of)
obligations.register("payments", payments_of)
