"""A worker whose clock goes otherwise: every door of it that asks what time it is, is told another."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.processes.house import House

LA_PAZ = ZoneInfo("America/La_Paz")
BY_ANOTHER_CLOCK = """
import sys
from datetime import timedelta
from django.utils import timezone
real, ahead = timezone.now, timedelta(seconds=float(sys.argv[1]))
timezone.now = lambda: real() + ahead
from callcenter.celery import app
app.worker_main(sys.argv[2:])
"""


def worker_at(house: House, moment: str | timedelta, *, name: str = "one") -> int:
    """A worker of both queues: in which it is that moment of La Paz now, or whose clock is so far ahead."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment).replace(tzinfo=LA_PAZ) - datetime.now(LA_PAZ)
    options = ["worker", "--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    options += ["--queues", "ticks,jobs", "--hostname", f"{name}@%h"]
    return house.start("-c", BY_ANOTHER_CLOCK, str(moment.total_seconds()), *options)
