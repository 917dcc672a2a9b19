"""The calls at an agent's telephone, and the flow each is attended by."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from agents.models import Agent
from inbound.models import ServiceLine, Walk
from inbound.walks.beginning import begin_walk
from telephony.models import QueueCall, QueueRing


@dataclass(frozen=True)
class OwnCall:
    """One as her page shows it. `line` is None where no line has its queue; `walk`: the flow she has open for it.

    `since`: of one that rings when the caller came into the queue, of one she is in when she lifted her telephone.
    """

    call: QueueCall
    line: ServiceLine | None
    walk: Walk | None
    since: datetime

    @property
    def is_hers(self) -> bool:
        """Whether she lifted it."""
        return self.call.state == QueueCall.State.TALKING


def line_of(queue: str) -> ServiceLine | None:
    """The line whose calls wait in a queue: the one that names it, else the one whose number it has."""
    lines = list(ServiceLine.objects.filter(is_active=True).filter(Q(queue=queue) | Q(queue="", number=queue)))
    return max(lines, key=lambda line: line.queue, default=None)


def own_calls(*, agent: Agent) -> list[OwnCall]:
    """What rings at her telephone and what she is in, the one she is in first. Four queries at most."""
    rings = QueueRing.objects.filter(agent=agent, ended_at=None).values("call")
    calls = list(QueueCall.objects.under_way().filter(Q(agent=agent) | Q(pk__in=rings)).order_by("joined_at"))
    if not calls:
        return []
    queues = {call.queue: line_of(call.queue) for call in calls}
    walks = {walk.call_id: walk for walk in Walk.objects.filter(agent=agent, call__in=calls)}
    found = [
        OwnCall(call, queues[call.queue], walks.get(call.pk), call.answered_at or call.joined_at) for call in calls
    ]
    return sorted(found, key=lambda one: not one.is_hers)


@transaction.atomic
def attend(*, agent: Agent, call: QueueCall, now: datetime) -> Walk:
    """Open the flow of the call's line, with the number that calls; however often, it is one walk.

    She may open it while it rings. Raises NoLine, NoFlow.
    """
    line = line_of(call.queue)
    if line is None:
        raise NoLine(call.queue)
    key = uuid.uuid5(call.key, str(agent.pk))  # whoever it rings at next attends it for herself
    return begin_walk(agent=agent, line=line, key=key, now=now, caller_number=call.number, call=call)


class NoLine(Exception):
    """No line has the queue in which the call waits; the message is the queue."""
