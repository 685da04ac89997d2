"""Annex pages made ready for a pack: still, upright, and with room for the pack's own running head.

Each page becomes a drawing (form XObject) on a clean sheet of the same size, slightly reduced under the
head, so that nothing of the annex is covered. Links keep working; scripts, forms and files are gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Matrix, Name, NameTree, Pdf, String
from pikepdf.sanitize import Sanitizer

from governance.typesetting.inspection import Source, reading, visible_box
from smartport.errors import Refusal

HEAD = 34.0  # height of the running head on an annex page, in points (12 mm)
A4 = (595.28, 841.89)
SMALLEST, LARGEST = 200.0, 1250.0  # sheets outside these sides are brought to A4

SAFE_ACTIONS = frozenset({Name.GoTo, Name.URI})
SAFE_SCHEMES = ("http://", "https://", "mailto:")


class AnnexUnusable(Refusal):
    """An annex could not be put into the pack; `context["annex"]` is its number."""

    code = "annex_unusable"


@dataclass(frozen=True)
class Sheet:
    """Where an annex page is drawn: the sheet's size in points and the matrix that places the drawing."""

    width: float
    height: float
    placing: Matrix


@contextmanager
def open_annex(source: Source) -> Iterator[Pdf]:
    """The annex with every page on a clean sheet, open as long as its pages are being copied."""
    with reading(source) as stream, pikepdf.open(stream) as pdf:
        _still(pdf)
        destinations = _Destinations(pdf)
        for page in list(pdf.pages):
            _lay_on_sheet(pdf, page, destinations)
        destinations.keep()
        yield pdf


def _still(pdf: Pdf) -> None:
    """Without scripts, media, attached files and live form fields; what they showed stays drawn."""
    Sanitizer().remove_javascript().remove_attachments().remove_multimedia().remove_thumbnails().remove_private_app_data().apply(
        pdf
    )
    form = pdf.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary):
        if Name.XFA in form:
            del form.XFA
        if form.get(Name.NeedAppearances, False):
            pdf.generate_appearance_streams()
    pdf.flatten_annotations("print")
    for key in (Name.AcroForm, Name.OpenAction, Name.AA, Name.StructTreeRoot, Name.MarkInfo):
        if key in pdf.Root:
            del pdf.Root[key]


class _Destinations:
    """Explicit link targets turned into named ones: names survive the copy into the pack."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self.targets: dict[str, Array] = {}

    def name(self, target: Array) -> String:
        name = f"annex-link-{len(self.targets)}"
        self.targets[name] = target
        return String(name)

    def keep(self) -> None:
        if not self.targets:
            return
        names = self.pdf.Root.get(Name.Names)
        if not isinstance(names, Dictionary):
            names = self.pdf.Root.Names = self.pdf.make_indirect(Dictionary())
        if Name.Dests not in names:
            names.Dests = NameTree.new(self.pdf).obj
        tree = NameTree(names.Dests)
        for name, target in self.targets.items():
            tree[name] = Array([target[0], Name.Fit])


def _lay_on_sheet(pdf: Pdf, page: pikepdf.Page, destinations: _Destinations) -> None:
    box = visible_box(page)
    page.obj.TrimBox = Array([round(side, 4) for side in box])
    drawing = pdf.make_indirect(page.as_form_xobject(handle_transformations=True))
    drawing.write(
        drawing.read_bytes()
    )  # until then it reads the page's contents, which are replaced below
    for key in (Name.StructParents, Name.StructParent):
        if key in drawing:
            del drawing[key]
    turned = Matrix(drawing.get(Name.Matrix, Array([1, 0, 0, 1, 0, 0])))
    sheet = place_on_sheet(turned.transform(pikepdf.Rectangle(*box)))
    annotations = [_moved(link, turned @ sheet.placing) for link in _links(page, destinations)]
    for key in list(page.obj.keys()):
        if key not in (Name.Type, Name.Parent):
            del page.obj[key]
    page.obj.MediaBox = Array([0, 0, round(sheet.width, 3), round(sheet.height, 3)])
    page.obj.Resources = Dictionary(XObject=Dictionary(Annex=drawing))
    numbers = " ".join(
        f"{number:.5f}".rstrip("0").rstrip(".") for number in sheet.placing.shorthand
    )
    page.obj.Contents = pdf.make_stream(f"q {numbers} cm /Annex Do Q\n".encode())
    if annotations:
        page.obj.Annots = Array(annotations)


def place_on_sheet(drawn: pikepdf.Rectangle) -> Sheet:
    """A sheet of the drawing's own size when it is a usable one, A4 otherwise; the drawing under the head."""
    width, height = float(drawn.width), float(drawn.height)
    short, long = sorted((width, height))
    if short < SMALLEST or long > LARGEST:
        sides = A4 if height >= width else A4[::-1]
    else:
        sides = (width, height)
    scale = min(sides[0] / width, (sides[1] - HEAD) / height)
    left = (sides[0] - width * scale) / 2
    bottom = (sides[1] - HEAD - height * scale) / 2
    placing = (
        Matrix()
        .translated(left, bottom)
        .scaled(scale, scale)
        .translated(-float(drawn.llx), -float(drawn.lly))
    )
    return Sheet(sides[0], sides[1], placing)


def _links(page: pikepdf.Page, destinations: _Destinations) -> Iterator[Dictionary]:
    """The page's links that only go to a page or to a web or mail address."""
    for annotation in page.obj.get(Name.Annots, Array()):
        if not isinstance(annotation, Dictionary) or annotation.get(Name.Subtype) != Name.Link:
            continue
        for key in (Name.AA, Name.StructParent, Name.P, Name.AP):
            if key in annotation:
                del annotation[key]
        if _is_safe(annotation, destinations):
            yield annotation


def _is_safe(link: Dictionary, destinations: _Destinations) -> bool:
    action: Any = link.get(Name.A)
    holder, key = (action, Name.D) if isinstance(action, Dictionary) else (link, Name.Dest)
    if isinstance(action, Dictionary):
        if Name.Next in action:
            del action[Name.Next]
        if action.get(Name.S) not in SAFE_ACTIONS:
            return False
        if action.get(Name.S) == Name.URI:
            return str(action.get(Name.URI, "")).lower().startswith(SAFE_SCHEMES)
    target = holder.get(key)
    if isinstance(target, Array) and len(target) > 0:
        holder[key] = destinations.name(target)
    return target is not None


def _moved(link: Dictionary, placing: Matrix) -> Dictionary:
    link.Rect = placing.transform(pikepdf.Rectangle(link.Rect)).as_array()
    points = link.get(Name.QuadPoints)
    if isinstance(points, Array) and len(points) % 2 == 0:
        moved = [
            placing.transform((float(points[at]), float(points[at + 1])))
            for at in range(0, len(points), 2)
        ]
        link.QuadPoints = Array([round(side, 3) for point in moved for side in point])
    return link
