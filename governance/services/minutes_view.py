"""Minutes as their PDF and Word file show them: the text as it was edited, then what the meeting's data says."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from governance.enums import MinutesStatus, VoteMode
from governance.models import Decision, Meeting, Minutes
from governance.services.answered import answers_by_seat, period_of
from governance.services.guests import guests_of
from governance.services.minutes import WRITTEN_IN
from smartport import dates

View = dict[str, Any]
NUMBERED = re.compile(r"\d+\. ")


def view_of(minutes: Minutes) -> View:
    """In the language the minutes are written in."""
    meeting = minutes.meeting
    with override(WRITTEN_IN):
        day = dates.day(meeting.day)
        return {
            "language": WRITTEN_IN,
            "author": "Smart Port",
            "title": f"{_('Minutes')}, {meeting.committee}, {day}",
            "committee": str(meeting.committee),
            "day": period_of(meeting) if meeting.is_written else day,
            "place": "" if meeting.is_written else meeting.place or "",
            "state": _state(minutes),
            "demonstration": _("Demonstration data") if meeting.is_demo else "",
            "labels": _labels() | (_labels_of_answers() if meeting.is_written else {}),
            "text": list(_paragraphs(minutes.text)),
            "attendance": list((_answers if meeting.is_written else _attendance)(meeting)),
            "decisions": [_decision(row) for row in _decisions(meeting)],
            "actions": list(_actions(meeting)),
        }


def _labels() -> dict[str, str]:
    return {
        "minutes": _("Minutes"),
        "attendance": _("Attendance"),
        "person": _("Person"),
        "seat": _("Seat"),
        "presence": _("Presence"),
        "decisions": _("Decisions"),
        "number": _("Number"),
        "item": _("Item"),
        "outcome": _("Outcome"),
        "votes": _("Votes"),
        "actions": _("Actions"),
        "action": _("What is to be done"),
        "owner": _("By whom"),
        "due": _("Due on"),
        "state": _("State"),
        "page": _("page"),
    }


def _labels_of_answers() -> dict[str, str]:
    return {"attendance": _("Answers"), "presence": _("Answered on")}


def _answers(meeting: Meeting) -> Iterator[list[str]]:
    for one in answers_by_seat(meeting):
        yield [one.person, str(one.seat), one.when or pgettext("one seat", "Did not answer")]


def _state(minutes: Minutes) -> str:
    if minutes.status == MinutesStatus.APPROVED and minutes.approved_on:
        day = dates.day(minutes.approved_on)
        if minutes.approved_by:
            return _("Approved on %(day)s by decision %(number)s") % {
                "day": day,
                "number": minutes.approved_by.reference,
            }
        return _("Approved tacitly on %(day)s") % {"day": day}
    if (
        minutes.circulated_at
        and minutes.objections_until
        and minutes.status == MinutesStatus.CIRCULATED
    ):
        return _("Circulated on %(day)s, objections until %(until)s") % {
            "day": dates.day(timezone.localdate(minutes.circulated_at)),
            "until": dates.day(minutes.objections_until),
        }
    return _("Draft, not circulated")


def _paragraphs(text: str) -> Iterator[View]:
    """Blocks between empty lines; one that begins with a number opens an item. The title is said above."""
    for place, block in enumerate(re.split(r"\n\s*\n", text.strip())):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if place == 0 and lines and lines[0] == _("Minutes"):
            continue
        if lines and NUMBERED.match(lines[0]):
            yield {"heading": lines[0], "lines": lines[1:]}
        elif lines:
            yield {"heading": "", "lines": lines}


def _attendance(meeting: Meeting) -> Iterator[list[str]]:
    stays = meeting.attendances.select_related("user", "seat__partner").order_by(
        "seat__position", "arrived_at"
    )
    there = set()
    for stay in stays:
        there.add(stay.user_id)
        times = [dates.clock(at) for at in (stay.arrived_at, stay.left_at) if at]
        present = pgettext("one person", "Present")
        yield [str(stay.user), str(stay.seat or ""), f"{present}, {' – '.join(times)}"]
    for name, partner in guests_of(meeting):
        yield [name, partner, pgettext("one person", "Guest")]
    for proxy in meeting.proxies.filter(revoked_at=None, holder__in=there).select_related(
        "seat__partner", "holder", "giver"
    ):
        represented = _("Represented by %(person)s") % {"person": proxy.holder}
        yield [str(proxy.giver), str(proxy.seat), represented]
    away = meeting.summonses.exclude(user__in=there).exclude(
        user__in=meeting.proxies.filter(revoked_at=None).values("giver")
    )
    for summons in away.select_related("user", "seat__partner"):
        excused = summons.reply == "no"
        word = pgettext("one person", "Excused") if excused else pgettext("one person", "Absent")
        yield [str(summons.user), str(summons.seat or ""), word]


def _decisions(meeting: Meeting) -> Any:
    return (
        meeting.decisions.select_related("item", "corrects")
        .prefetch_related("item__conflicts__seat__partner")
        .order_by("number")
    )


def _decision(decision: Decision) -> list[str]:
    return [
        decision.reference,
        decision.title,
        ". ".join(filter(None, [str(decision.get_outcome_display()), decision.conditions])),
        "\n".join(filter(None, _votes(decision))),
    ]


def _votes(decision: Decision) -> Iterator[str]:
    if decision.item.vote_mode != VoteMode.NONE and decision.votes_for is not None:
        yield _("%(a)s for, %(b)s against, %(c)s abstaining") % {
            "a": decision.votes_for,
            "b": decision.votes_against or 0,
            "c": decision.votes_abstain or 0,
        }
    if seats := ", ".join(str(one.seat) for one in decision.item.conflicts.all()):
        yield _("Conflict of interest: %(seats)s") % {"seats": seats}


def _actions(meeting: Meeting) -> Iterator[list[str]]:
    for action in meeting.actions.select_related("owner", "partner").order_by("due_on", "pk"):
        yield [
            action.title,
            str(action.owner or action.partner),
            dates.day(action.due_on),
            str(action.get_status_display()),
        ]
