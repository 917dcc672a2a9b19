"""The life of owed work, whatever its kind: one table of steps.

A kind has states of its own and says which of these standings each of them is (`work/kinds.py`). What its room may
further do with it (`inbound/writes/states.py`) keeps to this table as well: a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
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
    OWE_AGAIN = "owe_again"


class Actor(StrEnum):
    """Who takes a step: the centre itself, or a person (which one is for the door to ask)."""

    CENTRE = "centre"
    PERSON = "person"


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    verb: Verb
    from_standing: Standing
    to_standing: Standing
    who: Actor = Actor.CENTRE


STEPS: tuple[Step, ...] = (
    Step(Verb.CLAIM, Standing.WAITING, Standing.AT_WORK),
    Step(Verb.CLAIM, Standing.AT_WORK, Standing.AT_WORK),  # its lease ran out: the fence keeps who had it out
    Step(Verb.RENEW, Standing.AT_WORK, Standing.AT_WORK),
    Step(Verb.DONE, Standing.AT_WORK, Standing.OVER),
    Step(Verb.REFUSE, Standing.AT_WORK, Standing.OVER),  # it cannot be done, now or later
    Step(Verb.POSTPONE, Standing.AT_WORK, Standing.WAITING),  # not its own fault: the attempt is given back
    Step(Verb.FAIL, Standing.AT_WORK, Standing.WAITING),
    Step(Verb.PARK, Standing.AT_WORK, Standing.PARKED),
    Step(Verb.GIVE_UP, Standing.AT_WORK, Standing.PARKED),  # every worker vanished over it
    Step(Verb.GIVE_UP, Standing.WAITING, Standing.PARKED),
    Step(Verb.HOLD, Standing.AT_WORK, Standing.HELD),
    Step(Verb.HOLD, Standing.WAITING, Standing.HELD),
    Step(Verb.SETTLE, Standing.HELD, Standing.OVER),  # the answer of another system came after all
    Step(Verb.TRY_AGAIN, Standing.PARKED, Standing.WAITING, Actor.PERSON),
    Step(Verb.TRY_AGAIN, Standing.HELD, Standing.WAITING, Actor.PERSON),
    Step(Verb.SETTLE, Standing.HELD, Standing.OVER, Actor.PERSON),
    Step(Verb.SETTLE, Standing.PARKED, Standing.OVER, Actor.PERSON),
    Step(Verb.SETTLE, Standing.WAITING, Standing.OVER, Actor.PERSON),
    Step(Verb.OWE_AGAIN, Standing.OVER, Standing.WAITING, Actor.PERSON),
)
_TAKEN = {(step.verb, step.from_standing): step.to_standing for step in STEPS}


def leads_to(verb: Verb, *, from_standing: Standing) -> Standing:
    """Where a step leads. Raises ValueError when the table has no such line: a mistake in the code, not of a person."""
    try:
        return _TAKEN[verb, from_standing]
    except KeyError:
        raise ValueError(f"no step {verb.value} from {from_standing.value}") from None


def is_a_way(from_standing: Standing, to_standing: Standing) -> bool:
    """Whether any step leads from one to the other, or they are the same."""
    return from_standing == to_standing or any(
        (step.from_standing, step.to_standing) == (from_standing, to_standing) for step in STEPS
    )
