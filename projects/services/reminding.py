"""What is due and not done: found for the ladders of `projects.messages`, and asked again just before sending."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    F,
    QuerySet,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, TruncDate
from django.utils import timezone
from django.utils.functional import Promise

from partners.models import User
from partners.services.acting import MANAGERS, PEOPLE, Owed, StillDue, people_of
from partners.services.reminders import batches
from projects.enums import AgreementStatus, InstalmentStatus, ReportStatus
from projects.models import (
    AgreementParty,
    FundingAgreement,
    Instalment,
    ProgressReport,
    Project,
)
from projects.services import notices
from smartport.messages import Notice

BATCH = 500
# As `notices.asked_by` says of one report.
CORRECT_BY = ExpressionWrapper(
    TruncDate("reviewed_at") + notices.TO_CORRECT, output_field=DateTimeField()
)
ASKED_BY = Case(
    When(status=ReportStatus.SENT_BACK, then=Greatest("due_on", Cast(CORRECT_BY, DateField()))),
    default=F("due_on"),
)
LATE = 3  # days after which a report is late rather than due
TO_MANAGERS, TO_SECRETARIAT = 15, 20  # days late
OVERDUE = 10  # days after which a payment is overdue


# --- Reports ----------------------------------------------------------------------------------------


def _unsent(day: date, *, first: int, before: int | None = None) -> QuerySet[ProgressReport]:
    """Reports asked for and not sent, from `first` days after their due date to `before` that many."""
    found = ProgressReport.objects.editable().asked_on(day).annotate(asked_by=ASKED_BY)
    found = found.filter(asked_by__lte=day - timedelta(days=first))
    if before is not None:
        found = found.filter(asked_by__gt=day - timedelta(days=before))
    return found.select_related("project__lead", "period").order_by("asked_by", "pk")


def _for_people(reports: QuerySet[ProgressReport]) -> Iterator[Notice]:
    for some in batches(reports.iterator(BATCH), BATCH):
        people = people_of({report.project.lead_id for report in some})
        for report in some:
            if writers := people.get(report.project.lead_id or 0):
                yield notices.about(report, writers, notices.WRITERS)


def reports_due(day: date) -> Iterator[Notice]:
    yield from _for_people(_unsent(day, first=-14, before=LATE))


def reports_late(day: date) -> Iterator[Notice]:
    yield from _for_people(_unsent(day, first=LATE))


def reports_late_for_managers(day: date) -> Iterator[Notice]:
    for some in batches(_unsent(day, first=TO_MANAGERS).iterator(BATCH), BATCH):
        managers = people_of({report.project.lead_id for report in some}, managers=True)
        for report in some:
            if told := managers.get(report.project.lead_id or 0):
                yield notices.about(report, told, notices.MANAGERS)


def reports_late_for_secretariat(day: date) -> Iterator[Notice]:
    office = list(User.objects.secretariat())
    for some in batches(_unsent(day, first=TO_SECRETARIAT).iterator(BATCH), BATCH):
        people = people_of({report.project.lead_id for report in some})
        for report in some:
            reached = people.get(report.project.lead_id or 0, [])
            yield notices.about(
                report, office, notices.SECRETARIAT, "report_extend", reached=reached
            )


def reviews_waiting(day: date) -> Iterator[Notice]:
    """One notice for all of them, named by the longest wait: a campaign's worth of reports is one message."""
    waiting = ProgressReport.objects.awaiting_review().order_by("submitted_at", "pk")
    oldest = waiting.select_related("project", "period").first()
    if oldest is None:
        return
    since = timezone.localdate(oldest.submitted_at)
    yield Notice(
        obligation=f"review:{oldest.pk}",
        recipients=list(User.objects.secretariat()),
        due_on=since,
        context={**notices.facts(oldest), "count": waiting.count(), "since": since},
        url_name="projects:review_list",
        why=notices.SECRETARIAT,
    )


def _reports(found: Callable[[], QuerySet]) -> Owed:
    return lambda numbers: (
        found().filter(pk__in=numbers).order_by().values_list("pk", "project__lead")
    )


def _owed_today() -> QuerySet:
    return ProgressReport.objects.editable().asked_on(timezone.localdate())


def _in_state(state: str) -> Owed:
    return _reports(lambda: ProgressReport.objects.filter(status=state))


def _to_confirm() -> QuerySet:
    return _owed_today().filter(confirmation_asked_at__isnull=False)


report_still_owed = StillDue("report:", _reports(_owed_today), PEOPLE)
report_still_owed_to_managers = StillDue("report:", _reports(_owed_today), MANAGERS)
report_still_missing = StillDue("report:", _reports(_owed_today), secretariat=True)
report_still_to_confirm = StillDue("report:", _reports(_to_confirm), MANAGERS)
report_still_to_review = StillDue("report:", _in_state(ReportStatus.SUBMITTED), secretariat=True)
review_still_waiting = StillDue("review:", _in_state(ReportStatus.SUBMITTED), secretariat=True)
report_still_accepted = StillDue("report:", _in_state(ReportStatus.ACCEPTED), PEOPLE)
report_still_there = StillDue(
    "report:", _reports(ProgressReport.objects.all), PEOPLE, secretariat=True
)
project_still_led = StillDue(
    "project:",
    lambda numbers: Project.objects.filter(pk__in=numbers).order_by().values_list("pk", "lead"),
    PEOPLE,
)


