"""How old the payment data are: on every page that depends on them, because a list is only as good as they are.

One row of a small index answers it, so it is asked anew for every page: a cached age would be a wrong age (decision
0043).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import QuerySet, Subquery

from campaigns.models import CallingPolicy, Report, ReportKind


@dataclass(frozen=True)
class PaymentAge:
    """Until when payments are known (`data_until`), and the newest collections report that was taken in.

    `is_stale`: older than the policy allows (`payments_stale_hours`). Without any report `data_until` is None, and
    nothing is stale: there is nothing yet to be too old.
    """

    data_until: datetime | None
    arrived_at: datetime | None
    report_id: int | None
    is_stale: bool
    asked_at: datetime


def payment_age(*, now: datetime) -> PaymentAge:
    """The age of the payment data at `now`, in one query."""
    newest = _newest_with_policy().first()
    data_until, arrived_at, report_id, hours = newest or (None, None, None, None)
    if data_until is None:
        return PaymentAge(None, None, None, False, now)
    stale_after = timedelta(hours=CallingPolicy().payments_stale_hours if hours is None else hours)
    return PaymentAge(data_until, arrived_at, report_id, now - data_until > stale_after, now)


def payments_known_until() -> datetime | None:
    """Until when payments are known; None before the first collections report. One query."""
    return _newest().values_list("data_until", flat=True).first()


@cache
def _newest_with_policy() -> QuerySet[Any, tuple[datetime | None, datetime, int, int | None]]:
    """With the hours after which they are old; None where nobody has saved a policy."""
    policy = CallingPolicy.objects.filter(pk=1).values("payments_stale_hours")
    found = _newest().annotate(hours=Subquery(policy))
    return found.values_list("data_until", "arrived_at", "pk", "hours")


def _newest() -> QuerySet[Report]:
    """Collections reports that were taken in, the one that reaches furthest first."""
    return Report.objects.filter(
        kind=ReportKind.RECAUDO, state=Report.State.PUBLISHED, data_until__isnull=False
    ).order_by("-data_until")
