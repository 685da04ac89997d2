"""One file from the typeset body and the annexes: the pack, its page map and its fingerprint.

The printed page number of every entry is its physical page in the file: the body counts the annexes in
when it is typeset, and the numbers in the running heads are laid over the pages here, where they are known.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import pikepdf
from django.utils.translation import gettext_lazy as _
from pikepdf import Array, Dictionary, Name, NameTree, Pdf

from governance.typesetting.annexes import AnnexUnusable, open_annex
from governance.typesetting.heads import Heads, numbers_of
from governance.typesetting.inspection import Source
from governance.typesetting.present import Views, present_all
from governance.typesetting.snapshot import Annex, Snapshot

Progress = Callable[[str, int], None]
COVER = "cover"


@dataclass(frozen=True)
class Entry:
    """One thing in the pack; `kind` is summons, agenda, minutes, actions, changes, item, project, annex
    or attendance, `key` the item's, project's or annex's own; pages are physical, from 1, both included."""

    kind: str
    key: str
    language: str
    first_page: int
    last_page: int


@dataclass(frozen=True)
class Assembled:
    """`body` is the typeset part alone, its pages numbered as in the whole."""

    pdf: bytes
    body: bytes
    sha256: str
    pages: int
    entries: list[Entry]


def assemble(
    body: bytes,
    snapshot: Snapshot,
    files: Mapping[str, Source],
    *,
    views: Views | None = None,
    progress: Progress = lambda what, pages: None,
) -> Assembled:
    """Put each annex behind its slip sheet. `files` holds the annexes by SHA-256.

    Raises AnnexUnusable, naming the annex, or PagesDisagree.
    """
    with pikepdf.open(io.BytesIO(body)) as pdf, pikepdf.new() as shelf:
        places = destinations(pdf)
        bookmarks: dict[str, int] = {}
        for annex in snapshot.annexes:
            progress(annex.number, len(pdf.pages) + len(shelf.pages))
            bookmarks[annex.number] = _append(shelf, annex, files)
        typeset = [page.obj for page in pdf.pages]
        view = (views or present_all(snapshot))[snapshot.languages[0]]
        heads = Heads(snapshot, view, numbers_of(typeset, snapshot, places))
        heads.number(pdf, typeset)
        numbered = _saved(pdf)
        inserted = _take_over(pdf, shelf, snapshot.annexes)
        ordered = _in_order(typeset, inserted, places)
        heads.name(pdf, ordered, inserted)
        _shelve_bookmarks(pdf, bookmarks, places)
        _renounce_claims(pdf)
        entries = list(_entries(places, snapshot, ordered))
        _set_pages(pdf, ordered)
        content = _saved(pdf)
    digest = hashlib.sha256(content).hexdigest()
    return Assembled(content, numbered, digest, len(ordered), entries)


def _saved(pdf: Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _append(pdf: Pdf, annex: Annex, files: Mapping[str, Source]) -> int:
    """Copy the annex to the end of a file; the number of bookmarks it brought."""
    if annex.sha256 not in files:
        raise _unusable(annex, _("its file is missing"))
    before = 0
    try:
        with open_annex(files[annex.sha256]) as source:
            marked = Name.Outlines in source.Root
            if marked:
                before = _top_bookmarks(pdf)
            if len(source.pages) != annex.pages:
                raise _unusable(annex, _("it does not have the number of pages recorded for it"))
            pdf.add_pages_from(source, forms="strip", layers="preserve", outlines="preserve")
    except OSError as error:
        raise _unusable(annex, _("its file is missing")) from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, KeyError) as error:
        raise _unusable(annex, str(error)) from error
    return _top_bookmarks(pdf) - before if marked else 0


def _take_over(pdf: Pdf, shelf: Pdf, annexes: list[Annex]) -> dict[str, list[pikepdf.Object]]:
    """All annexes copied to the end of the body at once, for each copy goes through the whole body; the
    pages of each by its number."""
    if not annexes:
        return {}
    before = len(pdf.pages)
    pdf.add_pages_from(shelf, layers="preserve", outlines="preserve")
    copied = iter([page.obj for page in list(pdf.pages)[before:]])
    return {annex.number: list(islice(copied, annex.pages)) for annex in annexes}


