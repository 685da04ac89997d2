"""A snapshot in one language, ready to show: every figure written, every word chosen.

The same presentation feeds the Typst sources and the HTML reader, so both say the same thing.
"""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.utils.translation import get_language_info, ngettext, override
from django.utils.translation import gettext as _

from governance.typesetting import labels, sheets
from governance.typesetting.formats import day, decimal, euros, named, paragraphs, say, short_day
from governance.typesetting.snapshot import Item, Person, ProjectSheet, Snapshot
from smartport.dates import clock
from smartport.marks import METEO
from smartport.money import Total, not_published

View = dict[str, Any]


Views = dict[str, View]


def present_all(snapshot: Snapshot) -> Views:
    """The presentation in each of the pack's languages, in their order."""
    return {language: present(snapshot, language) for language in snapshot.languages}


def present(snapshot: Snapshot, language: str) -> View:
    with override(language):
        printed = first_items(snapshot)
        return {
            "language": language,
            "language_name": get_language_info(language)["name_local"],
            "labels": {key: str(text) for key, text in labels.LABELS.items()},
            "cover": _cover(snapshot, language),
            "summons": _summons(snapshot, language),
            "agenda": [_agenda_row(item, language) for item in snapshot.items],
            "minutes": _minutes(snapshot, language),
            "actions": [_action(row, language) for row in snapshot.actions],
            "changes": _changes(snapshot, language),
            "items": [_item(item, snapshot, printed, language) for item in snapshot.items],
            "sheets": {
                sheet.key: sheets.present_sheet(sheet, language)
                for sheet in snapshot.sheets
                if sheet.key in printed
            },
            "attendance": [_person(person, language) for person in snapshot.attendance],
            "revised": list(snapshot.revised),
        }


def first_items(snapshot: Snapshot) -> dict[str, str]:
    """For each project sheet that is printed, the number of the item it is printed under."""
    known = {sheet.key for sheet in snapshot.sheets}
    printed: dict[str, str] = {}
    for item in snapshot.items:
        for key in item.projects:
            if key in known:
                printed.setdefault(key, item.number)
    return printed


def _cover(snapshot: Snapshot, language: str) -> View:
    meeting = snapshot.meeting
    prepared = date.fromisoformat(snapshot.prepared_at[:10])
    return {
        "committee": say(meeting.committee, language),
        "title": say(meeting.title, language),
        "day": day(meeting.on),
        "clock": " – ".join(
            clock(time.fromisoformat(at)) for at in (meeting.starts_at, meeting.ends_at) if at
        ),
        "place": say(meeting.place, language),
        "mode": named(labels.MODES, meeting.mode),
        "version": _("Version %(version)s") % {"version": snapshot.version},
        "prepared": _("prepared on %(day)s") % {"day": day(prepared.isoformat())},
        "audience": named(labels.AUDIENCES, snapshot.audience),
        "reason": say(snapshot.reason, language),
        "demonstration": meeting.demonstration,
        "facts": _facts(snapshot),
    }


def _facts(snapshot: Snapshot) -> list[View]:
    items = len(snapshot.items)
    asked = sum(1 for item in snapshot.items if item.proposed_decision)
    projects, annexes = len(first_items(snapshot)), len(snapshot.annexes)
    return [
        {"figure": str(items), "word": ngettext("agenda item", "agenda items", items)},
        {"figure": str(asked), "word": ngettext("decision to take", "decisions to take", asked)},
        {"figure": str(projects), "word": ngettext("project sheet", "project sheets", projects)},
        {"figure": str(annexes), "word": ngettext("annex", "annexes", annexes)},
    ]


def _summons(snapshot: Snapshot, language: str) -> View:
    summons = snapshot.summons
    return {
        "sent": _("Sent on %(day)s") % {"day": day(summons.sent_on)} if summons.sent_on else "",
        "paragraphs": paragraphs(summons.text, language),
        "quorum": say(summons.quorum, language),
        "people": [_person(person, language) for person in summons.people],
    }


def _person(person: Person, language: str) -> View:
    capacity = named(labels.CAPACITIES, person.capacity)
    if not person.voting:
        capacity = str(labels.LABELS["observer"])
    return {
        "name": person.name,
        "function": say(person.function, language),
        "partner": say(person.partner, language),
        "capacity": capacity,
    }


def _agenda_row(item: Item, language: str) -> View:
    remarks = [say(item.late, language)] if item.late else []
    if item.carried_over_from:
        remarks.append(_("Carried over from %(day)s") % {"day": day(item.carried_over_from)})
    return {
        "key": item.key,
        "number": item.number,
        "title": say(item.title, language),
        "kind": named(labels.KINDS, item.kind),
        "deciding": item.kind in labels.DECIDING or bool(item.proposed_decision),
        "rapporteur": item.rapporteur,
        "duration": _("%(count)s min") % {"count": item.minutes} if item.minutes else "",
        "confidential": item.confidential,
        "late": bool(item.late),
        "remarks": remarks,
    }


