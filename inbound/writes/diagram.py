"""`docs/write-states.md`, made from the table of steps so that it cannot lie."""

from __future__ import annotations

from inbound.writes.states import CENTRE, STEPS

PROSE = """
*centre*: the sweep. *asker*: the agent whose call it is. *supervision*: a supervisor or an administrator.
`sending` is committed before the request goes out. An ordinary write whose answer was lost is postponed and goes again
with its key; one that touches money or a SIM becomes `uncertain`, and nothing leads from there to a request.
What was refused or is not going to be done may be asked for anew by the call, as another write.
"""


def diagram() -> str:
    """The table as a Mermaid state diagram; a step a person takes is marked."""
    lines = ["stateDiagram-v2", "    [*] --> waiting", "    [*] --> by_hand"]
    for step in STEPS:
        mark = "" if step.who == CENTRE else " (a person)"
        lines.append(f"    {step.from_state.value} --> {step.to_state.value}: {step.verb.value}{mark}")
    lines += ["    done --> [*]", "    not_done --> [*]"]
    return "\n".join(lines)


def states_page() -> str:
    """The whole page: diagram, table, prose."""
    rows = ["| verb | from | to | who |", "|---|---|---|---|"]
    for step in STEPS:
        who = ", ".join(sorted(actor.value for actor in step.who))
        rows.append(f"| {step.verb.value} | {step.from_state.value} | {step.to_state.value} | {who} |")
    head = (
        "# The states of a write to another system\n\n"
        "Made from `inbound/writes/states.py` by `manage.py write_states`; a test fails when stale.\n"
    )
    return f"{head}\n```mermaid\n{diagram()}\n```\n\n" + "\n".join(rows) + "\n" + PROSE