# --- Agreements -------------------------------------------------------------------------------------


def signatures_awaited(day: date) -> Iterator[Notice]:
    waiting = (
        AgreementParty.objects.awaited()
        .filter(waiting_since__lte=day)
        .select_related("agreement", "amendment", "partner")
        .order_by("waiting_since", "pk")
    )
    for parties in batches(waiting.iterator(BATCH), BATCH):
        managers = people_of({party.partner_id for party in parties}, managers=True)
        for party in parties:
            if party.partner_id in managers:
                yield notices.party_notice(party, managers[party.partner_id])


def agreements_ending(day: date) -> Iterator[Notice]:
    """To the managers of every party, who may ask for an amendment, and to the secretariat, who prepares it."""
    office = list(User.objects.secretariat())
    ending = (
        _in_force()
        .filter(ends_on__gte=day, ends_on__lte=day + timedelta(days=90))
        .order_by("ends_on", "pk")
    )
    for some in batches(ending.iterator(BATCH), BATCH):
        parties = _partners_of({agreement.pk for agreement in some})
        managers = people_of({partner for _agreement, partner in parties}, managers=True)
        for agreement in some:
            told = {
                user.pk: user
                for number, partner in parties
                if number == agreement.pk
                for user in managers.get(partner, [])
            }
            yield _ending(agreement, list(told.values()), notices.MANAGERS)
            yield _ending(agreement, [u for u in office if u.pk not in told], notices.AGREEMENTS)


def _ending(agreement: FundingAgreement, recipients: list[User], why: str | Promise) -> Notice:
    return Notice(
        obligation=f"agreement:{agreement.pk}",
        recipients=recipients,
        due_on=agreement.ends_on,
        context={"agreement": agreement},
        url_name="projects:agreement_detail",
        url_args=[agreement.code],
        why=why,
    )


def _in_force() -> QuerySet[FundingAgreement]:
    return FundingAgreement.objects.filter(status=AgreementStatus.IN_FORCE)


def _partners_of(agreements: Iterable[int]) -> list[tuple[int, int]]:
    parties = AgreementParty.objects.filter(agreement__in=agreements, amendment=None)
    return list(parties.order_by("agreement", "position").values_list("agreement", "partner"))


def _instalments(state: str) -> QuerySet:
    """With the day they are due from, `asked_by`: one that is due on a condition, from its call."""
    return (
        Instalment.objects.filter(status=state)
        .annotate(asked_by=Coalesce("due_on", "called_on"))
        .select_related(
            "contribution__agreement",
            "contribution__project",
            "contribution__recipient",
            "contribution__funder",
        )
        .order_by("asked_by", "pk")
    )


def _for_managers(instalments: QuerySet, side: str) -> Iterator[Notice]:
    """`side` of the contribution acts: the funder pays, the recipient calls."""
    for some in batches(instalments.iterator(BATCH), BATCH):
        managers = people_of(
            {getattr(one.contribution, f"{side}_id") for one in some}, managers=True
        )
        for one in some:
            if told := managers.get(getattr(one.contribution, f"{side}_id")):
                yield notices.instalment_notice(one, told)


def calls_due(day: date) -> Iterator[Notice]:
    """Committed and nearly due, or past it, and not called yet."""
    committed = _instalments(InstalmentStatus.COMMITTED)
    yield from _for_managers(committed.filter(asked_by__lte=day + timedelta(days=14)), "recipient")


def payments_due(day: date) -> Iterator[Notice]:
    called = _instalments(InstalmentStatus.CALLED).filter(
        asked_by__lte=day + timedelta(days=14), asked_by__gt=day - timedelta(days=OVERDUE)
    )
    yield from _for_managers(called, "funder")


def payments_late(day: date) -> Iterator[Notice]:
    called = _instalments(InstalmentStatus.CALLED)
    yield from _for_managers(called.filter(asked_by__lte=day - timedelta(days=OVERDUE)), "funder")


def _still_in_force(numbers: set[int]) -> Iterable[tuple[int, int]]:
    """With the secretariat's row, which belongs to no party."""
    ending = set(
        _in_force()
        .filter(pk__in=numbers, ends_on__gte=timezone.localdate())
        .order_by()
        .values_list("pk", flat=True)
    )
    return [(number, 0) for number in ending] + _partners_of(ending)


def _instalments_in(state: str, side: str) -> Owed:
    return lambda numbers: (
        Instalment.objects.filter(pk__in=numbers, status=state)
        .order_by()
        .values_list("pk", f"contribution__{side}")
    )


signature_still_owed = StillDue(
    "signature:",
    lambda numbers: (
        AgreementParty.objects.awaited()
        .filter(pk__in=numbers)
        .order_by()
        .values_list("pk", "partner")
    ),
    MANAGERS,
)
agreement_still_ending = StillDue("agreement:", _still_in_force, MANAGERS, secretariat=True)
call_still_owed = StillDue(
    "instalment:", _instalments_in(InstalmentStatus.COMMITTED, "recipient"), MANAGERS
)
payment_still_owed = StillDue(
    "instalment:", _instalments_in(InstalmentStatus.CALLED, "funder"), MANAGERS
)
