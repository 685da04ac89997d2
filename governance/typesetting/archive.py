"""The ZIP beside a pack: the tagged body, the annexes as they were brought, Word files, and a manifest."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.utils.translation import override

from governance.typesetting.body import prepared_at
from governance.typesetting.inspection import Source, reading
from governance.typesetting.present import Views
from governance.typesetting.snapshot import Annex, Item, Snapshot
from governance.typesetting.word import documents, member

CHUNK = 1 << 20
NAME_LENGTH = 80


def write_archive(
    out: IO[bytes],
    *,
    snapshot: Snapshot,
    views: Views,
    body: bytes,
    files: Mapping[str, Source],
    manifest: Mapping[str, Any],
) -> None:
    """Write the ZIP into `out`. The same inputs give the same bytes."""
    moment = prepared_at(snapshot)
    listed: dict[str, str] = {}
    with zipfile.ZipFile(out, "w") as archive:

        def add(name: str, content: bytes) -> None:
            archive.writestr(
                member(name, moment), content
            )  # stored: PDF and Word are packed already
            listed[name] = hashlib.sha256(content).hexdigest()

        add("body.pdf", body)
        for language, view in views.items():
            with override(language):
                for name, content in documents(view, moment).items():
                    add(f"word/{name}-{language}.docx", content)
        for name, annex in annex_names(snapshot):
            with (
                archive.open(member(name, moment), "w") as target,
                reading(files[annex.sha256]) as source,
            ):
                source.seek(0)
                while piece := source.read(CHUNK):
                    target.write(piece)
            listed[name] = annex.sha256
        whole = {**manifest, "files": listed}
        text = json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True)
        archive.writestr(member("manifest.json", moment), text, zipfile.ZIP_DEFLATED)


def annex_names(snapshot: Snapshot) -> Iterator[tuple[str, Annex]]:
    """`annexes/2 Avancement/2.1 note.pdf`: whatever the file was called, a name every system can write."""
    for item in snapshot.items:
        for annex in item.annexes:
            stem = annex.filename.removesuffix(".pdf").removesuffix(".PDF")
            yield f"annexes/{_folder(item, snapshot)}/{annex.number} {safe(stem)}.pdf", annex


def _folder(item: Item, snapshot: Snapshot) -> str:
    language = snapshot.languages[0]
    title = item.title.get(language) or next(iter(item.title.values()), "")
    return f"{item.number} {safe(title)}".strip()


def safe(name: str) -> str:
    """Letters, digits, spaces, dots and dashes; no leading dot, at most 80 characters."""
    words = re.sub(r"[^\w .\-’']+", " ", name, flags=re.UNICODE)
    return re.sub(r"\s+", " ", words).strip(" .")[:NAME_LENGTH].strip(" .") or "document"
