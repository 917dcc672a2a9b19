"""The invented kinds, with their tables, for as long as a test lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from tests.audit import by_its_owner
from tests.databases import WORKS
from tests.work.a_reminder import REMINDERS, SENT, TROUBLE, Reminder
from tests.work.a_transfer import FROZEN, HISTORY, SENDS, TRANSFERS, Transfer
from work import kinds, tasks


@pytest.fixture
def now(at: Callable[..., datetime]) -> datetime:
    return at("2026-11-25 09:30")


@pytest.fixture
def reminders() -> Iterator[None]:
    SENT.clear()
    TROUBLE.clear()
    with there_is(REMINDERS):
        yield


@pytest.fixture
def transfers() -> Iterator[None]:
    for kept in (HISTORY, SENDS, FROZEN):
        kept.clear()
    with there_is(TRANSFERS):
        yield


@contextmanager
def there_is(kind: kinds.Kind[Any]) -> Iterator[None]:
    with by_its_owner(), connection.schema_editor() as editor:
        editor.create_model(kind.model)
        editor.execute(f"GRANT ALL ON {kind.model._meta.db_table} TO {WORKS}")
        editor.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {WORKS}")
    kinds.register(kind)
    yield
    kinds.forget(kind)
    with by_its_owner(), connection.schema_editor() as editor:
        editor.delete_model(kind.model)


@pytest.fixture
def owed(reminders: None, now: datetime) -> Callable[..., Reminder]:
    """A reminder that is owed: `owed("Rosa")`."""
    return lambda to_whom="Rosa", at=now: Reminder.objects.create(to_whom=to_whom, owed_at=at, not_before=at)


@pytest.fixture
def owed_transfer(transfers: None, now: datetime) -> Callable[..., Transfer]:
    """A transfer that is owed: `owed_transfer("Rosa")`."""
    return lambda to_whom="Rosa", at=now, **columns: Transfer.objects.create(
        to_whom=to_whom, owed_at=at, not_before=at, **columns
    )


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keys the kernel's own worker is called for."""
    keys: list[int] = []
    monkeypatch.setattr(tasks.do_one, "delay_on_commit", lambda kind, pk: keys.append(pk))
    return keys
