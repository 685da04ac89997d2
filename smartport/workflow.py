"""State machines as tables: `{State: {allowed next states}}`, one per enum in each app's `enums.py`."""

from collections.abc import Mapping, Set
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from smartport.errors import TransitionRefused

Table = Mapping[Any, Set[Any]]


def may_move(table: Table, current: str, target: str) -> bool:
    return target in table.get(current, frozenset())


def move(obj: models.Model, table: Table, target: str, *, field: str = "status") -> str:
    """Set `field` to `target` and return the state left behind; does not save.

    Raises TransitionRefused, which names both states in the person's language.
    """
    current = getattr(obj, field)
    if not may_move(table, current, target):
        labels = dict(obj._meta.get_field(field).flatchoices)
        raise TransitionRefused(
            _("“%(object)s” is %(current)s: it cannot become %(target)s.")
            % {
                "object": obj,
                "current": str(labels.get(current, current)).lower(),
                "target": str(labels.get(target, target)).lower(),
            },
            remedy=_("Reload the page to see what can be done now."),
        )
    setattr(obj, field, target)
    return current
