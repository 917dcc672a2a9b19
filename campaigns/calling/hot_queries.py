"""The few statements every click of every agent runs: planned once a connection, not once a click.

Django's cursor binds on the client and the server plans each text anew; for these that costs more than running them.
They run on Django's own connection and in its transaction.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def fetch_row(statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row of a prepared statement. Raises Django's database errors."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    if connection.connection.prepare_threshold is None:
        # Django turns preparing off; its own cursors bind on the client and never prepare, whatever stands here
        connection.connection.prepare_threshold = 5
    began = time.monotonic()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)  # type: ignore[arg-type]
        row: tuple[Any, ...] | None = cursor.fetchone()
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.monotonic() - began:.3f}"})
    return row
