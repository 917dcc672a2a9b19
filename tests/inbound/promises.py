"""Which promises of the lines the rows break now."""

from __future__ import annotations

from django.db import connection

from inbound.invariants import RULES


def broken() -> dict[str, list[str]]:
    """Names of the broken promises, with the rows that break them."""
    found = {}
    with connection.cursor() as cursor:
        for rule in RULES:
            cursor.execute(rule.sql)
            found[rule.name] = [row for (row,) in cursor.fetchall()]
    return {name: rows for name, rows in found.items() if rows}
