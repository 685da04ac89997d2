"""The work of building a pack: claim a request, gather, typeset, assemble, keep.

The row in PostgreSQL is the truth. A worker holds a build by a lease it renews at each step; when the worker
dies the lease runs out and the next run takes the build again from the start. What a worker that lost its
lease had made is thrown away, so a request gives one version, whatever happens to its workers.
"""

from __future__ import annotations

import logging
import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from governance.enums import BuildStatus
from governance.models import Meeting, Pack, PackBuild
from governance.services import making
from governance.services.making import Made
from smartport.errors import Refusal

logger = logging.getLogger(__name__)

ATTEMPTS = 3


class LeaseLost(Exception):
    """Another worker took this build over."""


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
        _keep(work, making.make(build, work.progress))
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


def _keep(work: Work, made: Made) -> None:
    """The pack and the end of the build in one transaction, if the build is still this worker's."""
    with made.archive, transaction.atomic():
        Meeting.objects.select_for_update().get(pk=work.build.meeting_id)
        if not work.mine().select_for_update().exists():
            raise LeaseLost
        _finish(work.build, BuildStatus.DONE, pack=making.keep(work.build, made))


def _finish(build: PackBuild, status: str, *, error: str = "", pack: Pack | None = None) -> None:
    values = {"status": status, "finished_at": timezone.now(), "error": error, "pack": pack}
    PackBuild.objects.filter(pk=build.pk, attempts=build.attempts).update(
        lease_until=None, cancel_asked=False, **values
    )


def _lease() -> Any:
    return timezone.now() + timedelta(seconds=settings.PACK_LEASE_SECONDS)
