"""The running heads laid over the pages once the whole is known: numbers on the body, title and number on annexes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import pikepdf
from django.utils.translation import gettext as _
from pikepdf import Array, Dictionary, Name, Pdf

from governance.typesetting.annexes import HEAD
from governance.typesetting.body import SOURCES, prepared_at
from governance.typesetting.present import View
from governance.typesetting.snapshot import Snapshot
from smartport.errors import Refusal
from smartport.typst import compile_pages


class PagesDisagree(Refusal):
    """The file's pages would not be those its contents announce: it must not go out."""

    code = "pages_disagree"


BODY_TOP = 51.02  # where the head of a body page ends, from the top of the sheet, in points (18 mm)


@dataclass(frozen=True)
class Heads:
    """`numbers` are the physical numbers of the body's pages, in their order."""

    snapshot: Snapshot
    view: View
    numbers: list[int]

    @property
    def total(self) -> int:
        return len(self.numbers) + sum(annex.pages for annex in self.snapshot.annexes)

    def number(self, pdf: Pdf, typeset: list[pikepdf.Object]) -> None:
        """Number every page of the body but the cover."""
        numbered = list(zip(typeset, self.numbers, strict=True))[1:]
        strips = [self._strip(page, number, None) for page, number in numbered]
        self._lay(pdf, [page for page, _number in numbered], strips, BODY_TOP)

    def name(
        self,
        pdf: Pdf,
        ordered: list[pikepdf.Object],
        inserted: Mapping[str, list[pikepdf.Object]],
    ) -> None:
        """Put its title and its number over every page of the annexes."""
        number_of = {page.objgen: rank for rank, page in enumerate(ordered, start=1)}
        titles = {
            annex["number"]: f"{annex['label']} · {annex['title']}"
            for item in self.view["items"]
            for annex in item["annexes"]
        }
        named = [(titles[key], page) for key, pages in inserted.items() for page in pages]
        strips = [self._strip(page, number_of[page.objgen], title) for title, page in named]
        self._lay(pdf, [page for _title, page in named], strips, HEAD)

    def _strip(self, page: pikepdf.Object, number: int, title: str | None) -> dict[str, Any]:
        return {
            "title": title,
            "number": number,
            "width": float(page.MediaBox[2]),
            "page": f"{self.view['labels']['page']} {number} / {self.total}",
        }

    def _lay(
        self, pdf: Pdf, pages: list[pikepdf.Object], strips: list[dict[str, Any]], foot: float
    ) -> None:
        """Draw each strip over its page as an artifact, its lower edge `foot` points under the page's upper one."""
        if not pages:
            return
        data = {"language": self.view["language"], "height": HEAD, "strips": strips}
        made = _drawn(json.dumps(data), prepared_at(self.snapshot))
        before = pdf.make_stream(b"q\n")
        with pikepdf.open(io.BytesIO(made)) as source:
            for page, strip, head in zip(pages, strips, source.pages, strict=True):
                drawn = source.make_indirect(head.as_form_xobject())
                name = f"/Head{strip['number']}"
                if Name.XObject not in page.Resources:
                    page.Resources.XObject = Dictionary()
                page.Resources.XObject[name] = pdf.copy_foreign(drawn)
                top = round(float(page.MediaBox[3]) - foot, 3)
                over = f"\nQ /Artifact BMC q 1 0 0 1 0 {top} cm {name} Do Q EMC\n".encode()
                contents = page.Contents
                parts = list(contents) if isinstance(contents, Array) else [contents]
                page.Contents = Array([before, *parts, pdf.make_stream(over)])


@lru_cache(maxsize=4)
def _drawn(data: str, made_at: datetime) -> bytes:
    """The strips, remembered: where a pack is built again after a change, most of its pages keep their numbers."""
    source = SOURCES / "stamps.typ"
    return compile_pages(source, json.loads(data), made_at=made_at, standards=(), tagged=False).pdf


def numbers_of(
    typeset: list[pikepdf.Object], snapshot: Snapshot, places: Mapping[str, pikepdf.Object]
) -> list[int]:
    """The physical number of each page of the body: annexes come right behind their slip sheets.

    Raises PagesDisagree.
    """
    if missing := [a.number for a in snapshot.annexes if f"annex/{a.number}" not in places]:
        raise PagesDisagree(
            _("The contents announce annexes that have no slip sheet: %(numbers)s.")
            % {"numbers": ", ".join(missing)},
            remedy=_("Build again; if it fails again, tell the administrator."),
        )
    behind = {places[f"annex/{annex.number}"].objgen: annex.pages for annex in snapshot.annexes}
    numbers, next_number = [], 1
    for page in typeset:
        numbers.append(next_number)
        next_number += 1 + behind.get(page.objgen, 0)
    return numbers
