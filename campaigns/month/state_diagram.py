"""`docs/campaign-states.md`, made from the table of steps so that it cannot lie."""

from __future__ import annotations

from campaigns.month.lifecycle import CENTRE, STEPS

PROSE = """
*supervision*: a supervisor or an administrator. *centre*: a scheduled job or a command.
A launch needs contacts that belong to somebody and a day not after the last of calls; launched early, nobody is called
before the first. A campaign that was not launched closes only after its last day. A close lets go of leases and
cancels pending call-backs; an attempt that is still open keeps waiting for its result.
"""


def diagram() -> str:
    """The table as a Mermaid state diagram; a step only the centre itself takes is marked."""
    lines = ["stateDiagram-v2", "    [*] --> expected"]
    for step in STEPS:
        mark = " (by itself)" if step.who == CENTRE else ""
        lines.append(f"    {step.from_state.value} --> {step.to_state.value}: {step.verb.value}{mark}")
    lines.append("    closed --> [*]")
    return "\n".join(lines)


def states_page() -> str:
    """The whole page: diagram, table, prose."""
    rows = ["| verb | from | to | who |", "|---|---|---|---|"]
    for step in STEPS:
        who = ", ".join(sorted(actor.value for actor in step.who))
        rows.append(f"| {step.verb.value} | {step.from_state.value} | {step.to_state.value} | {who} |")
    head = (
        "# The states of a campaign\n\n"
        "Made from `campaigns/month/lifecycle.py` by `manage.py campaign_states`; a test fails when stale.\n"
    )
    return f"{head}\n```mermaid\n{diagram()}\n```\n\n" + "\n".join(rows) + "\n" + PROSE
