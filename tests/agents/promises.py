"""What does not hold of agents' states, by the promise that is broken."""

from __future__ import annotations

from django.db import connection

from agents.invariants import RULES


def broken() -> dict[str, list[str]]:
    """The rows that break each promise; empty when all hold."""
    with connection.cursor() as cursor:
        found = {}
        for rule in RULES:
            cursor.execute(rule.sql)
            found[rule.name] = [row[0] for row in cursor.fetchall()]
    return {name: rows for name, rows in found.items() if rows}
