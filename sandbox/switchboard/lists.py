"""What the switchboard tells when it is asked how things stand: channels, queues, telephones, its dialplan."""

from __future__ import annotations

from sandbox.switchboard.channels import Channel
from sandbox.switchboard.dialplan import INTERNAL, LISTED
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.queues import SERVICE_LEVEL, Queue
from sandbox.switchboard.telephones import Device
from sandbox.switchboard.wire import Action, Said
from sandbox.switchboard.words.newer import DEVICES, STATES, leg

EXTENSIONS = {  # of a device: the number of its extension's state, and its word
    Device.NOT_IN_USE: ("0", "Idle"),
    Device.IN_USE: ("1", "InUse"),
    Device.UNAVAILABLE: ("4", "Unavailable"),
    Device.RINGING: ("8", "Ringing"),
}


def whole(name: str, message: str, items: list[Said], *, is_plain: bool = False, **counted: int) -> list[Said]:
    """An answer, its items, and the event that ends them; plain ones of older switchboards say nothing of a list."""
    start = [] if is_plain else [("EventList", "start")]
    counts = [(key, str(value)) for key, value in counted.items()]
    end = [] if is_plain else [("EventList", "Complete"), ("ListItems", str(len(items))), *counts]
    return [
        [("Response", "Success"), *start, ("Message", message)],
        *items,
        [("Event", name), *end],
    ]


async def channels(exchange: Exchange, _action: Action) -> list[Said]:
    told = _channel_of_an_older_one if exchange.words.is_older else _channel
    items = [told(exchange, one) for one in exchange.channels.values()]
    return whole("CoreShowChannelsComplete", "Channels will follow", items)


def _duration(exchange: Exchange, channel: Channel) -> str:
    seconds = int(exchange.clock.passed() - channel.began)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _channel(exchange: Exchange, channel: Channel) -> Said:
    doing = [("Application", channel.application), ("ApplicationData", channel.data)]
    bridge = channel.bridge.uid if channel.bridge else ""
    end = [("Duration", _duration(exchange, channel)), ("BridgeId", bridge)]
    return [("Event", "CoreShowChannel"), *leg(channel), *doing, *end]


def _channel_of_an_older_one(exchange: Exchange, channel: Channel) -> Said:
    other = channel.bridge.other(channel) if channel.bridge else None
    told: list[tuple[str, object]] = [
        *(("Channel", channel.name), ("UniqueID", channel.uid), ("Context", channel.context)),
        *(("Extension", channel.exten), ("Priority", channel.priority), ("ChannelState", channel.state.value)),
        *(("ChannelStateDesc", STATES[channel.state]), ("Application", channel.application)),
        *(("ApplicationData", channel.data), ("CallerIDnum", channel.number), ("CallerIDname", channel.caller)),
        *(("ConnectedLineNum", channel.connected), ("ConnectedLineName", channel.connected_name)),
        *(("Duration", _duration(exchange, channel)), ("AccountCode", "")),
        *(("BridgedChannel", other.name if other else ""), ("BridgedUniqueID", other.uid if other else "")),
    ]
    return [("Event", "CoreShowChannel"), *((name, str(value)) for name, value in told)]


async def queue_status(exchange: Exchange, action: Action) -> list[Said]:
    """Of one queue or all, of one member or all. A queue that is not there is an empty list."""
    wanted, member = action.get("queue"), action.get("member")
    items = [
        item
        for queue in exchange.queues.values()
        if wanted in ("", queue.name)
        for item in _queue(exchange, queue, member=member)
    ]
    message = "Queue status will follow"
    return whole("QueueStatusComplete", message, items, is_plain=exchange.words.is_older)


