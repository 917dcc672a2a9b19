"""One channel dials: a telephone of ours or a customer rings, and is answered, or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sandbox.switchboard.channels import NORMAL, Channel
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.telephones import BUSY, CUSTOMERS, Behaviour, Device, what_becomes_of

STATUSES: Mapping[int, str] = {  # what the dialplan is told of a cause; all others are CHANUNAVAIL
    0: "NOANSWER",
    NORMAL: "NOANSWER",
    19: "NOANSWER",
    17: "BUSY",
    34: "CONGESTION",
}
OUT_OF_USE = Behaviour(rings=False, seconds=0.1, cause=BUSY)  # a telephone that is spoken at
NO_SUCH_CHANNEL = 66  # cause of a destination no channel can be made to
A_MACHINE_SPEAKS = 8.0  # seconds


class Dialled(NamedTuple):
    """`called` is up if somebody answered, else None; `status` and `cause` as the dialplan is told."""

    status: str
    cause: int
    called: Channel | None = None
    is_machine: bool = False


def behaviour_at(exchange: Exchange, device: str) -> Behaviour | None:
    """What a telephone of ours does when it rings; None where it cannot ring at all."""
    telephone = exchange.telephone_at(device)
    if telephone is None or not telephone.is_registered:
        return None
    return OUT_OF_USE if exchange.device_state(device) != Device.NOT_IN_USE else telephone.behaviour


async def dial(exchange: Exchange, caller: Channel, *, number: str, seconds: float) -> Dialled:
    """Dial an extension of ours or a customer, and ring for so long. `Dial` of the dialplan.

    Whoever dials is asked to stop when she hangs up; then the status is CANCEL.
    """
    device = exchange.interface(number) if number in exchange.telephones else ""
    if device:
        behaviour = behaviour_at(exchange, device)
    else:
        customer = CUSTOMERS[what_becomes_of(number, always=exchange.customs.always)]
        behaviour = customer if customer.has_trunk and exchange.has_trunk else None
    dialled = device or f"{exchange.words.trunk(number, 0).rpartition('-')[0]}/{number}"
    exchange.run(caller, "Dial", f"{dialled},{seconds:g}")
    exchange.set(caller, "DIALSTATUS", "")
    if behaviour is None:
        cause = 20 if device else NO_SUCH_CHANNEL
        exchange.set(caller, "DIALSTATUS", "CHANUNAVAIL")
        exchange.tell(exchange.words.dial_is_over(caller, "CHANUNAVAIL"))
        return Dialled("CHANUNAVAIL", cause)
    called = exchange.begin(device=device, number=number, context="from-internal", linked=caller.linked)
    inherit(exchange, caller, called)
    exchange.run(called, "AppDial", "(Outgoing Line)")
    exchange.show(called, number=number, connected=caller.number)
    exchange.tell(exchange.words.dial_began(caller, called, dialled))
    result = await ring(exchange, caller, called, behaviour, seconds=seconds)
    exchange.set(caller, "DIALSTATUS", result.status)
    if result.called is None:
        exchange.tell(exchange.words.dial_is_over(caller, result.status))
    elif not device:
        exchange.spawn(hang_up_some_time(exchange, called, is_machine=result.is_machine))
    return result


def inherit(exchange: Exchange, caller: Channel, called: Channel) -> None:
    """Variables whose names begin with an underscore go with the call: with two for ever, with one this once."""
    for name, value in caller.variables.items():
        if name.startswith("_"):
            exchange.set(called, name if name.startswith("__") else name[1:], value)


async def ring(
    exchange: Exchange, caller: Channel, called: Channel, behaviour: Behaviour, *, seconds: float
) -> Dialled:
    """Ring at a channel until it is answered, cleared, given up by who calls, or the time is over."""
    words = exchange.words
    exchange.spawn(exchange.behave(called, behaviour))
    if behaviour.rings:
        exchange.ring(called)
        exchange.tell(words.dial_rings(caller, called))
    came = await exchange.clock.wait(called.lifted, called.stopped, caller.stopped, seconds=seconds)
    if caller.stop is not None:
        exchange.tell(words.dial_ended(caller, called, "CANCEL"))
        exchange.hang_up(called, NORMAL)
        return Dialled("CANCEL", NORMAL)
    if called.stop is not None:
        cause = called.stop.cause
        exchange.tell(words.asked_to_hang_up(called, cause), words.dial_cleared(caller, called, cause))
        exchange.hang_up(called, cause)
        return Dialled(STATUSES.get(cause, "CHANUNAVAIL"), cause)
    if not came:
        exchange.tell(words.dial_ended(caller, called, "NOANSWER"))
        exchange.hang_up(called, 0)
        return Dialled("NOANSWER", NORMAL)
    exchange.answer(called)
    exchange.tell(words.dial_ended(caller, called, "ANSWER"))
    return Dialled("ANSWER", NORMAL, called, behaviour.is_machine)


async def hang_up_some_time(exchange: Exchange, channel: Channel, *, is_machine: bool = False) -> None:
    """Whoever is there has talked enough after a while that is drawn."""
    seconds = A_MACHINE_SPEAKS if is_machine else exchange.dice.uniform(*exchange.customs.talks)
    if not await exchange.clock.wait(channel.gone, channel.stopped, seconds=seconds):
        channel.ask_to_stop()
