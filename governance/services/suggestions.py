"""What could be on the agenda: drafted from the committee's own data, each taken with one click."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, override

from governance.enums import Effect, ItemKind, MinutesStatus, Outcome
from governance.errors import SuggestionGone
from governance.models import AgendaItem, Meeting
from governance.services.agenda import add_item, demand_secretariat, move_item
from partners.models import User
from partners.models.organisations import DEMO_PREFIX
from projects.enums import AgreementStatus, Health, ProjectStatus, SeriesStatus
from projects.models import Amendment, FundingAgreement, ProgressReport, Project, ProjectSeries
from smartport import dates
from smartport.bilingual import columns, texts

PER_KIND = 10
MINUTES_TITLE = gettext_noop("Approval of the minutes of the previous meeting")
ACTIONS_TITLE = gettext_noop("Follow-up of open actions")
MINUTES_WORDING = gettext_noop("The committee approves the minutes.")
SERIES_WORDING = gettext_noop("The committee approves the series and its projects.")
AGREEMENT_WORDING = gettext_noop("The committee approves the agreement and opens it for signature.")
AMENDMENT_WORDING = gettext_noop("The committee approves the amendment and opens it for signature.")
COPIED = (
    "kind", "title_fr", "title_en", "note_fr", "note_en", "series", "project", "agreement", "amendment",
    "effect", "rapporteur", "proposed_decision_fr", "proposed_decision_en", "confidential", "minutes",
    "corrects", "withdraws",
)  # fmt: skip


@dataclass(frozen=True)
class Suggestion:
    """`key` names it in a form; `why` says what it comes from, in the language of the moment.

    `fields` are those of the item; `at` is its position where it has a fixed place (the first two items).
    """

    key: str
    title: str
    why: str
    fields: dict[str, Any] = field(default_factory=dict)
    at: int | None = None


def suggestions_for(meeting: Meeting) -> list[Suggestion]:
    """In the order of an agenda; what is on it already is not suggested again."""
    agenda = list(meeting.agenda.all())
    found: list[Suggestion] = []
    for source in SOURCES:
        found += source(meeting, agenda)
    return found


@transaction.atomic
def take(*, actor: User, meeting: Meeting, key: str, late_reason: str = "") -> AgendaItem:
    """Put one suggestion on the agenda, with its reason once the summons went out.

    Raises SuggestionGone where it is there already or no longer stands, LateReasonMissing.
    """
    demand_secretariat(actor)
    meeting = Meeting.objects.select_for_update(of=["self"]).get(pk=meeting.pk)
    one = next((one for one in suggestions_for(meeting) if one.key == key), None)
    if one is None:
        raise SuggestionGone(
            _("This is on the agenda already, or no longer to be decided."),
            remedy=_("Look at the agenda below."),
        )
    return _put(actor, meeting, one, late_reason)


def take_fixed(*, actor: User, meeting: Meeting) -> None:
    """What has its place at the head of every agenda: the previous minutes, then the open actions."""
    for source in (_minutes, _actions):
        for one in source(meeting, list(meeting.agenda.all())):
            _put(actor, meeting, one)


def _put(actor: User, meeting: Meeting, one: Suggestion, late_reason: str = "") -> AgendaItem:
    item = add_item(actor=actor, meeting=meeting, late_reason=late_reason, **one.fields)
    if one.at is not None and item.position != one.at:
        move_item(actor=actor, item=item, to=one.at)
        item.refresh_from_db()
    return item


def standing_text(text: str, name: str = "title") -> dict[str, str]:
    """A standing text of the portal in each language, as columns."""
    written = {}
    for code in ("fr", "en"):
        with override(code):
            written[code] = _(text)
    return columns(name, written)


def _named(row: models.Model, name: str) -> dict[str, str]:
    """The item's title is the name of what it is about."""
    return {f"title_{code}": getattr(row, f"{name}_{code}") or "" for code in ("fr", "en")}


def _minutes(meeting: Meeting, agenda: list[AgendaItem]) -> Iterator[Suggestion]:
    if meeting.previous is None or any(i.kind == ItemKind.APPROVE_MINUTES for i in agenda):
        return
    minutes = getattr(meeting.previous, "minutes", None)
    if minutes is not None and minutes.status == MinutesStatus.APPROVED:
        return
    yield Suggestion(
        key="minutes",
        title=_(MINUTES_TITLE),
        why=_("Meeting of %(day)s") % {"day": dates.day(meeting.previous.day)},
        fields={
            "kind": ItemKind.APPROVE_MINUTES,
            "minutes": 5,
            **standing_text(MINUTES_TITLE),
            **standing_text(MINUTES_WORDING, "proposed_decision"),
        },
        at=1,
    )


def _actions(meeting: Meeting, agenda: list[AgendaItem]) -> Iterator[Suggestion]:
    title = standing_text(ACTIONS_TITLE)
    running = meeting.committee.actions.running().count()
    if not running or any(texts(item, "title")["fr"] == title["title_fr"] for item in agenda):
        return
    first = any(item.kind == ItemKind.APPROVE_MINUTES for item in agenda)
    yield Suggestion(
        key="actions",
        title=_(ACTIONS_TITLE),
        why=ngettext("%(n)s action to follow", "%(n)s actions to follow", running) % {"n": running},
        fields={"kind": ItemKind.INFORMATION, **title},
        at=2 if first else 1,
    )