def _queue(exchange: Exchange, queue: Queue, *, member: str) -> list[Said]:
    counted = queue.counted
    gone = counted["abandoned"] + counted["timed_out"]
    in_time, answered = counted["answered_in_time"], counted["answered"]
    params: list[tuple[str, object]] = [
        *(("Queue", queue.name), ("Max", 0), ("Strategy", "rrmemory"), ("Calls", len(queue.entries))),
        *(("Holdtime", queue.average_wait), ("TalkTime", queue.average_talk), ("Completed", answered)),
        *(("Abandoned", gone), ("ServiceLevel", SERVICE_LEVEL)),
        ("ServicelevelPerf", f"{100 * in_time / answered if answered else 0:.1f}"),
        *([] if exchange.words.is_older else [("ServicelevelPerf2", f"{_second_level(queue):.1f}")]),
        ("Weight", 0),
    ]
    members = [one for one in queue.members if member in ("", one.interface)]
    told = [[("Event", "QueueParams"), *((name, str(value)) for name, value in params)]]
    for one in members:
        state = exchange.device_state(one.interface)
        told.append([("Event", "QueueMember"), *exchange.words.of_member(one, state, listed=True)])
    for position, entry in enumerate(queue.entries, 1):
        caller = entry.caller
        waits: list[tuple[str, object]] = [
            *(("Queue", queue.name), ("Position", position), ("Channel", caller.name), ("Uniqueid", caller.uid)),
            *(("CallerIDNum", caller.number), ("CallerIDName", caller.caller)),
            *(("ConnectedLineNum", caller.connected), ("ConnectedLineName", caller.connected_name)),
            *(("Wait", int(exchange.clock.now()) - int(entry.joined)), ("Priority", 0)),
        ]
        told.append([("Event", "QueueEntry"), *((name, str(value)) for name, value in waits)])
    return told


def _second_level(queue: Queue) -> float:
    done = queue.counted["answered"] + queue.counted["abandoned"]
    return 100 * queue.counted["answered_in_time"] / done if done else 0.0


async def devices(exchange: Exchange, _action: Action) -> list[Said]:
    """Telephones and the trunk, with the state of each, as newer ones list them."""
    states = {exchange.interface(one): exchange.device_state(exchange.interface(one)) for one in exchange.telephones}
    told = {**states, exchange.words.trunk_device: exchange.trunk_state}
    items: list[Said] = [
        [("Event", "DeviceStateChange"), ("Device", name), ("State", DEVICES[state])] for name, state in told.items()
    ]
    return whole("DeviceStateListComplete", "Device State Changes will follow", items)


async def peers(exchange: Exchange, _action: Action) -> list[Said]:
    """Who registers over SIP, as older ones list them."""
    told = {one.exten: one.is_registered for one in exchange.telephones.values()}
    told[exchange.words.trunk_device.partition("/")[2]] = exchange.has_trunk
    items: list[Said] = [
        [
            *(("Event", "PeerEntry"), ("Channeltype", "SIP"), ("ObjectName", name), ("ChanObjectType", "peer")),
            *(("IPaddress", "192.0.2.1" if is_there else "-none-"), ("IPport", "5060"), ("Dynamic", "yes")),
            ("Status", "OK (12 ms)" if is_there else "UNKNOWN"),
        ]
        for name, is_there in told.items()
    ]
    return whole("PeerlistComplete", "Peer status list will follow", items)


async def extension_state(exchange: Exchange, action: Action) -> list[Said]:
    exten, context = action.get("exten"), action.get("context") or "default"
    if not exten:
        return [[("Response", "Error"), ("Message", "Extension not specified")]]
    telephone = exchange.telephones.get(exten) if context == INTERNAL else None
    device = exchange.interface(exten) if telephone else ""
    number, word = EXTENSIONS[exchange.device_state(device)] if telephone else ("-1", "Unknown")
    return [
        [
            *(("Response", "Success"), ("Message", "Extension Status"), ("Exten", exten), ("Context", context)),
            *(("Hint", device), ("Status", number)),
            *([] if exchange.words.is_older else [("StatusText", word)]),
        ]
    ]


async def dialplan(_exchange: Exchange, action: Action) -> list[Said]:
    wanted = action.get("context")
    steps = [step for step in LISTED if wanted in ("", step[0])]
    if not steps:
        return [[("Response", "Error"), ("Message", f"Did not find context {wanted}")]]
    items: list[Said] = [
        [
            *(("Event", "ListDialplan"), ("Context", context), ("Extension", exten), ("Priority", str(priority))),
            *(("Application", application), ("AppData", data), ("Registrar", "pbx_config")),
        ]
        for context, exten, priority, application, data in steps
    ]
    return whole(
        *("ShowDialPlanComplete", "DialPlan list will follow", items),
        ListExtensions=len({step[:2] for step in steps}),
        ListPriorities=len(steps),
        ListContexts=len({step[0] for step in steps}),
    )