def _unusable(annex: Annex, reason: object) -> AnnexUnusable:
    return AnnexUnusable(
        _("Annex %(number)s (%(name)s) cannot be put into the pack: %(reason)s.")
        % {"number": annex.number, "name": annex.filename, "reason": reason},
        remedy=_("Replace the file on its agenda item, then build again."),
        annex=annex.number,
    )


def _top_bookmarks(pdf: Pdf) -> int:
    with pdf.open_outline() as outline:
        return len(outline.root)


def destinations(pdf: Pdf) -> dict[str, pikepdf.Object]:
    """The named places of the body and the page object each is on."""
    tree = NameTree(pdf.Root.Names.Dests)
    return {str(name): _page_of(target) for name, target in tree.items()}


def _page_of(target: pikepdf.Object) -> pikepdf.Object:
    return target.D[0] if isinstance(target, Dictionary) else target[0]


def _in_order(
    typeset: list[pikepdf.Object],
    inserted: Mapping[str, list[pikepdf.Object]],
    places: Mapping[str, pikepdf.Object],
) -> list[pikepdf.Object]:
    """All pages as they must follow each other: each annex right behind its slip sheet."""
    behind = {places[f"annex/{number}"].objgen: pages for number, pages in inserted.items()}
    ordered: list[pikepdf.Object] = []
    for page in typeset:
        ordered.append(page)
        ordered.extend(behind.get(page.objgen, ()))
    return ordered


def _set_pages(pdf: Pdf, ordered: list[pikepdf.Object]) -> None:
    root = pdf.Root.Pages
    for page in ordered:
        page.Parent = root
    root.Kids = Array(ordered)
    root.Count = len(ordered)
    if Name.PageLabels in pdf.Root:
        del pdf.Root.PageLabels


def _shelve_bookmarks(
    pdf: Pdf, brought: Mapping[str, int], places: Mapping[str, pikepdf.Object]
) -> None:
    """Move the bookmarks an annex brought under the bookmark of its slip sheet."""
    if not any(brought.values()):
        return
    slips = {places[f"annex/{number}"].objgen: number for number in brought}
    with pdf.open_outline() as outline:
        tail = outline.root[len(outline.root) - sum(brought.values()) :]
        del outline.root[len(outline.root) - sum(brought.values()) :]
        shelves = {
            slips[place]: item
            for item in _walk(outline.root)
            if (place := _bookmarked(item, pdf)) in slips
        }
        for number, count in brought.items():
            if number in shelves:
                shelves[number].children.extend(tail[:count])
            tail = tail[count:]


def _walk(items: list[pikepdf.OutlineItem]) -> Iterator[pikepdf.OutlineItem]:
    for item in items:
        yield item
        yield from _walk(item.children)


def _bookmarked(item: pikepdf.OutlineItem, pdf: Pdf) -> tuple[int, int]:
    target = item.destination
    if target is None and item.action is not None:
        target = item.action.get(Name.D)
    if isinstance(target, pikepdf.String):
        target = NameTree(pdf.Root.Names.Dests).get(str(target))
    page = _page_of(target) if isinstance(target, Array | Dictionary) else None
    return page.objgen if page is not None else (0, 0)


def _renounce_claims(pdf: Pdf) -> None:
    """Annex pages carry no tags, so the whole file must not claim to be PDF/UA."""
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        for claim in ("pdfuaid:part", "pdfuaid:rev"):
            if claim in metadata:
                del metadata[claim]


def _entries(
    places: Mapping[str, pikepdf.Object], snapshot: Snapshot, ordered: list[pikepdf.Object]
) -> Iterator[Entry]:
    """The page map, in page order; an entry ends where the next one, or the cover of the next language, begins."""
    number_of = {page.objgen: rank for rank, page in enumerate(ordered, start=1)}
    starts = sorted(
        (number_of[page.objgen], *_named_entry(name, snapshot)) for name, page in places.items()
    )
    ends = [start[0] - 1 for start in starts[1:]] + [len(ordered)]
    for (first, kind, key, language), last in zip(starts, ends, strict=True):
        if kind != COVER:
            yield Entry(kind, key, language, first, max(first, last))


def _named_entry(name: str, snapshot: Snapshot) -> tuple[str, str, str]:
    kind, _slash, key = name.partition("/")
    if kind in snapshot.languages:
        inner, _slash, rest = key.partition("/")
        return inner, rest, kind
    return kind, key, snapshot.languages[0]
