"""Who waits in the queues of the lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from inbound.ringing.own_calls import line_of
from telephony.models import QueueCall


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue in which somebody waits: how many, and since when the one who waits longest."""

    queue: str
    line: str  # its number and name; empty where no line has the queue
    count: int
    since: datetime

    def seconds(self, *, now: datetime) -> int:
        return max(0, int((now - self.since).total_seconds()))


def who_waits() -> list[Waiting]:
    """By queue, the longest wait first."""
    waiting = QueueCall.objects.filter(state__in=[QueueCall.State.WAITING, QueueCall.State.RINGING], left_at=None)
    found = waiting.values("queue").annotate(count=Count("pk"), since=Min("joined_at")).order_by("since")
    return [Waiting(one["queue"], str(line_of(one["queue"]) or ""), one["count"], one["since"]) for one in found]
