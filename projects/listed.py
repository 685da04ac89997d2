"""The pages of the public list: any of them, first or last, reads about as much as the first."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from projects.counting import Counts
from projects.filters import ProjectFilter, order_of
from projects.models import Project, ProjectListing
from projects.rows import project_rows

ROWS = 20
FEW = 1000  # projects that are sorted rather than looked for in their order


def listings_of(filterset: ProjectFilter, counts: Counts) -> QuerySet:
    """Those of the public projects under every filter in force."""
    listings = ProjectListing.objects.filter(is_public=True)
    if counts.found is None:
        return filterset.narrowed(listings)
    if counts.total <= FEW:
        return listings.filter(project__in=counts.found.keys())
    return counts.found.among(listings)


class Listed(Paginator):
    """Public projects by their listings; how many there are, and mostly which, is known from their counts."""

    def __init__(self, filterset: ProjectFilter, sort: str, counts: Counts) -> None:
        super().__init__(listings_of(filterset, counts).order_by(*order_of(sort)), ROWS)
        self.count = counts.total

    def page(self, number: int | str) -> Page:
        """Its rows. Keys alone are skipped, from whichever end is nearer; then what this page shows is loaded."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        keys = self.object_list.values_list("project", flat=True)
        if first <= self.count // 2:
            wanted = list(keys[first:last])
        else:
            wanted = list(keys.reverse()[self.count - last : self.count - first])[::-1]
        return self._get_page(project_rows(Project.objects.public(), wanted), number, self)
