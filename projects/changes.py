"""What changed in projects between two moments, out of accepted reports and the history of the rows."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Model, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from projects.enums import ProjectStatus
from projects.models import MilestoneSlip, ProgressReport, Project
from smartport import dates
from smartport.messages import News

TOLD_STATUSES = frozenset(
    {
        ProjectStatus.APPROVED,
        ProjectStatus.IN_PROGRESS,
        ProjectStatus.COMPLETED,
        ProjectStatus.SUSPENDED,
        ProjectStatus.CANCELLED,
    }
)


def window(field: str, after: datetime, until: datetime) -> dict[str, datetime]:
    return {f"{field}__gt": after, f"{field}__lte": until}


def moves(model: type[Model], column: str, after: datetime, until: datetime) -> QuerySet:
    """Events of a model's history in which a column took another value; newest first, `before` holds the old one."""
    history: Any = model.events.rel.related_model  # type: ignore[attr-defined]
    earlier = history.objects.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id"))
    before = Subquery(earlier.order_by("-pgh_id").values(column)[:1])
    return (
        history.objects.filter(**window("pgh_created_at", after, until))
        .annotate(before=before)
        .exclude(**{column: F("before")})
        .filter(before__isnull=False)
        .select_related("pgh_obj", "pgh_context")
        .order_by("-pgh_created_at", "-pgh_id")
    )


def author_of(event: Any) -> int | None:
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def slips(projects: QuerySet, after: datetime, until: datetime) -> QuerySet:
    return (
        MilestoneSlip.objects.filter(
            milestone__project__in=projects.values("pk"), **window("at", after, until)
        )
        .select_related("milestone__project")
        .order_by("-at", "-pk")
    )


def news(project: Project, title: str, at: datetime, url: str = "") -> News:
    page = project.get_absolute_url()
    return News(project.title, title, at, url or page, project.is_demo, about_url=page)


def public_changes(projects: QuerySet, after: datetime, until: datetime) -> Iterator[News]:
    """What anyone may read of public projects: reports accepted, states, forecasts of milestones."""
    public = projects.filter(pk__in=Project.objects.public().values("pk"))
    reports = (
        ProgressReport.objects.public()
        .filter(project__in=public.values("pk"), **window("reviewed_at", after, until))
        .select_related("project", "period")
        .order_by("-reviewed_at", "-pk")
    )
    for report in reports.iterator():
        title = _("Report for %(period)s published: %(health)s") % {
            "period": report.period.label,
            "health": str(report.get_health_display()).lower(),
        }
        yield news(report.project, title, report.reviewed_at)
    yield from status_changes(public, after, until)
    yield from _forecasts(public, after, until)


def status_changes(
    projects: QuerySet, after: datetime, until: datetime, *, but_by: int | None = None
) -> Iterator[News]:
    moved = moves(Project, "status", after, until).filter(
        pgh_obj__in=projects.values("pk"), status__in=TOLD_STATUSES
    )
    for event in moved.iterator():
        if but_by is None or author_of(event) != but_by:
            title = _("State: %(state)s") % {"state": str(event.get_status_display()).lower()}
            yield news(event.pgh_obj, title, event.pgh_created_at)


def _forecasts(projects: QuerySet, after: datetime, until: datetime) -> Iterator[News]:
    """Without the reason, which is part of the report in full."""
    for slip in slips(projects, after, until).iterator():
        title = _("“%(name)s” now expected on %(day)s") % {
            "name": slip.milestone.title,
            "day": dates.short_day(slip.to_on),
        }
        yield news(slip.milestone.project, title, slip.at)
