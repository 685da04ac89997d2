from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from partners.models import Partner
from projects import portfolio, rows, story
from projects.models import Project, ProjectListing, ProjectSeries, StrategicGoal
from projects.places import place_map
from smartport.money import Total, number
from smartport.page_cache import public_page

LATEST = 3  # series and projects on the first page
PLACES = 8  # on the map of the first page
STORY = 4  # latest entries of the story on the first page


@public_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The initiative in a sentence, four figures that link, what was decided last."""
    listings = ProjectListing.objects.filter(is_public=True)
    cost = portfolio.listed_cost(listings)
    entries = story.timeline()[-STORY:][::-1]
    sources = story.sources_of(entries)
    context = {
        "figures": _figures(cost),
        "series": ProjectSeries.objects.public().order_by("-approved_on", "-pk")[:LATEST],
        "rows": rows.project_rows(rows.latest_reported(Project.objects.public())[:LATEST]),
        "map": place_map(listings, cost.counted + cost.unknown, PLACES),
        "whole_map": portfolio.list_url(view="map"),
        "tiles": settings.MAP_TILES_URL,
        "goals": StrategicGoal.objects.all(),
        "entries": story.told(entries, sources, {}),
        "sources": rows.source_links(sources),
    }
    return render(request, "projects/home.html", context)


def _figures(cost: Total) -> list[dict[str, str]]:
    count, series = cost.counted + cost.unknown, ProjectSeries.objects.public().count()
    partners = Partner.objects.count()
    return [
        {
            "value": number(count),
            "label": ngettext("approved project", "approved projects", count),
            "url": reverse("projects:project_list"),
        },
        {
            "value": number(series),
            "label": ngettext("approved series", "approved series", series),
            "url": reverse("projects:series_list"),
        },
        {
            "value": number(partners),
            "label": ngettext("partner", "partners", partners),
            "url": reverse("projects:partner_list"),
        },
        {
            "value": portfolio.short_amount(cost),
            "label": _("published cost of the projects"),
            "url": reverse("projects:figures"),
            "note": cost.left_out,
        },
    ]
