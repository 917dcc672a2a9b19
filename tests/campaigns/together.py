"""Several at once, on real transactions: threads that start together, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

WAITS = """
    SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid IN
                   (SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                     WHERE d.datname = current_database()))
"""
AT_ONCE = 40  # connections; the embedded server has a hundred


def at_once(verb: Callable[[Any], Any], things: list[Any]) -> list[Any]:
    """Run `verb` over `things` in threads that start together, each on a connection of its own."""
    gate = threading.Barrier(min(AT_ONCE, len(things)))
    first = threading.local()

    def run(thing: Any) -> Any:
        try:
            if not getattr(first, "passed", False):
                first.passed = True
                gate.wait(60)
            return verb(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(things))) as pool:
        return list(pool.map(run, things))


def somebody_waits_for_a_lock() -> bool:
    """Whether a connection to this worker's database is held up by another one: `wait_until(…)` it is."""
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return bool(cursor.fetchone()[0])
