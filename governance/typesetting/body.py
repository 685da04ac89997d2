"""The body of a pack: a snapshot typeset by Typst, annexes left out but their pages counted in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from governance.typesetting.formats import say
from governance.typesetting.present import present
from governance.typesetting.snapshot import Snapshot
from smartport.typst import Pages, compile_pages

SOURCES = Path(__file__).parent / "sources"


def typeset_body(snapshot: Snapshot) -> Pages:
    """The body as PDF/UA-1. Its page numbers are those of the whole pack, annexes included.

    Raises smartport.typst.TypesettingFailed.
    """
    return compile_pages(SOURCES / "pack.typ", body_data(snapshot), made_at=prepared_at(snapshot))


def body_data(snapshot: Snapshot) -> dict[str, Any]:
    language = snapshot.languages[0]
    parts = [present(snapshot, code) for code in snapshot.languages]
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
