"""The scheduler of beat: the database's, a sign of life with each turn, and what no row of the database stops."""

from __future__ import annotations

import time
from typing import Any

import structlog
from django.utils import timezone
from django_celery_beat.schedulers import DatabaseScheduler
from kombu.exceptions import OperationalError

from callcenter import heartbeats

SIGN_EVERY = 5.0  # seconds
# Whoever writes in the database writes in its schedule too, and is told of all the same.
WHATEVER_THE_SCHEDULE_SAYS, RUNG_EVERY = ("agents.tell_of_strangers", "notices.deliver_due"), 60.0  # seconds

log = structlog.get_logger(__name__)


class SigningScheduler(DatabaseScheduler):
    """Writes `heartbeat:beat`, so that the health page can tell a dead beat from a dead worker."""

    _signed = 0.0

    def __init__(self, app: Any, **kwargs: Any) -> None:
        self._ring(app)  # before the schedule is read: where it cannot be, beat ends, and is started again and again
        super().__init__(app=app, **kwargs)

    def _ring(self, app: Any) -> None:
        self._rung = time.monotonic()
        for task in WHATEVER_THE_SCHEDULE_SAYS:
            try:
                app.send_task(task)
            except OperationalError as error:
                log.warning("not_rung", task=task, why=type(error).__name__)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - self._rung >= RUNG_EVERY:
            self._ring(self.app)
        if time.monotonic() - self._signed >= SIGN_EVERY:
            self._signed = time.monotonic()
            heartbeats.sign(name="beat", now=timezone.now())
        return float(super().tick(*args, **kwargs))
