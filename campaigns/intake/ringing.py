"""Ringing again for reports that wait: the message only rings, and a broker may lose it."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaigns.models import Report
from campaigns.rows import staging
from work.sweeping import sweep

FIRST_RING = timedelta(seconds=15)  # the door that received it has rung already


def sweep_reports(*, now: datetime) -> list[int]:
    """Reports to ring for again: they wait too long, or their worker's lease ran out. Returns their keys.

    Staging tables nobody works on any more are dropped.
    """
    staging.forget_orphans()
    return sweep(Report, now=now)
