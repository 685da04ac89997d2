"""Places on a plain chart: parallels and meridians, and a numbered mark for each place. No tile, no other host.

The numbers are those of the list that stands beside the drawing; each mark leads to its line there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from smartport.charts import svg
from smartport.money import number

SHAPE = 8 / 5  # width to height, as the stylesheet draws it
MARGIN = 0.12  # of the extent, kept free on each side
SMALLEST = 0.02  # degrees: one place alone still has surroundings
STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 100)  # degrees
LABEL_WIDTH, LABEL_HEIGHT = 26, 22  # percent of a narrow screen that a mark must leave free
NEAR = 8  # the same, on the side where no letter stands
CLOSE = 8.5  # percent of the width under which two marks are drawn as one: a mark's own, on a phone


@dataclass(frozen=True)
class Place:
    """`name` may be several names; `url` leads to its line in the list."""

    name: str
    latitude: float
    longitude: float
    count: int
    url: str = ""


@dataclass(frozen=True)
class Frame:
    """The part of the sphere that is shown, west to east and north to south, true in its middle."""

    west: float
    east: float
    south: float
    north: float

    @classmethod
    def around(cls, places: Sequence[Place]) -> Frame:
        lat = [place.latitude for place in places]
        lon = [place.longitude for place in places]
        middle_lat, middle_lon = (min(lat) + max(lat)) / 2, (min(lon) + max(lon)) / 2
        narrowing = max(math.cos(math.radians(middle_lat)), 0.01)
        height = max(max(lat) - min(lat), SMALLEST)
        width = max(max(lon) - min(lon), SMALLEST)
        height = max(height, width * narrowing / SHAPE) * (1 + 2 * MARGIN)
        width = height * SHAPE / narrowing
        return cls(
            middle_lon - width / 2,
            middle_lon + width / 2,
            middle_lat - height / 2,
            middle_lat + height / 2,
        )

    def x(self, longitude: float) -> float:
        return 100 * (longitude - self.west) / (self.east - self.west)

    def y(self, latitude: float) -> float:
        return 100 * (self.north - latitude) / (self.north - self.south)


def apart(places: Sequence[Place]) -> list[list[Place]]:
    """Places grouped so that no two marks of the drawing lie on each other, the largest first."""
    if not places:
        return []
    frame = Frame.around(places)
    groups: list[list[Place]] = []
    for place in sorted(places, key=lambda each: (-each.count, each.name)):
        near = next((group for group in groups if _distance(frame, group[0], place) < CLOSE), None)
        if near:
            near.append(place)
        else:
            groups.append([place])
    return groups


def _distance(frame: Frame, one: Place, other: Place) -> float:
    """In percent of the drawing's width."""
    across = frame.x(one.longitude) - frame.x(other.longitude)
    down = (frame.y(one.latitude) - frame.y(other.latitude)) / SHAPE
    return math.hypot(across, down)


def places_svg(places: Sequence[Place], label: str) -> SafeString:
    """Marks numbered from 1 in the order given; empty without a place."""
    if not places:
        return SafeString("")
    frame = Frame.around(places)
    shape = {"width": "100%", "class": "chart-map", "role": "group", "aria-label": label}
    root = svg.Element("svg", None, shape)
    svg.add(root, "rect", class_="f-mist", width="100%", height="100%", rx=6)
    _graticule(root, frame, [(frame.x(one.longitude), frame.y(one.latitude)) for one in places])
    for rank, place in reversed(list(enumerate(places, 1))):
        link = svg.add(root, "a", href=place.url)
        svg.add(link, "title", f"{rank}. {place.name} ({number(place.count)})")
        x, y = svg.percent(frame.x(place.longitude)), svg.percent(frame.y(place.latitude))
        svg.add(link, "circle", class_="f-sea s-paper", cx=x, cy=y, r=13)
        svg.add(link, "text", str(rank), class_="t on", x=x, y=y, dy=".35em", text_anchor="middle")
    return svg.markup(root)


def _graticule(root: svg.Element, frame: Frame, marks: Sequence[tuple[float, float]]) -> None:
    """Each line has its degrees at the end that no mark covers, or none where marks cover both."""
    for degrees in _lines(frame.west, frame.east):
        at = frame.x(degrees)
        x, across = svg.percent(at), (at - NEAR, at + LABEL_WIDTH)
        svg.add(root, "line", class_="s-line", x1=x, x2=x, y1="0%", y2="100%")
        if at > 100 - LABEL_WIDTH / 2:  # it would be cut
            continue
        if _free(marks, across, (100 - LABEL_HEIGHT, 100)):
            svg.add(root, "text", _meridian(degrees), class_="t2", x=x, dx=4, y="98%")
        elif _free(marks, across, (0, LABEL_HEIGHT)):
            svg.add(root, "text", _meridian(degrees), class_="t2", x=x, dx=4, y="0%", dy="1.3em")
    for degrees in _lines(frame.south, frame.north):
        at = frame.y(degrees)
        y, down = svg.percent(at), (at - LABEL_HEIGHT, at + NEAR)
        svg.add(root, "line", class_="s-line", x1="0%", x2="100%", y1=y, y2=y)
        if _free(marks, (0, LABEL_WIDTH), down):
            svg.add(root, "text", _parallel(degrees), class_="t2", x="0%", dx=6, y=y, dy=-4)
        elif _free(marks, (100 - LABEL_WIDTH, 100), down):
            end = {"class_": "t2", "text_anchor": "end"}
            svg.add(root, "text", _parallel(degrees), **end, x="100%", dx=-6, y=y, dy=-4)


def _free(
    marks: Sequence[tuple[float, float]], across: tuple[float, float], down: tuple[float, float]
) -> bool:
    return not any(across[0] < x < across[1] and down[0] < y < down[1] for x, y in marks)


def _lines(first: float, last: float) -> list[float]:
    """Round degrees between two, four of them or about."""
    step = next(size for size in STEPS if (last - first) / size <= 5)
    start = math.ceil(first / step) * step
    found = [start + rank * step for rank in range(6)]
    return [degrees for degrees in found if degrees <= last - step * 0.15]


def _meridian(degrees: float) -> str:
    if degrees < 0:
        return gettext("%(degrees)s° W") % {"degrees": _degrees(degrees)}
    return gettext("%(degrees)s° E") % {"degrees": _degrees(degrees)}


def _parallel(degrees: float) -> str:
    if degrees < 0:
        return gettext("%(degrees)s° S") % {"degrees": _degrees(degrees)}
    return gettext("%(degrees)s° N") % {"degrees": _degrees(degrees)}


def _degrees(degrees: float) -> str:
    return number(Decimal(str(abs(round(degrees, 3)))))
