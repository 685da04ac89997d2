"""Where projects are: places with their projects, for the map of a list and the equal list beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import Round
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects.models import Project
from smartport.charts.places import Place, apart, places_svg

GRID = 2  # decimals of a degree under which points are one place: about a kilometre
MOST_PLACES = 60
PLACED = Q(latitude__isnull=False, longitude__isnull=False)
MOST_NAMED = (
    150  # projects named one by one; past that a place tells its number and leads to its list
)


@dataclass
class Stop:
    """One mark of the map: `projects` hold name, url and health; `names` are those of its places."""

    number: int
    names: list[str]
    count: int
    url: str
    latitude: float
    longitude: float
    projects: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class PlaceMap:
    """`unplaced` projects have no published place; `beyond` are at places that are not drawn."""

    drawing: SafeString
    stops: list[Stop]
    unplaced: int
    beyond: int


def place_map(projects: QuerySet, most: int = MOST_PLACES) -> PlaceMap:
    """Of the public projects found, in three queries; `most` places at most, those of most projects."""
    found = projects.order_by()
    placed = found.filter(PLACED)
    rows = list(_grouped(placed)[:most])
    counts = found.aggregate(all=Count("pk"), placed=Count("pk", filter=PLACED))
    total, unplaced = counts["all"], counts["all"] - counts["placed"]
    shown = sum(row["n"] for row in rows)
    groups = apart([_place(row) for row in rows])
    stops = [_stop(number, group) for number, group in enumerate(groups, 1)]
    if total <= MOST_NAMED:
        _name_projects(placed, groups, stops)
    marks = [
        Place(
            ", ".join(stop.names) or _("unnamed place"),
            stop.latitude,
            stop.longitude,
            stop.count,
            f"#{_('place')}-{stop.number}",
        )
        for stop in stops
    ]
    drawing = places_svg(marks, _("Map of the places, numbered as in the list beside it"))
    return PlaceMap(drawing, stops, unplaced, total - unplaced - shown)


def _grouped(placed: QuerySet) -> QuerySet:
    name = f"place_{(get_language() or 'fr')[:2]}"
    return (
        placed.annotate(
            row=Round("latitude", precision=GRID), column=Round("longitude", precision=GRID)
        )
        .values("row", "column")
        .annotate(
            n=Count("pk"),
            lat=Avg("latitude"),
            lon=Avg("longitude"),
            names=ArrayAgg(name, distinct=True),
        )
        .order_by("-n", "row", "column")
    )


def _place(row: dict[str, Any]) -> Place:
    names = [name for name in row["names"] if name]
    return Place("\n".join(names), float(row["lat"]), float(row["lon"]), row["n"])


def _stop(number: int, group: list[Place]) -> Stop:
    names = list(dict.fromkeys(name for place in group for name in place.name.split("\n") if name))
    address = reverse("projects:project_list")
    url = f"{address}?{urlencode({'q': names[0]})}" if len(names) == 1 else ""
    first = group[0]
    total = sum(place.count for place in group)
    return Stop(number, names[:4], total, url, first.latitude, first.longitude)


def _name_projects(placed: QuerySet, groups: list[list[Place]], stops: list[Stop]) -> None:
    """Each project under the nearest of the marks it was counted in."""
    for project in placed.order_by("listing__name_fr", "pk"):
        nearest = min(
            range(len(groups)),
            key=lambda rank: min(_squared(place, project) for place in groups[rank]),
            default=None,
        )
        if nearest is not None:
            stops[nearest].projects.append(
                {
                    "name": project.title,
                    "url": project.get_absolute_url(),
                    "health": project.health,
                    "is_demo": project.is_demo,
                }
            )


def _squared(place: Place, project: Project) -> float:
    across = place.longitude - float(project.longitude or 0)
    down = place.latitude - float(project.latitude or 0)
    return across * across + down * down
