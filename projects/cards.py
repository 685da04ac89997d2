"""The card that is shown where a project's address is shared: one picture, made from what is public."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects.models import Project
from smartport import navigation, typst
from smartport.dates import day
from smartport.money import euros

SOURCE = Path(__file__).resolve().parent / "typesetting" / "card.typ"
SIZES = (
    (40, 60),
    (80, 50),
    (130, 42),
    (10_000, 34),
)  # letters of a title, and the type that holds them
LONGEST_TITLE = 200
LONGEST_SUMMARY = 150  # characters


def project_card(project: Project) -> bytes:
    """A PNG of 1,200 by 630 pixels. Raises TypesettingFailed."""
    title = _cut(project.title, LONGEST_TITLE)
    data: dict[str, Any] = {
        "language": get_language() or "fr",
        "place": "Marseille Fos",
        "site": str(navigation.SHORT_NAME),
        "title": title,
        "size": next(size for letters, size in SIZES if len(title) <= letters),
        "summary": _cut(project.summary, LONGEST_SUMMARY) if len(title) <= 80 else "",
        "marks": _marks(project),
    }
    return typst.compile_picture(SOURCE, data)


def _marks(project: Project) -> list[dict[str, str]]:
    marks = [{"name": _("Approved on"), "value": day(project.approved_on), "tone": ""}]
    if project.health:
        marks.append(
            {"name": _("Health"), "value": project.get_health_display(), "tone": project.health}
        )
    else:
        marks.append({"name": _("State"), "value": project.get_status_display(), "tone": ""})
    if project.total_cost is not None:
        marks.append({"name": _("Budget"), "value": euros(project.total_cost), "tone": ""})
    return marks


def _cut(text: str, longest: int) -> str:
    """Whole words, and a sign that there were more."""
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
