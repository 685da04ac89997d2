from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import portfolio, rows
from projects.models import Contribution, FundingAgreement, Project, ProjectSeries
from projects.views.moving import moved
from smartport.page_cache import public_page

ROWS = 20


@public_page
@require_safe
def series_list(request: HttpRequest) -> HttpResponse:
    visible = ProjectSeries.objects.visible_to(request.user)
    counted = visible.annotate(
        project_count=Count("projects"),
        in_difficulty=Count("projects", filter=Q(projects__health__in=["rainy", "stormy"])),
    ).order_by("-approved_on", "code")
    page = Paginator(counted, ROWS).get_page(request.GET.get("page"))
    return render(request, "projects/series_list.html", {"page": page})


@public_page
@require_safe
def series_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A series: the decision that approved it, its projects, their health and their money."""
    visible = ProjectSeries.objects.visible_to(request.user)
    series = visible.filter(slug=slug).first()
    if series is None:
        return moved(visible, slug, "projects:series_detail")
    projects = Project.objects.visible_to(request.user).filter(series=series)
    page = Paginator(rows.with_row_parts(projects).order_by("code"), ROWS).get_page(
        request.GET.get("page")
    )
    decision = rows.approval(series, request.user)
    context = {
        "series": series,
        "decision": decision,
        "other_decisions": rows.other_decisions(request.user, series=series),
        "extracts": rows.extracts(request.user, series=series),
        "page": page,
        "rows": rows.project_rows(page.object_list),
        "health": portfolio.health_line(portfolio.health_of(projects), series=series.slug),
        "cost": portfolio.cost_total(projects),
        "funded": portfolio.contribution_total(
            Contribution.objects.visible_to(request.user).filter(project__in=projects.values("pk"))
        ),
        "agreements": FundingAgreement.objects.visible_to(request.user).filter(series=series),
        "sources": rows.source_links(
            dict.fromkeys([*series.sources.all(), *(decision or {}).get("sources", [])])
        ),
    }
    return render(request, "projects/series_detail.html", context)
