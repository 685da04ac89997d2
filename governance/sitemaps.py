"""Addresses of the public decisions, for search engines."""

from django.db.models import QuerySet
from django.urls import reverse

from governance.models import Decision
from smartport.sitemaps import InEachLanguage


class Register(InEachLanguage):
    def items(self) -> list[str]:
        return ["governance:decision_list", "governance:committee_list"]

    def location(self, item: str) -> str:
        return reverse(item)


class Decisions(InEachLanguage):
    def items(self) -> QuerySet:
        return Decision.objects.public().select_related("committee").order_by("pk")

    def location(self, item: Decision) -> str:
        return item.get_absolute_url()


SITEMAPS = {"register": Register, "decisions": Decisions}
