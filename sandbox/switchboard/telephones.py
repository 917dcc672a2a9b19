"""Who sits at the other end: agents at their telephones, and customers by the last two digits of their number.

| ends in | what becomes of a call to it |
|---|---|
| 90 | busy, after it rang for a moment (cause 17) |
| 91 | rings until the caller's patience, or that of the dialplan, is over |
| 92 | rings until the network gives up (cause 19) |
| 93 | unallocated number (cause 1) |
| 94 | no circuit (cause 34) |
| 95 | an answering machine |
| 96 | switched off, out of reach (cause 20) |
| 97 | rejected (cause 21) |
| 98 | no trunk leads there: no channel at all |
| all else | answers after a few seconds, talks, hangs up |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from sandbox.switchboard.channels import ABSENT, BUSY, CONGESTION, NO_ANSWER, REJECTED

FIRST, LAST = 1001, 1099


class PicksUp(StrEnum):
    """What an agent does when her telephone rings, if she does not pick it up after so many seconds."""

    NEVER = "never"
    BUSY = "busy"
    DECLINED = "declined"
    ABSENT = "absent"
    CONGESTION = "congestion"


@dataclass(frozen=True)
class Behaviour:
    """It rings, or not; after `seconds` it is answered, or cleared for `cause`; or neither ever (None)."""

    rings: bool
    seconds: float | None
    cause: int = 0  # 0: answered
    is_machine: bool = False
    has_trunk: bool = True


class Customer(StrEnum):
    """What becomes of a call to a customer."""

    ANSWERS = "answers"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    GIVEN_UP = "given_up"
    UNALLOCATED = "unallocated"
    CONGESTION = "congestion"
    MACHINE = "machine"
    OUT_OF_REACH = "out_of_reach"
    REJECTED = "rejected"
    NO_TRUNK = "no_trunk"


BY_LAST_DIGITS = {
    "90": Customer.BUSY,
    "91": Customer.NO_ANSWER,
    "92": Customer.GIVEN_UP,
    "93": Customer.UNALLOCATED,
    "94": Customer.CONGESTION,
    "95": Customer.MACHINE,
    "96": Customer.OUT_OF_REACH,
    "97": Customer.REJECTED,
    "98": Customer.NO_TRUNK,
}
CUSTOMERS = {
    Customer.ANSWERS: Behaviour(rings=True, seconds=3),
    Customer.BUSY: Behaviour(rings=True, seconds=2, cause=BUSY),
    Customer.NO_ANSWER: Behaviour(rings=True, seconds=None),
    Customer.GIVEN_UP: Behaviour(rings=True, seconds=5, cause=NO_ANSWER),
    Customer.UNALLOCATED: Behaviour(rings=False, seconds=0.5, cause=1),
    Customer.CONGESTION: Behaviour(rings=False, seconds=0.5, cause=CONGESTION),
    Customer.MACHINE: Behaviour(rings=True, seconds=4, is_machine=True),
    Customer.OUT_OF_REACH: Behaviour(rings=False, seconds=0.5, cause=ABSENT),
    Customer.REJECTED: Behaviour(rings=True, seconds=2, cause=REJECTED),
    Customer.NO_TRUNK: Behaviour(rings=False, seconds=None, has_trunk=False),
}
AGENTS = {
    PicksUp.NEVER: Behaviour(rings=True, seconds=None),
    PicksUp.BUSY: Behaviour(rings=False, seconds=0.5, cause=BUSY),
    PicksUp.DECLINED: Behaviour(rings=True, seconds=2, cause=REJECTED),
    PicksUp.ABSENT: Behaviour(rings=False, seconds=0.5, cause=ABSENT),
    PicksUp.CONGESTION: Behaviour(rings=False, seconds=0.5, cause=CONGESTION),
}


@dataclass
class Telephone:
    """An agent's. `picks_up`: after so many seconds of ringing, or what she does instead."""

    exten: str
    is_registered: bool = True
    picks_up: float | PicksUp = 3.0
    told: int = field(default=1, repr=False)  # the device state that was told last

    @property
    def behaviour(self) -> Behaviour:
        if isinstance(self.picks_up, PicksUp):
            return AGENTS[self.picks_up]
        return Behaviour(rings=True, seconds=self.picks_up)


class Device(IntEnum):
    """The state of a telephone, as queues count them."""

    NOT_IN_USE = 1
    IN_USE = 2
    UNAVAILABLE = 5
    RINGING = 6


def telephones() -> dict[str, Telephone]:
    """All agents' telephones, by their extension."""
    return {str(number): Telephone(str(number)) for number in range(FIRST, LAST + 1)}


def what_becomes_of(number: str, *, always: Customer | None) -> Customer:
    """Of a call to a customer: what the knob says, else what the last two digits say."""
    return always or BY_LAST_DIGITS.get(number[-2:], Customer.ANSWERS)
