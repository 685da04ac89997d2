"""Which rows of a project's past one page tells: the newest up to a moment, whatever their number before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from partners.models import User
from projects.enums import ReviewAction
from projects.models import (
    Contribution,
    DueDateExtension,
    Milestone,
    Project,
    ProjectPartner,
    ReviewNote,
)

LEAST = 60  # rows of a page, if there are as many


@dataclass(slots=True)
class Row:
    """A row of a history table with the one before it of the same object, or a line that is its own history."""

    at: datetime
    model: type
    row: Any
    before: Any = None


@dataclass(frozen=True)
class Page:
    """Newest first. `earlier` is the moment to ask from for what came before."""

    rows: list[Row]
    earlier: datetime | None


def page(project: Project, reader: User, until: datetime | None) -> Page:
    """All rows of one moment stand on one page: they were written together."""
    limit = LEAST
    while True:
        found, floor = _newest(project, reader, until, limit)
        whole = [row for row in found if floor is None or row.at > floor]
        if whole or floor is None:
            break
        limit *= 8  # more rows than that share one moment
    # The later written comes first, also among those that share their transaction's moment.
    whole.reverse()
    whole.sort(key=lambda row: row.at, reverse=True)
    shown = [row for row in whole if row.at >= whole[min(LEAST, len(whole)) - 1].at]
    return Page(shown, whole[len(shown)].at if len(shown) < len(whole) else floor)


def _newest(
    project: Project, reader: User, until: datetime | None, limit: int
) -> tuple[list[Row], datetime | None]:
    """Some of each table, oldest first within each, and the moment from which all of them are there."""
    rows: list[Row] = []
    floor: datetime | None = None
    for model, lines, at in _tables(project, reader):
        key = "pgh_id" if at == "pgh_created_at" else "pk"
        past = lines if until is None else lines.filter(**{f"{at}__lte": until})
        found = list(past.order_by(f"-{at}", f"-{key}")[:limit])[::-1]
        some = [Row(getattr(one, at), model, one) for one in found]
        cut = len(some) == limit
        if cut:
            floor = max(floor, some[0].at) if floor else some[0].at
        if key == "pgh_id":
            _pair(some, lines if cut else None)
        rows += some
    return rows, floor


def _tables(project: Project, reader: User) -> Iterator[tuple[type, QuerySet, str]]:
    seen = Contribution.objects.visible_to(reader).filter(project=project)
    for model, condition in (
        (Project, {"pgh_obj": project.pk}),
        (Milestone, {"project": project.pk}),
        (ProjectPartner, {"project": project.pk}),
        (Contribution, {"pgh_obj__in": seen.values("pk")}),
    ):
        events = model.events.rel.related_model.objects.filter(**condition)  # type: ignore[attr-defined]
        yield model, events.select_related("pgh_context"), "pgh_created_at"
    about = ("author", "report__period", "report__project")
    notes = ReviewNote.objects.filter(report__project=project).select_related(*about)
    yield ReviewNote, notes.exclude(action=ReviewAction.REMARK), "at"
    extensions = DueDateExtension.objects.filter(report__project=project)
    yield DueDateExtension, extensions.select_related(*about), "at"


def _pair(rows: list[Row], more: QuerySet | None) -> None:
    """Gives each its predecessor; `more` holds those that the window leaves out."""
    oldest: dict[int, Row] = {}
    newer: dict[int, Row] = {}
    for one in sorted(rows, key=lambda one: one.row.pgh_id):
        key = one.row.pgh_obj_id
        oldest.setdefault(key, one)
        if key in newer:
            one.before = newer[key].row
        newer[key] = one
    if more is None:
        return
    outside = more.filter(pgh_obj__in=oldest, pgh_created_at__lte=rows[0].at).exclude(
        pgh_id__in=[one.row.pgh_id for one in rows]
    )
    for event in outside.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id"):
        oldest[event.pgh_obj_id].before = event
