from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from projects.filters import SORTS, ProjectFilter
from smartport.openness import LICENCE, LICENCE_NAME, calendars, datasets, feeds
from smartport.page_cache import public_page
from smartport.wording import format_name

CATALOGS = {"ttl": "Turtle", "jsonld": "JSON-LD"}


@public_page
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """Files, feeds, catalogue and interface; the dictionary is made from the columns that write the files."""
    filters = [
        {"name": name, "label": one.label} for name, one in ProjectFilter.base_filters.items()
    ]
    context = {
        "datasets": [_dataset(name) for name in datasets.names()],
        "feeds": [
            {
                "title": feeds[name].title,
                "summary": feeds[name].summary,
                "url": reverse("openness:feed", args=[name]),
            }
            for name in feeds.names()
        ],
        "calendars": [
            {"title": calendars[name].title, "url": reverse("openness:calendar", args=[name])}
            for name in calendars.names()
        ],
        "catalogs": [
            {"label": label, "url": reverse("openness:catalog", args=[extension])}
            for extension, label in CATALOGS.items()
        ],
        "filters": filters,
        "sorts": SORTS,
        "licence": {"url": LICENCE, "name": LICENCE_NAME},
    }
    return render(request, "projects/open_data.html", context)


def _dataset(name: str) -> dict:
    dataset = datasets[name]
    files = [
        {
            "label": format_name(extension),
            "url": reverse("openness:dataset", args=[name, extension]),
        }
        for extension in dataset.formats
    ]
    return {
        "name": name,
        "title": dataset.title,
        "summary": dataset.summary,
        "files": files,
        "columns": dataset.columns,
    }
