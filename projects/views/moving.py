from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect


def moved(visible: QuerySet[Any], slug: str, page: str) -> HttpResponse:
    """What was renamed is found under its former address, by those who may see it."""
    found = visible.filter(former_slugs__slug=slug).first()
    if found is None:
        raise Http404
    return redirect(page, found.slug, permanent=True)
