"""The release that works goes on with the tables of the next one (docs/decisions/0202).

So what a migration after the last release takes away, renames or demands is found here, and stands in `SECOND_STEPS`
with the reason why nobody of the release before needs it any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models.functions import Now
from django_migration_linter.sql_analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

from callcenter import counted_migrations

pytestmark = pytest.mark.django_db
RELEASES = Path(settings.BASE_DIR) / "docs" / "releases"
SECOND_STEPS: dict[str, str] = {}
"""By `app.name`: what the release before did without already."""


def leaves_of_the_last_release() -> set[tuple[str, str]]:
    """The last migration of each room, as `docs/releases/<version>.txt` names them."""
    newest = max(RELEASES.glob("*.txt"), key=lambda file: [int(number) for number in file.stem.split(".")])
    lines = [line.split() for line in newest.read_text(encoding="utf-8").splitlines()]
    return {(app, name) for app, name in lines}


def since_the_last_release() -> list[tuple[str, str]]:
    loader = MigrationLoader(connection)
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    released = {one for leaf in leaves_of_the_last_release() for one in loader.graph.forwards_plan(leaf)}
    return sorted(one for one in loader.disk_migrations if one[0] in ours and one not in released)


def what_the_release_before_cannot_do_with(sql: list[str]) -> Iterator[str]:
    """Sentences; none where it goes on working as if nothing had happened."""
    errors, _ignored, _warnings = analyse_sql_statements(PostgresqlAnalyser, sql)
    for one in errors:
        yield f"{one.code}: {one.message} {one.table or ''} {one.column or ''}".strip()
    made = set(re.findall(r'CREATE TABLE ("\w+")', "\n".join(sql)))
    for line in sql:
        demanded = re.match(r'ALTER TABLE ("\w+") ADD CONSTRAINT ("\w+") (CHECK|EXCLUDE|FOREIGN KEY)', line)
        if demanded and demanded[1] not in made and demanded[3] != "FOREIGN KEY":
            yield f"ADD_{demanded[3]}: {demanded[2]} may refuse what the release before writes"


def sql_of(*operations: migrations.operations.base.Operation) -> list[str]:
    """What PostgreSQL is told by operations on `agents`, as they are now."""
    state = MigrationLoader(connection).project_state()
    before: ProjectState
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        for operation in operations:
            before, state = state, state.clone()
            operation.state_forwards("agents", state)
            operation.database_forwards("agents", editor, before, state)
    return [str(line) for line in editor.collected_sql]


def test_the_release_that_works_goes_on_with_the_tables_of_the_next() -> None:
    found = {}
    for app, name in since_the_last_release():
        out = StringIO()
        call_command("sqlmigrate", app, name, stdout=out, no_color=True)
        if problems := list(what_the_release_before_cannot_do_with(out.getvalue().splitlines())):
            found[f"{app}.{name}"] = problems
    unexplained = {name: problems for name, problems in found.items() if name not in SECOND_STEPS}
    assert unexplained == {}, "first release a program that does without it, then take it away"
    assert SECOND_STEPS.keys() <= found.keys(), "what was released is not explained any more"


def test_what_a_release_names_is_there() -> None:
    known = MigrationLoader(connection).disk_migrations.keys()
    for file in RELEASES.glob("*.txt"):
        assert f"## {file.stem} " in (settings.BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8")
    assert leaves_of_the_last_release() <= known


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        (migrations.RemoveField("team", "name"), "DROP_COLUMN"),
        (migrations.RenameField("team", "name", "title"), "RENAME_COLUMN"),
        (migrations.AddField("team", "floor", models.IntegerField(default=0)), "NOT_NULL"),
        (migrations.AlterField("team", "name", models.CharField(max_length=9)), "ALTER_COLUMN"),
        (migrations.DeleteModel("pausereason"), "DROP_TABLE"),
        (migrations.AlterModelTable("team", "squads"), "RENAME_TABLE"),
        (
            migrations.AddConstraint(
                "team", models.CheckConstraint(condition=models.Q(pk__gt=0), name="only_some")
            ),
            "ADD_CHECK",
        ),
    ],
    ids=["drop", "rename", "demand", "narrow", "drop-table", "rename-table", "refuse"],
)  # fmt: skip
def test_what_takes_something_from_the_release_before_is_found(
    operation: migrations.operations.base.Operation, found: str
) -> None:
    problems = list(what_the_release_before_cannot_do_with(sql_of(operation)))
    assert [line for line in problems if line.startswith(found)], problems


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("team", "floor", models.IntegerField(null=True)),
        migrations.AddField("team", "moved_at", models.DateTimeField(db_default=Now())),
        migrations.CreateModel(
            "Desk", [("id", models.BigAutoField(primary_key=True)), ("floor", models.IntegerField())]
        ),
        migrations.AddIndex("team", models.Index(fields=["name"], name="team_by_name")),
    ],
    ids=["may-be-empty", "has-a-default", "table", "index"],
)
def test_what_only_adds_is_no_matter(operation: migrations.operations.base.Operation) -> None:
    assert list(what_the_release_before_cannot_do_with(sql_of(operation))) == []


@pytest.mark.django_db(transaction=True)
def test_a_migration_keeps_nobody_waiting_for_a_table_that_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    def alter(*_asked: object, **_options: object) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE agents_team IN SHARE MODE")

    monkeypatch.setattr(counted_migrations, "refuse_to_migrate_as_another", lambda: None)
    monkeypatch.setattr(counted_migrations.MigrateCommand, "handle", alter)
    monkeypatch.setattr(counted_migrations, "LONGEST_WAIT", "50ms")
    with psycopg.connect(**connection.get_connection_params()) as somebody:
        somebody.execute("LOCK TABLE agents_team IN ROW EXCLUSIVE MODE")
        with pytest.raises(CommandError, match="Something holds a table"):
            call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
