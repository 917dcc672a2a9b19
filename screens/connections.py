"""Which connection is the database's, for the ORM and for SQL alike, while something is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections

SESSION = "session"  # its name in DATABASES, where the default leads to a pooler (docs/decisions/0213)


@contextmanager
def working_on(alias: str) -> Iterator[None]:
    """This thread's connection is that one inside."""
    own = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[alias]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = own


@contextmanager
def one_session() -> Iterator[None]:
    """What lasts longer than a transaction, a table of its own or a lock, lasts inside, also behind a pooler that hands
    out connections by transaction. Not within a transaction that was begun outside.
    """
    if SESSION not in connections.settings:
        yield
        return
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        raise RuntimeError("A session of its own begins outside of any transaction.")
    with working_on(SESSION):
        yield
