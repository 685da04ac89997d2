from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from projects import portfolio
from projects.models import Contribution, Project
from smartport.money import number


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The public portfolio in figures; each links to the list behind it and says what it leaves out."""
    projects = Project.objects.public()
    contributions = Contribution.objects.public()
    health = portfolio.health_of(projects)
    context = {
        "count": projects.count(),
        "sentence": _sentence(health),
        "cost": portfolio.cost_total(projects),
        "funded": portfolio.contribution_total(contributions),
        "by_goal": portfolio.health_by_goal(projects),
        "by_strand": portfolio.health_by_strand(projects),
        "by_state": portfolio.projects_by_state(projects),
        "by_year": portfolio.money_by_funder_and_year(contributions),
    }
    return render(request, "projects/figures.html", context)


def _sentence(health: dict[str, int]) -> SafeString:
    count, in_need = sum(health.values()), health.get("rainy", 0) + health.get("stormy", 0)
    approved = ngettext("%(count)s approved project", "%(count)s approved projects", count) % {
        "count": number(count)
    }
    if not in_need:
        return format_html(_("{approved}. None asks for support."), approved=approved)
    url = portfolio.list_url(health=["rainy", "stormy"])
    asking = ngettext("%(count)s asks for support", "%(count)s ask for support", in_need) % {
        "count": number(in_need)
    }
    return format_html(
        '{approved}. <a href="{url}">{asking}</a>.', approved=approved, url=url, asking=asking
    )
