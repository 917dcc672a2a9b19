"""Migrating with each migration named as it begins: a first start applies some eighty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from agents.audit_context import nobody_named
from callcenter.ownership import as_owner


class OwnersMigrations(MigrateCommand):
    """Django's `migrate`, by who owns the database, and in nobody's name: what makes a table is no change of a fact."""

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner(), nobody_named():
            super().handle(*args, **options)


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
