"""What the switchboard does with a channel, by its context and extension.

`callcenter-out`: the agent is there, her customer is dialled; at the end `UserEvent` says how it went.
`from-internal`: an agent's telephone, a service line with its queue, or a number outside.
`from-trunk`: what comes in from outside, by the line that was dialled.
"""

from __future__ import annotations

import re

from sandbox.switchboard.channels import NORMAL, UNKNOWN, Channel, How, Place
from sandbox.switchboard.conversations import speak_on, take_apart, until_over
from sandbox.switchboard.dialling import Dialled, dial
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.queues import LINES
from sandbox.switchboard.waiting import wait_in

OUT, INTERNAL, IN = "callcenter-out", "from-internal", "from-trunk"
RESULT = "ClickToCallResult"
ATTEMPT = "CALLCENTER_ATTEMPT"
SHOWN = "CALLCENTER_SHOWN"
NUMBER = re.compile(r"[0-9]{3,18}")
PATIENCE = "QUEUE_TIMEOUT"  # a variable of the caller's channel: seconds in the queue, empty for no end

# context, extension, priority, application, data: what ShowDialPlan tells
LISTED = (
    (OUT, "_X.", 1, "NoOp", f"call of ${{{ATTEMPT}}} to ${{EXTEN}}"),
    (OUT, "_X.", 2, "ExecIf", f'$["${{{SHOWN}}}" != ""]?Set(CALLERID(num)=${{{SHOWN}}})'),
    (OUT, "_X.", 3, "Dial", "${TRUNK}/${EXTEN},30"),
    (OUT, "_X.", 4, "Hangup", "${HANGUPCAUSE}"),
    (OUT, "h", 1, "UserEvent", f"{RESULT},Attempt: ${{{ATTEMPT}}},DialStatus: ${{DIALSTATUS}}"),
    (INTERNAL, "_10XX", 1, "Dial", "${TELEPHONES}/${EXTEN},30"),
    (INTERNAL, "_X.", 1, "Dial", "${TRUNK}/${EXTEN},30"),
    *((context, line, 1, "Queue", line) for context in (INTERNAL, IN) for line in LINES),
)


def is_there(place: Place) -> bool:
    """Whether the dialplan has such an extension."""
    if place.context == IN:
        return place.exten in LINES
    return place.context in (OUT, INTERNAL) and NUMBER.fullmatch(place.exten) is not None


async def live(exchange: Exchange, channel: Channel, place: Place) -> None:
    """Let a channel go through the dialplan from a place on, wherever it is sent, until it is hung up."""
    going: Place | None = place
    while going is not None and not channel.gone.done():
        channel.context, channel.exten, channel.priority = going.context, going.exten, 1
        going = await _run(exchange, channel, going) or channel.go_on()
    if channel.context != OUT:  # there it is said before what came of it
        exchange.tell(exchange.words.told_to_hang_up(channel, NORMAL))
    exchange.hang_up(channel, channel.cause)


def send(exchange: Exchange, channel: Channel, place: Place) -> None:
    exchange.spawn(live(exchange, channel, place))


async def _run(exchange: Exchange, channel: Channel, place: Place) -> Place | None:
    if not is_there(place):
        return None
    if place.context == OUT:
        return await _call_out(exchange, channel, place.exten)
    if place.exten in exchange.queues:
        return await _queue(exchange, channel, place.exten)
    dialled = await dial(exchange, channel, number=place.exten, seconds=exchange.customs.rings)
    return await _talk(exchange, channel, dialled)


async def _call_out(exchange: Exchange, agent: Channel, number: str) -> Place | None:
    """The agent of a click is there: her customer is dialled. What came of it is said at the end, whatever it is."""
    exchange.run(agent, "NoOp", f"call of {agent.variables.get('__' + ATTEMPT, '')} to {number}")
    if shown := agent.variables.get(SHOWN):
        agent.number, agent.caller = shown, UNKNOWN
        exchange.tell(exchange.words.shows(agent))
    agent.priority = 3
    dialled = await dial(exchange, agent, number=number, seconds=exchange.customs.rings)
    place = await _talk(exchange, agent, dialled)
    if place is None and (agent.stop is None or agent.stop.place is None):
        _say_what_came_of_it(exchange, agent, dialled)
    return place


async def _talk(exchange: Exchange, caller: Channel, dialled: Dialled) -> Place | None:
    if dialled.called is None:
        if caller.stop is None:
            caller.ask_to_stop(cause=dialled.cause)
        return None
    bridge = exchange.join(caller, dialled.called)
    ending = await until_over(exchange, bridge)
    place = take_apart(exchange, bridge, ending)
    exchange.tell(exchange.words.dial_is_over(caller, dialled.status))
    if ending.how == How.ATTENDED and ending.by is dialled.called and ending.to is not None:
        place = await speak_on(exchange, bridge, caller, ending.to)
    return place


def _say_what_came_of_it(exchange: Exchange, agent: Channel, dialled: Dialled) -> None:
    exchange.tell(exchange.words.told_to_hang_up(agent, NORMAL))
    agent.exten, agent.priority = "h", 1
    machine = {True: "MACHINE", False: "HUMAN"}[dialled.is_machine] if dialled.status == "ANSWER" else ""
    told = {
        "Attempt": agent.variables.get("__" + ATTEMPT, agent.variables.get(ATTEMPT, "")),
        "DialStatus": dialled.status,
        "HangupCause": str(dialled.cause),
        "AMDStatus": machine,
    }
    exchange.run(agent, "UserEvent", ",".join([RESULT, *(f"{name}: {value}" for name, value in told.items())]))
    exchange.tell(exchange.words.dialplan_says(agent, RESULT, told))
    exchange.clicks[dialled.status] = exchange.clicks.get(dialled.status, 0) + 1


async def _queue(exchange: Exchange, caller: Channel, line: str) -> Place | None:
    if not caller.is_up:
        exchange.answer(caller)
    exchange.run(caller, "Queue", line)
    patience = caller.variables.get(PATIENCE, "")
    return await wait_in(exchange, caller, exchange.queues[line], seconds=float(patience) if patience else None)
