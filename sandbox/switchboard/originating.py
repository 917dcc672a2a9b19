"""Originate: the switchboard rings a telephone of ours, and puts who answers into the dialplan or an application."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.switchboard.channels import NO_ANSWER, UNKNOWN, Channel, Place
from sandbox.switchboard.dialling import behaviour_at
from sandbox.switchboard.dialplan import live
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.telephones import Behaviour

ANSWERED, TIMED_OUT, BUSY, CONGESTED, ENDED, OTHER = 4, 3, 5, 8, 1, 0  # reasons of OriginateResponse
A_LITTLE_LATER = 0.003  # seconds, in which a customer's telephone begins to ring
SPYING = "ChanSpy"


@dataclass(frozen=True)
class Wanted:
    """What was asked for. `seconds`: how long the telephone rings. Either `place` or `application` is there."""

    action_id: str
    device: str
    seconds: float
    place: Place | None = None
    application: str = ""
    data: str = ""
    shown: str = ""  # the number her telephone shows
    uid: str = ""
    variables: tuple[tuple[str, str], ...] = ()


async def originate(exchange: Exchange, wanted: Wanted) -> bool:
    """Ring; returns as soon as it is known whether she answered. What follows goes on by itself."""
    behaviour = behaviour_at(exchange, wanted.device)
    if behaviour is None or (wanted.uid and wanted.uid in exchange.channels):
        _placed(exchange, wanted, None, OTHER)
        return False
    agent = exchange.begin(device=wanted.device, context="from-internal", uid=wanted.uid)
    exchange.run(agent, "AppDial2", "(Outgoing Line)")
    for name, value in reversed(wanted.variables):  # the last is told first
        exchange.set(agent, name, value)
    exchange.show(agent, number=wanted.shown or UNKNOWN, connected=wanted.shown or UNKNOWN)
    exchange.tell(exchange.words.dial_began(None, agent, wanted.device.partition("/")[2]))
    reason = await _ring(exchange, agent, behaviour, wanted)
    if reason != ANSWERED:
        return False
    if wanted.application == SPYING:
        exchange.spawn(_spy(exchange, agent, wanted.data))
    elif wanted.place is not None:
        exchange.spawn(live(exchange, agent, wanted.place))
    return True


async def _ring(exchange: Exchange, agent: Channel, behaviour: Behaviour, wanted: Wanted) -> int:
    """Returns the reason. Where in the order of the others the answer to the click comes, nobody may rely on."""
    words = exchange.words
    exchange.spawn(exchange.behave(agent, behaviour))
    if behaviour.rings:
        exchange.ring(agent)
        exchange.tell(words.dial_rings(None, agent))
    await exchange.clock.wait(agent.lifted, agent.stopped, seconds=wanted.seconds)
    drawn = exchange.dice.random()
    if agent.stop is None and agent.lifted.done():
        exchange.answer(agent)
        if drawn < 0.12:
            _placed(exchange, wanted, agent, ANSWERED)
        exchange.tell(words.dial_ended(None, agent, "ANSWER"))
        if drawn > 0.65:
            exchange.spawn(_placed_later(exchange, wanted, agent))
        elif drawn >= 0.12:
            _placed(exchange, wanted, agent, ANSWERED)
        return ANSWERED
    cause = agent.stop.cause if agent.stop else NO_ANSWER
    reason = OTHER if agent.stop else TIMED_OUT
    if words.is_older:
        cause, reason = _as_older_ones_see_it(agent, cause)
    if agent.stop is not None:
        exchange.tell(words.asked_to_hang_up(agent, cause), words.dial_cleared(None, agent, cause))
    is_told_first = drawn < 0.9 and not words.is_older  # there the channel is gone before anybody is told
    if is_told_first:
        _placed(exchange, wanted, agent, reason)
    exchange.hang_up(agent, cause)
    if not is_told_first:
        _placed(exchange, wanted, agent, reason)
    return reason


def _as_older_ones_see_it(agent: Channel, cause: int) -> tuple[int, int]:
    """Cause and reason where the driver of the telephone tells only that it is busy, or that it cannot be had.

    So a telephone that declines is as busy as one that is spoken at.
    """
    if agent.stop is None:
        return 0, TIMED_OUT
    if cause in (17, 21):
        return 17, BUSY
    if cause in (20, 34):
        return 34, CONGESTED
    return cause, ENDED


def _placed(exchange: Exchange, wanted: Wanted, agent: Channel | None, reason: int) -> None:
    """`OriginateResponse`; of an attempt that failed it has the name of the telephone, not of a channel."""
    is_up = reason == ANSWERED
    told = {"ActionID": wanted.action_id} if wanted.action_id else {}
    told |= {
        "Response": "Success" if is_up else "Failure",
        "Channel": agent.name if agent and is_up else wanted.device,
    }
    if wanted.place is not None:
        told |= {"Context": wanted.place.context, "Exten": wanted.place.exten}
    elif exchange.words.is_older:
        told |= {"Context": "", "Exten": ""}
    else:
        told |= {"Application": wanted.application, "Data": wanted.data}
    told |= {
        "Reason": str(reason),
        "Uniqueid": (agent.uid if agent and (is_up or wanted.uid) else wanted.uid) or UNKNOWN,
        "CallerIDNum": wanted.shown or UNKNOWN,
        "CallerIDName": UNKNOWN,
    }
    exchange.tell(exchange.words.call_placed(told))


async def _placed_later(exchange: Exchange, wanted: Wanted, agent: Channel) -> None:
    await exchange.clock.wait(seconds=A_LITTLE_LATER)
    _placed(exchange, wanted, agent, ANSWERED)


async def _spy(exchange: Exchange, spy: Channel, data: str) -> None:
    """Listen to whoever speaks on a channel whose name begins so, one after the other, until the listener hangs up.

    With the option `E` no longer than the first of them lasts, with `S` not at all where there is none, with `b` only
    to whoever speaks with somebody.
    """
    exchange.run(spy, SPYING, data)
    begins, _comma, options = data.partition(",")
    while spy.stop is None:
        spied = next((one for one in exchange.channels.values() if _may_be_heard(one, begins, options, spy)), None)
        if spied is None:
            if "S" in options:
                break
            await exchange.clock.wait(spy.stopped, seconds=1)
            continue
        exchange.tell(exchange.words.spying(spy, spied, begins=True))
        await exchange.clock.wait(spy.stopped, spied.gone)
        exchange.tell(exchange.words.spying(spy, spied, begins=False))
        if "E" in options:
            break
    exchange.hang_up(spy, spy.cause)


def _may_be_heard(one: Channel, begins: str, options: str, spy: Channel) -> bool:
    is_there = one is not spy and one.is_up and one.name.startswith(begins)
    return is_there and (one.bridge is not None or "b" not in options)
