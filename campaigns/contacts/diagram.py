"""The life of a contact as a page of the documents."""

from __future__ import annotations

from campaigns.contacts.life import STEPS
from screens.lives import Life, by_whom

PROSE = """
*desk*: the result of a call, with its attempt. *supervision*: a person who steers campaigns, with a name. *centre*: a
report, the assignment, or the rules when a contact is given next.
A contact begins `open`, `held_out` or `not_callable`, as the report and the draw of the hold-out say. Who has paid
without being `open` keeps her state and gets her day (`leave_paid` comes later, with a result, a new draw, or a
telephone that a report brings); who owes again goes back to `open`, or to `done` when her last result is final. The
close of a campaign changes no state.
"""
LIFE = Life(
    name="contact",
    of="a contact in its list",
    source="campaigns/contacts/life.py",
    begins=["open", "held_out", "not_callable"],
    ends=[],
    steps=[(step.verb.value, step.from_state.value, step.to_state.value, by_whom(step.who)) for step in STEPS],
    marks={"desk": " (result)"},
    prose=PROSE,
)
