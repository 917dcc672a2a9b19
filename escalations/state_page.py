"""`docs/escalation-states.md`, made from the table of steps so that it cannot lie."""

from __future__ import annotations

from escalations.lifecycle import STEPS, Who

PROSE = """
*owner*: the person who has the card. *anybody*: whoever works its kind: supervision every kind, agents the calls that
are theirs to make. A note may be written in every state, and marks of time (nearly due, overdue) change none. A kind
may close with `resolved` or `rejected`; every other is closed only when the customer was told. A merged card is closed,
and the other one goes on for both.
"""


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> new: raise"]
    for step in STEPS:
        if step.from_state != step.to_state:
            lines.append(f"    {step.from_state.value} --> {step.to_state.value}: {step.verb.value}")
    return "\n".join([*lines, "    informed --> [*]", "    merged --> [*]"])


def states_page() -> str:
    """The whole page: diagram, table, prose."""
    rows = ["| verb | from | to | who |", "|---|---|---|---|"]
    for step in STEPS:
        who = "owner" if step.who == Who.OWNER else "anybody"
        rows.append(f"| {step.verb.value} | {step.from_state.value} | {step.to_state.value} | {who} |")
    head = (
        "# The states of an escalation\n\n"
        "Made from `escalations/lifecycle.py` by `manage.py escalation_states`; a test fails when stale.\n"
    )
    return f"{head}\n```mermaid\n{diagram()}\n```\n\n" + "\n".join(rows) + "\n" + PROSE
