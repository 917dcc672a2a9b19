"""`docs/contact-states.md`, made from the table of steps so that it cannot lie."""

from __future__ import annotations

from campaigns.contacts.life import DESK, STEPS

PROSE = """
*desk*: the result of a call, with its attempt. *supervision*: a person who steers campaigns, with a name. *centre*: a
report, the deal, or the rules when a contact is given next.
A contact begins `open`, `held_out` or `not_callable`, as the report and the draw of the hold-out say. Who has paid
without being `open` keeps her state and gets her day (`leave_paid` comes later, with a result or a new draw); who owes
again goes back to `open`, or to `done` when her last result is final. The close of a campaign changes no state.
"""


def diagram() -> str:
    """The table as a Mermaid state diagram; a step that only the result of a call takes is marked."""
    lines = ["stateDiagram-v2", "    [*] --> open", "    [*] --> held_out", "    [*] --> not_callable"]
    for step in STEPS:
        mark = " (result)" if step.who == DESK else ""
        lines.append(f"    {step.from_state.value} --> {step.to_state.value}: {step.verb.value}{mark}")
    return "\n".join(lines)


def states_page() -> str:
    """The whole page: diagram, table, prose."""
    rows = ["| verb | from | to | who |", "|---|---|---|---|"]
    for step in STEPS:
        who = ", ".join(sorted(actor.value for actor in step.who))
        rows.append(f"| {step.verb.value} | {step.from_state.value} | {step.to_state.value} | {who} |")
    head = (
        "# The states of a contact in its list\n\n"
        "Made from `campaigns/contacts/life.py` by `manage.py contact_states`; a test fails when stale.\n"
    )
    return f"{head}\n```mermaid\n{diagram()}\n```\n\n" + "\n".join(rows) + "\n" + PROSE
