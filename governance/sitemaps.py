"""Addresses of the public decisions and of the published extracts of minutes, for search engines."""

from django.db.models import QuerySet
from django.urls import reverse

from governance.models import Decision, MinutesExtract
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


class Extracts(InEachLanguage):
    def items(self) -> QuerySet:
        """The latest one of each meeting: the earlier ones have no address."""
        found = MinutesExtract.objects.select_related("minutes__meeting")
        return found.order_by("minutes_id", "-number").distinct("minutes_id")

    def location(self, item: MinutesExtract) -> str:
        return item.get_absolute_url()


SITEMAPS = {"register": Register, "decisions": Decisions, "extracts": Extracts}
