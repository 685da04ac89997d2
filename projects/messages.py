"""What people are told about reports, series and agreements, and when it stops being due."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Membership
from partners.services.reminders import batches
from projects.enums import InstalmentStatus
from projects.models import AgreementParty, Instalment, ProgressReport
from projects.news import agreement_news, news_of
from projects.services import notices
from projects.subjects import PROJECT, SEARCH
from smartport.messages import MessageKind, Notice, Topic, register, register_news
from smartport.subscriptions import subjects

REPORT_LADDER = (-14, -7, -3, 0, 3, 10)
SIGNATURE_LADDER = (7, 21, 45, 90)  # days of waiting
PAYMENT_LADDER = (-14, 0, 10, 30)
BATCH = 500

Pairs = set[tuple[int, str]]


def reports_to_remind(day: date) -> Iterator[Notice]:
    due = (
        ProgressReport.objects.editable()
        .asked_on(day)
        .filter(due_on__lte=day - timedelta(days=REPORT_LADDER[0]))
        .select_related("project__lead", "period")
        .order_by("due_on", "pk")
    )
    for reports in batches(due.iterator(BATCH), BATCH):
        people = notices.people_of({report.project.lead_id for report in reports})
        for report in reports:
            if writers := people.get(report.project.lead_id or 0):
                yield notices.about(report, writers, notices.WRITERS)


def signatures_to_remind(day: date) -> Iterator[Notice]:
    waiting = (
        AgreementParty.objects.awaited()
        .filter(waiting_since__lte=day - timedelta(days=SIGNATURE_LADDER[0]))
        .select_related("agreement", "partner")
        .order_by("waiting_since", "pk")
    )
    for parties in batches(waiting.iterator(BATCH), BATCH):
        managers = notices.people_of({party.partner_id for party in parties}, managers=True)
        for party in parties:
            if party.partner_id in managers:
                yield notices.party_notice(party, managers[party.partner_id])


def payments_to_remind(day: date) -> Iterator[Notice]:
    called = (
        Instalment.objects.called()
        .filter(due_on__lte=day - timedelta(days=PAYMENT_LADDER[0]))
        .select_related(
            "contribution__agreement", "contribution__project", "contribution__recipient"
        )
        .order_by("due_on", "pk")
    )
    for instalments in batches(called.iterator(BATCH), BATCH):
        managers = notices.people_of({i.contribution.funder_id for i in instalments}, managers=True)
        for instalment in instalments:
            if instalment.contribution.funder_id in managers:
                yield notices.instalment_notice(
                    instalment, managers[instalment.contribution.funder_id]
                )


def _still(
    prefix: str, rows: Callable[[], QuerySet], organisation: str, *, managers: bool
) -> Callable[[Pairs], Pairs]:
    """Keeps the pairs whose row is still owed and whose person still acts for the organisation that owes it."""

    def still_due(pairs: Pairs) -> Pairs:
        numbers = {
            int(about.partition(":")[2]) for _person, about in pairs if about.startswith(prefix)
        }
        owed = dict(rows().filter(pk__in=numbers).order_by().values_list("pk", organisation))
        acting = Membership.objects.active().filter(
            user__in=[person for person, _about in pairs], partner__in=set(owed.values())
        )
        if managers:
            acting = acting.managers()
        able = set(acting.order_by().values_list("user", "partner"))
        return {
            (person, about)
            for person, about in pairs
            if (person, owed.get(int(about.partition(":")[2]))) in able
        }

    return still_due


def _reports_owed() -> QuerySet:
    return ProgressReport.objects.editable().asked_on(timezone.localdate())


def _signatures_owed() -> QuerySet:
    return AgreementParty.objects.awaited()


def _payments_owed() -> QuerySet:
    return Instalment.objects.filter(status=InstalmentStatus.CALLED)


report_still_owed = _still("report:", _reports_owed, "project__lead", managers=False)
signature_still_owed = _still("signature:", _signatures_owed, "partner", managers=True)
payment_still_owed = _still("instalment:", _payments_owed, "contribution__funder", managers=True)

for kind in (
    MessageKind(
        name="report_opened",
        label=_("A report to write"),
        topic=Topic.REPORTS,
        action=_("Write the report"),
        still_due=report_still_owed,
    ),
    MessageKind(
        name="report_due",
        label=_("Reminder of a report"),
        topic=Topic.REPORTS,
        action=_("Write the report"),
        ladder=REPORT_LADDER,
        find=reports_to_remind,
        still_due=report_still_owed,
    ),
    MessageKind(
        name="report_chased",
        label=_("Reminder of a report by the secretariat"),
        topic=Topic.REPORTS,
        action=_("Write the report"),
        still_due=report_still_owed,
        optional=False,
    ),
    MessageKind(
        name="report_to_confirm",
        label=_("A report to confirm"),
        topic=Topic.REPORTS,
        action=_("Read and send the report"),
        still_due=_still("report:", _reports_owed, "project__lead", managers=True),
    ),
    MessageKind(
        name="report_submitted",
        label=_("A report to review"),
        topic=Topic.REPORTS,
        action=_("Review the report"),
    ),
    MessageKind(
        name="report_sent_back",
        label=_("A report sent back"),
        topic=Topic.REPORTS,
        action=_("Correct the report"),
        still_due=report_still_owed,
        optional=False,
    ),
    MessageKind(
        name="report_accepted",
        label=_("A report accepted"),
        topic=Topic.REPORTS,
        action=_("See the report"),
    ),
    MessageKind(
        name="report_correction",
        label=_("A correction opened"),
        topic=Topic.REPORTS,
        action=_("Correct the report"),
        still_due=report_still_owed,
    ),
    MessageKind(
        name="report_remark",
        label=_("A remark on a report"),
        topic=Topic.REPORTS,
        action=_("Read and answer"),
    ),
    MessageKind(
        name="report_extended",
        label=_("More time for a report"),
        topic=Topic.REPORTS,
        action=_("Write the report"),
        still_due=report_still_owed,
    ),
    MessageKind(
        name="series_approved",
        label=_("Project approved"),
        topic=Topic.REPORTS,
        action=_("See the project"),
    ),
    MessageKind(
        name="agreement_to_sign",
        label=_("An agreement to sign"),
        topic=Topic.AGREEMENTS,
        action=_("See the agreement"),
        still_due=signature_still_owed,
    ),
    MessageKind(
        name="signature_due",
        label=_("Reminder of a signature"),
        topic=Topic.AGREEMENTS,
        action=_("See the agreement"),
        ladder=SIGNATURE_LADDER,
        find=signatures_to_remind,
        still_due=signature_still_owed,
    ),
    MessageKind(
        name="instalment_called",
        label=_("A payment called"),
        topic=Topic.AGREEMENTS,
        action=_("See the agreement"),
        still_due=payment_still_owed,
    ),
    MessageKind(
        name="payment_due",
        label=_("Reminder of a payment"),
        topic=Topic.AGREEMENTS,
        action=_("See the agreement"),
        ladder=PAYMENT_LADDER,
        find=payments_to_remind,
        still_due=payment_still_owed,
    ),
):
    register(kind)

register_news("projects", news_of)
register_news("agreements", agreement_news)

subjects.register("project", PROJECT)
subjects.register("search", SEARCH)
