from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import portfolio, targets
from projects.models import Contribution, Project
from smartport.page_cache import public_page


@public_page
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The public portfolio in figures; each links to the list behind it and says what it leaves out."""
    projects = Project.objects.public()
    contributions = Contribution.objects.public()
    health = portfolio.health_of(projects)
    context = {
        "count": sum(health.values()),
        "sentence": portfolio.state_of(health),
        "cost": portfolio.cost_total(projects),
        "funded": portfolio.contribution_total(contributions),
        "by_goal": portfolio.health_by_goal(projects),
        "by_strand": portfolio.health_by_strand(projects),
        "by_state": portfolio.projects_by_state(projects),
        "by_approval": portfolio.projects_by_year(projects),
        "indicators": targets.indicators_against_targets(projects),
        "timeline_url": portfolio.list_url(view="timeline"),
        "largest_url": portfolio.list_url(sort="budget"),
        "by_year": portfolio.money_by_funder_and_year(contributions),
    }
    return render(request, "projects/figures.html", context)
