"""Addresses of the portfolio's public pages, for search engines."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Prefetch, QuerySet
from django.urls import reverse

from partners.models import Partner
from projects.models import (
    Framework,
    FundingAgreement,
    Project,
    ProjectListing,
    ProjectSeries,
    StrategicGoal,
)
from smartport.sitemaps import InEachLanguage


class Pages(InEachLanguage):
    def items(self) -> list[str]:
        names = (
            "home", "project_list", "outside_portfolio", "series_list", "partner_list", "goal_list", "academic",
            "story", "figures", "open_data", "agreement_list",
        )  # fmt: skip
        return [f"projects:{name}" for name in names]

    def location(self, item: str) -> str:
        return reverse(item)


def of(view_name: str, key: str, rows: Callable[[], QuerySet]) -> type[InEachLanguage]:
    """The pages of rows, each under the value of `key`."""

    class Rows(InEachLanguage):
        def items(self) -> QuerySet:
            return rows().order_by("pk").only(key)

        def location(self, item: Model) -> str:
            return reverse(view_name, args=[getattr(item, key)])

    return Rows


class Projects(InEachLanguage):
    """Read off the index of the list, the latest approved at the end; only those of one file are loaded."""

    def items(self) -> QuerySet:
        listings = ProjectListing.objects.filter(is_public=True).order_by("approved_on", "pk")
        slugs = Prefetch("project", Project.objects.only("slug"))
        return listings.only("project").prefetch_related(slugs)

    def location(self, item: ProjectListing) -> str:
        return reverse("projects:project_detail", args=[item.project.slug])


SITEMAPS = {
    "pages": Pages,
    "projects": Projects,
    "series": of("projects:series_detail", "slug", ProjectSeries.objects.public),
    "partners": of(
        "projects:partner_detail", "slug", lambda: Partner.objects.visible_to(AnonymousUser())
    ),
    "goals": of("projects:goal_detail", "slug", StrategicGoal.objects.all),
    "frameworks": of("projects:framework_detail", "slug", Framework.objects.all),
    "agreements": of("projects:agreement_detail", "code", FundingAgreement.objects.public),
}
