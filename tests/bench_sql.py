"""What pages and lists of 100,000 projects ask of the database (`make bench ARGS=list`).

`python -m tests.bench_sql` prints, for the database of the environment, one line of JSON: by group and address, the
milliseconds the database works when it is made anew, everything it asks included; the median of three.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

LIST = "/fr/projets/"
SECRETARIAT = "secretariat@smartport.example"
SEARCHED, PAGES, ODD, API = (
    "searches under filters, facets and counts included",
    "public pages, feeds and site maps",
    "odd searches",
    "lists of the API, for everyone and the secretariat",
)
GOALS = {SEARCHED: 50, PAGES: 100, ODD: 50, API: 50}  # ms
SHOWN = 6

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
ODD_SEARCHES = [
    "a" * 10_000, "quai " * 50, "projet quai port courant essais navette terminal fret " * 6, "a", "D", "le la les des",
    '"pour les essais"', '"quai des salins"', "-projet", "-quai -port", "DEMO", "***", '"' * 100, "zzxqw " * 50,
]  # fmt: skip
PUBLIC = [
    "/fr/", LIST, f"{LIST}?view=map", f"{LIST}?view=map&strand=port", f"{LIST}?view=timeline", "/fr/series/",
    "/fr/series/demo-ss0042/", "/fr/partenaires/", "/fr/partenaires/demo-sp07/", "/fr/objectifs/",
    "/fr/volet-academique/",
    "/fr/volet-academique/?page=700", "/fr/histoire/", "/fr/chiffres/", "/fr/donnees-ouvertes/", "/fr/conventions/",
    "/fr/conventions/DEMO-SK0100/", "/fr/connus-par-les-sources/", "/fr/plan-du-site/", "/fr/decisions/",
    "/fr/projets/demo-s050001/", "/sitemap.xml", "/sitemap-projects.xml", "/sitemap-projects.xml?p=100",
    "/sitemap-agreements.xml", "/feeds/projects.atom", "/feeds/projects.atom?strand=port", "/feeds/approvals.atom",
    "/feeds/meetings.ics", "/open-data/catalog.ttl",
]  # fmt: skip
LISTS = [
    "reports/", "reports/?series=demo-ss0042", "reports/?partner=demo-sp07", "reports/?health=stormy",
    "reports/?period_ends_after=2026-01-01", "milestones/", "milestones/?due_after=2026-06-01",
    "milestones/?reached=false",
    "indicators/", "indicators/?project=demo-s050001", "contributions/", "contributions/?agreement=DEMO-SK0200",
    "contributions/?funder=demo-sp07", "contributions/?kind=in_kind", "instalments/",
    "instalments/?agreement=DEMO-SK0200",
    "instalments/?status=called", "instalments/?due_before=2010-01-01", "projects/", "projects/?sort=name",
    "projects/?sort=health", "projects/?strand=port&sort=budget", "projects/?q=quai", "projects/?series=demo-ss0042",
    "projects/?partner=demo-sp07&sort=health", "series/", "agreements/", "decisions/", "campaigns/",
]  # fmt: skip


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


def themes() -> Iterator[str]:
    from django.urls import reverse

    from projects.models import Framework, StrategicGoal

    goal, framework = StrategicGoal.objects.first(), Framework.objects.first()
    if goal and framework:
        yield reverse("projects:goal_detail", args=[goal.slug])
        yield reverse("projects:goal_detail", args=[goal.slug]) + "?page=500"
        yield reverse("projects:framework_detail", args=[framework.slug])


def times() -> dict[str, dict[str, float]]:
    from django.test import Client
    from django.utils import translation

    from partners.models import User

    reader, secretariat = Client(), Client()
    secretariat.force_login(User.objects.get(email=SECRETARIAT))
    reader.get(LIST)
    with translation.override("fr"):
        pages = [*PUBLIC, *themes()]
    api = [f"/api/v1/{name}" for name in LISTS]
    return {
        SEARCHED: {at: spent(reader, at) for at in map(_list, questions())},
        PAGES: {at: spent(reader, at) for at in pages},
        ODD: {at: spent(reader, at) for at in (_list({"q": words}) for words in ODD_SEARCHES)},
        API: {at: max(spent(who, at) for who in (reader, secretariat)) for at in api},
    }


def _list(question: dict[str, Any]) -> str:
    return f"{LIST}?{urlencode(question, doseq=True)}"


def spent(client: Any, address: str) -> float:
    from django.core.cache import caches
    from django.db import connection

    clock, taken = _clock(), []
    moments: list[float] = []

    def timed(execute: Any, *given: Any) -> Any:
        start = clock()
        try:
            return execute(*given)
        finally:
            moments.append(clock() - start)

    for _turn in range(3):
        caches["pages"].clear()
        moments.clear()
        with connection.execute_wrapper(timed):
            response = client.get(address)
        if response.status_code >= 500:
            raise SystemExit(f"bench: {address[:200]} answered {response.status_code}")
        taken.append(sum(moments) * 1000)
    return statistics.median(taken)


@cache
def _clock() -> Callable[[], float]:
    """The processor time of the database's own process, where Linux tells it: a busy machine hardly changes it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # so that one process does it all
        cursor.execute("SELECT pg_backend_pid()")
        told = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    if not told.exists():
        return time.perf_counter
    return lambda: int(told.read_text().split()[0]) / 1e9


def report(url: str) -> None:
    command = [sys.executable, "-m", "tests.bench_sql"]
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    for group, found in json.loads(done.stdout.splitlines()[-1]).items():
        goal = GOALS[group]
        over = sum(taken > goal for taken in found.values())
        print(f"\n{len(found)} {group}, in milliseconds of the database's processor")
        print(
            f"  median {statistics.median(found.values()):.1f} ms; {over} over the goal, {goal} ms"
        )
        for address in sorted(found, key=found.__getitem__, reverse=True)[:SHOWN]:
            print(f"  {found[address]:>8.1f} ms  {address[:150]}")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartport.settings")
    import django

    django.setup()
    print(json.dumps(times()))


if __name__ == "__main__":
    main()
