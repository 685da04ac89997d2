"""History of every row a person can change, written by database triggers (raw SQL included) and append-only.

`@tracked` goes on a model. A model with translated columns is tracked from its app's `translation.py`, after
the registration that adds those columns, else the history would miss them.
"""

from collections.abc import Sequence
from typing import TypeVar

import pghistory
from django.db import models

Model = TypeVar("Model", bound=type[models.Model])


def tracked(model: Model, *, exclude: Sequence[str] = ()) -> Model:
    """Adds `<Model>Event`, reachable as `obj.events`, with one row per insert, update and delete.

    `exclude` names columns the history must not keep (secrets, or values another row already holds).
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        append_only=True,
        exclude=list(exclude) or None,
        obj_field=pghistory.ObjForeignKey(related_name="events", db_constraint=False),
    )(model)
