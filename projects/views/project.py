from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects import cards, linked, portfolio, public_past, rows
from projects.campaigns import standing
from projects.enums import InstalmentStatus
from projects.models import (
    Contribution,
    Expenditure,
    Following,
    IndicatorValue,
    Instalment,
    ProgressReport,
    Project,
    ProjectPartner,
)
from projects.permissions import can_see_history
from projects.services.campaigns import due_day
from projects.views.moving import moved
from smartport.addresses import absolute
from smartport.dates import short_day
from smartport.page_cache import public_page

PARTS = Project.objects.select_related("series", "lead", "latest_report__period").prefetch_related(
    "goals",
    "frameworks",
    "milestones",
    "sources",
    Prefetch("project_partners", ProjectPartner.objects.select_related("partner")),
)

ProjectGoal = Project.goals.through
RELATED = 3
RECENT = 6
RECENT_PAST = 8  # entries before the page folds the earlier ones
PAID_STEPS = [InstalmentStatus.COMMITTED, InstalmentStatus.CALLED, InstalmentStatus.RECEIVED]


@public_page
@require_safe
def project_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What a project is, why it exists, how it goes, who does what and who pays."""
    visible = Project.objects.visible_to(request.user)
    project = PARTS.filter(pk__in=visible.values("pk"), slug=slug).first()
    if project is None:
        return moved(visible, slug, "projects:project_detail")
    decision = rows.approval(project.series, request.user) if project.series else None
    reports = list(_public_reports(project))
    contributions = list(
        Contribution.objects.visible_to(request.user)
        .filter(project=project)
        .select_related("funder", "recipient", "agreement")
    )
    context = {
        "project": project,
        "decision": decision,
        "other_decisions": rows.other_decisions(
            request.user, series=project.series, project=project
        ),
        "extracts": rows.extracts(request.user, series=project.series, project=project),
        "milestones": rows.milestone_lines(project.milestones.all()),
        "series": _meteo(reports),
        "latest": reports[-1] if reports else None,
        "next_due_on": _next_due_on(project),
        "people": _who_does_what(project),
        "contributions": contributions,
        "funded": portfolio.Total.of(contribution.amount for contribution in contributions),
        "money": _money(request.user, project, contributions),
        "indicators": _indicators(project, reports),
        **_past(project, reports, decision),
        "related": _related(project),
        "sources": rows.source_links(
            dict.fromkeys([*project.sources.all(), *(decision or {}).get("sources", [])])
        ),
        "today": timezone.localdate(),
        **_shared(project, contributions),
        "inside": _inside(request, project),
        "following": _following(request, project),
    }
    return render(request, "projects/project_detail.html", context)


def _shared(project: Project, contributions: list[Contribution]) -> dict[str, Any]:
    """What other programs read: search engines, and whoever shows a shared address."""
    return {
        "address": absolute(project.get_absolute_url()),
        "card": absolute(reverse("projects:project_card", args=[project.slug])),
        "structured_data": linked.project_data(project, contributions),
    }


@public_page
@require_safe
def project_card(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture of a shared address, of a public project only."""
    project = get_object_or_404(Project.objects.public(), slug=slug)
    return HttpResponse(cards.project_card(project), content_type="image/png")


def _inside(request: HttpRequest, project: Project) -> list[tuple[ProgressReport, str, str]] | None:
    """The latest reports with how they stand, for those who may read them in full; None for everyone else."""
    if not can_see_history(request.user, project):
        return None
    visible = ProgressReport.objects.visible_to(request.user).filter(project=project)
    latest = visible.select_related("period").order_by("-period__ends_on", "-version")[:RECENT]
    return [(report, *standing(report, timezone.localdate())) for report in latest]


def _following(request: HttpRequest, project: Project) -> Following | None:
    return (
        Following.objects.filter(user=request.user, project=project).first()
        if request.user.is_authenticated
        else None
    )


