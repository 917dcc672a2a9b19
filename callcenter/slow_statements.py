"""Statements that took long are told, with the reference of the click or the task, and never with a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from prometheus_client import Counter

LONGEST = 400  # letters of a statement
TEXT = re.compile(r"'(?:[^']|'')*'")

COUNTED = Counter("callcenter_slow_statements", "Statements that took longer than SLOW_STATEMENT_SECONDS.")

log = structlog.get_logger(__name__)


def watch(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Of each connection, once it is made: `connection_created`.

    In front of the others: a connection is made within a request as well, and whatever stands around that takes the
    last one off when it is over, which has to be its own.
    """
    if tell_if_slow not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, tell_if_slow)


def tell_if_slow(execute: Callable[..., Any], sql: object, params: object, many: bool, context: object) -> Any:  # noqa: FBT001
    """Django hands each statement through it."""
    began = monotonic()
    try:
        return execute(sql, params, many, context)
    finally:
        took = monotonic() - began
        if took > settings.SLOW_STATEMENT_SECONDS:
            COUNTED.inc()
            log.warning("slow_statement", seconds=round(took, 2), statement=in_outline(sql))


def in_outline(sql: object) -> str:
    """A statement without what stands in quotes; of one that is put together of parts only that it is."""
    if not isinstance(sql, str):
        return type(sql).__name__
    return TEXT.sub("'…'", " ".join(sql.split()))[:LONGEST]
