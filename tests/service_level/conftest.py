"""A switchboard that wrote a log, and when it is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from telephony.models import Switchboard


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-29 09:00")


@pytest.fixture
def board(db: None) -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
