"""What happens at a switchboard, in our own words; `vocabularies` reads them from what each Asterisk says.

Fields are empty, never missing, where a switchboard says nothing. `linked` is the same for all channels of one call
where the switchboard knows it. Seconds are whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_args


@dataclass(frozen=True, slots=True)
class Leg:
    """One channel: `uid` is its own for ever, `channel` the name it has now (`PJSIP/1001-0000002a`)."""

    uid: str
    linked: str = ""
    channel: str = ""
    number: str = ""  # of who is at its other end
    name: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Who takes the calls of a queue, as the queue knows it: `interface` is the telephone (`PJSIP/1001`)."""

    queue: str
    interface: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ChannelBegan:
    leg: Leg
    extension: str = ""  # what was dialled


@dataclass(frozen=True, slots=True)
class KeyTold:
    """A channel carries the key of an attempt of ours in a variable: older switchboards take no key as its uid."""

    leg: Leg
    key: str


@dataclass(frozen=True, slots=True)
class Ringing:
    leg: Leg


@dataclass(frozen=True, slots=True)
class Answered:
    """The channel is up: of a telephone that somebody lifted it. Of a trunk it may be an announcement."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class DialBegan:
    """`caller` is None where the switchboard itself rings a telephone: the agent's of a click."""

    caller: Leg | None
    called: Leg


@dataclass(frozen=True, slots=True)
class DialEnded:
    """`status`: ANSWER, BUSY, NOANSWER, CANCEL, CONGESTION, CHANUNAVAIL. Older ones do not say whom it called."""

    caller: Leg | None
    called: Leg | None
    status: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A channel hears the others of a bridge from now on."""

    bridge: str
    leg: Leg


@dataclass(frozen=True, slots=True)
class Parted:
    bridge: str
    leg: Leg


@dataclass(frozen=True, slots=True)
class Held:
    leg: Leg
    is_on: bool


@dataclass(frozen=True, slots=True)
class HungUp:
    """`cause` is Q.850; 0 where nobody said one."""

    leg: Leg
    cause: int


@dataclass(frozen=True, slots=True)
class Transferred:
    """`by` handed `whom` over: blindly to an `extension`, or to somebody she spoke with first; with neither, to
    somebody whose telephone still rings.
    """

    by: Leg
    whom: Leg
    to: Leg | None
    extension: str
    came_about: bool


@dataclass(frozen=True, slots=True)
class QueueJoined:
    queue: str
    leg: Leg
    position: int


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """Whatever the reason: connected, gave up, time over."""

    queue: str
    leg: Leg


@dataclass(frozen=True, slots=True)
class QueueGivenUp:
    """Not connected: who hung up, and as well whose time was over."""

    queue: str
    leg: Leg
    waited: int


@dataclass(frozen=True, slots=True)
class MemberRung:
    member: Member
    caller: Leg
    telephone: Leg | None


@dataclass(frozen=True, slots=True)
class MemberRungInVain:
    member: Member
    caller: Leg


@dataclass(frozen=True, slots=True)
class MemberConnected:
    member: Member
    caller: Leg
    telephone: Leg | None
    waited: int


@dataclass(frozen=True, slots=True)
class MemberDone:
    """`reason`: who ended it, `caller`, `agent` or `transfer`; the switchboard is not always right about it."""

    member: Member
    caller: Leg
    talked: int
    reason: str


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """How a member stands: told when it changes and when it is asked for. `status` is the telephone's device state."""

    member: Member
    status: int
    is_paused: bool
    reason: str


@dataclass(frozen=True, slots=True)
class MemberPaused:
    member: Member
    is_paused: bool
    reason: str


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    member: Member


@dataclass(frozen=True, slots=True)
class CallPlaced:
    """What became of the agent's leg of a call that was asked for under `action_id`; nothing of the customer's.

    `uid` may be of another call: of one under whose key it was asked for twice.
    """

    action_id: str
    uid: str
    answered: bool
    reason: int


@dataclass(frozen=True, slots=True)
class CallResult:
    """What the dialplan itself says of the customer's leg, on the channel of the agent.

    `cause` is Q.850. `machine`: an answering machine, where the dialplan listens for one.
    """

    leg: Leg
    key: str
    status: str
    cause: int
    machine: bool


@dataclass(frozen=True, slots=True)
class SpyBegan:
    """A channel hears another from now on, both by their names: older switchboards tell no more of them."""

    spy: str
    spied: str


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """One that there is, told when asked for. `up` since `seconds`."""

    leg: Leg
    is_up: bool
    seconds: int
    bridge: str
    rings: bool = False


@dataclass(frozen=True, slots=True)
class DeviceSeen:
    """A telephone or a trunk can be had, or not any more: told when that changes and when it is asked for."""

    device: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class CallerSeen:
    """One who waits in a queue, told when asked for."""

    queue: str
    leg: Leg
    position: int
    waited: int


@dataclass(frozen=True, slots=True)
class ListEnded:
    """All of what was asked for under `action_id` is told."""

    action_id: str


@dataclass(frozen=True, slots=True)
class Booted:
    """It is ready for calls."""


@dataclass(frozen=True, slots=True)
class ShuttingDown:
    restarts: bool


Event = (
    ChannelBegan | KeyTold | Ringing | Answered | DialBegan | DialEnded | Joined | Parted | Held | HungUp | Transferred
    | QueueJoined | QueueLeft | QueueGivenUp | MemberRung | MemberRungInVain | MemberConnected | MemberDone | MemberSeen
    | MemberPaused | MemberRemoved | CallPlaced | CallResult | SpyBegan | ChannelSeen | DeviceSeen | CallerSeen
    | ListEnded | Booted | ShuttingDown
)  # fmt: skip

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


def as_row(event: Event) -> tuple[str, dict[str, Any]]:
    """Its kind, and its fields as JSON takes them."""
    return type(event).__name__, asdict(event)


def from_row(kind: str, told: Mapping[str, Any]) -> Event:
    """The event of a row. Raises KeyError for a kind that is no more."""
    return KINDS[kind](**{name: _part(value) for name, value in told.items()})


def _part(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return Member(**value) if "interface" in value else Leg(**value)


def subjects(event: Event) -> set[str]:
    """What an event is about: uids of channels, and the key of a call that was asked for.

    Of a channel that is there also the call it is of, and the other end of its bridge where that is named.
    """
    found = {value for value in (getattr(event, name, None) for name in ("action_id", "uid", "key")) if value}
    for name in ("leg", "caller", "called", "telephone", "by", "whom", "to"):
        if isinstance(leg := getattr(event, name, None), Leg):
            found.add(leg.uid)
    if isinstance(event, ChannelSeen):
        found |= {event.leg.linked, *event.bridge.split("+")} - {""}
    return found
