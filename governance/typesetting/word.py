"""The Word files: summons, attendance sheet, decisions to fill in during the meeting; minutes.

The templates in `word/` are ordinary documents: open one in a word processor to change how it looks.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate

from governance.typesetting.labels import OUTCOMES
from governance.typesetting.present import View
from smartport.typst import clean

TEMPLATES = Path(__file__).parent / "word"
DOCUMENTS = {  # what of the presentation each document shows
    "summons": ("labels", "cover", "summons", "agenda"),
    "attendance": ("labels", "cover", "attendance"),
    "decisions": ("labels", "cover", "attendance", "items"),
}

_made: dict[tuple[str, str], tuple[Any, bytes]] = {}


def documents(view: View, made_at: datetime) -> dict[str, bytes]:
    """Each document's bytes by its name; the same view and moment give the same bytes.

    Must be called with the view's language active. What a person typed is text, never template or markup.
    """
    return {
        name: _remembered(name, view, made_at) for name in DOCUMENTS if _has_content(name, view)
    }


def _remembered(name: str, view: View, made_at: datetime) -> bytes:
    """The document made last, when it would show the same: rebuilding a pack mostly finds it so."""
    context = clean({key: view[key] for key in DOCUMENTS[name]})
    context["outcomes"] = [str(label) for label in OUTCOMES.values()]
    shown, place = (context, made_at), (name, view["language"])
    if _made.get(place, (None, b""))[0] != shown:
        title = f"{view['cover']['committee']}, {view['cover']['day']}"
        _made[place] = (shown, render(name, context, made_at, title=title))
    return _made[place][1]


def _has_content(name: str, view: View) -> bool:
    return bool(view["attendance"]) if name == "attendance" else True


def render(name: str, context: View, made_at: datetime, *, title: str) -> bytes:
    """The template of this name filled with a view that `smartport.typst.clean` has been through."""
    document = DocxTemplate(TEMPLATES / f"{name}.docx")
    document.render(context, autoescape=True)
    properties = document.docx.core_properties
    properties.created = properties.modified = made_at.replace(tzinfo=None)
    properties.title = title
    out = io.BytesIO()
    document.save(out)
    return _dated(out.getvalue(), made_at)


def _dated(package: bytes, made_at: datetime) -> bytes:
    """The same package with every member dated `made_at`, in the same order."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(member(name, made_at), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def member(name: str, made_at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, made_at.timetuple()[:6])
    info.external_attr = 0o644 << 16
    return info