def _minutes(snapshot: Snapshot, language: str) -> View | None:
    minutes = snapshot.minutes
    if minutes is None:
        return None
    return {
        "title": _("Meeting of %(day)s") % {"day": day(minutes.meeting_on)},
        "state": named(labels.MINUTES_STATES, minutes.state),
        "paragraphs": paragraphs(minutes.text, language),
        "decisions": [
            {
                "number": decision.number,
                "outcome": named(labels.OUTCOMES, decision.outcome),
                "text": say(decision.text, language),
            }
            for decision in minutes.decisions
        ],
    }


def _action(action: Any, language: str) -> View:
    return {
        "number": action.number,
        "text": say(action.text, language),
        "owner": action.owner,
        "partner": say(action.partner, language),
        "due": short_day(action.due) if action.due else "",
        "state": named(labels.ACTION_STATES, action.state),
        "late": action.late,
    }


def _changes(snapshot: Snapshot, language: str) -> View:
    titles = {sheet.key: say(sheet.title, language) for sheet in snapshot.sheets}
    since = snapshot.since
    return {
        "since": _("Since the meeting of %(day)s") % {"day": day(since)} if since else "",
        "overview": sheets.overview(
            sheet for sheet in snapshot.sheets if sheet.key in first_items(snapshot)
        ),
        "rows": [
            {
                "kind": change.kind,
                "word": named(labels.CHANGES, change.kind),
                "project": change.project,
                "project_title": titles.get(change.project, change.project),
                "title": say(change.title, language),
                "before": _moved(change.kind, change.before),
                "after": _moved(change.kind, change.after),
                "before_health": change.before if change.kind == "health" else None,
                "after_health": change.after if change.kind == "health" else None,
                "reason": say(change.reason, language),
            }
            for change in snapshot.changes
        ],
    }


def _moved(kind: str, value: str | None) -> str:
    if kind.startswith("risk"):
        return ""
    if kind == "health":
        return str(METEO[value].word) if value in METEO else ""
    if kind in ("date", "reached"):
        return short_day(value)
    return euros(value)


def _item(item: Item, snapshot: Snapshot, printed: dict[str, str], language: str) -> View:
    by_key: dict[str, ProjectSheet] = {sheet.key: sheet for sheet in snapshot.sheets}
    concerned = [by_key[key] for key in item.projects if key in by_key]
    return _agenda_row(item, language) | {
        "note": paragraphs(item.note, language),
        "decision": paragraphs(item.proposed_decision, language),
        "sheets": [sheet.key for sheet in concerned if printed[sheet.key] == item.number],
        "concerned": [
            {"key": sheet.key, "title": say(sheet.title, language)} for sheet in concerned
        ],
        "amended": _amended(item, language),
        "funding": _funding(item, concerned, language),
        "parties": [
            {"name": say(party.partner, language), "role": say(party.function, language)}
            for party in item.parties
        ],
        "annexes": [
            {
                "number": annex.number,
                "title": say(annex.title, language) or annex.filename,
                "label": _("Annex %(number)s") % {"number": annex.number},
                "filename": annex.filename,
                "sha256": annex.sha256,
                "pages": annex.pages,
                "length": ngettext("%(count)s page", "%(count)s pages", annex.pages)
                % {"count": annex.pages},
            }
            for annex in item.annexes
        ],
    }


def _amended(item: Item, language: str) -> View | None:
    """What the amendment changes, line by line: before, and once it is in force."""
    amended = item.amended
    if amended is None:
        return None
    unchanged = _("unchanged")
    total = Total(decimal(amended.total), 1, amended.unknown)
    return {
        "title": _("Amendment %(number)s to “%(agreement)s”")
        % {"number": amended.number, "agreement": say(amended.agreement, language)},
        "paragraphs": paragraphs(amended.text, language),
        "rows": [
            {
                "what": _("End of the agreement"),
                "before": day(amended.ends) if amended.ends else not_published(),
                "after": day(amended.new_end) if amended.new_end else unchanged,
            },
            {
                "what": _("All contributions"),
                "before": euros(amended.money),
                "after": str(total) if item.money else unchanged,
            },
        ],
    }


def _funding(item: Item, concerned: list[ProjectSheet], language: str) -> View | None:
    """The money of the item's agreement line by line, or that of its projects by funder."""
    if item.money:
        return sheets.money_table(item.money, language)
    return sheets.funding_by_funder(concerned, language) if len(concerned) > 1 else None
