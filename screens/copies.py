"""Pages that only read may be read from a copy of the database that PostgreSQL keeps (docs/decisions/0212).

Within such a page the connection of everything, ORM and SQL alike, is the copy's: nothing there has to know. What the
copy cannot answer, because it is away, behind, or took back a row under the page, is read from the database itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import structlog
from django.db import OperationalError, connections
from django.http import HttpRequest, HttpResponseBase

from screens.connections import working_on

COPY = "copy"  # its name in DATABASES, where there is one
BEHIND_AT_MOST = 30.0  # seconds; the clock's own marks write every five
LOOKED_AT_AGAIN = 15.0  # seconds after it was away or behind
# Of one that was made the database itself meanwhile there is no moment.
_BEHIND = """
SELECT CASE WHEN pg_is_in_recovery()
            THEN EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 ELSE 0 END
"""

View = Callable[..., HttpResponseBase]
log = structlog.get_logger(__name__)
_away_until = 0.0


def reads_a_copy(view: View) -> View:
    """View decorator, next to the view: it is asked with GET, writes nothing, and answers with a whole page."""

    @wraps(view)
    def read(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        if COPY not in connections.settings or time.monotonic() < _away_until:
            return view(request, *args, **more)
        try:
            with from_the_copy():
                return view(request, *args, **more)
        except OperationalError as error:
            _leave_it(type(error.__cause__ or error).__name__)
        return view(request, *args, **more)

    read.reads_a_copy = True  # type: ignore[attr-defined]  # the test of every address reads it
    return read


@contextmanager
def from_the_copy() -> Iterator[None]:
    """This thread's connection is the copy's inside. Raises OperationalError where it cannot be had or is behind."""
    with connections[COPY].cursor() as cursor:
        cursor.execute(_BEHIND)
        ((behind,),) = cursor.fetchall()
    if behind is None or behind > BEHIND_AT_MOST:
        raise OperationalError(f"the copy is {behind} s behind")
    with working_on(COPY):
        yield


def _leave_it(why: str) -> None:
    global _away_until  # of this process: each finds out by itself
    _away_until = time.monotonic() + LOOKED_AT_AGAIN
    log.warning("copy_not_read", why=why, again_in=LOOKED_AT_AGAIN)
