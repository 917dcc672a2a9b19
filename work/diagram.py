"""`docs/work-states.md`, made from the table of steps and the kinds there are, so that it cannot lie."""

from __future__ import annotations

from typing import Any

from work.kinds import Kind, kinds
from work.life import STEPS, Actor, Standing, Step

PROSE = """
*centre*: a worker or a sweep. *person*: whoever the door lets, mostly supervision.
A claim is committed before the work begins: it counts the attempt, raises the fence and sets the lease. Every end is
written only while the fence is still the one of the claim, so whoever was thought dead hands nothing in.
`held` waits for a decision only its own kind knows; `parked` used up its attempts and is tried again from «Trabajo
pendiente» or from its own page.
"""


def diagram() -> str:
    """The table as a Mermaid state diagram; a step only a person takes is marked."""
    lines = ["stateDiagram-v2", "    [*] --> waiting"]
    lines += [f"    {step.from_standing.value} --> {step.to_standing.value}: {_said(step)}" for step in STEPS]
    return "\n".join([*lines, "    over --> [*]"])


def states_page() -> str:
    """The whole page: diagram, table, prose, and which states of each kind are which."""
    rows = ["| verb | from | to | who |", "|---|---|---|---|"]
    rows += [f"| {s.verb.value} | {s.from_standing.value} | {s.to_standing.value} | {s.who.value} |" for s in STEPS]
    names = [standing.value for standing in Standing]
    states = [f"| kind | {' | '.join(names)} | lease | attempts |", "|---" * (len(names) + 3) + "|"]
    states += [_row_of(kind) for kind in kinds()]
    head = (
        "# The states of work that is owed\n\n"
        "Made from `work/life.py` and the kinds that are registered, by `manage.py work_states`; a test fails when "
        "stale.\n"
    )
    drawn = f"{head}\n```mermaid\n{diagram()}\n```\n\n" + "\n".join(rows) + "\n" + PROSE
    return drawn + "\n## The kinds\n\n" + "\n".join(states) + "\n"


def _said(step: Step) -> str:
    return step.verb.value + (" (a person)" if step.who == Actor.PERSON else "")


def _row_of(kind: Kind[Any]) -> str:
    of = {
        Standing.WAITING: (kind.waiting,),
        Standing.AT_WORK: kind.at_work or ("*its lease tells*",),
        Standing.HELD: kind.held,
        Standing.PARKED: (kind.parked,),
        Standing.OVER: kind.over or ("*deleted*",),
    }
    cells = [", ".join(of[standing]) or "–" for standing in Standing]
    return f"| {kind.name} | {' | '.join(cells)} | {_minutes(kind)} | {kind.attempts} |"


def _minutes(kind: Kind[Any]) -> str:
    return f"{kind.lease.total_seconds() / 60:g} min"