def _carried_over(meeting: Meeting, agenda: list[AgendaItem]) -> Iterator[Suggestion]:
    postponed = (
        AgendaItem.objects.filter(
            meeting__committee=meeting.committee_id,
            meeting__starts_at__lt=meeting.starts_at,
            outcome=Outcome.POSTPONED,
            carried_to=None,
        )
        .select_related("meeting", "series", "project", "agreement", "amendment", "corrects")
        .order_by("-meeting__starts_at", "position")
    )
    for item in postponed[:PER_KIND]:
        if not _settled(item):
            yield Suggestion(
                key=f"item-{item.pk}",
                title=item.title,
                why=_("Postponed on %(day)s") % {"day": dates.day(item.meeting.day)},
                fields={name: getattr(item, name) for name in COPIED} | {"carried_from": item},
            )


def _settled(item: AgendaItem) -> bool:
    """What was to be approved is approved by now; what was to be corrected is."""
    if item.corrects:
        return item.corrects.corrected_by.exists()
    if item.effect == Effect.APPROVE_SERIES and item.series:
        return item.series.status != SeriesStatus.SUBMITTED
    if item.effect == Effect.APPROVE_AGREEMENT and item.agreement:
        return item.agreement.status != AgreementStatus.DRAFT
    if item.effect == Effect.APPROVE_AMENDMENT and item.amendment:
        return not Amendment.objects.awaiting_approval().filter(pk=item.amendment_id).exists()
    return False


def _of_the_same_world(rows: models.QuerySet, meeting: Meeting, path: str = "code") -> Any:
    """Demonstration rows are proposed to demonstration meetings only, and facts to the others."""
    demo = models.Q(**{f"{path}__startswith": DEMO_PREFIX})
    return rows.filter(demo) if meeting.is_demo else rows.exclude(demo)


def _about(agenda: Iterable[AgendaItem], subject: str) -> set[int]:
    return {pk for item in agenda if (pk := getattr(item, f"{subject}_id"))}


def _series(meeting: Meeting, agenda: list[AgendaItem]) -> Iterator[Suggestion]:
    waiting = ProjectSeries.objects.filter(status=SeriesStatus.SUBMITTED).exclude(
        pk__in=_about(agenda, "series")
    )
    for series in _of_the_same_world(waiting, meeting).order_by("code")[:PER_KIND]:
        yield Suggestion(
            key=f"series-{series.pk}",
            title=str(series),
            why=_("Series submitted for approval"),
            fields={
                "kind": ItemKind.APPROVE_SERIES,
                "series": series,
                "minutes": 20,
                **_named(series, "title"),
                **standing_text(SERIES_WORDING, "proposed_decision"),
            },
        )


def _agreements(meeting: Meeting, agenda: list[AgendaItem]) -> Iterator[Suggestion]:
    waiting = FundingAgreement.objects.filter(status=AgreementStatus.DRAFT).exclude(
        pk__in=_about(agenda, "agreement")
    )
    for agreement in _of_the_same_world(waiting, meeting).order_by("code")[:PER_KIND]:
        yield Suggestion(
            key=f"agreement-{agreement.pk}",
            title=str(agreement),
            why=_("Agreement waiting for approval"),
            fields={
                "kind": ItemKind.APPROVE_AGREEMENT,
                "agreement": agreement,
                "minutes": 15,
                **_named(agreement, "title"),
                **standing_text(AGREEMENT_WORDING, "proposed_decision"),
            },
        )


def _amendments(meeting: Meeting, agenda: list[AgendaItem]) -> Iterator[Suggestion]:
    waiting = Amendment.objects.awaiting_approval().exclude(pk__in=_about(agenda, "amendment"))
    rows = _of_the_same_world(waiting.select_related("agreement"), meeting, "agreement__code")
    for amendment in rows.order_by("agreement__code", "number")[:PER_KIND]:
        yield Suggestion(
            key=f"amendment-{amendment.pk}",
            title=str(amendment),
            why=_("Amendment %(number)s to “%(agreement)s” waiting for approval")
            % {"number": amendment.number, "agreement": amendment.agreement},
            fields={
                "kind": ItemKind.APPROVE_AMENDMENT,
                "amendment": amendment,
                "minutes": 10,
                **_named(amendment, "title"),
                **standing_text(AMENDMENT_WORDING, "proposed_decision"),
            },
        )


def _weather(meeting: Meeting, agenda: list[AgendaItem]) -> Iterator[Suggestion]:
    """Projects whose latest accepted report asks something of the committee."""
    troubled = Project.objects.filter(
        health__in=[Health.RAINY, Health.STORMY],
        status__in=[ProjectStatus.APPROVED, ProjectStatus.IN_PROGRESS],
    ).exclude(pk__in=_about(agenda, "project"))
    worst_first = models.Case(models.When(health=Health.STORMY, then=0), default=1)
    rows = _of_the_same_world(troubled, meeting).order_by(worst_first, "-reported_on", "code")
    for project in rows[:PER_KIND]:
        yield _progress_of(project, "weather", project.get_health_display())


def _late(meeting: Meeting, agenda: list[AgendaItem]) -> Iterator[Suggestion]:
    today: date = timezone.localdate()
    late = (
        ProgressReport.objects.late_on(today)
        .asked_on(today)
        .exclude(project__in=_about(agenda, "project"))
        .exclude(project__health__in=[Health.RAINY, Health.STORMY])
        .select_related("project")
    )
    rows = _of_the_same_world(late, meeting, "project__code").order_by("due_on", "pk")
    oldest = {report.project_id: report for report in reversed(rows[:PER_KIND])}
    for report in reversed(oldest.values()):
        due = dates.day(report.due_on)
        yield _progress_of(report.project, "late", _("Report late since %(day)s") % {"day": due})


def _progress_of(project: Project, kind: str, why: str) -> Suggestion:
    return Suggestion(
        key=f"{kind}-{project.pk}",
        title=str(project),
        why=why,
        fields={"kind": ItemKind.PROGRESS, "project": project, **_named(project, "title")},
    )


SOURCES = (_minutes, _actions, _carried_over, _series, _agreements, _amendments, _weather, _late)
