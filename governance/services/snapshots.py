"""Everything a pack prints, gathered from rows once, filtered for its audience before anything is drawn.

- full: what the members of the committee see;
- no_confidential: without confidential items, papers, their actions and decisions, nor the minutes' text;
- public: public subjects and papers only, of reports the public summary alone, nobody's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.enums import Access, Audience, ItemKind, MinutesStatus, PackLanguage, SeatKind
from governance.models import (
    Action,
    AgendaItem,
    AgendaPaper,
    Decision,
    Mandate,
    Meeting,
    Minutes,
    PaperRevision,
)
from governance.services.changes import changes_since
from governance.services.guests import guests_of
from governance.services.item_money import Brought, brought_by
from governance.services.meetings import people_to_summon
from governance.services.quorum import quorum_of
from governance.services.sheets import accepted_reports, project_sheets
from governance.services.texts import in_each_language, iso, partner_name, translated, typed
from governance.typesetting import snapshot as shape
from projects.enums import HEALTH_NEEDING_SUPPORT
from projects.models import AgreementParty, Amendment, FundingAgreement, Project, ProjectSeries

LANGUAGES = {
    PackLanguage.FR: ["fr"],
    PackLanguage.EN: ["en"],
    PackLanguage.BOTH: ["fr", "en"],
}


def take_snapshot(
    *,
    meeting: Meeting,
    audience: str,
    language: str,
    version: int,
    prepared_at: datetime,
    reason: str = "",
) -> shape.Snapshot:
    """The pack of this meeting as its rows stand now; `prepared_at` dates the file."""
    public = audience == Audience.PUBLIC
    items = list(items_for(meeting, audience).prefetch_related(with_parties()))
    concerned = projects_by_item(items, audience)
    brought = brought_by(items, audience, meeting.day)
    projects = list({p.pk: p for rows in concerned.values() for p in rows}.values())
    previous = meeting.previous
    reports = accepted_reports(projects, previous.starts_at if previous else None)
    return shape.Snapshot(
        meeting=_meeting(meeting),
        version=version,
        audience=audience,
        prepared_at=timezone.localtime(prepared_at).replace(microsecond=0).isoformat(),
        languages=LANGUAGES[PackLanguage(language)],
        reason=typed(reason),
        summons=shape.Summons() if public else _summons(meeting),
        minutes=_minutes(previous, audience) if previous else None,
        actions=[] if public else _actions(meeting, audience),
        since=iso(previous.day) if previous else None,
        changes=changes_since(previous.starts_at, projects, reports)
        if previous and not public
        else [],
        items=[
            _item(item, concerned[item.pk], audience, brought.get(item.pk, Brought()))
            for item in items
        ],
        sheets=project_sheets(projects, reports, audience, meeting.day),
        attendance=[] if public else [*people(meeting), *guests(meeting)],
    )


def items_for(meeting: Meeting, audience: str) -> QuerySet[AgendaItem]:
    """The agenda as this audience may read it, with the annexes it may open."""
    items = meeting.agenda.select_related(
        "meeting", "series", "project", "agreement", "amendment", "carried_from__meeting"
    )
    if audience != Audience.FULL:
        items = items.filter(confidential=False)
    if audience == Audience.PUBLIC:
        items = items.filter(
            Q(series__isnull=True) | Q(series__in=ProjectSeries.objects.public()),
            Q(agreement__isnull=True) | Q(agreement__in=FundingAgreement.objects.public()),
            Q(amendment__isnull=True) | Q(amendment__in=Amendment.objects.public()),
            Q(project__isnull=True) | Q(project__in=Project.objects.public()),
        )
    pins = AgendaPaper.objects.select_related("revision__paper").order_by("position", "pk")
    return items.order_by("position").prefetch_related(Prefetch("annexes", pins))


def annexes_for(item: AgendaItem, audience: str) -> list[tuple[int, PaperRevision]]:
    """Rank and revision of each annex this audience may open; ranks count the others too."""
    return [
        (rank, pin.revision)
        for rank, pin in enumerate(item.annexes.all(), start=1)
        if may_open(pin.revision.paper.access, audience)
    ]


def may_open(access: str, audience: str) -> bool:
    if audience == Audience.FULL:
        return True
    if audience == Audience.PUBLIC:
        return access == Access.PUBLIC
    return access != Access.CONFIDENTIAL


def projects_by_item(items: Iterable[AgendaItem], audience: str) -> dict[int, list[Project]]:
    """The projects each item is about: its project, its series', its agreement's; a progress item about
    nothing in particular is about those whose last report asks something of the committee."""
    items = list(items)
    seen = Project.objects.public() if audience == Audience.PUBLIC else Project.objects.all()
    series = _grouped(
        seen.filter(series__in=[i.series_id for i in items if i.series_id]), "series_id"
    )
    by_agreement: dict[int, list[Project]] = {
        item.agreement_id: list(
            seen.filter(contributions__agreement=item.agreement_id).distinct().order_by("code")
        )
        for item in items
        if item.agreement_id
    }
    asking = list(seen.filter(health__in=HEALTH_NEEDING_SUPPORT).order_by("code"))
    found: dict[int, list[Project]] = {}
    for item in items:
        if item.project_id:
            found[item.pk] = list(seen.filter(pk=item.project_id))
        elif item.series_id:
            found[item.pk] = series.get(item.series_id, [])
        elif item.agreement_id:
            found[item.pk] = by_agreement[item.agreement_id]
        else:
            found[item.pk] = asking if item.kind == ItemKind.PROGRESS else []
    return found


def _grouped(projects: QuerySet[Project], field: str) -> dict[int, list[Project]]:
    groups: dict[int, list[Project]] = {}
    for project in projects.order_by("code"):
        groups.setdefault(getattr(project, field), []).append(project)
    return groups


def _meeting(meeting: Meeting) -> shape.Meeting:
    def clock(moment: datetime | None) -> str:
        return f"{timezone.localtime(moment):%H:%M}" if moment and meeting.time_known else ""

    return shape.Meeting(
        committee=translated(meeting.committee, "name"),
        title=translated(meeting, "title"),
        on=iso(meeting.day),
        starts_at=clock(meeting.starts_at),
        ends_at=clock(meeting.ends_at),
        place=translated(meeting, "place"),
        mode=meeting.kind,
        demonstration=meeting.is_demo,
    )


def _item(item: AgendaItem, projects: list[Project], audience: str, brought: Brought) -> shape.Item:
    return shape.Item(
        key=str(item.pk),
        number=str(item.position),
        title=translated(item, "title"),
        kind=item.kind,
        rapporteur="" if audience == Audience.PUBLIC else item.rapporteur,
        minutes=item.minutes or None,
        confidential=item.confidential,
        late=typed(item.late_reason) if item.late else {},
        carried_over_from=iso(item.carried_from.meeting.day) if item.carried_from else None,
        note=translated(item, "note"),
        proposed_decision=translated(item, "proposed_decision"),
        projects=[project.code for project in projects],
        annexes=[
            shape.Annex(
                number=f"{item.position}.{rank}",
                title=typed(revision.paper.title),
                filename=revision.name,
                sha256=revision.sha256,
                pages=revision.pages,
                revision=revision.number,
            )
            for rank, revision in annexes_for(item, audience)
        ],
        parties=_parties(item),
        money=brought.lines,
        amended=brought.amended,
    )


def with_parties() -> Prefetch:
    rows = AgreementParty.objects.select_related("partner").prefetch_related(
        "partner__former_names"
    )
    return Prefetch("agreement__parties", rows.order_by("position", "pk"))


def _parties(item: AgendaItem) -> list[shape.Person]:
    if item.agreement is None:
        return []
    day = item.meeting.day
    return [
        shape.Person(
            name="",
            partner=typed(party.name_at_signature) or partner_name(party.partner, day),
            function=in_each_language(party.get_role_display),
        )
        for party in item.agreement.parties.all()
        if party.amendment_id == item.amendment_id
    ]


def _summons(meeting: Meeting) -> shape.Summons:
    quorum = quorum_of(meeting, meeting.starts_at)
    return shape.Summons(
        sent_on=iso(timezone.localdate(meeting.summoned_at)) if meeting.summoned_at else None,
        text=in_each_language(lambda: _summons_text(meeting)),
        quorum=in_each_language(
            lambda: (
                _("The quorum is %(required)s of %(seats)s voting seats.")
                % {"required": quorum.required, "seats": quorum.seats}
            )
        )
        if quorum.required
        else {},
        people=people(meeting),
    )


def _summons_text(meeting: Meeting) -> str:
    return _(
        "You are invited to the meeting of the %(committee)s.\n\n"
        "If you cannot come, your alternate takes your seat; failing that, you may give a proxy "
        "to another member. Please reply on the portal."
    ) % {"committee": meeting.committee.name}


def people(meeting: Meeting) -> list[shape.Person]:
    """Those summoned, or those who would be today, in the order of the seats."""
    mandates: list[Mandate] = people_to_summon(meeting)
    return [
        shape.Person(
            name=mandate.user.get_full_name(),
            partner=partner_name(mandate.seat.partner, meeting.day),
            capacity=mandate.capacity,
            voting=mandate.seat.kind == SeatKind.VOTING,
        )
        for mandate in mandates
    ]


def guests(meeting: Meeting) -> list[shape.Person]:
    return [
        shape.Person(name=name, partner=typed(partner), capacity=shape.GUEST)
        for name, partner in guests_of(meeting)
    ]


def _minutes(previous: Meeting, audience: str) -> shape.Minutes | None:
    minutes = Minutes.objects.filter(meeting=previous).first()
    decisions = previous.decisions.order_by("year", "number")
    if audience == Audience.PUBLIC:
        decisions = decisions.filter(pk__in=Decision.objects.public().values("pk"))
    elif audience != Audience.FULL:
        decisions = decisions.filter(item__confidential=False)
    if minutes is None and not decisions:
        return None
    return shape.Minutes(
        meeting_on=iso(previous.day),
        state=minutes.status if minutes else MinutesStatus.DRAFT,
        text=typed(minutes.text) if minutes and audience == Audience.FULL else {},
        decisions=[
            shape.Decision(row.reference, row.outcome, translated(row, "text")) for row in decisions
        ],
    )


def _actions(meeting: Meeting, audience: str) -> list[shape.Action]:
    rows = meeting.committee.actions.running().select_related("owner", "partner", "item")
    rows = rows.prefetch_related("partner__former_names").order_by("due_on", "pk")
    if audience != Audience.FULL:
        rows = rows.exclude(item__confidential=True)
    return [_action(row, meeting.day) for row in rows]


def _action(action: Action, day: date) -> shape.Action:
    return shape.Action(
        number=str(action.pk),
        text=typed(action.title),
        owner=action.owner.get_full_name() if action.owner else "",
        partner=partner_name(action.partner, day),
        due=iso(action.due_on),
        state=action.status,
        late=action.due_on < day and action.done_at is None,
    )
