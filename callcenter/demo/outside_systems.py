"""The demo's outside systems: the sandbox, a program beside the others on a database of its own.

It is started as `python -m sandbox` and reached over HTTP; nothing of it is imported. What goes wrong with it keeps
nobody from starting: without it the systems are used by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from psycopg import sql

from callcenter.ports import next_free_port
from callcenter.processes import Program

BESIDE = 90  # its port is the web server's and this: two foregrounds on other ports have other sandboxes
HOST = "127.0.0.1"  # its knobs and its book ask nobody who he is: this machine only
ADMINISTRATOR = "ines"


class NotPlayed(RuntimeError):
    """Why there is no sandbox, as a sentence."""


def database_url() -> str:
    """Its own database on the server of ours, of whoever may make one."""
    ours = urlsplit(settings.DATABASE_OWNER_URL or settings.DATABASE_URL)
    return urlunsplit(ours._replace(path=f"{ours.path}_sandbox"))


def make_database() -> None:
    """Make its database unless it is there. Raises NotPlayed."""
    try:
        with _our_server() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_name()]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_name())))
    except psycopg.Error as error:
        raise NotPlayed(f"its database {_name()} could not be made: {str(error).strip()}") from None


def forget_database() -> None:
    """Throw away what the systems know and what was done there."""
    with _our_server() as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(drop.format(sql.Identifier(_name())))


def choose_port(web: int) -> int:
    """The port beside the web server's, or the next one where nobody listens, or any."""
    return next_free_port(HOST, web + BESIDE)


def address_of(port: int) -> str:
    return f"http://{HOST}:{port}"


def program(port: int) -> Program:
    """It migrates, and sows when nothing is sown, before it serves: the others need not wait for it."""
    command = [sys.executable, "-m", "sandbox", "serve", "--prepare", "--host", HOST, "--port", str(port)]
    return Program("sandbox", command, {"SANDBOX_DATABASE_URL": database_url()})


@contextmanager
def _our_server() -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        settings.DATABASE_OWNER_URL or settings.DATABASE_URL, autocommit=True, connect_timeout=5
    ) as connection:
        yield connection


def _name() -> str:
    return urlsplit(database_url()).path.strip("/")
