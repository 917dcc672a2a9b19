"""What became of a call that was asked for by a click: the agent's telephone rings, then the customer's.

Three witnesses, in this order of trust: what the dialplan says at the end (`CallResult`); how the dial of the
customer's leg ended, with the cause her channel was hung up for; the end of the agent's leg, which ends the call
whatever else is missing. What the switchboard answers to the click is about the agent's leg alone, and its reasons are
not to be shown: one number stands for four things.
"""

from __future__ import annotations

from enum import StrEnum

from telephony.channels import end_of
from telephony.events import (
    Answered,
    CallPlaced,
    CallResult,
    ChannelBegan,
    ChannelSeen,
    DialBegan,
    DialEnded,
    Event,
    HungUp,
    Joined,
    KeyTold,
    Leg,
)

BUSY, NO_ANSWER_TIME, REJECTED = 17, 19, 21  # Q.850
UNALLOCATED = (1, 28)
OUT_OF_REACH = (3, 18, 20, 27)  # no route, no response, absent, out of order
CROWDED = (34, 38, 42, 44)
AT_REST = (0, 16, 19)  # nobody answered, and no other reason is given
TIMED_OUT, SAID_BUSY, SAID_CROWDED = 3, 5, 8  # reasons of a switchboard that tell the truth about the agent


class Outcome(StrEnum):
    """What became of it; `UNKNOWN` where the switchboard was lost meanwhile: nobody may say that she did not answer."""

    ANSWERED = "answered"
    MACHINE = "machine"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNALLOCATED = "unallocated"
    REJECTED = "rejected"
    OUT_OF_REACH = "out_of_reach"
    CONGESTION = "congestion"
    FAILED = "failed"
    CANCELLED = "cancelled"
    AGENT_BUSY = "agent_busy"
    AGENT_NO_ANSWER = "agent_no_answer"
    AGENT_REFUSED = "agent_refused"
    AGENT_ABSENT = "agent_absent"
    AGENT_CONGESTION = "agent_congestion"
    NOT_PLACED = "not_placed"
    UNKNOWN = "unknown"

    @classmethod
    def without_the_customer(cls) -> frozenset[Outcome]:
        """Those of the agent's own telephone, and of what rang nobody at all."""
        return frozenset({cls.NOT_PLACED, *(one for one in cls if one.startswith("agent_"))})


class Phase(StrEnum):
    """How far it is."""

    ASKED = "asked"
    AGENT_RINGS = "agent_rings"
    CUSTOMER_RINGS = "customer_rings"
    TALKING = "talking"
    OVER = "over"


