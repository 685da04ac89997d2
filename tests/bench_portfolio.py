"""The public list in `make bench`: 1,000 projects beside 100,000, which are made once and kept under `var/bench`.

Goals are those the portal is held to; a busy machine misses some of them.
"""

import hashlib
import http.client
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from smartport.trial.servers import Postgres
from tests import bench_sql, migrated
from tests.bench_sql import LIST
from tests.servers import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "bench"
MADE_BY = ("*/migrations/*.py", "governance/loading/**/*.py", "tests/bench_portfolio.py")
MANY, TENTH, QUARTERS, PAGE = 100_000, 10_000, 2, 20
ROUNDS = 30


# --- The portfolio of 100,000 ------------------------------------------------------------------------


@contextmanager
def large(log: Path) -> Iterator[str]:
    """The URL of its database; nothing that measures writes there."""
    digest = hashlib.sha256()
    for pattern in MADE_BY:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    cluster = KEPT / digest.hexdigest()[:16]
    if not cluster.exists():
        _make(cluster, log)
    postgres = Postgres(cluster, log=log, throwaway=True)
    try:
        yield postgres.start()
    finally:
        postgres.stop()


def _make(cluster: Path, log: Path) -> None:
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    postgres = Postgres(KEPT / "draft", log=log, throwaway=True)
    url, _template = migrated.start(postgres, SETTINGS)
    try:
        fill(url, f"make_portfolio --projects {MANY} --quarters {QUARTERS} --seed 1")
    finally:
        postgres.stop()
    postgres.folder.rename(cluster)


def fill(url: str, *commands: str) -> None:
    """The public facts and the demonstration, then what the commands add; the planner is told of all of it."""
    vacuum = "from django.db import connection as c; c.cursor().execute('VACUUM ANALYZE')"
    run = [["load_smart_port"], ["load_demo"], *map(str.split, commands), ["shell", "-c", vacuum]]
    environment = {**os.environ, **SETTINGS, "DATABASE_URL": url}
    for words in run:
        start = time.monotonic()
        subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        if words[0] == "make_portfolio":
            print(f"\n{words[2]} projects made in {time.monotonic() - start:.0f} s")


# --- Pages -------------------------------------------------------------------------------------------


def pages(
    floor: http.client.HTTPConnection,
    small: http.client.HTTPConnection,
    many: http.client.HTTPConnection,
) -> None:
    """All in turns, in one run: kept, 304 and made beside a bare view; any page beside page 1 of 1,000."""
    from tests.bench import get as plain
    from tests.bench import in_turns

    def get(web: http.client.HTTPConnection, address: str, *given: int, **headers: str) -> Any:
        """As browsers ask."""
        return plain(web, address, *given, Accept_Encoding="gzip", **headers)

    etag = get(many, LIST).headers["ETag"]
    fresh = count()

    def made(web: http.client.HTTPConnection, question: dict[str, Any], page: int) -> None:
        asked = {**question, "page": page, "fresh": next(fresh)}
        get(web, f"{LIST}?{urlencode(asked, doseq=True)}")

    asked = {"page 1 of 1,000": lambda: made(small, {}, 1)}
    asked |= {
        f"{name}, {place} page": partial(made, many, question, max(round(last * share), 1))
        for name, (question, last) in QUESTIONS.items()
        for place, share in PLACES.items()
    }
    kept = {
        "a bare view": lambda: get(floor, "/"),
        "kept": lambda: get(many, LIST),
        "304": lambda: get(many, LIST, 304, If_None_Match=etag),
    }
    medians = in_turns({**kept, **asked}, ROUNDS)
    print(f"\nThe list of {MANY} projects: kept for who reads it again, made for the first")
    bare, uncached = medians["a bare view"], medians["everything, first page"]
    for name, seconds, goal in (
        ("kept", medians["kept"], 0.8),
        ("304", medians["304"], 0.8),
        ("made", uncached, 0.04),
    ):
        print(
            f"  {name:<26}{seconds * 1000:>10.2f} ms{bare / seconds:>10.1%} of a bare view's rate, goal {goal:.0%}"
        )
    first = medians["page 1 of 1,000"]
    print(
        f"  {'page 1 of 1,000':<26}{first * 1000:>10.2f} ms\n\n  {'any other, by it':<32}"
        + "".join(f"{place:>8}" for place in PLACES)
    )
    ratios = {name: medians[name] / first for name in asked}
    for name in QUESTIONS:
        print(
            f"  {name:<32}"
            + "".join(f"{ratios[f'{name}, {place} page']:>8.2f}" for place in PLACES)
        )
    worst = max(ratios, key=ratios.__getitem__)
    print(f"  the worst: {worst}, {ratios[worst]:.2f} x page 1 of 1,000, goal 2")


