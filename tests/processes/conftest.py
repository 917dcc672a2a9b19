"""Servers of their own for tests that kill: embedded ones, or those `DATABASE_URL` and `REDIS_URL` name."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from callcenter import embedded
from tests.processes.house import House, close_terminals, wait_until

TEMPLATE = "house_as_built"


def database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def ground() -> Iterator[House]:
    """The servers and a database with every migration, which each house is copied from."""
    home = Path(tempfile.mkdtemp(prefix="house-", dir="/tmp")).resolve()  # not pytest's: others must enter it
    home.chmod(0o755)
    if os.environ.get("DATABASE_URL"):
        found = embedded.Addresses(os.environ["DATABASE_URL"], os.environ["REDIS_URL"])
    else:
        found = embedded.addresses(home)
    name = f"{TEMPLATE}_{secrets.token_hex(4)}"
    with psycopg.connect(found.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    built = House(home=home, database_url=database(found.database_url, name), redis_url=found.redis_url)
    built.manage("migrate", "-v0")
    yield built
    close_terminals()
    with psycopg.connect(found.database_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    if held := embedded._held.pop(home, None):
        held.close()
        wait_until(lambda: not embedded._keeper_is_alive(home), what="its servers stop")
    shutil.rmtree(home)


@pytest.fixture
def house(ground: House) -> Iterator[House]:
    """A house nobody has lived in yet, with an empty queue."""
    template = urlsplit(ground.database_url).path.strip("/")
    name = template.replace(TEMPLATE, "house")  # the same for every test: a terminal is opened for one database
    maintenance = database(ground.database_url, "postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    one = House(home=ground.home, database_url=database(ground.database_url, name), redis_url=ground.redis_url)
    one.empty_queue()
    yield one
    one.close()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
