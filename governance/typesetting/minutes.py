"""Minutes as a PDF by Typst and as a Word file; the same view and moment give the same bytes."""

from __future__ import annotations

from datetime import datetime

from governance.typesetting.body import SOURCES
from governance.typesetting.present import View
from governance.typesetting.word import render
from smartport.typst import clean, compile_pages


def as_pdf(view: View, made_at: datetime) -> bytes:
    """PDF/UA-1. Raises smartport.typst.TypesettingFailed."""
    return compile_pages(SOURCES / "minutes.typ", view, made_at=made_at).pdf


def as_word(view: View, made_at: datetime) -> bytes:
    return render("minutes", clean(view), made_at, title=view["title"])
