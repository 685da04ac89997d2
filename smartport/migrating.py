"""Migrations of many tables that take seconds, not minutes."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


class CreateTogether(Operation):
    """Creates an app's first tables in one step, from what the operations add up to.

    Django draws every related model anew after each single operation; with a hundred related tables and their
    history that costs minutes. Here the models are drawn once: each table is created in its final form (columns,
    constraints and indexes included), then its triggers. Only operations of a first migration belong here.
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
            schema_editor.create_model(to_state.apps.get_model(app_label, name))
        for operation in self.operations:
            if isinstance(operation, AddTrigger):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for name in reversed(self._created()):
            schema_editor.delete_model(from_state.apps.get_model(app_label, name))

    def describe(self) -> str:
        return f"Create {len(self._created())} tables together"

    def _created(self) -> list[str]:
        return [one.name for one in self.operations if isinstance(one, CreateModel)]
