"""Migrations of many tables that take seconds, not minutes."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel, RunPython, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


def replaced(text: str, changes: dict[str, str]) -> str:
    """SQL of an earlier migration with parts of it written anew. Raises ValueError where a part is not there once."""
    for before, after in changes.items():
        if text.count(before) != 1:
            raise ValueError(f"{before!r} is not there once")
        text = text.replace(before, after)
    return text


class Together(Operation):
    """Changes tables in one step, from what the operations add up to.

    Django draws every related model anew after each single operation; with a hundred related tables and their
    history that costs minutes. Here the models are drawn once: each new table is created in its final form (columns,
    constraints and indexes included), then its triggers; tables that exist are changed one operation after the other,
    none of which may undo another's. Operations that read or write rows stand between two of these (`together`).
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.operations], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.clear_delayed_apps_cache()
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for name in self._created():
            model = to_state.apps.get_model(app_label, name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)
        for operation in self._of_tables_that_exist():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self._of_tables_that_exist(but=AddTrigger)):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)
        for name in reversed(self._created()):
            model = from_state.apps.get_model(app_label, name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def describe(self) -> str:
        return f"Change tables together in {len(self.operations)} operations"

    def _created(self) -> list[str]:
        return [one.name for one in self.operations if isinstance(one, CreateModel)]

    def _of_tables_that_exist(self, *, but: type[Operation] | None = None) -> list[Operation]:
        """Going forwards a new table is there before its triggers; going backwards they go with it."""
        new = {name.lower() for name in self._created()}
        return [
            one
            for one in self.operations
            if not isinstance(one, CreateModel)
            and (one.model_name.lower() not in new or (but is None and isinstance(one, AddTrigger)))
        ]


def together(operations: Sequence[Operation]) -> list[Operation]:
    """The operations in as few steps as those that read or write rows allow, which keep their place."""
    steps: list[Operation] = []
    for alone, group in groupby(operations, lambda one: isinstance(one, RunPython | RunSQL)):
        several = list(group)
        steps += several if alone else [Together(several)]
    return steps
