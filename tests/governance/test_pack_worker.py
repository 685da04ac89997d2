"""A real Celery worker is killed with -9 while it builds: nothing is lost, nothing is made twice."""

from __future__ import annotations

import time

import pytest
from django.apps import apps

from governance.enums import BuildStatus
from governance.models import Pack, PackBuild
from governance.services import packs as pack_services
from governance.tasks import build_packs
from tests.governance import packs
from tests.workers import celery_worker, kill, wait_for


@pytest.mark.slow
@pytest.mark.django_db(
    transaction=True, available_apps=[app.name for app in apps.get_app_configs()]
)
def test_a_worker_killed_while_it_builds_loses_nothing_and_makes_one_version(table):
    for rank in range(8):
        table.attach(table.items[rank % 2], packs.annex_file(60, f"Page {rank}"), f"{rank}.pdf")
    queue = {"CELERY_QUEUE": f"kill-{time.monotonic_ns()}", "PACK_LEASE_SECONDS": "4"}
    build = pack_services.request_build(actor=table.secretary, meeting=table.meeting)

    def state(*statuses: str) -> bool:
        return PackBuild.objects.filter(pk=build.pk, status__in=statuses).exists()

    with celery_worker(**queue) as worker:
        _wake_until(lambda: state(BuildStatus.RUNNING, BuildStatus.DONE), queue)
        kill(worker)
    assert state(BuildStatus.RUNNING)
    assert Pack.objects.count() == 0
    with celery_worker(**queue):
        _wake_until(lambda: state(BuildStatus.DONE, BuildStatus.FAILED), queue)
    build.refresh_from_db()
    assert (build.status, build.attempts) == (BuildStatus.DONE, 2)
    pack = Pack.objects.get()
    assert pack.version == 1
    assert pack.file.size == pack.size


def _wake_until(happened, queue) -> None:
    """What the schedule does each minute, more often."""
    last = [0.0]

    def woken() -> bool:
        if time.monotonic() - last[0] > 1:
            build_packs.apply_async(queue=queue["CELERY_QUEUE"])
            last[0] = time.monotonic()
        return happened()

    wait_for(woken)
