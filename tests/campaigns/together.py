"""Several at once, on real transactions: threads that start together, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

AT_ONCE = 40  # connections; the embedded server has a hundred


def at_once(verb: Callable[[Any], Any], things: list[Any]) -> list[Any]:
    """Run `verb` over `things` in threads that start together, each on a connection of its own."""
    gate = threading.Barrier(min(AT_ONCE, len(things)))
    first = threading.local()

    def run(thing: Any) -> Any:
        try:
            if not getattr(first, "passed", False):
                first.passed = True
                gate.wait(timeout=30)
            return verb(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(things))) as pool:
        return list(pool.map(run, things))
