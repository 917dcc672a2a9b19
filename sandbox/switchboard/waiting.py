"""A caller in a queue, from joining to the end of the talk: the application Queue, as app_queue does and writes it.

One member rings at a time, in turn; who is paused, spoken at, not registered or in her wrap-up is passed over.
"""

from __future__ import annotations

from typing import NamedTuple

from sandbox.switchboard.channels import Bridge, Channel, Ending, How, Place
from sandbox.switchboard.conversations import speak_on, take_apart, until_over
from sandbox.switchboard.dialling import inherit
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.queues import RETRY, RINGS, SERVICE_LEVEL, WRAP_UP, Entry, Member, Queue
from sandbox.switchboard.telephones import Device


class Rung(NamedTuple):
    """A member's telephone that was rung. `rang`: seconds."""

    member: Member
    called: Channel
    rang: float


async def wait_in(exchange: Exchange, caller: Channel, queue: Queue, *, seconds: float | None) -> Place | None:
    """Wait until a member answers, for at most so many seconds, then talk. Returns where the caller goes on."""
    entry = _join(exchange, caller, queue)
    ends = None if seconds is None else exchange.clock.passed() + seconds
    while True:
        if caller.stop is not None:
            _tell_that_she_hangs_up(exchange, caller)
            _not_answered(exchange, queue, entry, "ABANDON")
            return None  # where she goes on, if somebody took her out, whoever runs her channel knows
        if ends is not None and exchange.clock.passed() >= ends:
            _not_answered(exchange, queue, entry, "EXITWITHTIMEOUT")
            return None
        left = RINGS if ends is None else max(0.0, ends - exchange.clock.passed())
        member = _in_turn(exchange, queue, entry)
        if member is not None and (rung := await _ring(exchange, queue, entry, member, seconds=min(RINGS, left))):
            return await _talk(exchange, queue, entry, rung)
        if caller.stop is None and (ends is None or exchange.clock.passed() < ends):
            await exchange.clock.wait(caller.stopped, seconds=min(RETRY, left))


def _join(exchange: Exchange, caller: Channel, queue: Queue) -> Entry:
    entry = Entry(caller, exchange.clock.now(), len(queue.entries) + 1)
    queue.entries.append(entry)
    queue.counted["offered"] += 1
    number = caller.number if caller.number.isdigit() else ""
    exchange.record(queue.name, "NONE", "ENTERQUEUE", "", number, entry.position, callid=caller.uid)
    exchange.tell(exchange.words.waits(caller, queue.name, entry.position, len(queue.entries)))
    return entry


def _leave(exchange: Exchange, queue: Queue, entry: Entry) -> int:
    """Out of the queue; returns the position it had."""
    position = queue.entries.index(entry) + 1
    queue.entries.remove(entry)
    exchange.tell(exchange.words.waits_no_more(entry.caller, queue.name, position, len(queue.entries)))
    return position


def _waited(exchange: Exchange, entry: Entry) -> int:
    """Whole seconds, as the difference of two whole readings of the clock."""
    return int(exchange.clock.now()) - int(entry.joined)


def _tell_that_she_hangs_up(exchange: Exchange, caller: Channel) -> None:
    """Once; nothing of whom somebody sent elsewhere."""
    if caller.stop is not None and caller.stop.place is None and not caller.is_leaving:
        caller.is_leaving = True
        exchange.tell(exchange.words.asked_to_hang_up(caller, caller.cause))


def _not_answered(exchange: Exchange, queue: Queue, entry: Entry, event: str) -> None:
    position, waited = queue.entries.index(entry) + 1, _waited(exchange, entry)
    exchange.record(queue.name, "NONE", event, position, entry.position, waited, callid=entry.caller.uid)
    exchange.tell(exchange.words.gave_up(entry.caller, queue.name, position, entry.position, waited))
    queue.counted["abandoned" if event == "ABANDON" else "timed_out"] += 1
    _leave(exchange, queue, entry)


def _in_turn(exchange: Exchange, queue: Queue, entry: Entry) -> Member | None:
    """Who is rung for this caller now: nobody as long as those before her can have all who are free."""
    free = [one for one in queue.members if _is_free(exchange, one)]
    before = [one for one in queue.entries[: queue.entries.index(entry)] if not one.is_pending]
    return queue.in_turn(free) if len(before) < len(free) else None


def _is_free(exchange: Exchange, member: Member) -> bool:
    is_idle = exchange.device_state(member.interface) == Device.NOT_IN_USE
    return is_idle and not member.is_paused and member.free_from <= exchange.clock.passed()


