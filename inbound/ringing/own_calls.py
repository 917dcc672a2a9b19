"""The calls at an agent's telephone, and the flow each is attended by."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from agents.models import Agent
from inbound.models import ServiceLine, Walk
from inbound.walks.beginning import begin_walk
from telephony.models import CallOrder, QueueCall, QueueRing

HANDED_OVER_SHOWN = timedelta(seconds=12)  # so long her page says that it was done
IN_VAIN = (QueueCall.Outcome.NOT_ANSWERED, QueueCall.Outcome.UNKNOWN)
UNHEARD_SHOWN = timedelta(minutes=2)  # and so long that it was in vain
Kind, State = CallOrder.Kind, CallOrder.State


@dataclass(frozen=True)
class OwnCall:
    """One as her page shows it. `line` is None where no line has its queue; `walk`: the flow she has open for it.

    `since`: of one that rings when the caller came into the queue, of one she is in when she lifted her telephone.
    `order`: the last she gave for it. `before`: how the same caller was attended until she was handed over.
    """

    call: QueueCall
    line: ServiceLine | None
    walk: Walk | None
    since: datetime
    order: CallOrder | None = None
    before: Walk | None = None

    @property
    def said(self) -> str:
        """How her order stands, in a sentence; empty without one."""
        return order_words(self.order, is_held=self.call.held_at is not None) if self.order else ""

    @property
    def is_in_trouble(self) -> bool:
        return self.order is not None and self.order.state in (State.REFUSED, State.UNKNOWN)

    @property
    def asks_first(self) -> bool:
        """Whether she speaks with whom the call is to be handed over to: hanging up does it."""
        return self.order is not None and (self.order.kind, self.order.state) == (Kind.ATTENDED, State.TAKEN)

    @property
    def may_hand_over(self) -> bool:
        return self.is_hers and (self.order is None or self.order.is_over or self.order.kind == Kind.HANG_UP)

    @property
    def is_hers(self) -> bool:
        """Whether she lifted it."""
        return self.call.state == QueueCall.State.TALKING


def line_of(queue: str) -> ServiceLine | None:
    """The line whose calls wait in a queue: the one that names it, else the one whose number it has."""
    lines = list(ServiceLine.objects.filter(is_active=True).filter(Q(queue=queue) | Q(queue="", number=queue)))
    return max(lines, key=lambda line: line.queue, default=None)


def own_calls(*, agent: Agent) -> list[OwnCall]:
    """What rings at her telephone and what she is in, the one she is in first. Six queries at most."""
    rings = QueueRing.objects.filter(agent=agent, ended_at=None).values("call")
    calls = list(QueueCall.objects.under_way().filter(Q(agent=agent) | Q(pk__in=rings)).order_by("joined_at"))
    if not calls:
        return []
    queues = {call.queue: line_of(call.queue) for call in calls}
    walks = {walk.call_id: walk for walk in Walk.objects.filter(agent=agent, call__in=calls)}
    given = CallOrder.objects.filter(agent=agent, call__in=calls).order_by("asked_at", "pk")
    orders = {order.call_id: order for order in given}
    before = attended_before(calls)
    found = [
        OwnCall(
            call,
            line=queues[call.queue],
            walk=walks.get(call.pk),
            since=call.answered_at or call.joined_at,
            order=orders.get(call.pk),
            before=before.get(call.pk),
        )
        for call in calls
    ]
    return sorted(found, key=lambda one: not one.is_hers)


def attended_before(calls: Sequence[QueueCall]) -> dict[uuid.UUID, Walk]:
    """By call: how its caller was attended last, by whoever answered her in the queue she came from."""
    answered = Walk.objects.filter(call__uid__in={call.uid for call in calls}, agent=F("call__agent"))
    walks = answered.select_related("call", "line", "agent__user").order_by("began_at", "pk")
    visits = {(walk.call.switchboard_id, walk.call.uid): walk for walk in walks.exclude(call__in=calls) if walk.call}
    found = {call.pk: visits.get((call.switchboard_id, call.uid)) for call in calls}
    return {key: walk for key, walk in found.items() if walk is not None}


@dataclass(frozen=True)
class HandedOver:
    """To `number`, of who called from `caller`. `walk`: the flow of the call, where she has not ended it yet. `lost`:
    what came of it at the telephone she was handed over to, where nobody is known to have spoken with her.
    """

    number: str
    walk: Walk | None
    caller: str = ""
    lost: QueueCall | None = None

    @property
    def is_unheard(self) -> bool:
        return self.lost is not None and self.lost.outcome == QueueCall.Outcome.NOT_ANSWERED


def handed_over(*, agent: Agent, now: datetime) -> list[HandedOver]:
    """What she handed over a moment ago, that her page says what came of it. Three queries at most."""
    done = CallOrder.objects.transfers().filter(agent=agent, state=State.DONE, asked_at__gt=now - timedelta(hours=1))
    recent = done.filter(ended_at__gt=now - UNHEARD_SHOWN).select_related("call").order_by("-asked_at")[:3]
    after: dict[uuid.UUID, QueueCall] = {}  # by the call that was handed over: what came of it at the next telephone
    rows = QueueCall.objects.filter(uid__in=[order.call.uid for order in recent], is_handed_on=True)
    for row in rows.order_by("-joined_at"):
        for order in recent:
            if row.uid == order.call.uid and order.call.ended_at and row.joined_at >= order.call.ended_at:
                after[order.call_id] = row
    lost = {key: row for key, row in after.items() if row.outcome in IN_VAIN and row.answered_at is None}
    orders = [
        order for order in recent
        if order.call_id in lost or (order.ended_at and order.ended_at > now - HANDED_OVER_SHOWN)
    ]  # fmt: skip
    calls = [order.call_id for order in orders]
    walks = Walk.objects.under_way().filter(agent=agent, call__in=calls).select_related("line") if calls else ()
    open_ = {walk.call_id: walk for walk in walks}
    return [
        HandedOver(order.number, open_.get(order.call_id), order.call.number, lost.get(order.call_id))
        for order in orders
    ]


def order_words(order: CallOrder, *, is_held: bool) -> str:
    """How an order stands. `is_held`: whether who called waits on hold."""
    said = {"number": order.number, "why": order.get_why_display(), "said": order.said}
    if order.state in (State.REFUSED, State.UNKNOWN):
        what = _("No se colgó.") if order.kind == Kind.HANG_UP else _("No se transfirió a %(number)s.") % said
        if order.state == State.UNKNOWN:
            what = _("No se sabe si se colgó.")
            if order.kind != Kind.HANG_UP:
                what = _("No se sabe si se transfirió a %(number)s.") % said
        more = _("Dijo: %(said)s") % said if order.why == CallOrder.Why.OTHER and order.said else ""
        return " ".join(filter(None, (what, str(said["why"]), more)))
    if order.kind == Kind.HANG_UP:
        return _("Colgada.") if order.state == State.DONE else _("Colgando…")
    if order.state == State.DONE:
        return _("Transferida a %(number)s.") % said
    if order.state == State.TAKEN and is_held:
        return _("Consulta con %(number)s: cuando le conteste hable, y cuelgue para pasarle la llamada.") % said
    if order.state == State.TAKEN:
        return _("La central llama a %(number)s.") % said
    return _("Transfiriendo a %(number)s…") % said


@transaction.atomic
def rang_at(agent: Agent, key: uuid.UUID) -> bool:
    """Whether that call rang at her telephone once."""
    return QueueRing.objects.filter(agent=agent, call=key).exists()


def attend(*, agent: Agent, call: QueueCall, now: datetime) -> Walk:
    """Open the flow of the call's line, with the number that calls and what the caller said before she was handed over;
    however often, it is one walk.

    She may open it while it rings. Raises NoLine, NoFlow.
    """
    line = line_of(call.queue)
    if line is None:
        raise NoLine(call.queue)
    before = attended_before([call]).get(call.pk)
    key = uuid.uuid5(call.key, str(agent.pk))  # whoever it rings at next attends it for herself
    return begin_walk(agent=agent, line=line, key=key, now=now, caller_number=call.number, call=call, before=before)


class NoLine(Exception):
    """No line has the queue in which the call waits; the message is the queue."""
