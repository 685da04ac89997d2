"""A real Celery worker is killed with -9 while it builds: nothing is lost, nothing is made twice."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from governance.enums import BuildStatus
from governance.models import Pack, PackBuild
from governance.services import packs as pack_services
from tests.governance import packs
from tests.workers import Workers, celery_workers

WAIT_SECONDS = 150


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_builds_loses_nothing_and_makes_one_version(table, tmp_path):
    for rank in range(8):
        table.attach(table.items[rank % 2], packs.annex_file(60, f"Page {rank}"), f"{rank}.pdf")
    build = pack_services.request_build(actor=table.secretary, meeting=table.meeting)

    def state(*statuses: str) -> bool:
        return PackBuild.objects.filter(pk=build.pk, status__in=statuses).exists()

    with celery_workers(tmp_path, PACK_LEASE_SECONDS="4") as workers:
        worker = workers.start()
        wake_until(workers, lambda: state(BuildStatus.RUNNING, BuildStatus.DONE))
        workers.kill(worker)
        assert state(BuildStatus.RUNNING)
        assert Pack.objects.count() == 0
        workers.start()
        wake_until(workers, lambda: state(BuildStatus.DONE, BuildStatus.FAILED))
    build.refresh_from_db()
    assert (build.status, build.attempts) == (BuildStatus.DONE, 2)
    pack = Pack.objects.get()
    assert pack.version == 1
    assert pack.file.size == pack.size


def wake_until(workers: Workers, happened: Callable[[], bool]) -> None:
    """What the schedule does each minute, more often."""
    end, woken = time.monotonic() + WAIT_SECONDS, 0.0
    while not happened():
        assert time.monotonic() < end, workers.logs()
        if time.monotonic() - woken > 1:
            workers.send("governance.tasks.build_packs")
            woken = time.monotonic()
        time.sleep(0.01)
