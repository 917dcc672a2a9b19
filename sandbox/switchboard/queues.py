"""The queues of the service lines: who takes their calls, whose turn it is, and what they counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sandbox.switchboard.channels import Channel

LINES = (
    *("101", "102", "103", "104", "109", "4200224", "4251000", "4522222"),
    *("800131313", "800130001", "4639999"),
)
RINGS = 12.0  # seconds at one member
RETRY = 2.0  # seconds between two members
WRAP_UP = 1.0  # seconds after a call
SERVICE_LEVEL = 20  # seconds


@dataclass(eq=False)
class Member:
    """Who takes calls of a queue. Times are seconds since 1970, 0 for never."""

    queue: str
    interface: str
    name: str
    penalty: int = 0
    is_paused: bool = False
    reason: str = ""
    calls_taken: int = 0
    last_call: float = 0.0
    last_pause: float = 0.0
    login: float = 0.0
    is_in_call: bool = False
    free_from: float = 0.0  # by the clock's `passed`: when her wrap-up is over


@dataclass(eq=False)
class Entry:
    """One who waits. `joined` by the clock's time of day, `position` the one she began with."""

    caller: Channel
    joined: float
    position: int
    is_pending: bool = False  # a member is rung for her


@dataclass
class Queue:
    """`counted` has what this program says of itself: `offered`, `answered`, `abandoned`, `timed_out`, …"""

    name: str
    members: list[Member] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    waited: int = 0  # seconds, of all who were answered
    talked: int = 0
    _last: str = ""  # whose telephone rang last

    def member(self, interface: str) -> Member | None:
        return next((one for one in self.members if one.interface == interface), None)

    def in_turn(self, members: list[Member]) -> Member | None:
        """The one of these whose turn it is after the last who rang; None of none."""
        if not members:
            return None
        order = {one.interface: number for number, one in enumerate(self.members)}
        after = order.get(self._last, -1)
        chosen = min(members, key=lambda one: (order[one.interface] <= after, order[one.interface]))
        self._last = chosen.interface
        return chosen

    @property
    def average_wait(self) -> int:
        return self.waited // max(1, self.counted["answered"])

    @property
    def average_talk(self) -> int:
        return self.talked // max(1, self.counted["completed"])


def queues() -> dict[str, Queue]:
    """One for each service line, by its number."""
    return {line: Queue(line) for line in LINES}
