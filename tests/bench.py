"""The benchmarks (`make bench`): each figure as a share of a floor measured in the same run, in turns with it.

A machine's speed varies from minute to minute; a ratio of medians taken in turns varies little.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typst
from django.http import HttpRequest, HttpResponse
from django.urls import path

from smartport.trial import ROOT, processes
from smartport.trial.servers import Postgres, Valkey, free_port
from tests import bench_portfolio, migrated
from tests.bench_packs import LONG, MEETING, SHEETS
from tests.servers import SETTINGS

PROJECTS = 1000


# --- The floor: Django with one view, no middleware, no database -----------------------------------


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [path("", bare)]


def floor_application() -> Callable:
    """The WSGI application of the floor; granian loads it as a factory."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    settings.configure(
        ROOT_URLCONF="tests.bench", SECRET_KEY="floor", ALLOWED_HOSTS=["*"], MIDDLEWARE=[]
    )
    return get_wsgi_application()


# --- Servers --------------------------------------------------------------------------------------


@contextmanager
def served(
    folder: Path, application: str, *options: str, **environment: str
) -> Iterator[tuple[http.client.HTTPConnection, int]]:
    """A web server with one process: a connection to it that stays open, and its number."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1",
               "--blocking-threads", "1", "--no-ws", *options, application]  # fmt: skip
    child = processes.start(
        "web", command, log=folder / f"{port}.log", env={**os.environ, **environment}, cwd=ROOT
    )
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        for _ in range(300):
            try:
                web.connect()
                break
            except OSError:
                time.sleep(0.1)
        yield web, child.pid
    finally:
        web.close()
        processes.stop([child], patience=10)


@contextmanager
def portfolio(folder: Path) -> Iterator[None]:
    """A database with the demonstration and many projects, and the settings that lead to it."""
    postgres = Postgres(folder / "postgres", log=folder / "postgres.log", throwaway=True)
    valkey = Valkey(log=folder / "valkey.log")
    try:
        os.environ.update(
            SETTINGS, VAR_DIR=str(folder), MEDIA_ROOT=str(folder / "media"), LOG_LEVEL="WARNING"
        )
        os.environ["DATABASE_URL"], _ = migrated.start(postgres, SETTINGS)
        os.environ["REDIS_URL"] = valkey.start()
        bench_portfolio.fill(
            os.environ["DATABASE_URL"], f"make_portfolio --projects {PROJECTS} --seed 1"
        )
        yield
    finally:
        valkey.stop()
        postgres.stop()


# --- Measures -------------------------------------------------------------------------------------


def in_turns(tasks: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """The median seconds of each task, run one after the other in each round."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(rounds + rounds // 10):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            if turn >= rounds // 10:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def get(
    web: http.client.HTTPConnection, address: str, expected: int = 200, **headers: str
) -> http.client.HTTPResponse:
    web.request(
        "GET", address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    response = web.getresponse()
    response.read()
    if response.status != expected:
        raise SystemExit(f"bench: {address} answered {response.status}, not {expected}")
    return response


def packs() -> None:
    """Whole packs, from the claim by a worker to the stored version, each in a process of its own."""
    floor = statistics.median(_timed(lambda: typst.compile(b"One line.")) for _ in range(5))
    print("\nA pack, from the claim to the stored version, annexes of 10 pages included")
    print(f"  {'one line of Typst':<44}{floor * 1000:>10.1f} ms")
    step("prepare")
    for code in (MEETING, LONG):
        found = step("build", code)
        name = f"{SHEETS} projects, {found['pages']} pages"
        for part, key in (("", "first"), (", one item changed", "changed")):
            spent = found[key]
            print(
                f"  {name + part:<44}{spent['wall'] * 1000:>10.1f} ms{spent['wall'] / floor:>10.1f} x"
                f"{spent['cpu']:>8.2f} s of processor"
            )
        share = found["changed"]["cpu"] / found["first"]["cpu"]
        print(f"  {'':<44}{share:>10.0%} of the first; {found['megabytes']} MB at most")
    against_weasyprint()
    queue()


def against_weasyprint() -> None:
    """The same body, of the first pack, by both."""
    ours = step("typst", MEETING)["body"]["cpu"]
    print("\nIts body alone, in seconds of processor")
    print(f"  {'Typst':<44}{ours:>10.2f} s")
    try:
        found = step("weasyprint", MEETING)
    except subprocess.CalledProcessError as error:
        print(f"  WeasyPrint is not on this machine: {error.stderr.strip().splitlines()[-1]}")
        return
    theirs = found["body"]["cpu"]
    print(f"  {'WeasyPrint':<44}{theirs:>10.2f} s{theirs / ours:>10.1f} x, {found['megabytes']} MB")


def queue() -> None:
    """Twelve packs asked for at the same moment, built by two workers."""
    step("queue")
    workers = [subprocess.Popen([*STEP, "work"], stdout=subprocess.DEVNULL) for _ in range(2)]
    for worker in workers:
        worker.wait()
    found = step("result")
    print("\nTwelve packs asked for at the same moment, two workers")
    print(
        f"  {found['done']} made in {found['seconds']:.1f} s, none more than {found['overtaken']} places"
        " from its turn"
    )


def messages() -> None:
    """Delivery beside plain smtplib, and a scan of everything that is due."""
    found = last_line("tests.bench_messages")
    report("A message, over one connection to the same SMTP server", found["delivery"])
    share = found["delivery"]["plain smtplib"] / found["delivery"]["delivery"]
    print(f"  {'':<26}{share:>10.0%} of its rate")
    for name, seconds in found["processor"].items():
        print(f"  {name:<26}{seconds * 1000:>10.2f} ms of our processor")
    scan = found["scan"]
    print(
        f"\n{scan['queued']} obligations\n"
        f"  found and queued in {scan['seconds']:.1f} s, {scan['grown_kb'] / 1024:.0f} MB more at most\n"
        f"  a second run queued {scan['again']}, in {scan['again_seconds']:.1f} s"
    )


def faults() -> None:
    """Delivery while workers are killed with -9 and the broker and the database restart, on servers of its own."""
    try:
        found = last_line("tests.faults", "3000", "12", "2", "1")
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"bench: the messages did not survive\n{error.stdout}") from error
    print("\nDelivery under 12 kills of workers, two restarts of the broker, one of the database")
    for name, value in found.items():
        print(f"  {name:<26}{value!s:>10}")


STEP = [sys.executable, "-m", "tests.bench_packs"]


def step(*words: str) -> dict[str, Any]:
    """What this step of the packs' benchmark found."""
    return last_line("tests.bench_packs", *words)


def last_line(module: str, *words: str) -> dict[str, Any]:
    """The JSON that a module prints last, in a process of its own."""
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    lines = done.stdout.splitlines()
    return json.loads(lines[-1]) if lines else {}


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(title: str, medians: dict[str, float]) -> None:
    floor = next(iter(medians.values()))
    print(f"\n{title}")
    for name, seconds in medians.items():
        print(f"  {name:<26}{seconds * 1000:>10.2f} ms{seconds / floor:>10.1f} x")


def main(parts: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="smartport-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with portfolio(folder):
            if "list" in parts:
                bench_portfolio.measure(folder)
            if "packs" in parts:
                packs()
            if "messages" in parts:
                messages()
            if "faults" in parts:
                faults()


if __name__ == "__main__":
    main(sys.argv[1:] or ["list", "packs", "messages", "faults"])
