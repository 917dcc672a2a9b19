"""Migrating with each migration named as it begins: a first start applies some eighty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger
from psycopg.errors import LockNotAvailable

from agents.audit_context import nobody_named
from callcenter.ownership import as_owner, refuse_to_migrate_as_another
from callcenter.purpose import refuse_another_purpose

LONGEST_WAIT = "4s"
HELD = (
    "Something holds a table for longer than 4 seconds, and whoever works would have waited behind this. The migrations"
    " before this one are applied, this one is not, and the program that works goes on. Run the same command again."
)


class OwnersMigrations(MigrateCommand):
    """Django's `migrate`, by who owns the database, and in nobody's name: what makes a table is no change of a fact."""

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_another_purpose()
        with as_owner(), nobody_named(), triggers_change_no_model(), waiting_for_no_table_long():
            refuse_to_migrate_as_another()
            super().handle(*args, **options)


@contextmanager
def waiting_for_no_table_long() -> Iterator[None]:
    """Behind a migration that waits for a table waits everybody who works with it. Raises CommandError instead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LONGEST_WAIT])
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise CommandError(HELD) from error
        raise
    finally:
        if connection.is_usable() and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


class CountedMigrations(OwnersMigrations):
    """`migrate`; `show` gets a line for each migration."""

    def __init__(self, *, show: Callable[[str], None]) -> None:
        super().__init__()
        self._show = show
        self._number = self._of = 0

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        self._of = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        super().handle(*args, **options)

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "apply_start":
            self._number += 1
            self._show(f"Migration {self._number} of {self._of}: {migration}")


@contextmanager
def triggers_change_no_model() -> Iterator[None]:
    """A trigger more or less is noted on its model. The library renders the model anew for it, and all that lead there:
    nearly all of them, some two hundred times, which was a half of what migrating an empty database cost.
    """
    kinds: tuple[Any, ...] = (AddTrigger, RemoveTrigger)
    before = [kind.state_forwards for kind in kinds]
    for kind, forwards in zip(kinds, before, strict=True):
        kind.state_forwards = _noted(forwards)
    try:
        yield
    finally:
        for kind, forwards in zip(kinds, before, strict=True):
            kind.state_forwards = forwards


def _noted(forwards: Callable[[Any, str, ProjectState], None]) -> Callable[[Any, str, ProjectState], None]:
    def state_forwards(self: Any, app_label: str, state: ProjectState) -> None:
        rendered = vars(state).pop("apps", None)  # what is not rendered is not rendered anew
        forwards(self, app_label, state)
        if rendered is not None:
            vars(state)["apps"] = rendered
            triggers = state.models[app_label, self.model_name_lower].options["triggers"]
            rendered.get_model(app_label, self.model_name)._meta.triggers = triggers

    return state_forwards
