"""The life of a campaign as a page of the documents."""

from __future__ import annotations

from campaigns.month.lifecycle import STEPS
from screens.lives import Life, by_whom

PROSE = """
*supervision*: a supervisor. *centre*: a scheduled job or a command.
A launch needs contacts that belong to somebody and a day not after the last of calls; launched early, nobody is called
before the first. A campaign that was not launched closes only after its last day. A close lets go of leases and
makes each agreed call a call to make, a card due at its hour; an attempt that is still open keeps waiting for its
result.
"""
LIFE = Life(
    name="campaign",
    of="a campaign",
    source="campaigns/month/lifecycle.py",
    begins=["expected"],
    ends=["closed"],
    steps=[(step.verb.value, step.from_state.value, step.to_state.value, by_whom(step.who)) for step in STEPS],
    marks={"centre": " (by itself)"},
    prose=PROSE,
)