def _public_reports(project: Project) -> QuerySet:
    """Accepted reports, oldest first: what the météo and the latest summary are read from."""
    return (
        ProgressReport.objects.accepted()
        .current()
        .filter(project=project)
        .select_related("period")
        .order_by("period__ends_on", "version")
    )


def _next_due_on(project: Project) -> Any:
    """When the next report falls due, for a project that reports."""
    if project.series is None or not Project.objects.reporting().filter(pk=project.pk).exists():
        return None
    today = timezone.localdate()
    recent = project.series.periods.order_by("-ends_on")[:4]
    return min(
        filter(lambda day: day >= today, (due_day(project, one) for one in recent)), default=None
    )


def _money(
    user: Any, project: Project, contributions: list[Contribution]
) -> dict[str, Decimal | None]:
    """The five amounts of the money bar. An amount is None when nothing at all is known of it.

    Spending is part of the report in full, which the public does not see.
    """
    known = [
        contribution.amount for contribution in contributions if contribution.amount is not None
    ]
    instalments = Instalment.objects.filter(contribution__in=contributions)
    by_status = dict(instalments.order_by().values_list("status").annotate(total=Sum("amount")))
    steps = {
        status: sum((by_status.get(later, Decimal(0)) for later in PAID_STEPS[rank:]), Decimal(0))
        for rank, status in enumerate(PAID_STEPS)
    }
    paid: dict[str, Decimal | None] = {
        str(status): steps[status] if by_status else None for status in PAID_STEPS
    }
    return {
        "planned": sum(known, Decimal(0)) if known else None,
        **paid,
        "spent": _spent(user, project),
    }


def _spent(user: Any, project: Project) -> Decimal | None:
    seen = ProgressReport.objects.visible_to(user).filter(pk=project.latest_report_id)
    return Expenditure.objects.filter(report__in=seen).aggregate(total=Sum("amount"))["total"]


def _past(
    project: Project, reports: list[ProgressReport], decision: dict[str, Any] | None
) -> dict[str, list[public_past.Entry]]:
    entries = public_past.since_approval(project, reports, decision)
    return {"past": entries[:RECENT_PAST], "earlier": entries[RECENT_PAST:]}


def _meteo(reports: list[ProgressReport]) -> list[tuple[str, str]]:
    """Each accepted report's period and day, with what it says of the weather."""
    return [
        (
            f"{report.period.label} · {short_day(timezone.localdate(report.reviewed_at))}",
            report.health,
        )
        for report in reports
    ]


def _who_does_what(project: Project) -> list[dict[str, Any]]:
    """The organisations by what they do, with the name they had on the day of the approval where it was another."""
    named = [(_("Lead"), project.lead)] if project.lead else []
    named += [(one.get_role_display(), one.partner) for one in project.project_partners.all()]
    prefetch_related_objects([partner for _role, partner in named], "former_names")
    day = project.approved_on
    return [
        {
            "role": role,
            "partner": partner,
            "then": name if day and (name := partner.name_on(day)) != partner.name else "",
        }
        for role, partner in named
    ]


def _indicators(project: Project, reports: list[ProgressReport]) -> list[dict[str, Any]]:
    """Each indicator with its target and its values by accepted report."""
    values: dict[int, list[IndicatorValue]] = {}
    for value in IndicatorValue.objects.filter(report__in=reports).select_related("report__period"):
        values.setdefault(value.indicator_id, []).append(value)
    return [
        rows.indicator_row(
            use, sorted(values.get(use.pk, []), key=lambda value: value.report.period.ends_on)
        )
        for use in project.indicators.select_related("indicator")
    ]


def _related(project: Project) -> list[dict[str, Any]]:
    """Other approved projects of the same series, else of the same goals, the latest reported first."""
    others = rows.latest_reported(Project.objects.public().exclude(pk=project.pk))
    same_goals = ProjectGoal.objects.filter(strategicgoal__in=project.goals.all())
    return rows.project_rows(others.filter(series=project.series)[:RELATED]) or rows.project_rows(
        others.filter(pk__in=same_goals.values("project"))[:RELATED]
    )