class ClickedCall:
    """One attempt, from what the switchboard tells.

    `key` is its own for ever: its `ActionID` and, where the switchboard takes one, the uid of the agent's channel.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.agent: Leg | None = None
        self.customers: dict[str, Leg] = {}  # by uid: a dial may ring several
        self._statuses: dict[str, str] = {}  # of the customers' dials, by uid; '' of one that is not told
        self._causes: dict[str, int] = {}  # of channels that were hung up, by uid
        self._told: CallResult | None = None
        self._placed: CallPlaced | None = None
        self._agent_status = ""
        self._agent_up = False
        self._seen_before: list[ChannelSeen] = []  # channels of the call, before the agent's
        self._joined = False  # the customer, with whoever was on the other end
        self._refused = False

    @property
    def phase(self) -> Phase:
        if self.is_over:
            return Phase.OVER
        if self.answered:
            return Phase.TALKING
        if self.customers:
            return Phase.CUSTOMER_RINGS
        return Phase.AGENT_RINGS if self.agent else Phase.ASKED

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come: the agent's leg is gone, or never was."""
        if self._refused or (self.agent is not None and self.agent.uid in self._causes):
            return True
        return self._placed is not None and not self._placed.answered and self.agent is None

    @property
    def answered(self) -> bool:
        """Whether the customer did. An older switchboard tells of the bridge at once, and of the dial at the end."""
        return self._joined or "ANSWER" in self._statuses.values()

    @property
    def is_settled(self) -> bool:
        """Whether it is over and how: of a telephone that was rung, the customer's or else the agent's, it is known."""
        if self.customers:
            return self.is_over and (self._told is not None or bool(self._statuses))
        return self._refused or (self.is_over and self._placed is not None)

    def refused(self) -> None:
        """The switchboard did not even take the action."""
        self._refused = True

    def take(self, event: Event) -> bool:
        """Note what an event tells of this call; whether it told anything."""
        match event:
            case CallPlaced(action_id=asked) if asked == self.key:
                self._placed = event
                if event.answered:
                    self.agent = self.agent or Leg(event.uid)
            case KeyTold(leg, key) if key == self.key and self.agent is None:
                self.agent = leg
            case ChannelBegan(leg) if leg.uid == self.key:
                self.agent = leg
            case ChannelSeen(leg, is_up) if leg.uid == self.key or self._is_agent(leg):
                self.agent, self._agent_up = leg, self._agent_up or is_up
                while self._seen_before:
                    self.take(self._seen_before.pop())
            case ChannelSeen(leg) if self.agent is None and leg.linked == self.key:
                self._seen_before.append(event)  # whose it is shows once hers is seen: they are told in any order
            case ChannelSeen(leg, is_up, bridge=bridge) if self._is_the_customers(leg, bridge):
                self.customers.setdefault(leg.uid, leg)
                self._joined = self._joined or is_up
            case Answered(leg) if self._is_agent(leg):
                self._agent_up = True
            case DialBegan(caller, called) if self._is_agent(caller):
                self.customers[called.uid] = called
            case DialEnded(None, called, status) if self._is_agent(called):
                self._agent_status = status
            case DialEnded(caller, called, status) if self._is_agent(caller):
                self._statuses[called.uid if called else ""] = status
            case Joined(leg=leg) if leg.uid in self.customers:
                self._joined = True
            case CallResult(leg=leg, key=key) if key == self.key or self._is_agent(leg):
                self._told = event
            case HungUp(leg, cause) if self._is_agent(leg) or leg.uid in self.customers:
                self._causes[leg.uid] = cause
            case _:
                return False
        return True

    @property
    def outcome(self) -> Outcome:
        """What became of it by all that is known; UNKNOWN while it is under way, unless the customer answered."""
        if self._refused:
            return Outcome.NOT_PLACED
        if self._told is not None:
            if self._told.machine:
                return Outcome.MACHINE
            if not (self._told.status or self.customers or self._statuses):
                return Outcome.CANCELLED  # she hung up before anything was dialled
            return _of_customer(self._told.status, self._told.cause)
        if self._statuses or self._joined:
            return self._by_the_dials()
        if not self.is_over:
            return Outcome.UNKNOWN
        if self._agent_up or self.customers or (self._placed and self._placed.answered):
            return Outcome.FAILED if self.customers or self._placed else Outcome.UNKNOWN
        return self._of_agent()

    def _is_agent(self, leg: Leg | None) -> bool:
        return leg is not None and (leg.uid == self.key or (self.agent is not None and leg.uid == self.agent.uid))

    def _is_the_customers(self, leg: Leg, bridge: str) -> bool:
        """Whether a channel that is there after a loss is one that was dialled for her, heard to begin or not.

        Newer switchboards say of which call it is, older ones who is at the other end of its bridge. What her own
        telephone is made of, the other half of a Local channel and the telephone behind it, is none.
        """
        if leg.uid in self.customers:
            return True
        if self.agent is None:
            return False
        is_of_it = leg.linked == self.agent.uid or self.agent.uid in bridge.split("+")
        return is_of_it and end_of(leg.channel) != end_of(self.agent.channel)

    def _by_the_dials(self) -> Outcome:
        """Of several telephones that rang, the one that answered counts; else the last."""
        if self.answered:
            return Outcome.ANSWERED
        uid, status = list(self._statuses.items())[-1]
        causes = [self._causes[one] for one in ((uid,) if uid else self.customers) if one in self._causes]
        return _of_customer(status, causes[-1] if causes else 0)

    def _of_agent(self) -> Outcome:
        """Why the agent's telephone was not answered. An old switchboard tells nothing but that it was not."""
        cause = self._causes.get(self.agent.uid, 0) if self.agent else 0
        reason = self._placed.reason if self._placed else 0
        if self._agent_status == "BUSY" or cause == BUSY or reason == SAID_BUSY:
            return Outcome.AGENT_BUSY
        if cause == REJECTED:
            return Outcome.AGENT_REFUSED
        if self._agent_status == "CONGESTION" or cause in CROWDED or reason == SAID_CROWDED:
            return Outcome.AGENT_CONGESTION
        if cause == NO_ANSWER_TIME or reason == TIMED_OUT:
            return Outcome.AGENT_NO_ANSWER
        if self._agent_status == "NOANSWER" and cause in AT_REST:
            return Outcome.CANCELLED
        return Outcome.AGENT_ABSENT


def _of_customer(status: str, cause: int) -> Outcome:
    """By how the dial ended, and for why her channel was hung up."""
    if status in ("ANSWER", "BUSY", "CONGESTION", "CANCEL"):
        return {
            "ANSWER": Outcome.ANSWERED,
            "BUSY": Outcome.BUSY,
            "CONGESTION": Outcome.CONGESTION,
            "CANCEL": Outcome.CANCELLED,
        }[status]
    if cause in UNALLOCATED:
        return Outcome.UNALLOCATED
    if cause == REJECTED:
        return Outcome.REJECTED
    if cause in OUT_OF_REACH:
        return Outcome.OUT_OF_REACH
    if cause in CROWDED:
        return Outcome.CONGESTION
    return Outcome.NO_ANSWER if status == "NOANSWER" and cause in AT_REST else Outcome.FAILED
