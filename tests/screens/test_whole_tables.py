"""First migrations that make all their tables at once make what Django would make one after another."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from screens.whole_tables import WholeTables
from tests.sources import ROOMS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def sql_of(migration: Migration, way: type[Migration], *, before: ProjectState) -> tuple[list[str], ProjectState]:
    with connection.schema_editor(collect_sql=True) as editor:
        after = way.apply(migration, before, editor)
    return [str(statement) for statement in editor.collected_sql], after


@pytest.mark.parametrize("room", ["notices", "service_level", "control_room"])
def test_the_tables_are_those_django_would_make(room: str, loader: MigrationLoader) -> None:
    first = loader.get_migration(room, "0001_initial")
    before = loader.project_state((room, "0001_initial"), at_end=False)
    ours, state = sql_of(first, WholeTables, before=before.clone())
    djangos, its_state = sql_of(first, Migration, before=before.clone())
    assert any("CREATE TABLE" in statement for statement in ours)
    assert any("pgtrigger_insert_insert" in statement for statement in ours)
    assert (ours, state.models.keys()) == (djangos, its_state.models.keys())


def test_a_first_migration_creates_and_changes_nothing(loader: MigrationLoader) -> None:
    """What came after a table was made would find it as it is in the end."""
    first = [
        migration for (app, name), migration in loader.disk_migrations.items() if app in ROOMS and migration.initial
    ]
    assert len(first) > 8
    assert {type(operation) for migration in first for operation in migration.operations} == {CreateModel}
    assert all(isinstance(migration, WholeTables) for migration in first)
