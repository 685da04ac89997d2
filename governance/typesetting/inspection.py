"""What is odd about a PDF someone attached, before it goes into a pack.

An error keeps the file out (and the pack from being built); a warning says what was changed or lost.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pikepdf import Name, Pdf

MAX_BYTES = 100 * 1024 * 1024
MAX_PAGES = 2000
TAIL = 1024  # a whole PDF ends with %%EOF within its last 1024 bytes

Source = Path | bytes | BinaryIO | Callable[[], BinaryIO]


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """`code` is stable; `pages` are the page numbers concerned, from 1, empty for the whole file."""

    code: str
    severity: Severity
    pages: tuple[int, ...] = ()

    @property
    def message(self) -> Promise | str:
        return MESSAGES[self.code]

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


@dataclass(frozen=True)
class Inspection:
    """`pages` is 0 when the file cannot be read; `size` is in bytes."""

    sha256: str
    size: int
    pages: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_error]

    @property
    def is_usable(self) -> bool:
        return not self.errors


MESSAGES: dict[str, Promise] = {
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than 100 MB."),
    "not_pdf": _("The file is not a PDF."),
    "encrypted": _("The file is protected by a password."),
    "damaged": _("The file is damaged and cannot be read."),
    "truncated": _("The file stops before its end: it was cut while it was copied."),
    "no_pages": _("The file has no page."),
    "too_many_pages": _("The file has more than 2,000 pages."),
    "repaired": _("The file was damaged; it was repaired, check its pages."),
    "restricted": _("The file forbids some uses (printing, copying); the pack does not keep that."),
    "rotated": _("Some pages are turned; they are shown upright."),
    "cropped": _("Some pages hide part of their sheet; the visible part is shown."),
    "large_pages": _("Some pages are larger than A3; they are reduced to fit."),
    "forms": _("The file has form fields; they are printed as they stand."),
    "dynamic_form": _("The file is an interactive form (XFA): only its plain pages are shown."),
    "javascript": _("The file holds scripts; they are removed."),
    "attachments": _("The file holds other files; they are removed."),
    "signed": _("The file is signed; the signature stays valid in the original only."),
    "scanned": _("Some pages are images without text: they cannot be searched or read aloud."),
}

ERRORS = frozenset(
    {
        "empty",
        "too_large",
        "not_pdf",
        "encrypted",
        "damaged",
        "truncated",
        "no_pages",
        "too_many_pages",
    }
)


def inspect_pdf(source: Source) -> Inspection:
    """Read the file once, without running or changing anything in it. Never raises on a bad file."""
    with reading(source) as stream:
        return _inspect(stream)


def _inspect(stream: BinaryIO) -> Inspection:
    sha256, size, head, tail = _fingerprint(stream)
    found = Inspection(sha256, size)
    refusal = _refusal(size, head, tail)
    if refusal:
        return _with(found, [_finding(refusal)])
    stream.seek(0)
    try:
        with pikepdf.open(stream) as pdf:
            return _look_inside(pdf, found)
    except pikepdf.PasswordError:
        return _with(found, [_finding("encrypted")])
    except (
        pikepdf.PdfError,
        pikepdf.DataDecodingError,
        RuntimeError,
        ValueError,
        TypeError,
        KeyError,
    ):
        return _with(found, [_finding("damaged")])


@contextmanager
def reading(source: Source) -> Iterator[BinaryIO]:
    """The file as a stream; closed afterwards if it was opened here."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    elif callable(source):
        with source() as stream:
            yield stream
    else:
        yield source


def visible_box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """What a reader shows: the crop box within the media box, before rotation; A4 when both are absurd."""
    media = _box(page.obj.get(Name.MediaBox)) or (0.0, 0.0, 595.0, 842.0)
    crop = _box(page.obj.get(Name.CropBox)) or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if right - left > 1 and top - bottom > 1 else media


def _box(value: Any) -> tuple[float, float, float, float] | None:
    try:
        x1, y1, x2, y2 = (float(part) for part in value)
    except (TypeError, ValueError):
        return None
    box = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    return box if box[2] - box[0] > 1 and box[3] - box[1] > 1 else None


