"""Small SVG drawings built as elements, so every text in them is escaped.

A list draws some hundred of them: an element keeps its opening tag as it is written.

Horizontal positions are percentages and vertical ones pixels: a drawing stretches with its column
while its type keeps its size, on a phone as on a poster. Colours come from the stylesheet's drawing
classes (``f-sea`` fills, ``s-sea`` strokes, ``t`` writes), which follow the light, dark and print schemes.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

MARKUP = re.compile("[&<>\"']")
HATCHINGS = ("hatch", "dots", "cross", "bars")


class Element:
    __slots__ = ("children", "opening", "tag", "text")

    def __init__(self, tag: str, text: str | None, attributes: dict[str, object]) -> None:
        written = "".join(
            [f' {_name(name)}="{_written(value)}"' for name, value in attributes.items()]
        )
        self.tag = tag
        self.opening = f"<{tag}{written}"
        self.text = text
        self.children: list[Element] = []

    def write(self, parts: list[str]) -> None:
        parts.append(self.opening)
        if not self.children and self.text is None:
            parts.append("/>")
            return
        parts.append(f">{escape(self.text or '', quote=False)}")
        for child in self.children:
            child.write(parts)
        parts.append(f"</{self.tag}>")


def percent(value: float) -> str:
    return f"{_written(float(value))}%"


def add(parent: Element, tag: str, text: str | None = None, **attributes: object) -> Element:
    """A child element; ``stroke_width=2`` becomes ``stroke-width``, ``class_`` becomes ``class``."""
    element = Element(tag, text, attributes)
    parent.children.append(element)
    return element


def canvas(
    height: float, *, label: str = "", css: str = "chart", width: object = "100%"
) -> Element:
    """A drawing as wide as its column; without a label it is hidden from screen readers."""
    spoken: dict[str, object] = (
        {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    )
    size = {"width": width, "height": height, "class": css}
    return Element("svg", None, {**size, **spoken})


def at(parent: Element, x: float, y: float = 0) -> Element:
    """A nested drawing whose origin stands at ``x`` percent, for marks of a fixed size."""
    return add(parent, "svg", x=percent(x), y=y, overflow="visible")


def markup(element: Element) -> SafeString:
    parts: list[str] = []
    element.write(parts)
    return mark_safe("".join(parts))  # noqa: S308 (texts and attributes are escaped as they are written)


def patterns(key: str, used: Container[str] = HATCHINGS) -> SafeString:
    """The hatchings that one figure uses, under ids that begin with the figure's key."""
    root = canvas(0, css="chart-defs", width=0)
    defs = add(root, "defs")
    for name in filter(used.__contains__, HATCHINGS):
        turn = "rotate(45)" if name in ("hatch", "cross") else "rotate(0)"
        size = {"width": 6, "height": 6, "patternUnits": "userSpaceOnUse", "patternTransform": turn}
        tile = add(defs, "pattern", id=f"{key}-{name}", **size)
        if name == "dots":
            add(tile, "circle", class_="f-paper", cx=3, cy=3, r=1.2)
        if name in ("hatch", "cross"):
            add(tile, "line", class_="s-paper", x1=0, y1=0, x2=0, y2=6)
        if name in ("bars", "cross"):
            add(tile, "line", class_="s-paper", x1=0, y1=0, x2=6, y2=0)
    return markup(root) if defs.children else SafeString("")


def block(parent: Element, key: str, tone: str, pattern: str, **box: object) -> None:
    """A rectangle in a tone with its hatching over it; a hollow one is a dashed outline."""
    if pattern == "hollow":
        add(parent, "rect", class_="f-paper s-control", stroke_dasharray="3 2", **box)
        return
    add(parent, "rect", class_=f"f-{tone}", **box)
    if pattern in HATCHINGS:
        add(parent, "rect", fill=f"url(#{key}-{pattern})", **box)


@lru_cache(maxsize=100)
def _name(keyword: str) -> str:
    return keyword.rstrip("_").replace("_", "-")


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    text = str(value)
    return escape(text) if MARKUP.search(text) else text
