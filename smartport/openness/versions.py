"""When what is published last changed, from the history of the rows and the code: no file is made to find out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Max, Model

from smartport.openness import Version
from smartport.registry import FLOORS

WRITTEN_BY = (
    *(f"{floor}/**/*.py" for floor in FLOORS),
    "locale/**/*.po",
    "requirements-production.txt",
)


# What tells the history and the links of a model, and its last moment.
Growth = tuple[list[object], datetime | None]
Known = dict[type[Model], Growth]


def version_of(models: Iterable[type[Model]], *more: object, known: Known | None = None) -> Version:
    """Histories only grow, so their lengths tell; `more` is what else the answer depends on.

    One query for each model and one for each of its many-to-many fields, but for those that are `known`, which are
    added there.
    """
    known = {} if known is None else known
    parts: list[object] = [release(), *more]
    moments = []
    for model in models:
        told, moment = known[model] if model in known else known.setdefault(model, _growth(model))
        parts += told
        moments.append(moment)
    tag = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    return Version(f'"{tag}"', max((moment for moment in moments if moment), default=None))


def _growth(model: type[Model]) -> Growth:
    """The length of a model's history; of its table where rows are only ever added (decisions)."""
    try:
        history = model._meta.get_field("events").related_model.objects
    except FieldDoesNotExist:
        grown = model._default_manager.aggregate(count=Count("pk"), last=Max("pk"))
        moment = None
    else:
        grown = history.aggregate(
            count=Count("pgh_id"), last=Max("pgh_id"), moment=Max("pgh_created_at")
        )
        moment = grown["moment"]
    parts: list[object] = [(model._meta.label, grown["count"], grown["last"])]
    for field in model._meta.many_to_many:
        through = field.remote_field.through
        if through._meta.auto_created:
            linked = through.objects.aggregate(count=Count("pk"), last=Max("pk"))
            parts.append((field.name, linked["count"], linked["last"]))
    return parts, moment


@cache
def release() -> str:
    """Another one for other code: it may write the same rows differently."""
    digest = hashlib.sha256()
    for pattern in WRITTEN_BY:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()
