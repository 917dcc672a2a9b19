"""Who is behind what the audit keeps: the person and her request, or the task or command of the centre itself.

A reason that is asked for stands in the row it is asked for (a step, a refund, a disclosure), not here: nothing that is
typed may stay where retention does not take it away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from pghistory.middleware import HistoryMiddleware


class RequestContextMiddleware(HistoryMiddleware):  # type: ignore[misc]  # the library is not typed
    """The person, the page, the address she came from (callcenter/proxies.py) and the reference of the log."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with connection.execute_wrapper(_percent_signs_stay):
            response: HttpResponseBase = super().__call__(request)
            return response

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        told: dict[str, Any] = super().get_context(request)
        told["address"] = request.META.get("REMOTE_ADDR", "")
        told["request"] = getattr(request, "reference", "")
        return told


@contextmanager
def acting(**who: str) -> Iterator[None]:
    """What is written meanwhile names `who`: `task="campaigns.close_overdue"`, `command="anonymise"`."""
    with connection.execute_wrapper(_percent_signs_stay), pghistory.context(**who):
        yield


@contextmanager
def nobody_named() -> Iterator[None]:
    """What is done inside is no change of a fact, and may be what takes no parameters: a migration."""
    wrappers = connection.execute_wrappers[:]
    connection.execute_wrappers.clear()
    try:
        yield
    finally:
        connection.execute_wrappers[:] = wrappers


def _percent_signs_stay(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """The library gives every statement parameters of its own: one that had none may hold signs that look like them."""
    if params is None and isinstance(sql, str) and "%" in sql:
        sql, params = sql.replace("%", "%%"), ()
    return execute(sql, params, many, context)
