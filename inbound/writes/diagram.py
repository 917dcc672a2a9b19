"""The life of a write to another system as a page of the documents."""

from __future__ import annotations

from inbound.writes.states import STEPS, Actor
from screens.lives import Life, by_whom

PROSE = """
*centre*: the sweep. *asker*: the agent whose call it is. *supervision*: a supervisor.
*another*: one of them who did not ask for it, in whatever role she asked.
`sending` is committed before the request goes out. An ordinary write whose answer was lost is postponed and goes again
with its key; one that touches money or a SIM becomes `uncertain`, and nothing leads from there to a request.
One of more money than the system's row says begins as `approval`, and goes out only when another person approved it.
What a person wrote down as done may be in doubt again: its system gave that reference for other money, or another of
supervision has seen otherwise.
What was refused or is not going to be done may be asked for anew by the call, as another write.
"""
LIFE = Life(
    name="write",
    of="a write to another system",
    source="inbound/writes/states.py",
    begins=["waiting", "by_hand", "approval"],
    ends=["done", "not_done"],
    steps=[(step.verb.value, step.from_state.value, step.to_state.value, by_whom(step.who)) for step in STEPS],
    marks={by_whom(step.who): " (a person)" for step in STEPS if Actor.CENTRE not in step.who},
    prose=PROSE,
)
