"""The scheduler of beat: the database's, and a sign of life with each turn."""

from __future__ import annotations

import time
from typing import Any

from django.utils import timezone
from django_celery_beat.schedulers import DatabaseScheduler

from callcenter import heartbeats

SIGN_EVERY = 5.0  # seconds


class SigningScheduler(DatabaseScheduler):
    """Writes `heartbeat:beat`, so that the health page can tell a dead beat from a dead worker."""

    _signed = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - self._signed >= SIGN_EVERY:
            self._signed = time.monotonic()
            heartbeats.sign(name="beat", now=timezone.now())
        return float(super().tick(*args, **kwargs))
