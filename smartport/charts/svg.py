"""Small SVG drawings built as elements, so every text in them is escaped.

Horizontal positions are percentages and vertical ones pixels: a drawing stretches with its column
while its type keeps its size, on a phone as on a poster. Colours come from the stylesheet's drawing
classes (``f-sea`` fills, ``s-sea`` strokes, ``t`` writes), which follow the light, dark and print schemes.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from django.utils.safestring import SafeString, mark_safe

NAMESPACE = "http://www.w3.org/2000/svg"
HATCHINGS = ("hatch", "dots", "cross", "bars")


def percent(value: float) -> str:
    return f"{_written(float(value))}%"


def add(parent: ET.Element, tag: str, text: str | None = None, **attributes: object) -> ET.Element:
    """A child element; ``stroke_width=2`` becomes ``stroke-width``, ``class_`` becomes ``class``."""
    element = ET.SubElement(parent, tag, _named(attributes))
    element.text = text
    return element


def canvas(
    height: float, *, label: str = "", css: str = "chart", width: object = "100%"
) -> ET.Element:
    """A drawing as wide as its column; without a label it is hidden from screen readers."""
    spoken: dict[str, object] = (
        {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    )
    size = {"width": width, "height": height, "class": css}
    return ET.Element("svg", _named({"xmlns": NAMESPACE, **size, **spoken}))


def at(parent: ET.Element, x: float, y: float = 0) -> ET.Element:
    """A nested drawing whose origin stands at ``x`` percent, for marks of a fixed size."""
    return add(parent, "svg", x=percent(x), y=y, overflow="visible")


def markup(element: ET.Element) -> SafeString:
    return mark_safe(ET.tostring(element, encoding="unicode"))  # noqa: S308 (escaped by ElementTree)


def patterns(key: str) -> SafeString:
    """The hatchings of one figure, under ids that begin with the figure's key."""
    root = canvas(0, css="chart-defs", width=0)
    defs = add(root, "defs")
    for name in HATCHINGS:
        turn = "rotate(45)" if name in ("hatch", "cross") else "rotate(0)"
        size = {"width": 6, "height": 6, "patternUnits": "userSpaceOnUse", "patternTransform": turn}
        tile = add(defs, "pattern", id=f"{key}-{name}", **size)
        if name == "dots":
            add(tile, "circle", class_="f-paper", cx=3, cy=3, r=1.2)
        if name in ("hatch", "cross"):
            add(tile, "line", class_="s-paper", x1=0, y1=0, x2=0, y2=6)
        if name in ("bars", "cross"):
            add(tile, "line", class_="s-paper", x1=0, y1=0, x2=6, y2=0)
    return markup(root)


def block(parent: ET.Element, key: str, tone: str, pattern: str, **box: object) -> None:
    """A rectangle in a tone with its hatching over it; a hollow one is a dashed outline."""
    if pattern == "hollow":
        add(parent, "rect", class_="f-paper s-control", stroke_dasharray="3 2", **box)
        return
    add(parent, "rect", class_=f"f-{tone}", **box)
    if pattern in HATCHINGS:
        add(parent, "rect", fill=f"url(#{key}-{pattern})", **box)


def _named(attributes: dict[str, object]) -> dict[str, str]:
    return {
        name.rstrip("_").replace("_", "-"): _written(value) for name, value in attributes.items()
    }


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)
