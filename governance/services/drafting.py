"""The text of the minutes as the meeting's data tells it, in the language of the moment."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from governance.enums import Outcome, VoteChoice, VoteMode
from governance.models import AgendaItem, Meeting, Vote
from governance.services.answered import answers_by_seat, period_of, quorum_line
from governance.services.guests import guests_of
from smartport import dates


def draft_text(meeting: Meeting) -> str:
    who = _answers if meeting.is_written else _people
    blocks = [_heading(meeting), who(meeting)]
    items = (
        meeting.agenda.select_related("decision")
        .prefetch_related(
            "actions__owner",
            "actions__partner",
            "conflicts__seat__partner",
            "votes__seat__partner",
            "votes__cast_by",
        )
        .order_by("position")
    )
    blocks += ["\n".join(_item(item, meeting)) for item in items]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _heading(meeting: Meeting) -> str:
    if meeting.is_written:
        return "\n".join([_("Minutes"), str(meeting.committee), period_of(meeting)])
    day = dates.day(meeting.day)
    where = f", {meeting.place}" if meeting.place else ""
    return "\n".join([_("Minutes"), str(meeting.committee), f"{day}{where}"])


def _people(meeting: Meeting) -> str:
    present = {}
    for stay in meeting.attendances.select_related("user", "seat__partner").order_by("arrived_at"):
        present[stay.user_id] = f"{stay.user} ({stay.seat})" if stay.seat else str(stay.user)
    proxies = meeting.proxies.filter(revoked_at=None, holder__in=present).select_related(
        "seat__partner", "holder"
    )
    away = meeting.summonses.exclude(user__in=present).select_related("user")
    return "\n".join(
        filter(
            None,
            [
                _line(pgettext("several people", "Present"), present.values()),
                _line(
                    pgettext("several people", "Guests"),
                    (
                        f"{name} ({partner})" if partner else name
                        for name, partner in guests_of(meeting)
                    ),
                ),
                _line(
                    pgettext("several people", "Represented"),
                    (f"{p.seat} ({p.holder})" for p in proxies),
                ),
                _line(
                    pgettext("several people", "Excused"),
                    (str(s.user) for s in away if s.reply == "no"),
                ),
                _line(
                    pgettext("several people", "Absent"),
                    (str(s.user) for s in away if s.reply != "no"),
                ),
            ],
        )
    )


def _answers(meeting: Meeting) -> str:
    """By seat, who answered and when; who did not."""
    seats = answers_by_seat(meeting)
    answered = (f"{one.seat} ({one.person}, {one.when})" for one in seats if one.at)
    silent = (str(one.seat) for one in seats if not one.at)
    lines = [
        _line(pgettext("several seats", "Answered"), answered),
        _line(pgettext("several seats", "Did not answer"), silent),
    ]
    return "\n".join(filter(None, lines))


def _line(label: str, names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return _("%(label)s: %(names)s") % {"label": label, "names": listed} if listed else ""


def _item(item: AgendaItem, meeting: Meeting) -> Iterator[str]:
    yield f"{item.position}. {item.title}"
    if item.late:
        yield _("Added late: %(reason)s") % {"reason": item.late_reason}
    decision = getattr(item, "decision", None)
    text = decision.text if decision else item.wording or item.proposed_decision
    outcome = str(item.get_outcome_display()) if item.outcome else ""
    if decision:
        outcome = _("Decision %(number)s, %(outcome)s") % {
            "number": decision.reference,
            "outcome": outcome.lower(),
        }
    yield ". ".join(filter(None, [outcome, text]))
    if item.outcome == Outcome.APPROVED_WITH_CONDITIONS:
        yield _("%(label)s: %(names)s") % {"label": _("Conditions"), "names": item.conditions}
    yield from _votes(item)
    if meeting.is_written:
        if told := quorum_line(item):
            yield told
    elif item.quorum and not item.quorum.get("reached", True) and item.taken_at:
        yield _("Quorum not reached at %(time)s.") % {"time": dates.clock(item.taken_at)}
    for action in item.actions.all():
        yield _("Action: %(title)s (%(owner)s, %(day)s)") % {
            "title": action.title,
            "owner": action.owner or action.partner,
            "day": dates.day(action.due_on),
        }


def _voice(vote: Vote) -> str:
    """The seat, and who voted for it where that was by proxy."""
    return f"{vote.seat} ({vote.cast_by})" if vote.by_proxy else str(vote.seat)


def _votes(item: AgendaItem) -> Iterator[str]:
    if item.vote_mode != VoteMode.NONE and item.votes_for is not None:
        yield _("%(a)s for, %(b)s against, %(c)s abstaining") % {
            "a": item.votes_for,
            "b": item.votes_against or 0,
            "c": item.votes_abstain or 0,
        }
    if item.vote_mode == VoteMode.ROLL_CALL:
        for choice in (VoteChoice.FOR, VoteChoice.AGAINST, VoteChoice.ABSTAIN):
            if seats := [_voice(vote) for vote in item.votes.all() if vote.choice == choice]:
                yield _line(str(choice.label), seats)
    if conflicts := [str(conflict.seat) for conflict in item.conflicts.all()]:
        yield _line(_("Not taking part (conflict of interest)"), conflicts)
