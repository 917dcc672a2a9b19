"""A database for each worker of a run, copied from one that is migrated once and kept for the runs to come.

The name of the template holds a key of everything that decides what migrating makes: a change there makes a new one.
Tests work as the user the application works as, who owns nothing; laying out what it may not is `tests.audit`'s.
Between tests that commit, a worker's database is brought back to what the template holds: tables that were empty are
emptied, the others are compared with what they held and filled again when they differ. No sequence is set back.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg import sql

from callcenter.database_rights import give_rights, make_role
from tests.sources import HOUSE, ROOMS

WORKS = "works_in_tests"
IMPORTED = re.compile(r"^\s*(?:from|import)\s+([\w.]+)(?:\s+import\s+(?:\(([^)]*)|([\w, ]+)))?", re.MULTILINE)
TABLES = """
SELECT format('%I', relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""


@contextmanager
def own_database(*, afresh: bool) -> Iterator[Restorer]:
    """Make this worker's database the one Django knows, and drop it in the end. `afresh`: with a new template.

    The template is made by whichever worker comes first; the others wait for it.
    """
    configured, own = connection.settings_dict["NAME"], connection.creation._get_test_db_name()
    template = f"test_{configured}_{key_of_what_migrating_makes()}"
    with closing(_maintenance()) as server:
        server.execute("SELECT pg_advisory_lock(hashtext('a template of tests'))")
        if afresh or not _exists(server, template):
            _make_template(server, template)
        _drop(server, own)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(own), sql.Identifier(template)))
        works = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")  # is not copied
        server.execute(works.format(sql.Identifier(own), sql.Identifier(WORKS)))
    _work_on(own)
    restorer = Restorer()
    connection_created.connect(own_nothing, dispatch_uid="tests.databases")
    yield restorer
    connection_created.disconnect(dispatch_uid="tests.databases")
    restorer.close()
    _work_on(configured)
    with closing(_maintenance()) as server:
        _drop(server, own)


class Restorer:
    """Remembers what a database holds and brings it back, on a connection that no test knows."""

    def __init__(self) -> None:
        self.connection = _connect()
        tables = [name for (name,) in self.connection.execute(TABLES)]
        self.held = {name: rows for name in tables if (rows := self._rows(name))}
        empty = [name for name in tables if name not in self.held]
        self.ask_what_is_filled = _one_by_one("SELECT '{0}' WHERE EXISTS (SELECT FROM {0})", empty)
        self.ask_what_is_held = _one_by_one(
            "SELECT '{0}', (SELECT sum(hashtextextended(row::text, 0)) FROM {0} AS row)", self.held
        )
        self.as_it_was = dict(self.connection.execute(self.ask_what_is_held, prepare=True).fetchall())

    def restore(self) -> None:
        """Bring everything back that is committed: a test has joined its threads before it ends."""
        connections.close_all()  # a test that failed in the middle of a transaction would keep its rows from us
        filled = [name for (name,) in self.connection.execute(self.ask_what_is_filled, prepare=True)]
        held = dict(self.connection.execute(self.ask_what_is_held, prepare=True).fetchall())
        changed = [name for name, now in held.items() if now != self.as_it_was[name]]
        if not filled and not changed:
            return
        with self.connection.transaction():
            # no trigger writes history about it or forbids it, and no foreign key cares for the order
            self.connection.execute("SET LOCAL session_replication_role = replica")
            self.connection.execute("; ".join(f"DELETE FROM {name}" for name in (*filled, *changed)))
            for name in changed:
                with self.connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                    copy.write(self.held[name])

    def close(self) -> None:
        self.connection.close()

    def _rows(self, table: str) -> bytes:
        with self.connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
            return b"".join(bytes(part) for part in copy)


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside was never done: what is costly to lay out is laid out once, and damaged in every way."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def key_of_what_migrating_makes() -> str:
    """Twelve characters: migrations of every app, ours' imports as far as they lead inside the house, its data, and
    this file.
    """
    found: set[Path] = set()
    for app in apps.get_app_configs():
        found.update(Path(app.path).glob("migrations/*.py"))
    ours = [path for path in found if HOUSE in path.parents and ".venv" not in path.parts]
    cells = HOUSE.glob("systems/*/__init__.py")  # found by their folders: each gets its row after migrating
    reached = _reached([*ours, *(HOUSE / room / "apps.py" for room in ROOMS), *cells])
    data = [path for room in ROOMS for path in (HOUSE / room).rglob("*.yaml")]
    content = hashlib.sha256()
    for path in sorted({*found, *reached, *data, Path(__file__)}):
        content.update(f"{path.parent.parent.name}/{path.name}".encode() + path.read_bytes())
    return content.hexdigest()[:12]


def _reached(begin: list[Path]) -> set[Path]:
    """Files of the rooms that these import, and what those import."""
    reached: set[Path] = set()
    waiting = [path for path in begin if path.exists()]
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        for module, in_lines, in_a_line in IMPORTED.findall(path.read_text(encoding="utf-8")):
            if module.split(".")[0] in ROOMS:
                inside = [module, *(f"{module}.{name.strip()}" for name in (in_lines or in_a_line).split(","))]
                places = [HOUSE / name.replace(".", "/") for name in inside]
                files = [file for place in places for file in (place.with_suffix(".py"), place / "__init__.py")]
                waiting += [file for file in files if file.exists()]
    return reached


def _one_by_one(question: str, tables: Iterator[str] | list[str] | dict[str, bytes]) -> str:
    return " UNION ALL ".join(question.format(name) for name in tables)


def _make_template(server: psycopg.Connection, name: str) -> None:
    """Migrate a new database, and call it by its name once it is whole; templates that were made before go."""
    told, configured = f"{name[:-13]}_unfinished", connection.settings_dict["NAME"]
    older = server.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [f"^{name[:-13]}_[0-9a-f]{{12}}$"])
    for one in (told, *(found for (found,) in older.fetchall())):
        _drop(server, one)
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(told)))
    _work_on(told)
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    make_role(name=WORKS, password=secrets.token_hex(16))
    give_rights(to=WORKS)
    _work_on(configured)
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(told), sql.Identifier(name)))


def own_nothing(*, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {WORKS}")


def _work_on(name: str) -> None:
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _maintenance() -> psycopg.Connection:
    """A connection to the server that stands in none of our databases."""
    return _connect(dbname="postgres")


def _connect(**other: str) -> psycopg.Connection:
    wanted = {**connection.get_connection_params(), **other}
    known = {name: value for name, value in wanted.items() if name in ("dbname", "host", "port", "user", "password")}
    return psycopg.connect(autocommit=True, **known)


def _exists(server: psycopg.Connection, name: str) -> bool:
    return server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
