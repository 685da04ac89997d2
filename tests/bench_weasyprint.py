"""The body of a pack as HTML for WeasyPrint: the same texts and tables as the Typst sources print, without charts."""

from __future__ import annotations

from html import escape
from typing import Any

from governance.typesetting.present import View
from governance.typesetting.reading import Block, Cell, Page, pages

STYLE = """
@page { size: A4; margin: 27mm 20mm 22mm 24mm; font: 8pt sans-serif;
  @top-left { content: string(part) } @top-right { content: counter(page) " / " counter(pages) } }
body { font: 10pt/1.45 sans-serif } h1 { font: 25pt serif; string-set: part content(); break-before: page }
h2 { font: 600 10.5pt sans-serif } table { width: 100%; border-collapse: collapse; font-size: 9pt }
th, td { border-bottom: .5pt solid #c5d2d8; padding: 4pt; text-align: left; vertical-align: top }
.number { text-align: right } nav a { display: block }
nav a::after { content: leader('.') target-counter(attr(href), page) }
.decision, .ask { background: #e2f0f5; border-left: 2.4pt solid #083f56; padding: 10pt }
"""


def typeset(view: View) -> int:
    """The number of pages of the PDF it made."""
    from weasyprint import HTML

    document = HTML(string=_document(view)).render()
    document.write_pdf(pdf_variant="pdf/ua-1")
    return len(document.pages)


def _document(view: View) -> str:
    found = pages(view)
    contents = "".join(f'<a href="#{page.anchor}">{escape(page.title)}</a>' for page in found)
    cover = view["cover"]
    return (
        f'<html lang="{view["language"]}"><title>{escape(cover["committee"])}</title><style>{STYLE}</style>'
        f"<h1>{escape(cover['committee'])}</h1><p>{escape(cover['day'])}</p><nav>{contents}</nav>"
        + "".join(map(_page, found))
        + "</html>"
    )


def _page(page: Page) -> str:
    return f'<h1 id="{page.anchor}">{escape(page.title)}</h1>' + "".join(map(_block, page.blocks))


def _block(block: Block) -> str:
    title = f"<h2>{escape(block.title)}</h2>" if block.title else ""
    texts = "".join(f"<p>{escape(text)}</p>" for text in block.paragraphs)
    return f'<section class="{block.kind}">{title}{texts}{_table(block)}</section>'


def _table(block: Block) -> str:
    if not block.rows:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in block.headers)
    rows = [*block.rows, *([block.total] if block.total else [])]
    return f"<table><thead><tr>{head}</tr></thead>{''.join(map(_row, rows))}</table>"


def _row(cells: list[Cell]) -> str:
    return f"<tr>{''.join(map(_cell, cells))}</tr>"


def _cell(cell: Any) -> str:
    note = f"<br><small>{escape(cell.note)}</small>" if cell.note else ""
    return f'<td class="{"number" if cell.number else ""}">{escape(cell.text)}{note}</td>'
