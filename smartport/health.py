"""Liveness and readiness, for whoever runs the portal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from smartport.celery import app
from smartport.registry import Registry


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    cache.set("readyz", "1", 5)


def _broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


# Whether what runs by itself still runs: the floor above registers how to tell. None is late: {}.
late_runs: Registry[Callable[[datetime], dict[str, datetime | None]]] = Registry("watch on runs")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database, the cache and the broker answer, else 503 naming those that do not.

    A schedule that stands still is told, by the entries that are late and when they last ran, and takes no web
    server out of service; with `?schedule`, for those who watch the status alone, it is a 503 as well.
    """
    state: dict[str, Any] = {}
    for name, probe in (("database", _database), ("cache", _cache), ("broker", _broker)):
        try:
            probe()
            state[name] = "ok"
        except (DatabaseError, RedisError, OperationalError, OSError):
            state[name] = "down"
    ready = set(state.values()) == {"ok"}
    if state["database"] == "ok":
        late = _late()
        state["schedule"] = "late" if late else "ok"
        if late:
            state["late"] = late
            ready = ready and "schedule" not in request.GET
    return JsonResponse(state, status=200 if ready else 503)


def _late() -> dict[str, datetime | None]:
    now = timezone.now()
    return {name: last for watch in late_runs for name, last in watch(now).items()}
