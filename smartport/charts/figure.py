"""A figure is a drawing with the sentence that sums it up and a table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from smartport.charts import svg


@dataclass(frozen=True)
class Part:
    """One kind of quantity in a figure: its word, and the tone and hatching that mark it.

    ``tone`` is a drawing class without its prefix (``sea``, ``sunny``). ``pattern`` is ``plain``,
    ``hollow`` or one of ``svg.HATCHINGS`` for surfaces, ``line`` or ``dashed`` for curves.
    """

    key: str
    label: str
    tone: str = "sea"
    pattern: str = "plain"
    icon: str = ""
    url: str = ""

    def swatch(self, figure_key: str) -> SafeString:
        root = svg.canvas(14, css="chart-swatch", width=14)
        if self.pattern in ("line", "dashed"):
            dashes = {"stroke_dasharray": "4 3"} if self.pattern == "dashed" else {}
            svg.add(root, "line", class_=f"s-{self.tone}", x1=0, y1=7, x2=14, y2=7, **dashes)
            return svg.markup(root)
        svg.block(root, figure_key, self.tone, self.pattern, x=1, y=1, width=12, height=12, rx=2)
        return svg.markup(root)


@dataclass(frozen=True)
class Cell:
    text: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One drawn row of a figure whose label is page text, free to wrap."""

    label: str
    drawing: SafeString
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """What ``components/chart.html`` shows.

    ``lines`` (one drawing per row) or ``drawing`` (one for all) is filled. Each row of ``table``
    begins with its header. ``left_out`` says what the figure does not hold.
    """

    key: str
    title: str
    headers: Sequence[str]
    table: Sequence[Sequence[Cell]]
    summary: str = ""
    drawing: SafeString | None = None
    lines: Sequence[Line] = ()
    legend: Sequence[Part] = ()
    left_out: str = ""

    @property
    def empty(self) -> bool:
        return not self.table

    @property
    def patterns(self) -> SafeString:
        return svg.patterns(self.key, {part.pattern for part in self.legend})

    @property
    def swatches(self) -> list[tuple[Part, SafeString]]:
        return [(part, part.swatch(self.key)) for part in self.legend]