def _fingerprint(stream: BinaryIO) -> tuple[str, int, bytes, bytes]:
    """SHA-256, size, first and last bytes, read in pieces so that a huge file costs no memory."""
    digest, size, head, tail = hashlib.sha256(), 0, b"", b""
    stream.seek(0)
    while piece := stream.read(1 << 20):
        digest.update(piece)
        size += len(piece)
        head = head or piece[:TAIL]
        tail = (tail + piece)[-TAIL:]
    return digest.hexdigest(), size, head, tail


def _refusal(size: int, head: bytes, tail: bytes) -> str:
    if size == 0:
        return "empty"
    if size > MAX_BYTES:
        return "too_large"
    if b"%PDF-" not in head:
        return "not_pdf"
    return "" if b"%%EOF" in tail else "truncated"


def _look_inside(pdf: Pdf, found: Inspection) -> Inspection:
    pages = len(pdf.pages)
    if pages == 0:
        return _with(found, [_finding("no_pages")])
    if pages > MAX_PAGES:
        return _with(found, [_finding("too_many_pages")], pages)
    whole = [_finding(code) for code, holds in _WHOLE_FILE if holds(pdf)]
    by_page: dict[str, list[int]] = {}
    for number, page in enumerate(pdf.pages, start=1):
        for code in _page_oddities(page):
            by_page.setdefault(code, []).append(number)
    if pdf.get_warnings():
        whole.insert(0, _finding("repaired"))
    return _with(
        found, whole + [_finding(code, tuple(where)) for code, where in by_page.items()], pages
    )


def _page_oddities(page: pikepdf.Page) -> Iterator[str]:
    if int(page.obj.get(Name.Rotate, 0) or 0) % 360:
        yield "rotated"
    left, bottom, right, top = visible_box(page)
    media = _box(page.obj.get(Name.MediaBox))
    if media and (right - left, top - bottom) != (media[2] - media[0], media[3] - media[1]):
        yield "cropped"
    if max(right - left, top - bottom) * float(page.obj.get(Name.UserUnit, 1)) > 1250:
        yield "large_pages"
    if _is_scan(page):
        yield "scanned"


def _is_scan(page: pikepdf.Page) -> bool:
    resources = page.resources
    fonts, drawn = resources.get(Name.Font), resources.get(Name.XObject)
    if fonts or not drawn:
        return False
    kinds = [part.get(Name.Subtype) for part in drawn.values()]
    return Name.Image in kinds and Name.Form not in kinds


def _form(pdf: Pdf) -> Any:
    form = pdf.Root.get(Name.AcroForm)
    return form if isinstance(form, pikepdf.Dictionary) else None


def _has_fields(pdf: Pdf) -> bool:
    form = _form(pdf)
    return form is not None and len(form.get(Name.Fields, [])) > 0


def _has_xfa(pdf: Pdf) -> bool:
    form = _form(pdf)
    return form is not None and Name.XFA in form


def _is_signed(pdf: Pdf) -> bool:
    form = _form(pdf)
    return form is not None and bool(int(form.get(Name.SigFlags, 0)) & 1)


def _has_javascript(pdf: Pdf) -> bool:
    """A script anywhere: document, page, field, link or bookmark."""
    return any(
        isinstance(item, pikepdf.Dictionary)
        and (Name.JS in item or item.get(Name.S) == Name.JavaScript)
        for item in pdf.objects
    ) or _opens_with_script(pdf)


def _opens_with_script(pdf: Pdf) -> bool:
    names, action = pdf.Root.get(Name.Names), pdf.Root.get(Name.OpenAction)
    named = isinstance(names, pikepdf.Dictionary) and Name.JavaScript in names
    return named or (
        isinstance(action, pikepdf.Dictionary) and action.get(Name.S) == Name.JavaScript
    )


_WHOLE_FILE: tuple[tuple[str, Callable[[Pdf], bool]], ...] = (
    ("restricted", lambda pdf: pdf.is_encrypted),
    ("dynamic_form", _has_xfa),
    ("forms", _has_fields),
    ("signed", _is_signed),
    ("javascript", _has_javascript),
    ("attachments", lambda pdf: len(pdf.attachments) > 0),
)


def _finding(code: str, pages: tuple[int, ...] = ()) -> Finding:
    return Finding(code, Severity.ERROR if code in ERRORS else Severity.WARNING, pages)


def _with(found: Inspection, findings: list[Finding], pages: int = 0) -> Inspection:
    return Inspection(found.sha256, found.size, pages, findings)
