"""What a test needs to look at the audit from outside of time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.db import connection

from agents.audit import books


@contextmanager
def behind_the_audit() -> Iterator[None]:
    """What is done here no trigger sees, nor forbids: by whoever owns the database, and breaks it."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SET session_replication_role = origin")


def damaging(statements: str) -> AbstractContextManager[None]:
    """Behind the audit where a book is damaged; what else is, leaves its trace as it would."""
    return behind_the_audit() if any(book.table in statements for book in books()) else nullcontext()


CLOCK = "CREATE OR REPLACE FUNCTION public.audit_clock() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT {}'"


@contextmanager
def years_later() -> Iterator[None]:
    """What was written down lately is older than any policy keeps personal data, as far as the audit's door knows."""
    with connection.cursor() as cursor:
        cursor.execute(CLOCK.format("pg_catalog.clock_timestamp() + interval ''50 years''"))
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute(CLOCK.format("pg_catalog.clock_timestamp()"))
