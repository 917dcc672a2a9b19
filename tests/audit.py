"""What a test needs to look at the audit from outside of time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection

from agents.audit import books


@contextmanager
def by_its_owner() -> Iterator[None]:
    """What is done here whoever owns the database does, whom triggers alone hold back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        (role,) = cursor.fetchone()
        cursor.execute("RESET ROLE")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SELECT set_config('role', %s, false)", [role])


@contextmanager
def behind_the_audit() -> Iterator[None]:
    """What is done here no trigger sees, nor forbids: by whoever owns the database, and breaks it."""
    with by_its_owner(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SET session_replication_role = origin")


def damaging(statements: str) -> AbstractContextManager[None]:
    """Behind the audit where a book is damaged; what else is, leaves its trace as it would."""
    return behind_the_audit() if any(book.table in statements for book in books()) else by_its_owner()


CLOCK = "CREATE OR REPLACE FUNCTION public.audit_clock() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT {}'"


@contextmanager
def years_later() -> Iterator[None]:
    """What was written down lately is older than any policy keeps personal data, as far as the audit's door knows."""
    _put_the_clock("pg_catalog.clock_timestamp() + interval ''50 years''")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _put_the_clock("pg_catalog.clock_timestamp()")


def _put_the_clock(to: str) -> None:
    with by_its_owner(), connection.cursor() as cursor:
        cursor.execute(CLOCK.format(to))
