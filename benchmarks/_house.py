"""What every benchmark stands on: a database of its own, on the servers the settings name, dropped when the benchmark
ends; and people who are signed in.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from django.test import Client

    from agents.models import User

ROOT = Path(__file__).resolve().parent.parent


# One caller asks here in a minute what people ask in a day.
UNLIMITED = """
INSERT INTO agents_datapolicy (id, searches_a_minute, searches_a_day, exports_a_day, rows_of_an_export,
       names_of_an_address, months_of_calls, months_of_numbers, months_of_books)
VALUES (1, 30000, 1000000, 30000, 1000000, 1000, 24, 24, 24)
"""


@contextlib.contextmanager
def test_database() -> Iterator[None]:
    """For who has set Django up already: Django's own test database, as who owns it."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import get_runner

    from callcenter.ownership import as_owner

    connection.settings_dict["TEST"]["NAME"] = f"bench_{secrets.token_hex(4)}"  # tests that run meanwhile have theirs
    runner = get_runner(settings)(verbosity=0, interactive=False)
    with as_owner():
        databases = runner.setup_databases()
        try:
            yield
        finally:
            runner.teardown_databases(databases)


@contextlib.contextmanager
def own_database() -> Iterator[dict[str, str]]:
    """Yield the environment of a new, migrated database; also set in this process, before Django is set up."""
    import psycopg

    from callcenter import embedded

    if os.environ.get("DATABASE_URL"):
        found = embedded.Addresses(
            os.environ["DATABASE_URL"], os.environ["REDIS_URL"],
            os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"], os.environ["REDIS_URL"],
        )  # fmt: skip
    else:
        found = embedded.addresses(Path(os.environ.get("CALLCENTER_HOME", ROOT / "var")).resolve())
    name = f"bench_{secrets.token_hex(4)}"
    owners = found.owner_url
    ours = urlunsplit(urlsplit(owners)._replace(path=f"/{name}"))
    with psycopg.connect(owners, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    environment = {"DATABASE_URL": ours, "REDIS_URL": found.redis_url}
    os.environ.update(environment)
    try:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True, timeout=300)
        with psycopg.connect(ours, autocommit=True) as connection:
            connection.execute(UNLIMITED)
        yield {**os.environ, **environment}
    finally:
        with psycopg.connect(owners, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def cookie_of(user: User) -> str:
    """Of a session in which somebody is signed in: `sessionid=…`."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.secret}"


def browser_of(user: User) -> Client:
    """Django's test client with somebody signed in: its own way puts the key of the session, which is no cookie."""
    from django.test import Client

    client = Client()
    name, _is, secret = cookie_of(user).partition("=")
    client.cookies[name] = secret
    return client
