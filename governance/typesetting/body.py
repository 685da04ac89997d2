"""The body of a pack: a snapshot typeset by Typst, annexes left out but their pages counted in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from governance.typesetting.formats import say
from governance.typesetting.present import Views, present_all
from governance.typesetting.snapshot import Snapshot
from smartport.typst import Pages, compile_pages

SOURCES = Path(__file__).parent / "sources"


def typeset_body(snapshot: Snapshot, views: Views | None = None) -> Pages:
    """The body as PDF/UA-1. Its page numbers are those of the whole pack, annexes included.

    `views` spares presenting the snapshot again. Raises smartport.typst.TypesettingFailed.
    """
    data = body_data(snapshot, views or present_all(snapshot))
    return compile_pages(SOURCES / "pack.typ", data, made_at=prepared_at(snapshot))


def body_data(snapshot: Snapshot, views: Views) -> dict[str, Any]:
    language, parts = snapshot.languages[0], list(views.values())
    cover = parts[0]["cover"]
    return {
        "title": f"{cover['committee']}, {cover['day']}",
        "author": "Smart Port",
        "description": f"{parts[0]['labels']['pack']}, {cover['version']}",
        "keywords": [say(item.title, language) for item in snapshot.items],
        "parts": parts,
    }


def prepared_at(snapshot: Snapshot) -> datetime:
    return datetime.fromisoformat(snapshot.prepared_at)
