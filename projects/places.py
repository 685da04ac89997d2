"""Where projects are: places with their projects, for the map of a list and the equal list beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects.models import Project
from smartport.charts.places import Place, apart, places_svg

MOST_PLACES = 60
MOST_ASKED = 20  # projects of a spot that say what it is called and where it lies
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


def place_map(listings: QuerySet, total: int, most: int = MOST_PLACES) -> PlaceMap:
    """Of the public projects with these listings, `total` in number; `most` places at most, those of most projects."""
    placed = listings.filter(spot__isnull=False)
    count = placed.count()
    groups = apart(_places(placed, most))
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
    return PlaceMap(drawing, stops, total - count, count - sum(stop.count for stop in stops))


def _places(placed: QuerySet, most: int) -> list[Place]:
    """The spots where most projects are: how many, and by the first of them what it is called and where it lies."""
    spots = placed.order_by().values("spot").annotate(n=Count("pk"))
    counts = dict(spots.order_by("-n", "spot").values_list("spot", "n")[:most])
    rank = Window(RowNumber(), partition_by="spot", order_by="project")
    first = placed.filter(spot__in=counts).annotate(rank=rank).filter(rank__lte=MOST_ASKED)
    asked = dict(first.order_by("rank").values_list("project", "spot"))
    name = f"place_{(get_language() or 'fr')[:2]}"
    rows = Project.objects.filter(pk__in=asked, latitude__isnull=False, longitude__isnull=False)
    told: dict[int, list[list[Any]]] = {spot: [] for spot in counts}
    for key, *given in rows.order_by("pk").values_list("pk", name, "latitude", "longitude"):
        told[asked[key]].append(given)
    return [_place(counts[spot], given) for spot, given in told.items() if given]


def _place(count: int, told: list[list[Any]]) -> Place:
    names, latitudes, longitudes = zip(*told, strict=True)
    called = "\n".join(sorted({name for name in names if name}))
    return Place(called, float(fmean(latitudes)), float(fmean(longitudes)), count)


def _stop(number: int, group: list[Place]) -> Stop:
    names = list(dict.fromkeys(name for place in group for name in place.name.split("\n") if name))
    address = reverse("projects:project_list")
    url = f"{address}?{urlencode({'q': names[0]})}" if len(names) == 1 else ""
    first = group[0]
    total = sum(place.count for place in group)
    return Stop(number, names[:4], total, url, first.latitude, first.longitude)


def _name_projects(placed: QuerySet, groups: list[list[Place]], stops: list[Stop]) -> None:
    """Each project under the nearest of the marks it was counted in."""
    named = Project.objects.filter(listing__in=placed.order_by())
    for project in named.order_by("listing__name_fr", "pk"):
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
