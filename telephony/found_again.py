"""Calls of the queues after a loss of the link: what there is, put beside what the rows say."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from agents.states import Event as Change
from telephony.agent_states import change
from telephony.call_orders import hands_over
from telephony.channels import interface_of, number_of
from telephony.events import CallerSeen, ChannelSeen, Event, Member, MemberSeen
from telephony.models import QueueCall, QueueRing
from telephony.queue_calls import Outcome, QueueCalls, State


def _speak(caller: ChannelSeen, other: ChannelSeen, ringing: Container[str]) -> bool:
    """Whether they are in one bridge; where none is told, whether a telephone that rang for the caller is up."""
    if caller.bridge:
        return set(caller.bridge.split("+")) == set(other.bridge.split("+"))
    is_hers = caller.leg.linked != "" and caller.leg.linked == other.leg.linked
    return is_hers and other.is_up and number_of(interface_of(other.leg.channel)) in ringing


class CallsFoundAgain(QueueCalls):
    """Those of one switchboard, also where nobody heard it for a while."""

    def reconcile(self, *, seen: Sequence[Event], now: datetime) -> int:
        """After a loss: who is gone has ended meanwhile, nobody knows how; who waits unknown to us has joined; who was
        answered talks, and a telephone that rings for somebody goes on. Returns how many ended.
        """
        channels = {one.leg.uid: one for one in seen if isinstance(one, ChannelSeen)}
        waiting = {one.leg.uid for one in seen if isinstance(one, CallerSeen)}
        told = {one.member.queue[:80] for one in seen if isinstance(one, MemberSeen)}
        self._begin_where_they_go_on(channels, now=now)
        gone = [call for call in self._calls.values() if call.uid not in channels.keys() | waiting]
        for call in gone:
            self._end_unheard(call, now=now)
        for call in [*self._calls.values()]:  # her telephone left it meanwhile, and who called goes on
            if call.agent_uid and call.agent_uid not in channels and hands_over(call):
                self._end(call, Outcome.TRANSFERRED, at=now)
        for call in self._calls.values():
            if call.answered_at is None and call.uid not in waiting:
                self._go_on_unheard(call, channels, is_told=call.queue in told, now=now)
        for one in seen:
            if isinstance(one, CallerSeen):
                self._join(one.queue, one.leg, at=now - timedelta(seconds=one.waited))
        for call in self._handed.unheard():
            self._look_who_hears(call, channels, now=now)
        for call in list(self._calls.values()):
            self._ring_on(call, channels.values(), now=now)
        return len(gone)

    def _end_unheard(self, call: QueueCall, *, now: datetime) -> None:
        """Its caller is gone, nobody knows how. Who was being handed over may have been left alone by it."""
        was_to_be_heard = call.answered_at is not None and hands_over(call)
        self._end(call, Outcome.UNKNOWN, at=now)
        if was_to_be_heard:
            self._end(self._begin_again(call, at=now), Outcome.UNKNOWN, at=now)

    def _ring_on(self, call: QueueCall, channels: Iterable[ChannelSeen], *, now: datetime) -> None:
        """Of a caller the telephones that ring for her, and no other, go on or begin.

        An older switchboard does not say for whom one rings: one that rang for her is believed to ring on, of another
        nothing is told.
        """
        rang = {number_of(one.telephone): one.telephone for one in QueueRing.objects.filter(call=call, ended_at=None)}
        ringing = {}
        for one in channels:
            interface = interface_of(one.leg.channel)
            number = number_of(interface)
            is_hers = one.leg.linked == call.uid or (not one.leg.linked and number in rang)
            goes_on = call.answered_at is None and (call.left_at is None or call.is_handed_on)
            if one.rings and number and is_hers and goes_on:
                ringing[number] = Member(call.queue, rang.get(number, interface))
        for number, telephone in rang.items():
            if number not in ringing:
                self._stop_ringing(call, at=now, only=telephone)
        for member in ringing.values():
            self._ring(call, member, at=now)

    def _go_on_unheard(
        self, call: QueueCall, channels: Mapping[str, ChannelSeen], *, is_told: bool, now: datetime
    ) -> None:
        """A caller whom no queue names any more. `is_told`: of hers it was told who is in it.

        Who is in a bridge was answered, no sooner than that telephone began: its ringing counts as talk. Who is in none
        has left, and goes on elsewhere or is connected in this moment.
        """
        own = channels[call.uid]
        rings = {number_of(one.telephone): one for one in QueueRing.objects.filter(call=call, ended_at=None)}
        other = next((one for one in channels.values() if one is not own and _speak(own, one, rings)), None)
        if other is None and not own.bridge:
            if is_told:
                self._set(call, left_at=call.left_at or now)
            return
        began, interface, telephone = now, "", None
        if other is not None:
            telephone, began = other.leg, now - timedelta(seconds=other.seconds)
            interface = interface_of(other.leg.channel)
            if ring := rings.get(number_of(interface)):
                interface, began = ring.telephone, max(began, ring.began_at)
        self._connect(call, Member(call.queue, interface), telephone, at=began)

    def _go_on_talking(self, call: QueueCall, *, at: datetime) -> None:
        self._set(call, state=State.TALKING, outcome="", ended_at=None)
        self._calls[call.uid] = self._telephones[call.agent_uid] = call
        if call.agent is not None:
            change(agent=call.agent, key=call.key, event=Change.WENT_ON, at=at)

    def _begin_where_they_go_on(self, channels: Mapping[str, ChannelSeen], *, now: datetime) -> None:
        """Calls that were ended because nobody heard of them for too long, whose callers are there all the same."""
        unknown = QueueCall.objects.filter(switchboard=self._board, uid__in=channels, outcome=Outcome.UNKNOWN)
        unknown = unknown.select_related("agent")
        for before in unknown.filter(answered_at__isnull=False, agent_uid__in=channels).order_by("ended_at"):
            if before.uid not in self._calls:  # the same talk, and the flow it has
                self._go_on_talking(before, at=now)
        for before in unknown.order_by("uid", "-ended_at", "-joined_at").distinct("uid"):
            if before.uid in self._calls:
                continue
            self._calls[before.uid] = QueueCall.objects.create(
                switchboard_id=self._board, queue=before.queue, uid=before.uid, channel=before.channel,
                number=before.number, joined_at=before.joined_at, left_at=before.left_at,
                is_handed_on=before.is_handed_on,
            )  # fmt: skip

    def _look_who_hears(self, call: QueueCall, channels: Mapping[str, ChannelSeen], *, now: datetime) -> None:
        """Who was handed over before the loss: heard by now, still to be heard, or gone and nobody knows how."""
        own = channels.get(call.uid)
        if own is None:
            self._handed.forget(call.uid)
            self._end(self._begin_again(call, at=now), Outcome.UNKNOWN, at=now)
            return
        others = [one for one in channels.values() if one is not own and one.leg.uid != call.agent_uid]
        if legs := [one.leg for one in others if _speak(own, one, ())]:
            self._handed.was_heard(call.uid)
            self._go_on_with(call, legs, at=now)
            return
        for one in others:
            if one.rings and one.leg.linked == call.uid:
                self._ring_on_her_way(own.leg, one.leg, at=now)
