"""Numbers over time: a measured series with its target, a planned and actual curve, a sparkline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from smartport.charts import svg
from smartport.charts.bars import AXIS, FOOT, PLOT, TOP, grid, round_ticks
from smartport.charts.figure import Cell, Figure, Part
from smartport.dates import short_day, short_month
from smartport.money import not_published, number

Writer = Callable[[Decimal | None], str]


@dataclass(frozen=True)
class Point:
    """A value on a day; None is a day whose value nobody published, drawn as a gap."""

    day: date
    value: Decimal | None
    url: str = ""


@dataclass(frozen=True)
class Curve:
    """One line of a figure; its part's pattern is ``line`` or ``dashed``."""

    part: Part
    points: Sequence[Point]


def curves_over_time(
    *,
    key: str,
    title: str,
    curves: Sequence[Curve],
    target: Decimal | None = None,
    summary: str = "",
    left_out: str = "",
    write: Writer = number,
    write_short: Writer | None = None,
) -> Figure:
    """Curves on one scale from zero, with the target as a level line.

    A curve of planned sums with one of actual sums is the S-curve of a budget.
    """
    days = sorted({point.day for curve in curves for point in curve.points})
    by_day = [{point.day: point for point in curve.points} for curve in curves]
    target_row = [Cell(gettext("Target")), *(Cell(write(target)) for _curve in curves)]
    rows = [
        [Cell(short_day(day)), *(_cell(points.get(day), write) for points in by_day)]
        for day in days
    ]
    return Figure(
        key=key,
        title=title,
        summary=summary,
        left_out=left_out,
        drawing=_drawing(title, curves, days, target, write_short or write) if days else None,
        legend=[curve.part for curve in curves],
        headers=[gettext("Date"), *(curve.part.label for curve in curves)],
        table=[*rows, target_row] if days and target is not None else rows,
    )


def _cell(point: Point | None, write: Writer) -> Cell:
    if point is None:
        return Cell("–")
    return Cell(write(point.value), point.url)


def _drawing(
    title: str, curves: Sequence[Curve], days: Sequence[date], target: Decimal | None, short: Writer
) -> SafeString:
    values = [point.value for curve in curves for point in curve.points if point.value is not None]
    ticks = round_ticks(float(max([*values, target or Decimal(0)], default=Decimal(0))))
    scale = PLOT / ticks[-1]
    root = svg.canvas(TOP + PLOT + FOOT, label=f"{title}. {_spoken(curves, short)}")
    grid(root, ticks, scale, short)
    if target is not None:
        y = TOP + PLOT - float(target) * scale
        svg.add(root, "line", class_="s-ink2", stroke_dasharray="6 4", x1=0, x2="100%", y1=y, y2=y)
        svg.add(root, "text", gettext("Target"), class_="t2", x="100%", y=y - 4, text_anchor="end")
    for curve in curves:
        _curve(root, curve, days, scale)
    _time_marks(root, days)
    return svg.markup(root)


def _spoken(curves: Sequence[Curve], short: Writer) -> str:
    """First and last value of each curve, for a listener."""
    said = []
    for curve in curves:
        known = [point for point in curve.points if point.value is not None]
        if known:
            ends = [
                f"{short(point.value)} ({short_day(point.day)})" for point in (known[0], known[-1])
            ]
            values = " → ".join(dict.fromkeys(ends))
            said.append(
                gettext("%(label)s: %(values)s") % {"label": curve.part.label, "values": values}
            )
    return "; ".join(said) or not_published()


def _curve(root: svg.Element, curve: Curve, days: Sequence[date], scale: float) -> None:
    dashes = {"stroke_dasharray": "5 4"} if curve.part.pattern == "dashed" else {}
    stroke = f"s-{curve.part.tone}"
    for before, after in pairwise(curve.points):
        if before.value is not None and after.value is not None:
            ends = {
                "x1": svg.percent(_across(before.day, days)),
                "y1": TOP + PLOT - float(before.value) * scale,
                "x2": svg.percent(_across(after.day, days)),
                "y2": TOP + PLOT - float(after.value) * scale,
            }
            svg.add(root, "line", class_=stroke, **ends, **dashes)
    fill = "f-paper" if dashes else f"f-{curve.part.tone}"
    for point in curve.points:
        if point.value is not None:
            spot = {
                "cx": svg.percent(_across(point.day, days)),
                "cy": TOP + PLOT - float(point.value) * scale,
            }
            svg.add(root, "circle", class_=f"{fill} {stroke}", r=3.5, **spot)


def _across(day: date, days: Sequence[date]) -> float:
    """Where a day stands, in percent of the width, between the first and the last."""
    length = (days[-1] - days[0]).days
    share = (day - days[0]).days / length if length else 0.5
    return AXIS + share * (98 - AXIS)


def _time_marks(root: svg.Element, days: Sequence[date]) -> None:
    """The first and the last month, under the ends of the line."""
    y = TOP + PLOT + 18
    svg.add(root, "text", short_month(days[0]), class_="t2", x=svg.percent(AXIS), y=y)
    if days[-1] != days[0]:
        svg.add(root, "text", short_month(days[-1]), class_="t2", x="100%", y=y, text_anchor="end")


def sparkline(
    points: Sequence[Point], *, label: str, width: int = 96, height: int = 24
) -> SafeString:
    """A line without axes for a table cell; ``label`` says in words what it shows."""
    known = [point for point in points if point.value is not None]
    root = svg.canvas(height, label=label, css="chart-spark", width=width)
    if not known:
        return svg.markup(root)
    lowest = min(point.value for point in known)
    spread = float(max(point.value for point in known) - lowest) or 1.0
    length = (known[-1].day - known[0].day).days or 1
    spots = [
        (
            3 + (point.day - known[0].day).days / length * (width - 6),
            height - 3 - float(point.value - lowest) / spread * (height - 6),
        )
        for point in known
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    svg.add(root, "polyline", class_="s-sea", fill="none", points=path)
    svg.add(root, "circle", class_="f-sea", cx=spots[-1][0], cy=spots[-1][1], r=3)
    return svg.markup(root)
