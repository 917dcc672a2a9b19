"""Calls in the queues of a switchboard, from what it tells: who waits, at whose telephone it rings, who talks to whom.

What is kept in memory is what the rows say, to know at once of nearly all events that they are about no such call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from agents.models import Agent
from agents.states import Event as Change
from agents.telling import tell_pages
from telephony import phone_numbers
from telephony.agent_states import change
from telephony.call_orders import (
    asked_to_the_end,
    asks_first,
    hands_over,
    leaves,
    sent_to,
    settle_orders,
    take_back_consulting,
)
from telephony.channels import interface_of, number_of
from telephony.events import (
    DialBegan,
    DialEnded,
    Event,
    Held,
    HungUp,
    Leg,
    Member,
    MemberConnected,
    MemberDone,
    MemberRung,
    MemberRungInVain,
    QueueGivenUp,
    QueueJoined,
    QueueLeft,
    Transferred,
)
from telephony.handed_on import HandedOn
from telephony.models import Extension, QueueCall, QueueRing, Seat

State, Outcome = QueueCall.State, QueueCall.Outcome
AT_ONCE = timedelta(seconds=2)  # who is gone as soon as that was handed over to nobody, and to no machine
AS_IT_SHOULD = (0, 16, 31)  # causes (Q.850) of whoever hangs up, or of which nothing is told


class QueueCalls:
    """Of one switchboard, as its holder follows them. Every verb is called inside the holder's transaction."""

    def __init__(self, switchboard_id: int) -> None:
        self._board = switchboard_id
        self._calls: dict[str, QueueCall] = {}  # under way, by the caller's uid
        self._telephones: dict[str, QueueCall] = {}  # those that talk, by the uid of the agent's channel
        self._handed = HandedOn()
        self._seats: dict[str, Agent] | None = None
        self._told: set[int] = set()

    def read(self) -> None:
        """Begin with what the rows say, and forget the rest."""
        self._seats, self._told = None, set()
        self._handed = HandedOn()
        self._handed.read(self._board)
        under_way = QueueCall.objects.under_way().filter(switchboard=self._board).select_related("agent")
        self._calls = {call.uid: call for call in under_way}
        self._telephones = {call.agent_uid: call for call in self._calls.values() if call.agent_uid}

    def take(self, event: Event, *, at: datetime) -> None:
        """What an event does to the calls, their rings and the states of agents."""
        for handed in self._handed.take(event):
            self._go_on_with(handed, self._handed.others_beside(handed), at=at)
        match event:
            case QueueJoined(queue, leg):
                self._join(queue, leg, at=at)
            case QueueLeft(queue, leg) if call := self._of(leg, queue):
                self._set(call, left_at=at)
            case QueueGivenUp(queue, leg) if call := self._of(leg, queue):
                self._end(call, Outcome.NOT_ANSWERED, at=at)
            case MemberRung(member, caller):
                self._ring(self._join(member.queue, caller, at=at), member, at=at)
            case MemberRungInVain(member, caller) if call := self._of(caller, member.queue):
                self._stop_ringing(call, at=at, only=member.interface)
            case MemberConnected(member, caller, telephone, waited):
                call = self._join(member.queue, caller, at=at - timedelta(seconds=waited))
                self._connect(call, member, telephone, at=at)
            case MemberDone(member, caller, reason=reason) if call := self._of(caller, member.queue):
                left = leaves(call) or (reason == "agent" and asked_to_the_end(call=call, now=at))
                self._end(call, Outcome.TRANSFERRED if reason == "transfer" or left else Outcome.DONE, at=at)
                if left:
                    self._handed.is_to_be_heard(call.uid)
            case Transferred(by, whom, to, extension, came_about=True) if call := self._telephones.get(by.uid):
                asked = self._handed.met_by(by.uid) if to == whom else []  # an older one does not say who was asked
                self._end(call, Outcome.TRANSFERRED, at=at)
                if to is not None:
                    self._handed.was_heard(call.uid)
                elif not extension:
                    self._handed.is_to_be_heard(call.uid)
                if call.uid not in self._calls:
                    self._go_on_with(call, asked, at=at)
            case DialBegan(caller, called) if caller is not None:
                self._ring_on_her_way(caller, called, at=at)
            case DialEnded(caller, called, status) if (
                caller and status != "ANSWER" and (call := self._handed_to(caller))
            ):
                self._stop_ringing(call, at=at, only=interface_of(called.channel) if called else "")
            case Held(leg, is_on) if call := self._telephones.get(leg.uid):
                if call.held_at is not None and not is_on and not leaves(call):
                    take_back_consulting(call=call, now=at)
                self._set(call, held_at=at if is_on else None)
            case HungUp(leg) if (call := self._calls.get(leg.uid)) and leaves(call):
                self._end(call, Outcome.TRANSFERRED, at=at)
                self._was_lost(call, at=at)
            case HungUp(leg) if call := self._calls.get(leg.uid):
                was_answered = call.answered_at or self._handed.is_heard(leg.uid)  # by somebody at no telephone of ours
                self._end(call, Outcome.DONE if was_answered else Outcome.NOT_ANSWERED, at=at)
            case HungUp(leg) if call := self._telephones.get(leg.uid):
                asked_first = asks_first(call) or asked_to_the_end(call=call, now=at)
                self._end(call, Outcome.TRANSFERRED if hands_over(call) or asked_first else Outcome.DONE, at=at)
                if asked_first:
                    self._handed.is_to_be_heard(call.uid)
            case HungUp(leg, cause) if before := self._handed.of(leg.uid):
                failed = cause not in AS_IT_SHOULD or at - (before.ended_at or at) <= AT_ONCE
                is_lost = failed and not self._handed.is_heard(leg.uid)
                if self._handed.forget(leg.uid) or is_lost:
                    self._was_lost(before, at=at)
            case _:
                pass

    def _go_on_with(self, before: QueueCall, others: Sequence[Leg], *, at: datetime) -> None:
        """She speaks with whoever sits at a telephone: it is that agent's call from now on, and no visit to a queue."""
        for leg in others:
            member = Member(before.queue, interface_of(leg.channel))
            if self._sitting_at(member.interface) is not None:
                self._handed.forget(before.uid)
                self._connect(self._calls.get(before.uid) or self._begin_again(before, at=at), member, leg, at=at)
                return

    def _ring_on_her_way(self, caller: Leg, called: Leg, *, at: datetime) -> None:
        """A telephone at which an agent sits rings for a caller who was handed over."""
        call = self._calls.get(caller.uid)
        if call is not None and call.answered_at and hands_over(call):  # told sooner than that she was handed over
            self._end(call, Outcome.TRANSFERRED, at=at)
        before = self._handed.of(caller.uid)
        if before is None:
            return
        self._handed.is_to_be_heard(caller.uid)
        member = Member(before.queue, interface_of(called.channel))
        if self._sitting_at(member.interface) is not None:
            self._ring(self._calls.get(caller.uid) or self._begin_again(before, at=at), member, at=at)

    def _begin_again(self, before: QueueCall, *, at: datetime) -> QueueCall:
        """Her call after she was handed over: of the line she came by, and no visit to its queue."""
        call = QueueCall.objects.create(
            switchboard_id=self._board, queue=before.queue, uid=before.uid, channel=before.channel,
            number=before.number, joined_at=at, left_at=at, is_handed_on=True,
        )  # fmt: skip
        self._calls[before.uid] = call
        return call

    def _was_lost(self, before: QueueCall, *, at: datetime) -> None:
        """She was handed over and is gone, and nobody spoke with her."""
        self._handed.forget(before.uid)
        self._end(self._begin_again(before, at=at), Outcome.NOT_ANSWERED, at=at)

    def _handed_to(self, caller: Leg | None) -> QueueCall | None:
        call = self._calls.get(caller.uid) if caller else None
        return call if call and call.is_handed_on and not call.answered_at else None

    def tell(self) -> None:
        """Whose pages have something new to show: told when all of it is committed."""
        tell_pages(self._told)
        self._seats, self._told = None, set()

    def _of(self, caller: Leg, queue: str) -> QueueCall | None:
        """Her visit to this queue; what a queue tells of one who was handed on is of the call before."""
        call = self._calls.get(caller.uid)
        return call if call and call.queue == queue[:80] and not call.is_handed_on else None

    def _join(self, queue: str, leg: Leg, *, at: datetime) -> QueueCall:
        """Her visit to this queue, begun where it was not heard to begin; in another one she was not answered."""
        self._handed.forget(leg.uid)
        if found := self._of(leg, queue):
            return found
        call = self._calls.get(leg.uid)
        if call is not None and call.answered_at and hands_over(call):
            self._end(call, Outcome.TRANSFERRED, at=at)
        elif call is not None:
            self._end(call, Outcome.DONE if call.answered_at else Outcome.NOT_ANSWERED, at=at)
        number = phone_numbers.parse(leg.number) or ""
        call = QueueCall.objects.create(
            switchboard_id=self._board, queue=queue[:80], uid=leg.uid, channel=leg.channel, number=number, joined_at=at
        )
        self._calls[leg.uid] = call
        return call

    def _ring(self, call: QueueCall, member: Member, *, at: datetime) -> None:
        agent = self._sitting_at(member.interface)
        found = {"call": call, "telephone": member.interface[:80], "ended_at": None}
        ring, is_new = QueueRing.objects.get_or_create(**found, defaults={"agent": agent, "began_at": at})
        if not is_new:
            return
        if call.state == State.WAITING:
            self._set(call, state=State.RINGING)
        if ring.agent is not None:
            self._tell(ring.agent)
            change(agent=ring.agent, key=call.key, event=Change.RANG, at=at)

    def _stop_ringing(self, call: QueueCall, *, at: datetime, only: str = "", but: str = "") -> None:
        """In vain: at every telephone, at `only` one, or at all `but` the one that was lifted."""
        rings = QueueRing.objects.filter(call=call, ended_at=None).select_related("agent")
        ending = [one for one in rings if one.telephone == only[:80] or not only]
        for ring in ending:
            ring.ended_at = max(at, ring.began_at)
            ring.save(update_fields=["ended_at"])
            if ring.agent is not None:
                self._tell(ring.agent)
                if not but or ring.telephone != but[:80]:
                    change(agent=ring.agent, key=call.key, event=Change.RANG_IN_VAIN, at=at)
        if call.state == State.RINGING and len(ending) == len(rings):
            self._set(call, state=State.WAITING)

    def _connect(self, call: QueueCall, member: Member, telephone: Leg | None, *, at: datetime) -> None:
        self._stop_ringing(call, at=at, but=member.interface)
        uid, channel = (telephone.uid, telephone.channel) if telephone else ("", "")
        agent = self._sitting_at(member.interface)
        self._set(
            call, state=State.TALKING, agent=agent, telephone=member.interface[:80], agent_uid=uid,
            agent_channel=channel, answered_at=max(at, call.joined_at),
        )  # fmt: skip
        if uid:
            self._telephones[uid] = call
        if agent is not None:
            self._tell(agent)
            change(agent=agent, key=call.key, event=Change.ANSWERED, at=at)

    def _end(self, call: QueueCall, outcome: QueueCall.Outcome, *, at: datetime) -> None:
        self._stop_ringing(call, at=at)
        self._calls.pop(call.uid, None)
        self._telephones.pop(call.agent_uid, None)
        self._set(call, state=State.OVER, outcome=outcome, ended_at=max(at, call.joined_at), held_at=None)
        if call.agent is None:
            call.refresh_from_db(fields=["agent"])  # who sat down there meanwhile
        settle_orders(call=call, outcome=outcome, now=at)
        if call.agent is not None:
            self._tell(call.agent)
            change(agent=call.agent, key=call.key, event=Change.HUNG_UP, at=at)
        if call.is_handed_on and call.answered_at is None:
            self._tell_who_handed_over(call)
        if outcome == Outcome.TRANSFERRED:
            self._handed.add(call)
            if Extension.objects.filter(switchboard=self._board, number__in=sent_to(call)).exists():
                self._handed.is_to_be_heard(call.uid)
            self._go_on_with(call, self._handed.others_beside(call), at=at)
        else:
            self._handed.forget(call.uid)

    def _set(self, call: QueueCall, **values: object) -> None:
        for name, value in values.items():
            setattr(call, name, value)
        call.save(update_fields=list(values))
        if call.agent is not None:
            self._tell(call.agent)

    def _tell_who_handed_over(self, call: QueueCall) -> None:
        before = QueueCall.objects.filter(uid=call.uid, outcome=Outcome.TRANSFERRED).select_related("agent")
        for one in before.order_by("-ended_at")[:1]:
            if one.agent is not None:
                self._tell(one.agent)

    def _tell(self, agent: Agent) -> None:
        self._told.add(agent.user_id)

    def _sitting_at(self, interface: str) -> Agent | None:
        if self._seats is None:
            seats = (
                Seat.objects.in_use().filter(extension__switchboard=self._board).select_related("agent", "extension")
            )
            self._seats = {seat.extension.number: seat.agent for seat in seats if seat.extension}
        return self._seats.get(number_of(interface))
