"""What one build makes: the snapshot, the PDF, the ZIP; and how they are kept as a version of the pack."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, cast

import pikepdf
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from governance.enums import PackStatus
from governance.models import Meeting, Pack, PackBuild, PackEntry, PaperRevision
from governance.services.packs import last_issued, next_version
from governance.services.snapshots import take_snapshot
from governance.services.versions import in_words, unready, with_fallback
from governance.typesetting.archive import write_archive
from governance.typesetting.assembly import Assembled, assemble
from governance.typesetting.body import SOURCES, typeset_body
from governance.typesetting.differences import revised_keys
from governance.typesetting.inspection import Source
from governance.typesetting.outline import titled_entries
from governance.typesetting.present import Views, present_all
from governance.typesetting.snapshot import SCHEMA, Snapshot
from smartport.errors import Refusal
from smartport.files import sha256_of
from smartport.typst import ENGINE

Progress = Callable[[str, int], None]


class StaleVersion(Refusal):
    """The number the build was made for is taken."""

    code = "stale_version"


@dataclass(frozen=True)
class Made:
    """A pack before it is stored; `archive` is an open temporary file."""

    snapshot: Snapshot
    views: Views
    assembled: Assembled
    manifest: dict[str, Any]
    archive: IO[bytes]


def make(build: PackBuild, progress: Progress) -> Made:
    """Everything but the storing. `progress` is told each step and may raise to stop it.

    Raises a Refusal that names the piece that failed.
    """
    progress("gather", 0)
    snapshot = gather(build)
    files = annex_files(snapshot)
    progress("typeset", 0)
    views = present_all(snapshot)
    body = typeset_body(snapshot, views)
    assembled = assemble(
        body.pdf,
        snapshot,
        files,
        views=views,
        progress=lambda annex, pages: progress(f"annex {annex}", pages),
    )
    progress("archive", assembled.pages)
    listing = manifest(snapshot, assembled) | {
        "body_sha256": hashlib.sha256(assembled.body).hexdigest(),
        "replaced_characters": sorted(body.replaced),
    }
    archive = TemporaryFile(suffix=".zip")  # noqa: SIM115 (closed once it is stored)
    write_archive(
        archive, snapshot=snapshot, views=views, body=assembled.body, files=files, manifest=listing
    )
    progress("keep", assembled.pages)
    return Made(snapshot, views, assembled, listing, archive)


def gather(build: PackBuild) -> Snapshot:
    """The snapshot of the version to come, marked with what changed since the last one issued; items that
    are not ready keep the content they were issued with.

    The file is dated by its day: building again on the same day from the same rows gives the same bytes.
    """
    meeting = Meeting.objects.select_related("committee", "previous").get(pk=build.meeting_id)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    taken = take_snapshot(
        meeting=meeting,
        audience=build.audience,
        language=build.language,
        version=next_version(meeting, build.audience, build.language),
        prepared_at=today,
        reason=build.reason,
    )
    before = last_issued(meeting, build.audience, build.language)
    if before is None:
        return taken
    issued = Snapshot.from_plain(before.snapshot)
    kept = with_fallback(taken, issued, unready(meeting))
    return replace(kept, revised=revised_keys(issued, kept))


def annex_files(snapshot: Snapshot) -> dict[str, Source]:
    """The stored annex files by SHA-256, opened only when they are read."""
    wanted = {annex.sha256 for annex in snapshot.annexes}
    revisions = PaperRevision.objects.filter(sha256__in=wanted).order_by("pk")
    return {
        row.sha256: cast("Source", partial(row.file.storage.open, str(row.file.name), "rb"))
        for row in revisions
    }


def keep(build: PackBuild, made: Made) -> Pack:
    """Store the files and the pack, in the caller's transaction, in place of the one not issued.

    Raises StaleVersion when its number was issued meanwhile.
    """
    _replace_unissued(build, made.snapshot.version)
    pack = Pack.objects.create(
        meeting_id=build.meeting_id,
        version=made.snapshot.version,
        audience=build.audience,
        language=build.language,
        file=ContentFile(made.assembled.pdf, name="pack.pdf"),
        archive=File(made.archive, name="pack.zip"),
        archive_sha256=sha256_of(made.archive),
        size=len(made.assembled.pdf),
        pages=made.assembled.pages,
        sha256=made.assembled.sha256,
        snapshot=made.snapshot.plain(),
        manifest=made.manifest,
        engine=engine(),
        reason=build.reason,
        built_by=build.requested_by,
    )
    PackEntry.objects.bulk_create(_rows(pack, made))
    return pack


def _replace_unissued(build: PackBuild, version: int) -> None:
    """The version that was built before and never issued gives way to the new one."""
    if version != next_version(build.meeting, build.audience, build.language):
        raise StaleVersion(
            _("A version was issued while this one was being built."), remedy=_("Build again.")
        )
    for old in Pack.objects.filter(
        meeting=build.meeting_id,
        audience=build.audience,
        language=build.language,
        version=version,
        status=PackStatus.BUILT,
    ):
        names = [str(old.file.name), *filter(None, [old.archive.name])]
        PackBuild.objects.filter(pack=old).delete()
        old.delete()
        transaction.on_commit(partial(_delete, names))


def _delete(names: list[str]) -> None:
    for name in names:
        Pack._meta.get_field("file").storage.delete(name)


def _changes(pack: Pack, snapshot: Snapshot) -> dict[tuple[str, str], str]:
    """What to say of each entry that changed since the version before, by its kind and key."""
    before = last_issued(pack.meeting, pack.audience, pack.language)
    if before is None:
        return {}
    language = snapshot.languages[0]
    with translation.override(language):
        lines = in_words(Snapshot.from_plain(before.snapshot), snapshot, language)
    return {(line.kind, line.key): line.details or line.what for line in lines}


def _rows(pack: Pack, made: Made) -> list[PackEntry]:
    changes = _changes(pack, made.snapshot)
    items = {item.key for item in made.snapshot.items}
    entries = titled_entries(made.snapshot, made.assembled.entries, made.views)
    return [
        PackEntry(
            pack=pack,
            position=position,
            level=entry.level,
            anchor=entry.anchor,
            kind=entry.kind,
            title=entry.title[:400],
            item_id=int(entry.item) if entry.item in items else None,
            first_page=entry.first_page,
            last_page=entry.last_page,
            changed=entry.changed,
            change=changes.get((entry.kind, entry.key), "")[:400],
        )
        for position, entry in enumerate(entries, start=1)
    ]


def manifest(snapshot: Snapshot, assembled: Assembled) -> dict[str, Any]:
    return {
        "pack": "pack.pdf",
        "version": snapshot.version,
        "audience": snapshot.audience,
        "languages": snapshot.languages,
        "engine": engine(),
        "sha256": assembled.sha256,
        "pages": assembled.pages,
        "annexes": [
            {
                "number": annex.number,
                "name": annex.filename,
                "sha256": annex.sha256,
                "pages": annex.pages,
                "revision": annex.revision,
            }
            for annex in snapshot.annexes
        ],
    }


@lru_cache(maxsize=1)
def engine() -> dict[str, Any]:
    """What made the file: the engines, and the fingerprint of the templates."""
    digest = hashlib.sha256()
    for source in sorted(Path(SOURCES).glob("*.typ")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return {
        "typst": ENGINE.removeprefix("typst "),
        "pikepdf": pikepdf.__version__,
        "templates_sha256": digest.hexdigest(),
        "snapshot_schema": SCHEMA,
    }
