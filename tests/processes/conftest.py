"""Servers of their own for tests that kill: embedded ones, or those `DATABASE_URL` and `REDIS_URL` name."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import pytest

from callcenter import embedded
from tests.processes.house import (
    ROOT,
    WHERE_HOMES_ARE,
    House,
    close_terminals,
    outside_environment,
    servers_of,
    wait_until,
)

TEMPLATE = "house_as_built"


def database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@dataclass(frozen=True)
class FreshClone:
    """A home that was not there before its first command, what that said, and whom it left behind."""

    home: Path
    first: subprocess.CompletedProcess[str]
    left_behind: list[psutil.Process]


@pytest.fixture(scope="session")
def fresh_clone() -> Iterator[FreshClone]:
    """A first command has made the servers and migrated their database; the houses are copied from it as well."""
    folder = Path(
        tempfile.mkdtemp(prefix="house-", dir=WHERE_HOMES_ARE)
    ).resolve()  # not pytest's: others must enter it
    folder.chmod(0o755)
    home = folder / "home"
    first = subprocess.run(
        [sys.executable, "manage.py", "check_invariants", "--json"],
        cwd=ROOT,
        env=outside_environment(CALLCENTER_HOME=str(home)),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    with contextlib.suppress(AssertionError):  # told by the test that is about it
        wait_until(lambda: servers_of(home) == [], what="no server is left behind")
    yield FreshClone(home, first, servers_of(home))
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def ground(fresh_clone: FreshClone) -> Iterator[House]:
    """The servers and a database with every migration, which each house is copied from."""
    home, name = fresh_clone.home, f"{TEMPLATE}_{secrets.token_hex(4)}"
    is_of_others = bool(os.environ.get("DATABASE_URL"))
    if is_of_others:
        found = embedded.Addresses(
            os.environ["DATABASE_URL"], os.environ["REDIS_URL"],
            os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"], os.environ["REDIS_URL"],
        )  # fmt: skip
    else:
        found = embedded.addresses(home)
    owners = found.owner_url
    migrated = "template1" if is_of_others else urlsplit(found.database_url).path.strip("/")
    maintenance = database(owners, "postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    where = {
        "redis_url": found.redis_url, "owner_url": database(owners, name), "queue_owner_url": found.queue_owner_url,
    }  # fmt: skip
    built = House(home=home, database_url=database(found.database_url, name), **where)
    if is_of_others:
        built.manage("migrate", "-v0")
    yield built
    close_terminals()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    if held := embedded._held.pop(home, None):
        held.close()
        wait_until(lambda: not embedded._keeper_is_alive(home), what="its servers stop")


@pytest.fixture
def house(ground: House) -> Iterator[House]:
    """A house nobody has lived in yet, with an empty queue."""
    template = urlsplit(ground.database_url).path.strip("/")
    name = template.replace(TEMPLATE, "house")  # the same for every test: a terminal is opened for one database
    maintenance = database(ground.owner_url, "postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    where = {
        "redis_url": ground.redis_url, "owner_url": database(ground.owner_url, name),
        "queue_owner_url": ground.queue_owner_url,
    }  # fmt: skip
    one = House(home=ground.home, database_url=database(ground.database_url, name), **where)
    one.empty_queue()
    yield one
    one.close()
    assert one.refused() == [], "its user may do all that it does"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def copies() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="copies-", dir=WHERE_HOMES_ARE)).resolve()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def empty_site(house: House, copies: Path) -> Iterator[Callable[[], House]]:
    """Makes a house on the same servers, with a home and a database in which there is nothing yet."""
    made: list[tuple[House, str]] = []
    maintenance = database(house.owner_url, "postgres")

    def make() -> House:
        name = f"restored_{secrets.token_hex(4)}"
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        where = {"redis_url": house.redis_url, "queue_owner_url": house.queue_owner_url}
        urls = {"database_url": database(house.database_url, name), "owner_url": database(house.owner_url, name)}
        one = House(home=copies / name, **urls, **where)
        one.home.mkdir()
        one.environment |= {"DATABASE_OWNER_URL": one.owner_url}
        made.append((one, name))
        return one

    yield make
    for one, name in made:
        one.close()
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
