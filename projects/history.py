"""A project's history in words, out of the history tables: who changed what, when, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from partners.models import Partner, User
from projects import past
from projects.models import (
    Contribution,
    DueDateExtension,
    Milestone,
    MilestoneSlip,
    ProgressReport,
    Project,
    ProjectPartner,
    ReviewNote,
)
from smartport import dates
from smartport.money import euros

# Repeated from the accepted report, or of no meaning to a reader.
SILENT = frozenset(
    {
        "id", "updated_at", "slug", "title", "summary", "description", "dates_note", "place", "note",
        "health", "reported_on", "completion_percent", "latest_report", "status_since",
        "baseline_version", "position", "project",
    }
)  # fmt: skip
ENOUGH, ROUNDS = 30, 10  # entries of a page; windows looked through for them at most
SAME_SAVE = timedelta(seconds=30)  # a slip and the milestone it belongs to are written together


@dataclass(frozen=True, slots=True)
class Entry:
    """`who` is a person's name, empty when the portal acted by itself."""

    at: datetime
    text: str
    who: str = ""
    reason: str = ""
    icon: str = "edit"
    url: str = ""


@dataclass
class _Names:
    """People and organisations by id, each loaded once."""

    people: dict[int, str] = field(default_factory=dict)
    partners: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class History:
    """Newest first. `earlier` is the moment to ask from for what came before, None when nothing did."""

    entries: list[Entry]
    earlier: datetime | None


def history_of(project: Project, reader: User, until: datetime | None = None) -> History:
    """A page of it, at the same cost however long the whole is. What the reader may not see is left out.

    Rows that say nothing to a reader make no entry: it looks further back until there are enough.
    """
    entries: list[Entry] = []
    for _round in range(ROUNDS):
        page = past.page(project, reader, until)
        entries += _told(project, page.rows)
        until = page.earlier
        if until is None or len(entries) >= ENOUGH:
            break
    return History(entries, until)


def _told(project: Project, rows: list[past.Row]) -> Iterator[Entry]:
    names = _names_for(one.row for one in rows if hasattr(one.row, "pgh_obj_id"))
    slips = _slips_between(project, rows)
    for one in rows:
        if one.model is Project:
            yield from _of_project(one.before, one.row, names)
        elif one.model is Milestone:
            yield from _of_milestone(one.before, one.row, slips, names)
        elif one.model is ProjectPartner:
            yield _of_partner(one.row, names)
        elif one.model is Contribution:
            yield from _of_contribution(one.before, one.row, names)
        elif one.model is ReviewNote:
            yield _of_note(one.row)
        else:
            yield _of_extension(one.row)


def _slips_between(project: Project, rows: list[past.Row]) -> list[MilestoneSlip]:
    moved = [one.at for one in rows if one.model is Milestone and one.before]
    if not moved:
        return []
    around = (min(moved) - SAME_SAVE, max(moved) + SAME_SAVE)
    slips = MilestoneSlip.objects.filter(milestone__project=project, at__range=around)
    return list(slips.select_related("author").order_by("id"))


def _names_for(events: Iterable[Any]) -> _Names:
    people, partners = set(), set()
    for event in events:
        people.add(_author(event))
        for name in ("lead_id", "partner_id", "funder_id", "recipient_id"):
            partners.add(getattr(event, name, None))
    return _Names(
        {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=people - {None})},
        {one.pk: one.label for one in Partner.objects.filter(pk__in=partners - {None})},
    )


def _author(event: Any) -> int | None:
    return (event.pgh_context.metadata.get("user") if event.pgh_context else None) or None


def _reason(event: Any) -> str:
    return str((event.pgh_context.metadata.get("reason") if event.pgh_context else "") or "")


def _of_project(before: Any, event: Any, names: _Names) -> Iterator[Entry]:
    who = names.people.get(_author(event) or 0, "")
    if before is None:
        yield Entry(event.pgh_created_at, _("Project created"), who, icon="plus")
        return
    for label, old, new in _differences(before, event, names):
        yield Entry(event.pgh_created_at, _changed(label, old, new), who, _reason(event))


def _differences(before: Any, event: Any, names: _Names) -> Iterator[tuple[str, str, str]]:
    for column in type(event)._meta.fields:
        if column.name.startswith("pgh_") or column.name in SILENT:
            continue
        old, new = getattr(before, column.attname), getattr(event, column.attname)
        if old != new:
            label = str(column.verbose_name)
            label = label[:1].upper() + label[1:]
            yield label, _shown(column, old, names), _shown(column, new, names)


