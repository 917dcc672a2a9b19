"""A task goes on with the connection of the one before it, unless that one is broken or too old."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from celery import signals
from celery.fixups.django import DjangoWorkerFixup
from django.db import connection

from callcenter import celery
from callcenter.tasks import heartbeat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def task() -> Callable[[], int]:
    """One task as a child of a worker does it: whose connection asked."""
    fixup = DjangoWorkerFixup(celery.app)

    def whose() -> int:
        with connection.cursor() as cursor:
            return int(cursor.execute("SELECT pg_backend_pid()").fetchone()[0])

    def do() -> int:
        for signal, theirs in (
            (signals.task_prerun, fixup.on_task_prerun),
            (signals.task_postrun, fixup.on_task_postrun),
        ):
            theirs(sender=heartbeat)
            signal.send(sender=heartbeat, task=heartbeat)
            if signal is signals.task_prerun:
                asked = whose()
        return asked

    return do


def test_the_next_task_goes_on_with_it(task: Callable[[], int]) -> None:
    assert len({task() for _ in range(20)}) == 1


def test_one_that_the_server_ended_is_replaced(task: Callable[[], int]) -> None:
    first = task()
    with psycopg.connect(**_as_the_application()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [first])
    assert task() != first


def test_one_that_is_too_old_is_replaced(task: Callable[[], int]) -> None:
    first = task()
    connection.close_at = 0
    assert task() != first


def test_a_task_done_within_a_request_leaves_the_request_its_connection(task: Callable[[], int]) -> None:
    first = task()
    connection.close_at = 0
    heartbeat.push_request(is_eager=True)
    try:
        assert task() == first
    finally:
        heartbeat.pop_request()


def _as_the_application() -> dict[str, Any]:
    of = connection.get_connection_params()
    return {name: of[name] for name in ("host", "port", "user", "password", "dbname") if of.get(name)}
