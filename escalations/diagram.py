"""The life of an escalation as a page of the documents."""

from __future__ import annotations

from escalations.lifecycle import STEPS
from screens.lives import Life

PROSE = """
*owner*: the person who has the card. *anybody*: whoever works its kind: supervision every kind, agents the calls that
are theirs to make. *clock*: what came about is settled by itself as long as nobody has taken it, of a kind that closes
with that. A note may be written in every state, and marks of time (nearly due, overdue) change none. A kind may close
with `resolved` or `rejected`; every other is closed only when the customer was told. A merged card is closed, and the
other one goes on for both.
"""
LIFE = Life(
    name="escalation",
    of="an escalation",
    source="escalations/lifecycle.py",
    begins=["new: raise"],
    ends=["informed", "merged"],
    steps=[(step.verb.value, step.from_state.value, step.to_state.value, step.who.value) for step in STEPS],
    prose=PROSE,
)
