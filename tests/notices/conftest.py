"""Notices in each of their states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from notices.mailing import owe
from notices.models import Notice, NoticeKind
from notices.programs import delivering
from tests.notices.a_program import Program
from tests.notices.mail_server import mail_server

__all__ = ["mail_server"]


@pytest.fixture
def now(at: Callable[..., datetime]) -> datetime:
    return at("2026-11-25 09:30")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


@pytest.fixture
def owed(db: None, now: datetime) -> Callable[..., Notice]:
    """A notice that is owed: `owed(key="…")`."""

    def make(moment: datetime = now, **more: Any) -> Notice:
        words = {
            "key": "late-2026-12",
            "kind": NoticeKind.REPORT_LATE,
            "subject": "El reporte no llegó",
            "body": "Revise la carpeta.",
            "to": ["elena@comteco.example"],
        }
        return owe(now=moment, **{**words, **more})

    return make


@pytest.fixture
def parked(owed: Callable[..., Notice]) -> Notice:
    notice = owed(key="parked", subject="Aviso detenido")
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.PARKED, attempts=3, last_error="se cayó")
    notice.refresh_from_db()
    return notice


@pytest.fixture
def program() -> Iterator[Program]:
    program = Program()
    yield program
    program.close()


@pytest.fixture
def any_machine(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow it is: a round takes as long as it takes, and nobody is slow by accident."""
    settings.WEBHOOK_HOSTS = ["127.0.0.1:*"]
    for limit in ("ROUND", "SHARE", "SLOW", "SECONDS"):
        monkeypatch.setattr(delivering, limit, 60.0)
