"""Counts side by side: stacked horizontal bars, and stacked columns by year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil, floor, log10

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from smartport.charts import svg
from smartport.charts.figure import Cell, Figure, Line, Part
from smartport.money import number

Quantity = Decimal | int
Writer = Callable[[Quantity | None], str]

BAR, GAP = 18, 0.4  # px high; percent between two segments
PLOT, TOP, FOOT = 170, 22, 24  # px: height of the columns, room above and below
AXIS = 14  # percent of the width kept for the axis


@dataclass(frozen=True)
class Bar:
    """One row or column: what it counts by part; ``unknown`` is how many amounts nobody published."""

    label: str
    values: Mapping[str, Quantity | None]
    url: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    unknown: int = 0

    def total(self, parts: Sequence[Part]) -> Quantity:
        return sum((self.values.get(part.key) or 0 for part in parts), start=0)

    def spoken(self, parts: Sequence[Part], write: Writer) -> str:
        counted = [(part.label, self.values.get(part.key)) for part in parts]
        said = ", ".join(f"{label} {write(value)}" for label, value in counted if value)
        return gettext("%(label)s: %(values)s") % {
            "label": self.label,
            "values": said or write(None),
        }


def stacked_bars(
    *,
    key: str,
    title: str,
    row_header: str,
    parts: Sequence[Part],
    bars: Sequence[Bar],
    summary: str = "",
    left_out: str = "",
    write: Writer = number,
) -> Figure:
    """Horizontal bars on one common scale, each cut into the same parts."""
    longest = max((bar.total(parts) for bar in bars), default=0) or 1
    lines = [
        Line(bar.label, _bar(key, bar, parts, longest, write), bar.url, write(bar.total(parts)))
        for bar in bars
    ]
    return Figure(
        key=key,
        title=title,
        summary=summary,
        left_out=left_out,
        lines=lines,
        legend=parts,
        headers=[row_header, *(part.label for part in parts), gettext("Total")],
        table=[_row(bar, parts, write) for bar in bars],
    )


def _bar(key: str, bar: Bar, parts: Sequence[Part], longest: Quantity, write: Writer) -> SafeString:
    root = svg.canvas(BAR + 2, label=bar.spoken(parts, write))
    x = 0.0
    for part in parts:
        value = bar.values.get(part.key) or 0
        if not value:
            continue
        width = float(value / longest) * 100
        box = {"y": 1, "height": BAR, "rx": 2}
        drawn = max(width - GAP, 0.6)
        x = min(x, 100 - drawn)
        svg.block(
            root, key, part.tone, part.pattern, x=svg.percent(x), width=svg.percent(drawn), **box
        )
        text = write(value)
        if width > 4.7 + 2.4 * len(text):  # it still fits on a phone
            _written_over(svg.at(root, x + drawn / 2, 1), text)
        x += width
    return svg.markup(root)


def _written_over(spot: svg.Element, text: str) -> None:
    """A number on a paper label, readable over any hatching."""
    width = 8 + 8 * len(text)
    svg.add(spot, "rect", class_="f-paper", x=-width / 2, y=2, width=width, height=14, rx=2)
    svg.add(spot, "text", text, class_="t", x=0, y=13.5, text_anchor="middle")


def stacked_columns(
    *,
    key: str,
    title: str,
    row_header: str,
    parts: Sequence[Part],
    bars: Sequence[Bar],
    summary: str = "",
    left_out: str = "",
    write: Writer = number,
    write_short: Writer | None = None,
) -> Figure:
    """Columns along a line of years; a dashed cap marks a column some of whose amounts are unknown."""
    short = write_short or write
    unknown_header = [gettext("Not published")] if any(bar.unknown for bar in bars) else []
    return Figure(
        key=key,
        title=title,
        summary=summary,
        left_out=left_out,
        drawing=_columns(key, title, bars, parts, short) if bars else None,
        legend=parts,
        headers=[row_header, *(part.label for part in parts), gettext("Total"), *unknown_header],
        table=[
            [
                *_row(bar, parts, write, absent="–"),
                *([Cell(number(bar.unknown))] if unknown_header else []),
            ]
            for bar in bars
        ],
    )


def _columns(
    key: str, title: str, bars: Sequence[Bar], parts: Sequence[Part], short: Writer
) -> SafeString:
    ticks = round_ticks(float(max(bar.total(parts) for bar in bars)))
    scale = PLOT / ticks[-1]
    spoken = "; ".join(bar.spoken(parts, short) for bar in bars)
    root = svg.canvas(TOP + PLOT + FOOT, label=f"{title}. {spoken}")
    grid(root, ticks, scale, short)
    step = (100 - AXIS) / len(bars)
    every = ceil(len(bars) / 6)
    for index, bar in enumerate(bars):
        spot = svg.at(root, AXIS + step * (index + 0.5), TOP + PLOT)
        _column(spot, key, bar, parts, scale, min(48, 220 / len(bars)))
        if index % every == 0:
            svg.add(spot, "text", bar.label, class_="t", x=0, y=18, text_anchor="middle")
    return svg.markup(root)


def grid(root: svg.Element, ticks: Sequence[float], scale: float, short: Writer) -> None:
    """Fine lines across the drawing, each named above its left end."""
    for tick in ticks:
        y = TOP + PLOT - tick * scale
        svg.add(root, "line", class_="s-line", x1=0, x2="100%", y1=y, y2=y)
        if tick:
            svg.add(root, "text", short(Decimal(str(tick))), class_="t2", x=0, y=y - 4)


def _column(
    spot: svg.Element, key: str, bar: Bar, parts: Sequence[Part], scale: float, width: float
) -> None:
    y = 0.0
    for part in parts:
        value = bar.values.get(part.key)
        if value:
            height = max(float(value) * scale, 1.5)
            y -= height
            drawn = max(height - 1.5, 1)
            svg.block(
                spot, key, part.tone, part.pattern, x=-width / 2, y=y, width=width, height=drawn
            )
    if bar.unknown:
        svg.block(spot, key, "paper", "hollow", x=-width / 2, y=y - 16, width=width, height=14)
        svg.add(spot, "text", "?", class_="t2", x=0, y=y - 4.5, text_anchor="middle")


def _row(bar: Bar, parts: Sequence[Part], write: Writer, absent: str = "") -> list[Cell]:
    """The cells of one bar; a part it does not have reads ``absent``, or zero."""
    values = [
        Cell(
            write(bar.values[part.key]) if part.key in bar.values else absent or write(0),
            bar.urls.get(part.key, ""),
        )
        for part in parts
    ]
    known = any(bar.values.get(part.key) is not None for part in parts)
    return [Cell(bar.label, bar.url), *values, Cell(write(bar.total(parts) if known else None))]


def round_ticks(highest: float) -> list[float]:
    """Round steps from 0 to at least ``highest``: three or four of them, whole below ten."""
    if highest <= 0:
        return [0.0, 1.0]
    unit = 10.0 ** floor(log10(highest / 3))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= highest / 3)
    if highest < 10 and highest == int(highest):
        step = float(ceil(step))
    return [step * index for index in range(ceil(highest / step) + 1)]
