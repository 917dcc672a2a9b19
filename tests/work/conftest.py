"""The invented kind, with its table, for as long as a test lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.db import connection

from tests.work.a_reminder import REMINDERS, SENT, TROUBLE, Reminder
from work import kinds, tasks


@pytest.fixture
def now(at: Callable[..., datetime]) -> datetime:
    return at("2026-11-25 09:30")


@pytest.fixture
def reminders() -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Reminder)
    kinds.register(REMINDERS)
    SENT.clear()
    TROUBLE.clear()
    yield
    kinds.forget(REMINDERS)
    with connection.schema_editor() as editor:
        editor.delete_model(Reminder)


@pytest.fixture
def owed(reminders: None, now: datetime) -> Callable[..., Reminder]:
    """A reminder that is owed: `owed("Rosa")`."""
    return lambda to_whom="Rosa", at=now: Reminder.objects.create(to_whom=to_whom, owed_at=at, not_before=at)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keys the kernel's own worker is called for."""
    keys: list[int] = []
    monkeypatch.setattr(tasks.do_one, "delay_on_commit", lambda kind, pk: keys.append(pk))
    return keys
