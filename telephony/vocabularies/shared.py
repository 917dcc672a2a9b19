"""What both generations write alike: numbers, channels, the dialplan's own words, the answers to questions."""

from __future__ import annotations

from collections.abc import Callable

from telephony.ami import Message
from telephony.channels import is_device
from telephony.events import (
    Answered,
    Booted,
    CallerSeen,
    CallPlaced,
    CallResult,
    ChannelBegan,
    DeviceSeen,
    Event,
    HungUp,
    KeyTold,
    Leg,
    ListEnded,
    Member,
    MemberSeen,
    QueueGivenUp,
    QueueJoined,
    QueueLeft,
    Ringing,
    ShuttingDown,
    SpyBegan,
)

KEY_VARIABLE = "CALLCENTER_ATTEMPT"  # set on the agent's channel; docs/switchboard.md
RESULT = "clicktocallresult"  # what the dialplan sends when a call is over
NOTHING = ("", "<unknown>", "<none>", "<null>", "(null)")
LONGEST = 150  # of a uid Asterisk makes 149 at most
RINGING, UP = 5, 6  # states of a channel

Reader = Callable[[Message], Event | tuple[Event, ...] | None]


def text(message: Message, key: str) -> str:
    value = message.get(key)
    return "" if value in NOTHING else value


def whole(message: Message, key: str) -> int:
    """A whole number; 0 where there is none."""
    value = message.get(key).strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def leg(message: Message, prefix: str = "", uid: str = "uniqueid") -> Leg | None:
    """The channel a message is about; with a prefix the other one it names. None where it has no uid."""
    own = text(message, f"{prefix}{uid}")[:LONGEST]
    if not own:
        return None
    return Leg(
        uid=own,
        linked=text(message, f"{prefix}linkedid")[:LONGEST],
        channel=text(message, f"{prefix}channel")[:LONGEST],
        number=text(message, f"{prefix}calleridnum")[:40],
        name=text(message, f"{prefix}calleridname")[:80],
    )


def device_seen(name: str, is_there: bool | None) -> Event | None:
    """Of telephones and trunks, where it is known."""
    return DeviceSeen(name, is_there) if is_there is not None and is_device(name) else None


def began(message: Message) -> Event | None:
    found = leg(message)
    return ChannelBegan(found, text(message, "exten")[:40]) if found else None


def changed(message: Message) -> Event | None:
    found, state = leg(message), whole(message, "channelstate")
    if found is None or state not in (RINGING, UP):
        return None
    return Answered(found) if state == UP else Ringing(found)


def hung_up(message: Message) -> Event | None:
    found = leg(message)
    return HungUp(found, whole(message, "cause")) if found else None


def queue_joined(message: Message) -> Event | None:
    found, queue = leg(message), text(message, "queue")[:80]
    return QueueJoined(queue, found, whole(message, "position")) if found and queue else None


def queue_left(message: Message) -> Event | None:
    found, queue = leg(message), text(message, "queue")[:80]
    return QueueLeft(queue, found) if found and queue else None


def given_up(message: Message) -> Event | None:
    found, queue = leg(message), text(message, "queue")[:80]
    return QueueGivenUp(queue, found, whole(message, "holdtime")) if found and queue else None


def call_placed(message: Message) -> Event:
    return CallPlaced(
        action_id=message.action_id,
        uid=text(message, "uniqueid")[:LONGEST],
        answered=message.get("response").lower() == "success",
        reason=whole(message, "reason"),
    )


def said_by_dialplan(message: Message) -> Event | None:
    """`UserEvent`: the result of a call; others are of no interest."""
    found = leg(message)
    if message.get("userevent").lower() != RESULT or found is None:
        return None
    return CallResult(
        leg=found,
        key=text(message, "attempt")[:LONGEST],
        status=message.get("dialstatus").upper(),
        cause=whole(message, "hangupcause"),
        machine=message.get("amdstatus").upper() == "MACHINE",
    )


def key_told(message: Message) -> Event | None:
    """A variable that was set: only that of our key tells anything."""
    found = leg(message)
    if found is None or message.get("variable").lstrip("_") != KEY_VARIABLE:
        return None
    return KeyTold(found, message.get("value")[:LONGEST])


def member(message: Message, interface: str, name: str) -> Member | None:
    queue, telephone = message.get("queue")[:80], message.get(interface)[:LONGEST]
    return Member(queue, telephone, message.get(name)[:80]) if queue and telephone else None


def member_seen(message: Message, interface: str, name: str) -> Event | None:
    found = member(message, interface, name)
    if found is None:
        return None
    return MemberSeen(
        member=found,
        status=whole(message, "status"),
        is_paused=message.get("paused") == "1",
        reason=(text(message, "pausedreason") or text(message, "reason"))[:80],
    )


def caller_seen(message: Message) -> Event | None:
    found = leg(message)
    if found is None:
        return None
    return CallerSeen(message.get("queue")[:80], found, whole(message, "position"), whole(message, "wait"))


def spy_began(message: Message) -> Event | None:
    spy, spied = text(message, "spyerchannel")[:LONGEST], text(message, "spyeechannel")[:LONGEST]
    return SpyBegan(spy, spied) if spy and spied else None


def list_ended(message: Message) -> Event:
    return ListEnded(message.action_id)


def booted(_message: Message) -> Event:
    return Booted()


def shutting_down(message: Message) -> Event:
    return ShuttingDown(message.get("restart").lower() == "true")


def clock(written: str) -> int:
    """Seconds of `01:02:03`; 0 where it is none."""
    parts = written.split(":")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return 0
    hours, minutes, seconds = map(int, parts)
    return hours * 3600 + minutes * 60 + seconds
