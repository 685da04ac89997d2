"""One step of the packs' benchmark, in a process of its own so that nothing is remembered; prints JSON.

`prepare` makes the meetings in a database that has a portfolio; `build CODE` builds a pack, changes one item and
builds it again, as a worker does from the claim to the stored version; `weasyprint CODE` typesets the same body
with WeasyPrint; `work` builds whatever waits, until nothing does.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable

SHEETS = 100
ANNEX_PAGES = 10
SERIES = "DEMO-SS0001"
MEETING, LONG = "BENCH", "BENCH-LONG"
QUEUED = 12


def prepare() -> None:
    from projects.models import Project
    from tests.factories.projects import SeriesFactory

    kept = Project.objects.filter(series__code=SERIES).order_by("pk").values("pk")[:SHEETS]
    rest = Project.objects.filter(series__code=SERIES).exclude(
        pk__in=list(kept.values_list("pk", flat=True))
    )
    rest.update(series=SeriesFactory(code="BENCH-REST", slug="bench-rest"))
    for code, annexes in ((MEETING, 16), (LONG, 175)):
        _meeting(code, annexes)


def _meeting(code: str, annexes: int) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from governance.models import Committee
    from governance.services.agenda import attach_paper
    from projects.models import ProjectSeries
    from tests.factories.governance import AgendaItemFactory, MeetingFactory
    from tests.governance import packs

    committee = Committee.objects.get(code="DEMO-COPIL")
    last = committee.meetings.filter(status="closed").order_by("-starts_at").first()
    meeting = MeetingFactory(committee=committee, code=code, previous=last)
    items = [
        AgendaItemFactory(meeting=meeting, ready=True, note_fr="Le comité est saisi de ce point.")
        for _rank in range(8)
    ]
    items[2].series = ProjectSeries.objects.get(code=SERIES)
    items[2].save()
    for rank in range(annexes):
        content = packs.annex_file(ANNEX_PAGES, f"Annexe {rank}")
        upload = SimpleUploadedFile(f"{rank}.pdf", content, content_type="application/pdf")
        attach_paper(actor=_secretary(), item=items[rank % 8], upload=upload)


def _secretary() -> object:
    from partners.models import User

    return User.objects.secretariat().order_by("pk").first()


def ask(code: str) -> None:
    from governance.models import Meeting
    from governance.services import packs

    packs.request_build(actor=_secretary(), meeting=Meeting.objects.get(code=code))


def build(code: str) -> None:
    """In a process that has loaded what a worker has, and nothing of the web's; its peak is that of the first pack."""
    from governance.models import Meeting
    from smartport.celery import app

    app.loader.import_default_modules()

    meeting = Meeting.objects.get(code=code)
    first = _one(code)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    item = meeting.agenda.order_by("position")[4]
    item.note_fr = "Une note changée."
    item.save()
    again = _one(code)
    pack = meeting.packs.get()
    _say(first=first, changed=again, pages=pack.pages, bytes=pack.size, megabytes=round(peak))


def _one(code: str) -> dict[str, float]:
    from governance.services import building

    subprocess.run([sys.executable, "-m", "tests.bench_packs", "ask", code], check=True)
    return measured(building.build_due)


def measured(work: Callable[[], object]) -> dict[str, float]:
    start, busy = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - start, "cpu": time.process_time() - busy}


def weasyprint(code: str) -> None:
    from governance.models import Pack
    from governance.typesetting.present import present
    from governance.typesetting.snapshot import Snapshot
    from tests import bench_weasyprint

    taken = Snapshot.from_plain(Pack.objects.get(meeting__code=code).snapshot)
    pages: list[int] = []
    spent = measured(lambda: pages.append(bench_weasyprint.typeset(present(taken, "fr"))))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(body=spent, pages=pages[0], megabytes=round(peak))


def typst(code: str) -> None:
    """The body alone, as `weasyprint` makes it."""
    from governance.models import Pack
    from governance.typesetting.body import typeset_body
    from governance.typesetting.snapshot import Snapshot

    taken = Snapshot.from_plain(Pack.objects.get(meeting__code=code).snapshot)
    _say(body=measured(lambda: typeset_body(taken)))


def queue() -> None:
    """Ask for twelve packs at the same moment, for meetings with one item each."""
    from governance.models import Committee
    from governance.services import packs
    from tests.factories.governance import AgendaItemFactory, MeetingFactory

    committee = Committee.objects.get(code="DEMO-COPIL")
    for _rank in range(QUEUED):
        meeting = MeetingFactory(committee=committee)
        AgendaItemFactory(meeting=meeting, ready=True)
        packs.request_build(actor=_secretary(), meeting=meeting)


def work() -> None:
    from governance.services import building

    _say(built=building.build_due())


def result() -> None:
    """How the twelve went: how many were made, and how far the order they ended in is from that of the requests."""
    from governance.models import PackBuild

    rows = list(PackBuild.objects.order_by("-pk")[:QUEUED])
    asked = [row.pk for row in sorted(rows, key=lambda row: row.pk)]
    ended = [
        row.pk for row in sorted(rows, key=lambda row: (row.finished_at is None, row.finished_at))
    ]
    _say(
        done=sum(row.status == "done" for row in rows),
        overtaken=max(abs(asked.index(pk) - rank) for rank, pk in enumerate(ended)),
        seconds=(
            max(row.finished_at for row in rows) - min(row.requested_at for row in rows)
        ).total_seconds(),
    )


def _say(**found: object) -> None:
    print(json.dumps(found))


STEPS = {
    step.__name__: step for step in (prepare, ask, build, weasyprint, typst, queue, work, result)
}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartport.settings")
    import django

    django.setup()
    STEPS[sys.argv[1]](*sys.argv[2:])
