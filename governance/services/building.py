"""The work of building a pack: claim a request, gather, typeset, assemble, keep.

The row in PostgreSQL is the truth. A worker holds a build by a lease it renews at each step; when the worker
dies the lease runs out and the next run takes the build again from the start. What a worker that lost its
lease had made is thrown away, so a request gives one version, whatever happens to its workers.
"""

from __future__ import annotations

import hashlib
import logging
import os
import socket
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import pikepdf
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from governance.enums import BuildStatus, PackStatus
from governance.models import Meeting, Pack, PackBuild, PackEntry, PaperRevision
from governance.services.packs import last_issued, next_version
from governance.services.snapshots import take_snapshot
from governance.services.versions import in_words, unready, with_fallback
from governance.typesetting.assembly import Assembled, assemble
from governance.typesetting.body import SOURCES, typeset_body
from governance.typesetting.differences import revised_keys
from governance.typesetting.inspection import Source
from governance.typesetting.outline import titled_entries
from governance.typesetting.present import present_all
from governance.typesetting.snapshot import SCHEMA, Snapshot
from smartport.errors import Refusal
from smartport.typst import ENGINE

logger = logging.getLogger(__name__)

ATTEMPTS = 3


class LeaseLost(Exception):
    """Another worker took this build over."""


class StaleVersion(Refusal):
    """The number the build was made for is taken."""

    code = "stale_version"


class BuildCancelled(Exception):
    """Someone asked to stop it."""


@dataclass(frozen=True)
class Work:
    """One attempt at one build; `attempt` tells a worker that came back from the dead from the one that took over."""

    build: PackBuild
    attempt: int

    def mine(self) -> Any:
        return PackBuild.objects.filter(
            pk=self.build.pk, status=BuildStatus.RUNNING, attempts=self.attempt
        )

    def progress(self, step: str, pages: int = 0) -> None:
        """Say how far it is, renew the lease. Raises LeaseLost or BuildCancelled."""
        values: dict[str, Any] = {"step": step, "lease_until": _lease()}
        if pages:
            values["pages_so_far"] = pages
        if not self.mine().update(**values):
            raise LeaseLost
        if self.mine().filter(cancel_asked=True).exists():
            raise BuildCancelled


def build_due() -> int:
    """Build everything that waits, oldest request first; the number of packs made. Safe to run at once."""
    built = 0
    while work := claim():
        built += run(work)
    return built


@transaction.atomic
def claim() -> Work | None:
    """Take the oldest request that waits, or whose worker is gone. One tried too often fails instead."""
    now = timezone.now()
    free = Q(status=BuildStatus.QUEUED) | Q(status=BuildStatus.RUNNING, lease_until__lt=now)
    while True:
        build = (
            PackBuild.objects.filter(free)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("meeting")
            .order_by("requested_at", "pk")
            .first()
        )
        if build is None:
            return None
        if build.attempts < ATTEMPTS:
            break
        with translation.override(build.requested_by.language):
            error = _("Its worker stopped three times before the end.")
        _finish(build, BuildStatus.FAILED, error=error)
    build.status = BuildStatus.RUNNING
    build.attempts += 1
    build.worker = f"{socket.gethostname()}:{os.getpid()}"[:100]
    build.lease_until = _lease()
    build.step, build.pages_so_far, build.error = "gather", 0, ""
    build.save()
    return Work(build, build.attempts)


def run(work: Work) -> bool:
    """One attempt, to its end; True when it gave a pack. Never raises for a pack that cannot be built."""
    build = work.build
    try:
        _keep(work, *_make(work))
    except LeaseLost:
        logger.warning("pack build %s: taken over by another worker", build.pk)
        return False
    except BuildCancelled:
        _finish(build, BuildStatus.CANCELLED)
        return False
    except Refusal as refusal:
        logger.warning("pack build %s refused: %s", build.pk, refusal.code)
        with translation.override(build.requested_by.language):
            _finish(build, BuildStatus.FAILED, error=str(refusal))
        return False
    except Exception:
        logger.exception("pack build %s failed", build.pk)
        with translation.override(build.requested_by.language):
            _finish(
                build,
                BuildStatus.FAILED,
                error=_(
                    "Something unforeseen went wrong; the administrator finds it under build %(id)s."
                )
                % {"id": build.pk},
            )
        return False
    return True


def _make(work: Work) -> tuple[Snapshot, Assembled, dict[str, Any]]:
    build = work.build
    work.progress("gather")
    snapshot = gather(build)
    work.progress("typeset")
    views = present_all(snapshot)
    body = typeset_body(snapshot, views)
    assembled = assemble(
        body.pdf,
        snapshot,
        annex_files(snapshot),
        views=views,
        progress=lambda annex, pages: work.progress(f"annex {annex}", pages),
    )
    work.progress("keep", assembled.pages)
    notes = {
        "replaced_characters": sorted(body.replaced),
        "body_sha256": hashlib.sha256(body.pdf).hexdigest(),
    }
    return snapshot, assembled, notes


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
    return {row.sha256: partial(row.file.storage.open, row.file.name, "rb") for row in revisions}


def _keep(work: Work, snapshot: Snapshot, assembled: Assembled, notes: dict[str, Any]) -> None:
    """Store the file, then the pack and the end of the build in one transaction."""
    build = work.build
    file = ContentFile(assembled.pdf, name="pack.pdf")
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=build.meeting_id)
        if not work.mine().select_for_update().exists():
            raise LeaseLost
        _replace_unissued(build, snapshot.version)
        pack = Pack.objects.create(
            meeting_id=build.meeting_id,
            version=next_version(build.meeting, build.audience, build.language),
            audience=build.audience,
            language=build.language,
            file=file,
            size=len(assembled.pdf),
            pages=assembled.pages,
            sha256=assembled.sha256,
            snapshot=snapshot.plain(),
            manifest=manifest(snapshot, assembled) | notes,
            engine=engine(),
            built_by=build.requested_by,
        )
        PackEntry.objects.bulk_create(_rows(pack, snapshot, assembled))
        _finish(build, BuildStatus.DONE, pack=pack)


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
        stored, name = old.file.storage, old.file.name
        PackBuild.objects.filter(pack=old).delete()
        old.delete()
        transaction.on_commit(lambda stored=stored, name=name: stored.delete(name))


def _changes(pack: Pack, snapshot: Snapshot) -> dict[tuple[str, str], str]:
    """What to say of each entry that changed since the version before, by its kind and key."""
    before = last_issued(pack.meeting, pack.audience, pack.language)
    if before is None:
        return {}
    language = snapshot.languages[0]
    with translation.override(language):
        lines = in_words(Snapshot.from_plain(before.snapshot), snapshot, language)
    return {(line.kind, line.key): line.details or line.what for line in lines}


def _rows(pack: Pack, snapshot: Snapshot, assembled: Assembled) -> list[PackEntry]:
    changes = _changes(pack, snapshot)
    items = {item.key for item in snapshot.items}
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
        for position, entry in enumerate(titled_entries(snapshot, assembled.entries), start=1)
    ]


def manifest(snapshot: Snapshot, assembled: Assembled) -> dict[str, Any]:
    return {
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


def _finish(build: PackBuild, status: str, *, error: str = "", pack: Pack | None = None) -> None:
    values = {"status": status, "finished_at": timezone.now(), "error": error, "pack": pack}
    PackBuild.objects.filter(pk=build.pk, attempts=build.attempts).update(
        lease_until=None, cancel_asked=False, **values
    )


def _lease() -> Any:
    return timezone.now() + timedelta(seconds=settings.PACK_LEASE_SECONDS)