# Of each question, its last page; roughly, for a page past the end is the last one.
PLACES = {"first": 0.0, "middle": 0.5, "last": 1.0}
RUNNING = ["in_progress", "completed", "approved", "suspended"]
QUESTIONS: dict[str, tuple[dict[str, Any], int]] = {
    "everything": ({}, MANY // PAGE),
    "by name": ({"sort": "name"}, MANY // PAGE),
    "a wide filter": ({"strand": "port"}, MANY * 7 // 10 // PAGE),
    "a wide filter, by health": ({"strand": "port", "sort": "health"}, MANY * 7 // 10 // PAGE),
    "a wider one, by budget": ({"status": RUNNING, "sort": "budget"}, MANY * 19 // 20 // PAGE),
    "two filters, by name": (
        {"strand": "port", "status": "in_progress", "sort": "name"},
        MANY * 43 // 100 // PAGE,
    ),
    "a search": ({"q": "projet"}, MANY // PAGE),
    "a search and a filter, by name": (
        {"q": "projet", "strand": "port", "sort": "name"},
        MANY * 7 // 10 // PAGE,
    ),
    "a wide filter, in time": ({"strand": "port", "view": "timeline"}, MANY * 7 // 10 // PAGE),
}


# --- Exports -------------------------------------------------------------------------------------------


def exports(web: http.client.HTTPConnection, pid: int) -> None:
    """A tenth of the projects, then all of them, through one web server: its memory must not tell them apart."""
    series = [("series", f"demo-ss{number:04d}") for number in range(1, TENTH // 500 + 1)]
    print("\nExports, from one web server")
    for extension in ("csv", "json", "geojson", "xlsx"):
        peaks = {}
        for rows, query in ((TENTH, f"?{urlencode(series)}"), (MANY, "")):
            start = time.perf_counter()
            size, peaks[rows] = _download(web, pid, f"/open-data/projects.{extension}{query}")
            seconds = time.perf_counter() - start
            print(
                f"  {extension:<8}{rows:>8} projects{seconds:>8.1f} s{size / 1e6:>8.1f} MB"
                f"{peaks[rows] / 1e6:>8.0f} MB of memory at most"
            )
        print(
            f"  {'':<8}{peaks[MANY] / peaks[TENTH]:>8.2f} x the memory for ten times the rows, goal 1"
        )


def _download(web: http.client.HTTPConnection, pid: int, address: str) -> tuple[int, int]:
    """Bytes received, and the most memory the server's processes held meanwhile."""
    peak, done = 0, threading.Event()
    parent = psutil.Process(pid)
    processes = [parent, *parent.children(recursive=True)]

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, sum(process.memory_info().rss for process in processes))

    watcher = threading.Thread(target=watch)
    watcher.start()
    web.request("GET", address)
    response = web.getresponse()
    size = 0
    while block := response.read(1 << 16):
        size += len(block)
    done.set()
    watcher.join()
    if response.status != 200:
        raise SystemExit(f"bench: {address} answered {response.status}")
    return size, peak


def measure(folder: Path) -> None:
    from tests.bench import served

    with large(folder / "large.log") as url:
        with (
            served(folder, "tests.bench:floor_application", "--factory") as (floor, _pid),
            served(folder, "smartport.wsgi:application") as (small, _pid),
            served(folder, "smartport.wsgi:application", DATABASE_URL=url) as (many, pid),
        ):
            pages(floor, small, many)
            exports(many, pid)
        bench_sql.report(url)
