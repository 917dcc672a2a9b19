"""Databases of a switchboard, of which a table holds its queue_log: a real MariaDB, and a real PostgreSQL."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pymysql
import pytest
from django.db import connection

from callcenter.ports import a_free_port

SECRET = "llave de la tabla"  # noqa: S105  # of the database that is made here
PATHS = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"


@dataclass(frozen=True)
class Database:
    """`address` without the table; `run` executes a statement as its owner."""

    address: str
    secret: str
    owner: Any

    def run(self, statement: str, rows: list[tuple[Any, ...]] | None = None) -> None:
        with self.owner.cursor() as cursor:
            if rows is None:
                cursor.execute(statement)
            else:
                cursor.executemany(statement, rows)
        self.owner.commit()


@contextmanager
def mariadb(folder: Path) -> Iterator[Database]:
    """Skips the test where the machine has none."""
    program, installs = shutil.which("mariadbd", path=PATHS), shutil.which("mariadb-install-db", path=PATHS)
    if not program or not installs:
        pytest.skip("MariaDB is not installed (Debian: mariadb-server-core, mariadb-client-core)")
    data, door, user = folder / "data", folder / "door", f"--user={getpass.getuser()}"
    made = [installs, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", user]
    subprocess.run([*made, "--skip-test-db"], check=True, capture_output=True, timeout=120)  # noqa: S603
    port = a_free_port()
    runs = [program, "--no-defaults", f"--datadir={data}", user, f"--socket={door}", f"--port={port}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*runs, "--bind-address=127.0.0.1"], stdout=log, stderr=log)  # noqa: S603
        try:
            owner = _opened(door)
            made = Database(f"mysql://asterisk@127.0.0.1:{port}/pbx", SECRET, owner)
            made.run("CREATE DATABASE pbx")
            made.run(f"CREATE USER asterisk@'127.0.0.1' IDENTIFIED BY '{SECRET}'")
            made.run("GRANT SELECT ON pbx.* TO asterisk@'127.0.0.1'")
            owner.select_db("pbx")
            yield made
            owner.close()
        finally:
            server.terminate()
            server.wait(60)


def _opened(door: Path) -> Any:
    until = time.monotonic() + 60
    while True:
        try:
            return pymysql.connect(unix_socket=str(door), user="root")
        except pymysql.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def postgresql() -> Iterator[Database]:
    """Another database of the server the tests run on."""
    told, name = connection.get_connection_params(), f"pbx_{uuid.uuid4().hex[:8]}"
    known = {key: told[key] for key in ("host", "port", "user", "password") if told.get(key)}
    with psycopg.connect(**known, dbname="postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            with psycopg.connect(**known, dbname=name) as owner:
                host, port = quote(str(known["host"]), safe=""), known.get("port", 5432)
                yield Database(
                    f"postgresql://{known['user']}@{host}:{port}/{name}", str(known.get("password", "")), owner
                )
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
