"""What migrations lack in Django: many tables at once."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory


class CreateModels(Operation):
    """`CreateModel` for each of them, but the models are rendered once for all: rendering is what takes long.

    What is added to these models in the same list (fields, indexes, constraints) comes with their tables. They may
    refer to each other in any order, since foreign keys come after all tables. Foreign keys and indexes are made here
    and not after the last operation: then the migration is recorded in the transaction that makes them, and a start
    that breaks off leaves nothing half done.
    """

    category = OperationCategory.ADDITION

    def __init__(self, operations: Sequence[CreateModel | AddField | AddIndex | AddConstraint]) -> None:
        self.operations = operations
        self.models = [operation for operation in operations if isinstance(operation, CreateModel)]

    def state_forwards(self, app_label: str, state: Any) -> None:
        # What has been rendered would be rendered again with each model. Whoever asks next gets all of it new.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.models:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)
        for statement in schema_editor.deferred_sql:
            schema_editor.execute(statement)
        schema_editor.deferred_sql.clear()

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.models):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create models {', '.join(operation.name for operation in self.models)}"
