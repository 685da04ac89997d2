from django.core.paginator import Paginator
from django.db.models import Count
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
    visible = ProjectSeries.objects.visible_to(request.user).order_by("-approved_on", "code")
    page = Paginator(visible, ROWS).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    projects = Project.objects.visible_to(request.user).filter(series__in=page.object_list)
    counts = dict(projects.order_by().values_list("series").annotate(n=Count("pk")))
    for series in page.object_list:
        series.project_count = counts.get(series.pk, 0)
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
    page = Paginator(projects.order_by("code"), ROWS).get_page(request.GET.get("page"))
    page.object_list = rows.project_rows(page.object_list)
    decision = rows.approval(series, request.user)
    context = {
        "series": series,
        "decision": decision,
        "other_decisions": rows.other_decisions(request.user, series=series),
        "extracts": rows.extracts(request.user, series=series),
        "page": page,
        "rows": page.object_list,
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
