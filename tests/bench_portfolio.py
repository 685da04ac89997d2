"""The public list in `make bench`: 1,000 projects beside 100,000, which are made once and kept under `var/bench`.

`python -m tests.bench_portfolio` prints, for the database of the environment, one line of JSON: the SQL time of each
search under each filter. Goals are those the portal is held to; a busy machine misses some of them.
"""

import hashlib
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from smartport.trial.servers import Postgres
from tests import migrated
from tests.servers import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "bench"
MADE_BY = ("*/migrations/*.py", "governance/loading/**/*.py", "tests/bench_portfolio.py")
MANY, TENTH, QUARTERS, PAGE = 100_000, 10_000, 2, 20
LIST = "/fr/projets/"
ROUNDS = 60
SQL_GOAL = 50  # ms


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

    def made(web: http.client.HTTPConnection, page: int, **filters: str) -> None:
        get(web, f"{LIST}?{urlencode({**filters, 'page': page, 'fresh': next(fresh)})}")

    last = MANY // PAGE
    wide = {"strand": "port"}
    tasks = {
        "a bare view": lambda: get(floor, "/"),
        "kept": lambda: get(many, LIST),
        "304": lambda: get(many, LIST, 304, If_None_Match=etag),
        "page 1 of 1,000 projects": lambda: made(small, 1),
        "page 1": lambda: made(many, 1),
        "middle page": lambda: made(many, last // 2),
        "last page": lambda: made(many, last),
        "middle, wide filter": lambda: made(many, last // 3, **wide),
    }
    medians = in_turns(tasks, ROUNDS)
    bare = medians["a bare view"]
    first = medians["page 1 of 1,000 projects"]
    goals = {"kept": (bare, 0.8), "304": (bare, 0.8), "page 1": (bare, 0.04)}
    print(f"\nThe list of {MANY} projects: kept for who reads it again, made for the first")
    for name, seconds in medians.items():
        line = f"  {name:<26}{seconds * 1000:>10.2f} ms"
        if name in goals:
            whole, goal = goals[name]
            line += f"{whole / seconds:>10.1%} of a bare view's rate, goal {goal:.0%}"
        if name not in ("a bare view", "kept", "304", "page 1 of 1,000 projects"):
            line += f"{seconds / first:>8.2f} x page 1 of 1,000, goal 2"
        print(line)


# --- Searches under filters, in SQL -------------------------------------------------------------------

SEARCHES = [
    "",
    "courant",
    "quai salins",
    "projet",
    "DEMO-S0123",
    "electrcite navete",
    "introuvable",
]
FILTERS: list[dict[str, Any]] = [
    {}, {"status": "in_progress"}, {"strand": ["port", "research"]}, {"health": ["rainy", "stormy"]},
    {"partner": "demo-sp07"}, {"funder": ["demo-sp01", "demo-sp02"]}, {"series": "demo-ss0042"}, {"year": "2022"},
    {"goal": ""}, {"goal": "", "status": ["in_progress", "completed"], "partner": "demo-sp03", "strand": "port"},
]  # fmt: skip
SORTS = ["newest", "name", "health", "budget"]


def questions() -> Iterator[dict[str, Any]]:
    """Each search under each filter, first and far, in one order after the other."""
    from projects.models import StrategicGoal

    goals = list(StrategicGoal.objects.values_list("slug", flat=True)[:2])
    sorts = count()
    for words in SEARCHES:
        for filters in FILTERS:
            for page in (1, 2000):
                chosen = {name: goals if name == "goal" else v for name, v in filters.items()}
                sort = SORTS[next(sorts) % len(SORTS)]
                yield {"q": words, **chosen, "sort": sort, "page": page}


def sql_times() -> dict[str, float]:
    """The milliseconds each question spends in SQL, everything its page asks included; the median of three."""
    from django.core.cache import caches
    from django.db import connection
    from django.test import Client

    spent: list[float] = []

    def timed(execute: Any, *given: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*given)
        finally:
            spent.append(time.perf_counter() - start)

    client, found = Client(), {}
    client.get(LIST)
    for question in questions():
        address = f"{LIST}?{urlencode(question, doseq=True)}"
        taken = []
        for _turn in range(3):
            caches["pages"].clear()
            spent.clear()
            with connection.execute_wrapper(timed):
                client.get(address)
            taken.append(sum(spent) * 1000)
        found[address] = statistics.median(taken)
    return found


def searches(url: str) -> None:
    command = [sys.executable, "-m", "tests.bench_portfolio"]
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    ranked = sorted(found, key=found.__getitem__, reverse=True)
    over = sum(taken > SQL_GOAL for taken in found.values())
    print(f"\n{len(found)} searches under filters, facets and counts included, in SQL alone")
    print(
        f"  median {statistics.median(found.values()):.1f} ms; {over} over the goal, {SQL_GOAL} ms"
    )
    for address in ranked[:6]:
        print(f"  {found[address]:>8.1f} ms  {address}")


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
        searches(url)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartport.settings")
    import django

    django.setup()
    print(json.dumps(sql_times()))


if __name__ == "__main__":
    main()
