"""The demonstration's committee: seats, meetings held with their decisions, one in preparation, actions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Model
from django.utils import translation

from governance.enums import Effect, MeetingKind, MeetingStatus
from governance.loading.demo.calendar import Calendar, at
from governance.loading.demo.papers import load_papers
from governance.loading.rows import bilingual
from governance.models import (
    Action,
    AgendaItem,
    AgendaPaper,
    Attendance,
    Committee,
    Decision,
    Mandate,
    Meeting,
    Minutes,
    MinutesRevision,
    PaperRevision,
    Seat,
)
from governance.services.quorum import quorum_of
from partners.models import Partner, User
from projects.models import FundingAgreement, Project, ProjectSeries

Facts = dict[str, Any]
START, END = (9, 30), (11, 30)
ACTS = {"approve_series": Effect.APPROVE_SERIES, "approve_agreement": Effect.APPROVE_AGREEMENT}
SUBJECTS: dict[str, type[Model]] = {
    "series": ProjectSeries,
    "agreement": FundingAgreement,
    "project": Project,
}


def load_meetings(facts: Facts, papers: list[Facts], calendar: Calendar) -> None:
    committee = _committee(facts["committee"], calendar)
    loader = _Meetings(committee, calendar, load_papers(papers, committee, calendar))
    for row in facts["meetings"]:
        loader.add(row)
    for row in facts["actions"]:
        _action(committee, row, calendar)


def _committee(row: Facts, calendar: Calendar) -> Committee:
    committee = Committee.objects.create(
        code=row["code"], slug=row["slug"], **bilingual(name=row["name"]), kind="steering"
    )
    first_day = calendar.known_day(-450)
    for position, place in enumerate(row["seats"], start=1):
        partner = Partner.objects.get(code=place["partner"])
        seat = Seat.objects.create(
            committee=committee, partner=partner, position=position, start=first_day
        )
        for mandate in place["mandates"]:
            Mandate.objects.create(
                seat=seat,
                user=_person(mandate["person"]),
                capacity=mandate["capacity"],
                start=first_day,
            )
    return committee


class _Meetings:
    def __init__(
        self, committee: Committee, calendar: Calendar, revisions: dict[str, PaperRevision]
    ) -> None:
        self.committee = committee
        self.calendar = calendar
        self.revisions = revisions
        self.secretary = _person("secretariat@smartport.example")
        self.previous: Meeting | None = None
        self.numbers: defaultdict[int, int] = defaultdict(int)

    def add(self, row: Facts) -> None:
        day = self.calendar.known_day(row["day"])
        held = row["status"] == MeetingStatus.CLOSED
        meeting = Meeting.objects.create(
            code=row["code"],
            committee=self.committee,
            kind=row["kind"],
            status=row["status"],
            starts_at=at(day, *START),
            ends_at=at(day, *END),
            time_known=row["kind"] != MeetingKind.WRITTEN,
            **bilingual(place=row["place"]),
            answers_due_on=day if row["kind"] == MeetingKind.WRITTEN else None,
            previous=self.previous,
            is_public=held,
            summoned_at=at(day - timedelta(days=21), 9) if held else None,
            opened_at=at(day, *START) if held else None,
            held_at=at(day, *END) if held else None,
            closed_at=at(day, *END) if held else None,
            closed_by=self.secretary if held else None,
        )
        self.previous = meeting
        for person in row.get("present", []):
            self._present(meeting, person)
        for position, point in enumerate(row["agenda"], start=1):
            item = self._item(meeting, point, position)
            if held:
                self._decide(item, point)
        if held:
            self._minutes(meeting, row["minutes"])

    def _present(self, meeting: Meeting, email: str) -> None:
        mandate = Mandate.objects.get(user__email=email, seat__committee=self.committee)
        Attendance.objects.create(
            meeting=meeting,
            user=mandate.user,
            seat=mandate.seat,
            capacity=mandate.capacity,
            arrived_at=meeting.starts_at,
            left_at=meeting.held_at,
        )

    def _item(self, meeting: Meeting, row: Facts, position: int) -> AgendaItem:
        texts = {
            "title": row["title"],
            "proposed_decision": row["text"],
            "note": row.get("note", {}),
        }
        item = AgendaItem.objects.create(
            meeting=meeting,
            position=position,
            kind=row["kind"],
            **bilingual(**texts),
            **{
                name: model._default_manager.get(code=row[name])
                for name, model in SUBJECTS.items()
                if name in row
            },
            effect=row.get("effect") or ACTS.get(row["kind"]) or _minutes_effect(row["kind"]),
            rapporteur=row.get("rapporteur", ""),
            minutes=row.get("minutes", 15),
            confidential=row.get("confidential", False),
            ready=row.get("ready", False),
        )
        for place, key in enumerate(row.get("papers", []), start=1):
            AgendaPaper.objects.create(item=item, revision=self.revisions[key], position=place)
        return item

    def _decide(self, item: AgendaItem, row: Facts) -> None:
        meeting = item.meeting
        votes = dict(
            zip(("votes_for", "votes_against", "votes_abstain"), row.get("votes", ()), strict=False)
        )
        moment = meeting.starts_at + timedelta(minutes=15 * item.position)
        with translation.override("fr"):
            quorum = quorum_of(meeting, moment).as_json() if row.get("votes") else None
        item.outcome, item.taken_at, item.quorum = row["outcome"], moment, quorum
        item.wording_fr, item.wording_en = item.proposed_decision_fr, item.proposed_decision_en
        item.vote_mode = "show_of_hands" if votes else "none"
        for name, count in votes.items():
            setattr(item, name, count)
        item.save()
        year = meeting.day.year
        self.numbers[year] += 1
        Decision.objects.create(
            committee=self.committee,
            year=year,
            number=self.numbers[year],
            meeting=meeting,
            item=item,
            kind=item.kind,
            outcome=item.outcome,
            **bilingual(title=row["title"], text=row["text"]),
            decided_on=meeting.day,
            series=item.series,
            project=item.project,
            agreement=item.agreement,
            effect=item.effect,
            quorum=quorum,
            **votes,
            recorded_by=self.secretary,
            recorded_at=meeting.closed_at,
        )

    def _minutes(self, meeting: Meeting, state: str) -> None:
        text = "\n\n".join(
            f"{decision.item.position}. {decision.title_fr}\n"
            f"Décision {decision.reference} : {decision.text_fr}"
            for decision in meeting.decisions.select_related("item").order_by("item__position")
        )
        circulated, until = self._circulation(meeting.day, state)
        minutes = Minutes.objects.create(
            meeting=meeting,
            status="circulated",
            text=text,
            edited=True,
            revision=1,
            circulated_at=at(circulated, 14),
            objections_until=until,
        )
        MinutesRevision.objects.create(
            minutes=minutes, number=1, text=text, author=self.secretary, at=at(circulated, 13)
        )
        if state == "tacit":
            minutes.status, minutes.tacitly = "approved", True
            minutes.approved_on = until + timedelta(days=1)
            minutes.save()

    def _circulation(self, day: date, state: str) -> tuple[date, date]:
        """Circulated soon after the meeting; or lately, so that objections are still possible."""
        circulated = day + timedelta(days=10)
        if state == "circulated":
            circulated = self.calendar.known_day("t-8")
        return circulated, circulated + timedelta(days=self.committee.objection_days)


def _minutes_effect(kind: str) -> Effect:
    return Effect.APPROVE_MINUTES if kind == "approve_minutes" else Effect.NONE


def _action(committee: Committee, row: Facts, calendar: Calendar) -> None:
    meeting = Meeting.objects.get(code=row["meeting"])
    done = calendar.day(row.get("done"))
    verified = row["status"] == "verified"
    owner = _person(row["owner"])
    Action.objects.create(
        committee=committee,
        meeting=meeting,
        title=row["title"],
        owner=owner,
        partner=Partner.objects.get(code=row["partner"]),
        due_on=calendar.known_day(row["due"]),
        status=row["status"],
        opened_on=meeting.day,
        evidence=row.get("evidence", ""),
        done_at=at(done, 15) if done else None,
        done_by=owner if done else None,
        verified_at=at(done + timedelta(days=2), 10) if done and verified else None,
        verified_by=_person("secretariat@smartport.example") if verified else None,
    )


def _person(email: str) -> User:
    return User.objects.get(email=email)
