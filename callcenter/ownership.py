"""Who owns the database, and who works in it: the owner migrates, the other reads and writes (docs/decisions/0193).

`DATABASE_URL` is the one who works: web server, workers and commands. What changes tables is done as
`DATABASE_OWNER_URL`, in this module's frame alone. Without one both are the same user, and roles protect nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from agents.audit_check import owns_the_tables
from agents.hands import has_hands, is_ours

NAMED = "database-roles"  # in PRODUCTION_WITHOUT: a site that works with one user because somebody decided so
WHO = ("USER", "PASSWORD", "HOST", "PORT")


@contextmanager
def as_owner() -> Iterator[None]:
    """This process's connection is the owner's inside, in the same database."""
    owner = settings.DATABASE_OWNER
    if owner is None or connection.settings_dict["USER"] == owner["USER"]:
        yield
        return
    configured = connection.settings_dict  # Django's own settings, which others read: they stay what they are
    _be({**configured, **{name: owner[name] for name in WHO}})
    try:
        yield
    finally:
        _be(configured)


def refuse_to_start() -> None:
    """Raise ImproperlyConfigured where production would work as the owner, or write as a stranger: it could not tell
    people of what happens. A database that is down is not judged.
    """
    if settings.CALLCENTER_ENV != "production":
        return
    try:
        owns = NAMED not in settings.PRODUCTION_WITHOUT and owns_the_tables(settings.DATABASE_WORKS_AS)
        is_a_stranger = has_hands() and not is_ours()
    except DatabaseError:
        return
    finally:
        if not connection.in_atomic_block:
            connection.close()
    if owns:
        raise ImproperlyConfigured(
            f"DATABASE_URL: {settings.DATABASE_WORKS_AS} owns the database, and no trigger holds an owner back:"
            f" name the owner in DATABASE_OWNER_URL and another user here, and run `manage.py make_roles`;"
            f" or name {NAMED} in PRODUCTION_WITHOUT."
        )
    if is_a_stranger:
        raise ImproperlyConfigured(
            "SECRET_KEY: the database knows others: whatever is written with this one counts as a stranger's."
            " Run `manage.py know_hand` with it first; a pooler's file is written anew (`manage.py pooler`)."
        )


def refuse_to_migrate_as_another() -> None:
    """Raise CommandError where this process's connection may make no table: PostgreSQL would say so of the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, has_schema_privilege('public', 'CREATE')")
        who, may = cursor.fetchone()
    if not may:
        raise CommandError(f"{who} may make no table here. Name who owns the database in DATABASE_OWNER_URL.")


def _be(who: dict[str, Any]) -> None:
    connection.close()
    connection.settings_dict = who
