"""Moments and days that Python's calendar does not have, as PostgreSQL keeps them: `infinity`, and the year 12000.

The application writes none. Whoever else has the database's password may, and one such row would end in an error
whatever reads it: who is told of him, the check of the audit, the clock (docs/decisions/0210).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import DataError
from psycopg.types.datetime import DateLoader, TimestamptzLoader

# A year short of the calendar's ends: there is room for an hour of another place, and for what is a day later.
FIRST, LAST = 2, 9998


def read_any_moment(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Of each connection, once it is made: `connection_created`."""
    connection.connection.adapters.register_loader("timestamptz", NearestMoment)
    connection.connection.adapters.register_loader("date", NearestDay)


class NearestMoment(TimestamptzLoader):
    """The moment, or the nearest that there is."""

    timezone = UTC  # Django registers its own for a cursor where this is another than the connection's

    def load(self, data: Any) -> datetime:
        try:
            read = super().load(data).replace(tzinfo=UTC)
        except DataError:
            return datetime(FIRST if _is_past(data) else LAST, 1, 1, tzinfo=UTC)
        return read if FIRST <= read.year <= LAST else read.replace(year=min(max(read.year, FIRST), LAST), day=1)


class NearestDay(DateLoader):
    """The day, or the nearest that there is."""

    def load(self, data: Any) -> date:
        try:
            read = super().load(data)
        except DataError:
            return date(FIRST if _is_past(data) else LAST, 1, 1)
        return read if FIRST <= read.year <= LAST else read.replace(year=min(max(read.year, FIRST), LAST), day=1)


def _is_past(data: Any) -> bool:
    written = bytes(data)
    return written.startswith(b"-") or written.endswith(b"BC")
