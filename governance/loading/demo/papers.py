"""Annexes of the demonstration's next meeting: real PDF files, typeset from the data file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from governance.loading.demo.calendar import Calendar, at
from governance.models import Committee, Paper, PaperRevision
from governance.typesetting.inspection import inspect_pdf
from partners.models import User
from smartport import dates
from smartport.typst import compile_pages

SOURCE = Path(__file__).parent / "annex" / "annex.typ"
MARK = "Données de démonstration : document inventé"
DAYS_BEFORE = "t-4"


def load_papers(
    rows: list[dict[str, Any]], committee: Committee, calendar: Calendar
) -> dict[str, PaperRevision]:
    """The first revision of each paper, by its key in the data file."""
    brought = at(calendar.known_day(DAYS_BEFORE), 11, 15)
    secretary = User.objects.get(email="secretariat@smartport.example")
    revisions = {}
    for row in rows:
        data = {
            **row,
            "mark": MARK,
            "day": dates.day(brought.date(), "fr"),
        }
        content = compile_pages(SOURCE, data, made_at=brought).pdf
        found = inspect_pdf(content)
        paper = Paper.objects.create(committee=committee, title=row["title"], access=row["access"])
        revisions[row["key"]] = PaperRevision.objects.create(
            paper=paper,
            number=1,
            file=ContentFile(content, name=row["file"]),
            name=row["file"],
            size=found.size,
            pages=found.pages,
            sha256=found.sha256,
            uploaded_by=secretary,
            uploaded_at=brought,
        )
    return revisions
