"""A line of the log says which click or which job it belongs to, and which statement took long."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from prometheus_client import REGISTRY
from structlog.contextvars import bound_contextvars, clear_contextvars, get_contextvars
from structlog.testing import capture_logs

from callcenter import references, slow_statements


@pytest.fixture(autouse=True)
def nothing_bound() -> Iterator[None]:
    clear_contextvars()
    yield
    clear_contextvars()


def test_a_task_carries_the_reference_of_who_rang_it() -> None:
    headers: dict[str, Any] = {}
    with bound_contextvars(reference="K7QF-2M9D"):
        references.goes_along(headers=headers)
    assert headers == {references.HEADER: "K7QF-2M9D"}
    task = SimpleNamespace(name="campaigns.take_in_report", request=headers)
    references.is_told(task_id="1", task=task)
    assert get_contextvars() == {"reference": "K7QF-2M9D", "job": "1", "task": "campaigns.take_in_report"}
    references.is_over()
    assert get_contextvars() == {}


def test_what_the_clock_rings_has_a_reference_of_its_own() -> None:
    first: dict[str, Any] = {}
    second: dict[str, Any] = {}
    references.goes_along(headers=first)
    references.goes_along(headers=second)
    assert first != second


@pytest.mark.django_db
def test_a_statement_that_takes_long_is_told_without_its_values(settings: Any) -> None:
    settings.SLOW_STATEMENT_SECONDS = 0.05
    before = REGISTRY.get_sample_value("callcenter_slow_statements_total")
    assert before is not None
    with capture_logs() as told, connection.cursor() as cursor:
        cursor.execute("SELECT %s, 'Rosa ''la'' Flores', pg_sleep(0.1)", ["+59170712345"])
    (line,) = (one for one in told if "pg_sleep" in one.get("statement", ""))  # a busy machine is slow at others
    assert (line["event"], line["log_level"]) == ("slow_statement", "warning")
    assert line["seconds"] >= 0.1
    assert line["statement"] == "SELECT %s, '…', pg_sleep(0.1)"
    after = REGISTRY.get_sample_value("callcenter_slow_statements_total")
    assert after is not None
    assert after > before


def test_what_is_put_together_of_parts_is_not_shown() -> None:
    assert slow_statements.in_outline(object()) == "object"
