"""The first migration of a room, which makes all its tables at once.

Django renders every model that leads to a new one once more, after each it creates: with the models of all rooms, which
lead to one another, that was nearly all that migrating an empty database cost.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState


class WholeTables(Migration):
    """Creates models with all they have, their triggers too; they are rendered once, when all of them are known.

    Whatever changes a table that is there belongs into a later migration, which is one of Django's own.
    """

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        vars(project_state).pop("apps", None)
        after = self.mutate_state(project_state)
        after.is_delayed = False
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, project_state, after)
        return after