def _shown(column: Any, value: Any, names: _Names) -> str:
    if value in (None, ""):
        return ""
    if column.name in {"lead", "partner", "funder", "recipient"}:
        return names.partners.get(value, "")
    if column.flatchoices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, date):
        return dates.day(value)
    if isinstance(value, Decimal) and column.name in {"total_cost", "amount"}:
        return euros(value)
    return str(value)


def _changed(label: str, old: str, new: str) -> str:
    words = {"field": label, "old": old, "new": new}
    if not old:
        return _("%(field)s: “%(new)s”") % words
    if not new:
        return _("%(field)s emptied; it was “%(old)s”") % words
    return _("%(field)s changed from “%(old)s” to “%(new)s”") % words


def _of_milestone(
    before: Any, event: Any, slips: list[MilestoneSlip], names: _Names
) -> Iterator[Entry]:
    if before is None:
        text = _("Milestone “%(name)s” added") % {"name": event.title}
        who = names.people.get(_author(event) or 0, "")
        yield Entry(event.pgh_created_at, text, who, icon="plus")
        return
    slip = _slip_of(event, slips)
    who = str(slip.author) if slip else names.people.get(_author(event) or 0, "")
    reason = slip.reason if slip else _reason(event)
    for text in _milestone_changes(before, event):
        yield Entry(event.pgh_created_at, text, who, reason, icon="calendar")


def _slip_of(event: Any, slips: list[MilestoneSlip]) -> MilestoneSlip | None:
    for slip in slips:
        same = slip.milestone_id == event.pgh_obj_id
        if same and abs(slip.at - event.pgh_created_at) < SAME_SAVE:
            return slip
    return None


def _milestone_changes(before: Any, event: Any) -> Iterator[str]:
    if before.baseline_on != event.baseline_on:
        yield _moved(_("Baseline of “%(name)s”"), event, before.baseline_on, event.baseline_on)
    if before.forecast_on != event.forecast_on:
        yield _moved(_("Forecast of “%(name)s”"), event, before.forecast_on, event.forecast_on)
    if before.actual_on != event.actual_on:
        if event.actual_on:
            yield _("“%(name)s” reached on %(day)s") % {
                "name": event.title,
                "day": dates.day(event.actual_on),
            }
        else:
            yield _("“%(name)s” is not reached after all") % {"name": event.title}


def _moved(what: str, event: Any, old: date | None, new: date | None) -> str:
    subject = what % {"name": event.title}
    if old and new:
        return _("%(subject)s moved from %(old)s to %(new)s") % {
            "subject": subject,
            "old": dates.short_day(old),
            "new": dates.short_day(new),
        }
    if new:
        return _("%(subject)s set to %(new)s") % {"subject": subject, "new": dates.short_day(new)}
    return _("%(subject)s removed") % {"subject": subject}


def _of_partner(event: Any, names: _Names) -> Entry:
    partner = names.partners.get(event.partner_id, "")
    left = event.pgh_label == "delete"
    text = _("%(partner)s left the project") if left else _("%(partner)s joined the project")
    who = names.people.get(_author(event) or 0, "")
    return Entry(event.pgh_created_at, text % {"partner": partner}, who, icon="people")


def _of_contribution(before: Any, event: Any, names: _Names) -> Iterator[Entry]:
    if before is not None and before.amount == event.amount:
        return
    words = {
        "funder": names.partners.get(event.funder_id, ""),
        "amount": euros(event.amount),
        "old": euros(before.amount) if before else "",
    }
    text = (
        _("Contribution of %(funder)s changed from %(old)s to %(amount)s")
        if before
        else _("Contribution of %(funder)s: %(amount)s")
    )
    who = names.people.get(_author(event) or 0, "")
    yield Entry(event.pgh_created_at, text % words, who, icon="euro")


def _of_note(note: ReviewNote) -> Entry:
    words = {"report": _title(note.report), "action": str(note.get_action_display()).lower()}
    text = _("%(report)s: %(action)s") % words
    url = note.report.get_absolute_url()
    return Entry(note.at, text, str(note.author), note.text, icon="file", url=url)


def _of_extension(extension: DueDateExtension) -> Entry:
    text = _("%(report)s: due on %(new)s instead of %(old)s") % {
        "report": _title(extension.report),
        "new": dates.short_day(extension.to_on),
        "old": dates.short_day(extension.from_on),
    }
    who, url = str(extension.author), extension.report.get_absolute_url()
    return Entry(extension.at, text, who, extension.reason, icon="clock", url=url)


def _title(report: ProgressReport) -> str:
    title = _("Report for %(period)s") % {"period": report.period.label}
    if report.version > 1:
        title += " " + _("(version %(number)s)") % {"number": report.version}
    return title
