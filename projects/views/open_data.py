from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.filters import SORTS, ProjectFilter


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """How to reuse what is public here: the interface for programs, the filters it takes, the licence."""
    filters = [
        {"name": name, "label": one.label} for name, one in ProjectFilter.base_filters.items()
    ]
    return render(request, "projects/open_data.html", {"filters": filters, "sorts": SORTS})
