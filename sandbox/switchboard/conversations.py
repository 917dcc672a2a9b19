"""Two who hear each other: how it ends, and how one of them hands the other over."""

from __future__ import annotations

from sandbox.switchboard.channels import NORMAL, Bridge, Channel, Ending, How, Place
from sandbox.switchboard.dialling import behaviour_at, hang_up_some_time
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.telephones import CUSTOMERS, what_becomes_of


def take_apart(exchange: Exchange, bridge: Bridge, ending: Ending) -> Place | None:
    """Take the pair apart, and see that nobody of it is left without a place. Returns where the caller goes on."""
    caller, called = bridge.pair
    part(exchange, bridge, ending)
    if ending.how == How.BLIND and ending.by is caller and ending.place is not None:
        exchange.send(called, ending.place)
    elif ending.how == How.REDIRECTED and ending.by is called and (place := called.go_on()) is not None:
        exchange.send(called, place)
    elif ending.how == How.ATTENDED and ending.by is caller and ending.to is not None:
        exchange.spawn(speak_on(exchange, bridge, called, ending.to, ends_both=True))
    return ending.place if ending.how == How.BLIND and ending.by is called else None


async def until_over(exchange: Exchange, bridge: Bridge) -> Ending:
    """Wait until one of the two hangs up, is sent elsewhere, or hands the other over. Both are still in the bridge."""
    while bridge.ending is None:
        stirred = bridge.stirred
        watched = [] if bridge.is_consulted else [one.stopped for one in bridge.pair]
        await exchange.clock.wait(bridge.over, stirred, *watched)
        gone = next((one for one in bridge.pair if one.stop is not None), None)
        if gone is not None and not bridge.is_consulted and bridge.ending is None and gone.stop is not None:
            if gone.stop.place is None:
                exchange.tell(exchange.words.asked_to_hang_up(gone, gone.stop.cause))
                bridge.end(Ending(How.HUNG_UP, gone))
            else:
                bridge.end(Ending(How.REDIRECTED, gone, gone.stop.place))
    return bridge.ending


def part(exchange: Exchange, bridge: Bridge, ending: Ending) -> None:
    """Both leave the bridge. Whoever was called is hung up, unless she goes on elsewhere; the caller's end is hers.

    After a call was handed over to somebody who was asked first, the two who speak on stay in the bridge.
    """
    caller, called = bridge.pair
    if ending.how == How.ATTENDED:
        if ending.by is called:
            exchange.hang_up(called, NORMAL)
        return
    first = bridge.other(ending.by) if ending.how == How.BLIND else ending.by
    for one in (first, bridge.other(first)):
        exchange.leave(one)
        goes_on = (ending.how == How.REDIRECTED and ending.by is called) or (
            ending.how == How.BLIND and ending.by is caller
        )
        if one is called and not goes_on:
            exchange.hang_up(called, called.cause)


def hand_over_blindly(exchange: Exchange, by: Channel, place: Place) -> bool:
    """Send the other one to a place, and be out of it. Returns whether there is another one."""
    bridge = by.bridge
    if bridge is None or bridge.is_consulted:
        return False
    ending = Ending(How.BLIND, by, place)
    exchange.tell(exchange.words.handed_over_blindly(ending, bridge))
    bridge.end(ending)
    return True


async def ask_first(exchange: Exchange, by: Channel, place: Place) -> None:
    """Speak with a third while the other one holds; when who asked hangs up, the two are joined.

    If the third does not answer, or hangs up first, all is as before. If the other one hangs up, so does the third.
    """
    bridge, clock, words = by.bridge, exchange.clock, exchange.words
    if bridge is None or bridge.is_consulted:
        return
    other = bridge.other(by)
    bridge.is_consulted = True
    bridge.stir()
    exchange.tell(words.held(by, True))
    third = _third(exchange, by, place)
    if third is not None:
        second = exchange.room_for(by, third)
        exchange.leave(by)
        exchange.enter(second, by)
        await clock.wait(third.lifted, third.stopped, by.stopped, other.stopped, seconds=exchange.customs.rings)
        if third.lifted.done() and third.stop is None and by.stop is None and other.stop is None:
            exchange.answer(third)
            exchange.tell(words.dial_ended(None, third, "ANSWER"))
            await clock.wait(third.stopped, by.stopped, other.stopped)
            if by.stop is not None and other.stop is None and third.stop is None:
                _join_the_two(exchange, bridge, second, by, third)
                return
        exchange.leave(third)
        exchange.hang_up(third, third.cause if third.stop else 0)
        exchange.leave(by)
        exchange.enter(bridge, by)
    exchange.tell(words.held(by, False))
    bridge.is_consulted = False
    bridge.stir()


def _third(exchange: Exchange, by: Channel, place: Place) -> Channel | None:
    """Ring at whom is asked; None where nobody can be rung."""
    device = exchange.interface(place.exten) if place.exten in exchange.telephones else ""
    if device:
        behaviour = behaviour_at(exchange, device)
    else:
        customer = CUSTOMERS[what_becomes_of(place.exten, always=exchange.customs.always)]
        behaviour = customer if customer.has_trunk and exchange.has_trunk else None
    if behaviour is None:
        return None
    third = exchange.begin(device=device, number=place.exten, context=place.context, linked=by.linked)
    exchange.show(third, number=place.exten, connected=by.number)
    exchange.spawn(exchange.behave(third, behaviour))
    if behaviour.rings:
        exchange.ring(third)
        exchange.tell(exchange.words.dial_rings(None, third))
    return third


def _join_the_two(exchange: Exchange, bridge: Bridge, second: Bridge, by: Channel, third: Channel) -> None:
    other = bridge.other(by)
    exchange.leave(by)
    exchange.tell(exchange.words.bridges_merged(bridge, second))
    exchange.leave(third)
    by.bridge = bridge  # of which the event tells; she is not in it any more
    exchange.enter(bridge, third)
    exchange.tell(exchange.words.handed_over_after_speaking(by, other, third, second))
    by.bridge = None
    bridge.end(Ending(How.ATTENDED, by, to=third))


async def speak_on(
    exchange: Exchange, bridge: Bridge, caller: Channel, called: Channel, *, ends_both: bool = False
) -> Place | None:
    """The two whom somebody joined, to the end of it. Returns where the caller goes on; with `ends_both` nowhere."""
    exchange.spawn(hang_up_some_time(exchange, called))
    joined = Bridge(bridge.uid, (caller, called), bridge.inside)
    caller.bridge = called.bridge = joined
    ending = await until_over(exchange, joined)
    place = take_apart(exchange, joined, ending)
    if ending.how == How.ATTENDED and ending.to is not None and ending.by is called:
        place = await speak_on(exchange, joined, caller, ending.to)
    if ends_both and (place := place or caller.go_on()) is not None:
        exchange.send(caller, place)
    elif ends_both:
        exchange.hang_up(caller, caller.cause)
    return place
