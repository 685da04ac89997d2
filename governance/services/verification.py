"""Is this the fingerprint of a true pack? Asked by the page and by programs; only who holds the file can ask."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Q

from governance.models import Pack

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Verdict:
    """`pack` is the issued version with this fingerprint, `newer` a later one of the same pack."""

    sha256: str
    pack: Pack | None
    newer: Pack | None
    is_archive: bool = False


def verdict_on(sha256: str) -> Verdict:
    pack = (
        Pack.objects.issued()
        .filter(Q(sha256=sha256) | Q(archive_sha256=sha256))
        .select_related("meeting__committee")
        .defer("snapshot", "manifest")
        .first()
    )
    if pack is None:
        return Verdict(sha256, None, None)
    newer = (
        Pack.objects.issued()
        .filter(
            meeting=pack.meeting_id,
            audience=pack.audience,
            language=pack.language,
            version__gt=pack.version,
        )
        .defer("snapshot", "manifest")
        .order_by("-version")
        .first()
    )
    return Verdict(sha256, pack, newer, is_archive=pack.archive_sha256 == sha256)
