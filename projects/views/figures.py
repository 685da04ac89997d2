from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import counting, portfolio, targets
from projects.models import Contribution, ProjectIndicator, ProjectListing
from smartport.page_cache import public_page


@public_page
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The public portfolio in figures; each links to the list behind it and says what it leaves out."""
    everyone = counting.everyone()
    granted = portfolio.granted(_of_public_projects(Contribution.objects.published(), everyone))
    uses = _of_public_projects(ProjectIndicator.objects.all(), everyone)
    healths = counting.healths_by("goal", "strand", "status", "year")
    health = healths[""][""]
    context = {
        "count": sum(health.values()),
        "sentence": portfolio.state_of(health),
        "cost": portfolio.listed_cost(ProjectListing.objects.filter(is_public=True)),
        "funded": portfolio.total_of(granted),
        "by_goal": portfolio.health_by_goal(healths.get("goal", {})),
        "by_strand": portfolio.health_by_strand(healths.get("strand", {})),
        "by_state": portfolio.projects_by_state(healths.get("status", {})),
        "by_approval": portfolio.projects_by_year(healths.get("year", {})),
        "indicators": targets.indicators_against_targets(uses),
        "timeline_url": portfolio.list_url(view="timeline"),
        "largest_url": portfolio.list_url(sort="budget"),
        "by_year": portfolio.money_by_funder_and_year(granted),
    }
    return render(request, "projects/figures.html", context)


def _of_public_projects(rows: QuerySet, everyone: counting.Found | None) -> QuerySet:
    if everyone:
        return everyone.among(rows)
    listed = ProjectListing.objects.filter(is_public=True)
    return rows.filter(project__in=listed.values("project"))
