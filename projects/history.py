"""A project's history in words, out of the history tables: who changed what, when, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from partners.models import Partner, User
from projects.enums import ReviewAction
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


def history_of(project: Project, reader: User) -> list[Entry]:
    """Newest first; a fixed number of queries. What the reader may not see of contributions is left out."""
    events = {
        model: list(_events(model, _filter(model, project, reader)))
        for model in (Project, Milestone, ProjectPartner, Contribution)
    }
    names = _names_for(event for found in events.values() for event in found)
    slips = list(MilestoneSlip.objects.filter(milestone__project=project).select_related("author"))
    entries = [
        *_of_project(events[Project], names),
        *_of_milestones(events[Milestone], slips, names),
        *_of_partners(events[ProjectPartner], names),
        *_of_contributions(events[Contribution], names),
        *_of_reports(project),
    ]
    # Rows of one transaction share its moment: the later written comes first all the same.
    entries.reverse()
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return entries


def _filter(model: type[Model], project: Project, reader: User) -> dict[str, Any]:
    if model is Project:
        return {"pgh_obj": project.pk}
    if model is Contribution:
        seen = Contribution.objects.visible_to(reader).filter(project=project)
        return {"pgh_obj__in": seen.values("pk")}
    return {"project": project.pk}


def _events(model: Any, condition: dict[str, Any]) -> Iterable[Any]:
    table = model.events.rel.related_model
    return (
        table.objects.filter(**condition)
        .select_related("pgh_context")
        .order_by("pgh_obj", "pgh_id")
    )


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


def _pairs(events: list[Any]) -> Iterator[tuple[Any | None, Any]]:
    """Each event with the one before it of the same row."""
    before: Any = None
    for event in events:
        same = before is not None and before.pgh_obj_id == event.pgh_obj_id
        yield (before if same else None), event
        before = event


def _of_project(events: list[Any], names: _Names) -> Iterator[Entry]:
    for before, event in _pairs(events):
        who = names.people.get(_author(event) or 0, "")
        if before is None:
            yield Entry(event.pgh_created_at, _("Project created"), who, icon="plus")
            continue
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


def _of_milestones(events: list[Any], slips: list[MilestoneSlip], names: _Names) -> Iterator[Entry]:
    for before, event in _pairs(events):
        if before is None:
            text = _("Milestone “%(name)s” added") % {"name": event.title}
            yield Entry(
                event.pgh_created_at, text, names.people.get(_author(event) or 0, ""), icon="plus"
            )
            continue
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


def _of_partners(events: list[Any], names: _Names) -> Iterator[Entry]:
    for event in events:
        partner = names.partners.get(event.partner_id, "")
        left = event.pgh_label == "delete"
        text = _("%(partner)s left the project") if left else _("%(partner)s joined the project")
        yield Entry(
            event.pgh_created_at,
            text % {"partner": partner},
            names.people.get(_author(event) or 0, ""),
            icon="people",
        )


def _of_contributions(events: list[Any], names: _Names) -> Iterator[Entry]:
    for before, event in _pairs(events):
        if before is not None and before.amount == event.amount:
            continue
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


def _of_reports(project: Project) -> Iterator[Entry]:
    reports = ProgressReport.objects.filter(project=project).select_related("period")
    titles = {report.pk: _title(report) for report in reports}
    urls = {report.pk: report.get_absolute_url() for report in reports}
    notes = ReviewNote.objects.filter(report__project=project).select_related("author")
    for note in notes.exclude(action=ReviewAction.REMARK):
        yield Entry(
            note.at,
            _("%(report)s: %(action)s")
            % {
                "report": titles[note.report_id],
                "action": str(note.get_action_display()).lower(),
            },
            str(note.author),
            note.text,
            icon="file",
            url=urls[note.report_id],
        )
    extensions = DueDateExtension.objects.filter(report__project=project).select_related("author")
    for extension in extensions:
        text = _("%(report)s: due on %(new)s instead of %(old)s") % {
            "report": titles[extension.report_id],
            "new": dates.short_day(extension.to_on),
            "old": dates.short_day(extension.from_on),
        }
        yield Entry(
            extension.at,
            text,
            str(extension.author),
            extension.reason,
            icon="clock",
            url=urls[extension.report_id],
        )


def _title(report: ProgressReport) -> str:
    title = _("Report for %(period)s") % {"period": report.period.label}
    if report.version > 1:
        title += " " + _("(version %(number)s)") % {"number": report.version}
    return title
