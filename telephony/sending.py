"""What was asked for goes out over a link that is held: each thing once, whatever becomes of it then."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db.models import Q

from telephony.actions import ring_agent_then
from telephony.ami import NotSendable
from telephony.call_orders import as_action, end_order, next_order, note_answer
from telephony.dialling import next_to_end, next_to_send, not_placed
from telephony.link import Link, LinkLost
from telephony.models import CallOrder, Listening, Monitoring, OutgoingCall, QueueCall
from telephony.monitoring import as_spying, end_monitoring, next_to_monitor, next_to_stop
from telephony.watching import Watch

log = structlog.get_logger(__name__)


class Sending:
    """By one who holds a link. `ask` does a piece of work in the thread of the database."""

    def __init__(
        self,
        link: Link,
        held: Listening,
        watch: Watch,
        *,
        ask: Callable[[Callable[[], Any]], Awaitable[Any]],
        clock: Callable[[], datetime],
    ) -> None:
        self._link, self._held, self._watch, self._ask, self._clock = link, held, watch, ask, clock

    async def all(self) -> None:
        """Everything that waits now. Raises LinkLost."""
        held = self._held
        while call := await self._ask(partial(next_to_send, held=held, now=self._clock())):
            await self._place(call)
        while call := await self._ask(partial(next_to_end, held=held, now=self._clock())):
            await self._end(self._watch.agent_channel(call))
        while order := await self._ask(partial(next_order, held=held, now=self._clock())):
            await self._carry_out(order)
        while monitoring := await self._ask(partial(next_to_monitor, held=held, now=self._clock())):
            await self._let_hear(monitoring)
        while monitoring := await self._ask(partial(next_to_stop, held=held, now=self._clock())):
            await self._end(self._watch.monitored.channel(monitoring))

    async def pauses(self) -> None:
        """What differs at the telephones' queues from what agents do. Raises LinkLost."""
        pauses = self._watch.pauses
        for asked in await self._ask(partial(pauses.differing, now=self._clock())):
            try:
                answer = await self._link.ask("QueuePause", asked.headers)
            except NotSendable as error:
                said = f"not sendable: {error}"
            else:
                said = "" if answer.succeeded else answer.get("message") or "no reason given"
            if said:
                await self._ask(partial(pauses.refused, asked, said=said, now=self._clock()))

    async def _place(self, call: OutgoingCall) -> None:
        key, board = str(call.key), call.switchboard
        try:
            data = ring_agent_then(
                key=key,
                telephone=call.telephone,
                number=call.dialled,
                context=board.context,
                shown=board.shown,
                seconds=board.ring_seconds,
                takes_keys=not self._link.vocabulary.is_older,
            )
            answer = await self._link.send(data, action_id=key)
        except NotSendable as error:
            log.warning("call_not_sendable", key=key, header=str(error))
            await self._ask(partial(not_placed, call=call, now=self._clock()))
            return
        except LinkLost as lost:
            if not lost.may_have_arrived:
                await self._ask(partial(not_placed, call=call, now=self._clock()))
            raise
        if not answer.succeeded:
            log.warning("call_refused", key=key, why=answer.get("message"))
            await self._ask(partial(not_placed, call=call, now=self._clock()))

    async def _let_hear(self, monitoring: Monitoring) -> None:
        key, call = str(monitoring.key), monitoring.call
        ended = partial(end_monitoring, which=Q(pk=monitoring.pk))
        channel = call.agent_channel if isinstance(call, QueueCall) else self._watch.agent_channel(call)
        spying = partial(as_spying, monitoring, channel=channel, takes_keys=not self._link.vocabulary.is_older)
        try:
            answer = await self._link.send(await self._ask(spying), action_id=key)
        except NotSendable as error:
            log.warning("monitoring_not_sendable", key=key, header=str(error))
            await self._ask(partial(ended, outcome=Monitoring.Outcome.NOT_PLACED, now=self._clock()))
            return
        except LinkLost as lost:
            if not lost.may_have_arrived:
                await self._ask(partial(ended, outcome=Monitoring.Outcome.NOT_SENT, now=self._clock()))
            raise
        if not answer.succeeded:
            said = answer.get("message")
            log.warning("monitoring_refused", key=key, why=said)
            await self._ask(partial(ended, outcome=Monitoring.Outcome.NOT_PLACED, said=said, now=self._clock()))

    async def _end(self, channel: str) -> None:
        """That it is gone already is no matter: then its end has been told."""
        with contextlib.suppress(NotSendable):
            await self._link.ask("Hangup", [("Channel", channel)])

    async def _carry_out(self, order: CallOrder) -> None:
        name, headers = as_action(order, is_older=self._link.vocabulary.is_older)
        ended = partial(end_order, order=order)
        try:
            answer = await self._link.ask(name, headers)
        except NotSendable as error:
            log.warning("order_not_sendable", order=order.pk, action=name, header=str(error))
            why = CallOrder.Why.NO_CHANNEL
            await self._ask(partial(ended, state=CallOrder.State.REFUSED, why=why, now=self._clock()))
            return
        except LinkLost as lost:
            state, why = CallOrder.State.REFUSED, CallOrder.Why.NOT_SENT
            if lost.may_have_arrived:
                state, why = CallOrder.State.UNKNOWN, CallOrder.Why.LINK_LOST
            await self._ask(partial(ended, state=state, why=why, now=self._clock()))
            raise
        said = answer.get("message")
        if not answer.succeeded:
            log.warning("order_refused", order=order.pk, action=name, why=said)
        await self._ask(partial(note_answer, order=order, succeeded=answer.succeeded, said=said, now=self._clock()))
