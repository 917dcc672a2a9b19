"""What a client may ask of the switchboard, and what it is answered: one function for each action, by its name.

A function returns the messages of its answer, without their `ActionID`; a list is told with it in each of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from sandbox.switchboard import lists
from sandbox.switchboard.channels import Place
from sandbox.switchboard.conversations import ask_first, hand_over_blindly
from sandbox.switchboard.dialplan import INTERNAL, is_there
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.originating import SPYING, Wanted, originate
from sandbox.switchboard.queues import Member
from sandbox.switchboard.wire import Action, Said

SPYING_MODULE = "app_chanspy"
LONGEST_KEY = 149  # characters of a ChannelId
TRUE = ("true", "yes", "on", "1", "y", "t")

Answer = list[Said]
Doing = Callable[[Exchange, Action], Awaitable[Answer]]


def error(message: str) -> Answer:
    return [[("Response", "Error"), ("Message", message)]]


def success(message: str, *more: tuple[str, str]) -> Answer:
    return [[("Response", "Success"), *more, *([("Message", message)] if message else [])]]


async def ping(exchange: Exchange, _action: Action) -> Answer:
    return success("", ("Ping", "Pong"), ("Timestamp", f"{exchange.clock.now():.6f}"))


async def core_settings(exchange: Exchange, _action: Action) -> Answer:
    is_older = exchange.words.is_older
    told = {
        "AMIversion": "1.3" if is_older else "13.0.0",
        "AsteriskVersion": "11.25.3" if is_older else "23.4.1",
        **({} if is_older else {"SystemName": ""}),
        "CoreMaxCalls": "0",
        "CoreMaxLoadAvg": "0.000000",
        "CoreRunUser": "",
        "CoreRunGroup": "",
        "CoreMaxFilehandles": "0",
        "CoreRealTimeEnabled": "No",
        "CoreCDRenabled": "No",
        "CoreHTTPenabled": "No",
    }
    return success("", *told.items())


async def queue_pause(exchange: Exchange, action: Action) -> Answer:
    """In one queue or in all; in all it leaves a line of its own in queue_log, and one for each queue."""
    interface, paused, wanted = action.get("interface"), action.get("paused"), action.get("queue")
    if not interface or not paused:
        return error("Need 'Interface' and 'Paused' parameters.")
    members = [one for one in exchange.memberships(interface) if wanted in ("", one.queue)]
    if not members:
        return error("Interface not found")
    is_paused, reason = paused.lower() in TRUE, action.get("reason")
    event = "PAUSE" if is_paused else "UNPAUSE"
    if not wanted:
        exchange.record("NONE", members[0].name, f"{event}ALL", reason, callid="NONE")
    for member in members:
        member.is_paused, member.reason = is_paused, reason if is_paused else ""
        member.last_pause = exchange.clock.now() if is_paused else member.last_pause
        exchange.record(member.queue, member.name, event, reason, callid="NONE")
        exchange.tell(exchange.words.member_paused(member, exchange.device_state(interface)))
    return success(f"Interface {event.lower()}d successfully")


async def queue_add(exchange: Exchange, action: Action) -> Answer:
    name, interface = action.get("queue"), action.get("interface")
    for header, value in (("Queue", name), ("Interface", interface)):
        if not value:
            return error(f"'{header}' not specified.")
    queue = exchange.queues.get(name)
    if queue is None:
        return error("Unable to add interface to queue: No such queue")
    if queue.member(interface):
        return error("Unable to add interface: Already there")
    is_paused = action.get("paused").lower() in TRUE
    now = exchange.clock.now()
    penalty = action.get("penalty")
    member = Member(name, interface, action.get("membername") or interface, int(penalty) if penalty.isdigit() else 0)
    member.is_paused, member.login, member.last_pause = is_paused, now, now if is_paused else 0.0
    member.reason = action.get("reason") if is_paused else ""
    queue.members.append(member)
    exchange.record(name, interface, "ADDMEMBER", "PAUSED" if is_paused else "", callid="MANAGER")
    exchange.tell(exchange.words.member("QueueMemberAdded", member, exchange.device_state(interface)))
    return success("Added interface to queue")


async def queue_remove(exchange: Exchange, action: Action) -> Answer:
    name, interface = action.get("queue"), action.get("interface")
    if not name or not interface:
        return error("Need 'Queue' and 'Interface' parameters.")
    queue = exchange.queues.get(name)
    if queue is None:
        return error("Unable to remove interface from queue: No such queue")
    member = queue.member(interface)
    if member is None:
        return error("Unable to remove interface: Not there")
    queue.members.remove(member)
    exchange.record(name, interface, "REMOVEMEMBER", callid="MANAGER")
    exchange.tell(exchange.words.member("QueueMemberRemoved", member, exchange.device_state(interface)))
    return success("Removed interface from queue")


async def hang_up(exchange: Exchange, action: Action) -> Answer:
    channel = exchange.found(action.get("channel"))
    if not action.get("channel"):
        return error("No channel specified")
    if channel is None:
        return error("No such channel")
    cause = action.get("cause")
    exchange.tell(exchange.words.told_to_hang_up(channel, int(cause) if cause.isdigit() else 16))
    channel.ask_to_stop(cause=int(cause) if cause.isdigit() else 16)
    return success("Channel Hungup")


async def redirect(exchange: Exchange, action: Action) -> Answer:
    channel = exchange.found(action.get("channel"))
    if not action.get("channel"):
        return error("Channel not specified")
    if channel is None:
        return error("Channel does not exist: " + action.get("channel"))
    place = Place(action.get("context"), action.get("exten"))
    if not is_there(place):
        return error("Redirect failed, extension does not exist.")
    channel.ask_to_stop(place=place)
    return success("Redirect successful")


async def blind_transfer(exchange: Exchange, action: Action) -> Answer:
    channel = exchange.found(action.get("channel"))
    if channel is None:
        return error("Channel specified does not exist")
    place = Place(action.get("context") or INTERNAL, action.get("exten"))
    if not is_there(place) or not hand_over_blindly(exchange, channel, place):
        return error("Transfer failed")
    return success("Transfer succeeded")


async def attended_transfer(exchange: Exchange, action: Action) -> Answer:
    """What came of it is told by events: whom she asks, and then that she handed over by hanging up."""
    channel = exchange.found(action.get("channel"))
    if not action.get("channel"):
        return error("No channel specified")
    if channel is None:
        return error("Channel specified does not exist")
    place = Place(action.get("context") or INTERNAL, action.get("exten"))
    if is_there(place):
        exchange.spawn(ask_first(exchange, channel, place))
    return success("Atxfer successfully queued")


async def place_call(exchange: Exchange, action: Action) -> Answer:
    """The answer says only that it can be tried; with `Async: false` it waits until the telephone was answered."""
    device, priority, seconds = action.get("channel"), action.get("priority", "1"), action.get("timeout", "30000")
    place = Place(action.get("context"), action.get("exten"))
    application = action.get("application")
    key = action.get("channelid")[: LONGEST_KEY + 1] if exchange.words.takes_keys else ""
    if not device:
        return error("Channel not specified")
    if not priority.isdigit():
        return error("Invalid priority")
    if not seconds.isdigit():
        return error("Invalid timeout")
    if "/" not in device:
        return error("Invalid channel")
    if len(key) > LONGEST_KEY:
        return error(f"Uniqueid length exceeds maximum of {LONGEST_KEY}")
    if application and application != SPYING:
        return error("Originate Access Forbidden: app or data blacklisted")
    if not application and not is_there(place):
        return error("Extension does not exist.")
    told = (one.partition("=") for one in action.all("variable"))
    wanted = Wanted(
        action_id=action.get("actionid"),
        device=device,
        seconds=int(seconds) / 1000,
        place=None if application else place,
        application=application,
        data=action.get("data"),
        shown=action.get("callerid"),
        uid=key,
        variables=tuple((name, value) for name, _equals, value in told),
    )
    if action.get("async").lower() in TRUE:
        exchange.spawn(originate(exchange, wanted))
        return success("Originate successfully queued")
    is_answered = await originate(exchange, wanted)
    return success("Originate successfully queued") if is_answered else error("Originate failed")


async def commands(exchange: Exchange, _action: Action) -> Answer:
    known = [one.title for one in ACTIONS.values() if one.is_known(is_older=exchange.words.is_older)]
    return [[("Response", "Success"), *((name, "") for name in sorted(known))]]


async def module_check(_exchange: Exchange, action: Action) -> Answer:
    """Of what it plays, listening to calls is a module of its own."""
    return success("", ("Version", "")) if action.get("module") == SPYING_MODULE else error("Module not loaded")


class Named:
    """An action under the name Asterisk gives it. `is_for_all`: who may only look may ask it too. `is_newer`: only one
    of the generations knows it.
    """

    def __init__(self, title: str, do: Doing, *, is_for_all: bool = False, is_newer: bool | None = None) -> None:
        self.title, self.do, self.is_for_all, self.is_newer = title, do, is_for_all, is_newer

    def is_known(self, *, is_older: bool) -> bool:
        return self.is_newer is not is_older


ACTIONS: Mapping[str, Named] = {
    one.title.lower(): one
    for one in (
        Named("Ping", ping, is_for_all=True),
        Named("CoreSettings", core_settings, is_for_all=True),
        Named("CoreShowChannels", lists.channels, is_for_all=True),
        Named("QueueStatus", lists.queue_status, is_for_all=True),
        Named("DeviceStateList", lists.devices, is_for_all=True, is_newer=True),
        Named("SIPpeers", lists.peers, is_for_all=True, is_newer=False),
        Named("ExtensionState", lists.extension_state, is_for_all=True),
        Named("ShowDialPlan", lists.dialplan, is_for_all=True),
        Named("ListCommands", commands, is_for_all=True),
        Named("ModuleCheck", module_check),
        Named("QueuePause", queue_pause),
        Named("QueueAdd", queue_add),
        Named("QueueRemove", queue_remove),
        Named("Originate", place_call),
        Named("Hangup", hang_up),
        Named("Redirect", redirect),
        Named("BlindTransfer", blind_transfer),
        Named("Atxfer", attended_transfer),
    )
}
