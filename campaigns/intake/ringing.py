"""Ringing again for reports that wait: the message only rings, and a broker may lose it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from campaigns.intake.taking_in import AT_WORK
from campaigns.models import Report
from campaigns.rows import staging

RING_AGAIN = timedelta(seconds=60)
FIRST_RING = timedelta(seconds=15)  # the door that received it has rung already


def sweep_reports(*, now: datetime) -> list[int]:
    """Reports to ring for again: they wait too long, or their worker's lease ran out. Returns their keys.

    A report is rung for once a minute at most, however often the sweep runs: a busy worker must not find its queue
    full of the same key. Staging tables nobody works on any more are dropped.
    """
    staging.forget_orphans()
    waits = Q(state=Report.State.WAITING, arrived_at__lt=now - FIRST_RING)
    lost = Q(state__in=AT_WORK, lease_until__lt=now)
    quiet = Q(rung_at__isnull=True) | Q(rung_at__lt=now - RING_AGAIN)
    due = Report.objects.filter(waits | lost).filter(quiet)
    rung = []
    for report_id in due.order_by("arrived_at").values_list("pk", flat=True):
        if due.filter(pk=report_id).update(rung_at=now):  # two sweeps at once: one of them rings
            rung.append(report_id)
    return rung
