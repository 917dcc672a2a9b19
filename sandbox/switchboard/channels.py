"""Channels and what joins two of them: the facts, without a word of what is told of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple

UNKNOWN = "<unknown>"
NORMAL, BUSY, NO_ANSWER, REJECTED, ABSENT, CONGESTION = 16, 17, 19, 21, 20, 34  # causes, Q.850
CAUSES = {
    0: "Unknown",
    1: "Unallocated (unassigned) number",
    16: "Normal Clearing",
    17: "User busy",
    19: "User alerting, no answer",
    20: "Subscriber absent",
    21: "Call Rejected",
    34: "Circuit/channel congestion",
    66: "Channel not implemented",
}


class State(IntEnum):
    """Of a channel, as Asterisk counts them."""

    DOWN = 0
    RING = 4
    RINGING = 5
    UP = 6


class Place(NamedTuple):
    """Where in the dialplan a channel is."""

    context: str
    exten: str


class Stop(NamedTuple):
    """Why a channel does not go on: hung up for a cause, or sent to another place."""

    cause: int
    place: Place | None = None


def promise() -> asyncio.Future[None]:
    made: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    return made


def settle(promised: asyncio.Future[None]) -> None:
    if not promised.done():
        promised.set_result(None)


@dataclass(eq=False)
class Channel:
    """One leg. `lifted`: whoever is rung there answered; `met`: it was in a bridge; `gone`: it was hung up.

    `stopped`: it is to end, or to go elsewhere; `stop` says which.
    """

    name: str
    uid: str
    linked: str
    device: str = ""  # the telephone it leads to, `PJSIP/1001`; empty for a trunk
    number: str = UNKNOWN
    caller: str = UNKNOWN  # the name that goes with the number
    connected: str = UNKNOWN  # the number at the other end
    connected_name: str = UNKNOWN
    state: State = State.DOWN
    context: str = ""
    exten: str = "s"
    priority: int = 1
    application: str = ""
    data: str = ""
    began: float = 0.0  # when, by the clock's `passed`
    variables: dict[str, str] = field(default_factory=dict)
    bridge: Bridge | None = None
    is_leaving: bool = False  # it was told that it hangs up
    stop: Stop | None = None
    lifted: asyncio.Future[None] = field(default_factory=promise)
    met: asyncio.Future[None] = field(default_factory=promise)
    stopped: asyncio.Future[None] = field(default_factory=promise)
    gone: asyncio.Future[None] = field(default_factory=promise)
    at_end: list[Callable[[], None]] = field(default_factory=list)  # done just before it is hung up

    def ask_to_stop(self, *, cause: int = NORMAL, place: Place | None = None) -> None:
        """Whoever runs the channel notices. The first to ask is heard."""
        if self.stop is None:
            self.stop = Stop(cause, place)
            settle(self.stopped)

    def go_on(self) -> Place | None:
        """Take the place it was sent to, if it was, so that it can be stopped anew."""
        if self.stop is None or self.stop.place is None:
            return None
        place, self.stop, self.stopped = self.stop.place, None, promise()
        return place

    @property
    def cause(self) -> int:
        return self.stop.cause if self.stop else NORMAL

    @property
    def is_up(self) -> bool:
        return self.state == State.UP


class How(StrEnum):
    """A conversation ends."""

    HUNG_UP = "hung up"
    REDIRECTED = "redirected"
    BLIND = "blind"
    ATTENDED = "attended"


class Ending(NamedTuple):
    """`by` hung up, was redirected to `place`, or handed the other over: to `place`, or to whom she spoke with."""

    how: How
    by: Channel
    place: Place | None = None
    to: Channel | None = None


@dataclass(eq=False)
class Bridge:
    """Who hears whom. `pair` has the channel that called and the one that was called, `inside` those who are there."""

    uid: str
    pair: tuple[Channel, Channel]
    inside: list[Channel] = field(default_factory=list)
    ending: Ending | None = None
    over: asyncio.Future[None] = field(default_factory=promise)
    is_consulted: bool = False  # one of the two speaks with a third meanwhile; who arranged it watches both
    stirred: asyncio.Future[None] = field(default_factory=promise)

    def other(self, channel: Channel) -> Channel:
        first, second = self.pair
        return second if channel is first else first

    def end(self, ending: Ending) -> None:
        if self.ending is None:
            self.ending = ending
            settle(self.over)

    def stir(self) -> None:
        stirred, self.stirred = self.stirred, promise()
        settle(stirred)
