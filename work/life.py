"""The life of owed work, whatever its kind: one table of steps.

A kind has states of its own and says which of these phases each of them is (`work/kinds.py`). What its room may
further do with it (`inbound/writes/states.py`) keeps to this table as well: a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """How owed work stands, in the words every kind shares."""

    WAITING = "waiting"
    AT_WORK = "at_work"
    HELD = "held"  # for a decision that only this kind knows: a report to accept, money nobody knows of
    PARKED = "parked"  # used up its attempts
    OVER = "over"


class Verb(StrEnum):
    """What may happen to owed work."""

    CLAIM = "claim"
    RENEW = "renew"
    DONE = "done"
    REFUSE = "refuse"
    POSTPONE = "postpone"
    FAIL = "fail"
    PARK = "park"
    GIVE_UP = "give_up"
    HOLD = "hold"
    TRY_AGAIN = "try_again"
    SETTLE = "settle"
    WITHDRAW = "withdraw"
    OWE_AGAIN = "owe_again"


class Actor(StrEnum):
    """Who takes a step: the centre itself, or a person (which one is for the door to ask)."""

    CENTRE = "centre"
    PERSON = "person"


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    verb: Verb
    from_phase: Phase
    to_phase: Phase
    who: Actor = Actor.CENTRE


STEPS: tuple[Step, ...] = (
    Step(Verb.CLAIM, Phase.WAITING, Phase.AT_WORK),
    Step(Verb.CLAIM, Phase.AT_WORK, Phase.AT_WORK),  # its lease ran out: the fence keeps who had it out
    Step(Verb.RENEW, Phase.AT_WORK, Phase.AT_WORK),
    Step(Verb.DONE, Phase.AT_WORK, Phase.OVER),
    Step(Verb.REFUSE, Phase.AT_WORK, Phase.OVER),  # it cannot be done, now or later
    Step(Verb.POSTPONE, Phase.AT_WORK, Phase.WAITING),  # not its own fault: the attempt is given back
    Step(Verb.FAIL, Phase.AT_WORK, Phase.WAITING),
    Step(Verb.PARK, Phase.AT_WORK, Phase.PARKED),
    Step(Verb.GIVE_UP, Phase.AT_WORK, Phase.PARKED),  # every worker vanished over it
    Step(Verb.GIVE_UP, Phase.WAITING, Phase.PARKED),
    Step(Verb.HOLD, Phase.AT_WORK, Phase.HELD),
    Step(Verb.HOLD, Phase.WAITING, Phase.HELD),
    Step(Verb.HOLD, Phase.HELD, Phase.HELD),  # for another decision
    Step(Verb.HOLD, Phase.PARKED, Phase.HELD),
    Step(Verb.HOLD, Phase.OVER, Phase.HELD),  # another system says otherwise than a person had found
    Step(Verb.SETTLE, Phase.HELD, Phase.OVER),  # the answer of another system came after all
    Step(Verb.TRY_AGAIN, Phase.PARKED, Phase.WAITING, Actor.PERSON),
    Step(Verb.TRY_AGAIN, Phase.HELD, Phase.WAITING, Actor.PERSON),
    Step(Verb.SETTLE, Phase.HELD, Phase.OVER, Actor.PERSON),
    Step(Verb.SETTLE, Phase.PARKED, Phase.OVER, Actor.PERSON),
    Step(Verb.SETTLE, Phase.WAITING, Phase.OVER, Actor.PERSON),
    Step(Verb.WITHDRAW, Phase.OVER, Phase.OVER, Actor.PERSON),  # it was done, and is taken back
    Step(Verb.OWE_AGAIN, Phase.OVER, Phase.WAITING, Actor.PERSON),
)
_TAKEN = {(step.verb, step.from_phase): step.to_phase for step in STEPS}


def leads_to(verb: Verb, *, from_phase: Phase) -> Phase:
    """Where a step leads. Raises ValueError when the table has no such line: a mistake in the code, not of a person."""
    try:
        return _TAKEN[verb, from_phase]
    except KeyError:
        raise ValueError(f"no step {verb.value} from {from_phase.value}") from None