async def _ring(exchange: Exchange, queue: Queue, entry: Entry, member: Member, *, seconds: float) -> Rung | None:
    """Ring at a member. Returns None where she did not answer, or the caller is gone meanwhile."""
    words, clock, caller = exchange.words, exchange.clock, entry.caller
    telephone = exchange.telephone_at(member.interface)
    if telephone is None:  # registered or not is looked at before
        return None
    began, began_at = clock.passed(), int(clock.now())
    called = exchange.begin(device=member.interface, context="from-internal", linked=caller.linked)
    exchange.run(called, "AppQueue", "(Outgoing Line)")
    inherit(exchange, caller, called)
    called.number, called.caller, called.connected = caller.number, caller.caller, caller.number
    exchange.tell(words.shows(called))
    exchange.tell(words.rings_member(caller, called, member))
    exchange.tell(words.queue_dial_began(caller, called, member.interface))
    exchange.spawn(exchange.behave(called, telephone.behaviour))
    if telephone.behaviour.rings:
        exchange.ring(called)
        exchange.tell(words.connected_line(called), words.dial_rings(caller, called))
    entry.is_pending = True
    await clock.wait(called.lifted, called.stopped, caller.stopped, seconds=seconds)
    entry.is_pending = False
    rang, whole = clock.passed() - began, int(clock.now()) - began_at
    if caller.stop is not None:
        if not words.is_older:
            exchange.record(queue.name, member.name, "RINGCANCELED", int(rang * 1000), callid=caller.uid)
        _tell_that_she_hangs_up(exchange, caller)
        exchange.tell(words.dial_ended(caller, called, "CANCEL"), words.dial_ended(caller, called, "CANCEL"))
        exchange.hang_up(called, 0)
        return None
    if called.stop is None and called.lifted.done():
        exchange.answer(called)
        exchange.tell(words.dial_ended(caller, called, "ANSWER"))
        return Rung(member, called, whole)
    exchange.record(queue.name, member.name, "RINGNOANSWER", whole * 1000, callid=caller.uid)
    queue.counted["rung_in_vain"] += 1
    exchange.tell(words.rung_in_vain(caller, called, member, whole * 1000))
    if called.stop is None:
        exchange.tell(words.dial_ended(caller, called, "NOANSWER"), words.dial_ended(caller, called, "CANCEL"))
        exchange.hang_up(called, 0)
    else:
        exchange.tell(words.dial_cleared(caller, called, called.cause))
        exchange.hang_up(called, called.cause)
    return None


async def _talk(exchange: Exchange, queue: Queue, entry: Entry, rung: Rung) -> Place | None:
    """From the moment a member answered to the end of what the caller has with this queue."""
    caller, called, member = entry.caller, rung.called, rung.member
    waited, answered = _waited(exchange, entry), exchange.clock.now()
    _leave(exchange, queue, entry)
    data = (waited, called.uid, int(rung.rang))
    exchange.record(queue.name, member.name, "CONNECT", *data, callid=caller.uid)
    queue.counted["answered"] += 1
    queue.counted["answered_in_time"] += waited <= SERVICE_LEVEL
    queue.waited += waited
    member.is_in_call = True
    exchange.tell(exchange.words.member_connected(caller, called, member, waited, int(rung.rang)))
    bridge = exchange.join(caller, called)
    ending = await until_over(exchange, bridge)

    def done() -> None:
        talked = int(exchange.clock.now()) - int(answered)
        member.is_in_call, member.last_call = False, exchange.clock.now()
        member.free_from = exchange.clock.passed() + WRAP_UP
        member.calls_taken += 1
        queue.talked += talked
        event, data, reason = _how_it_ended(exchange, bridge, ending)
        queue.counted["completed"] += event.startswith("COMPLETE")
        queue.counted[event.lower()] += 1
        exchange.record(queue.name, member.name, event, *data, waited, talked, entry.position, callid=caller.uid)
        exchange.tell(exchange.words.member_done(caller, called, member, waited, talked, reason))

    if ending.how == How.HUNG_UP:
        done()
    place = take_apart(exchange, bridge, ending)
    if ending.how == How.REDIRECTED and ending.by is caller:
        member.is_in_call = False
        caller.at_end.append(done)  # she talks still as far as the queue knows, until she hangs up
    elif ending.how != How.HUNG_UP:
        done()
    if ending.how == How.ATTENDED and ending.by is called and ending.to is not None:
        return await speak_on(exchange, bridge, caller, ending.to)
    return place


def _how_it_ended(exchange: Exchange, bridge: Bridge, ending: Ending) -> tuple[str, tuple[object, ...], str]:
    """The line of queue_log with what is first in it, and the reason of the event."""
    is_by_caller = ending.by is bridge.pair[0]
    if ending.how in (How.HUNG_UP, How.REDIRECTED) or is_by_caller:
        return ("COMPLETECALLER", (), "caller") if is_by_caller else ("COMPLETEAGENT", (), "agent")
    place = ending.place or Place("from-internal", ending.to.number if ending.to else "")
    if exchange.words.is_older:
        return "TRANSFER", (place.exten, place.context), "transfer"
    if ending.how == How.BLIND:
        return "BLINDTRANSFER", (place.exten, place.context), "transfer"
    return "ATTENDEDTRANSFER", ("BRIDGE", bridge.uid), "transfer"
