"""The life of owed work as a page of the documents, with the kinds there are."""

from __future__ import annotations

from typing import Any

from screens.lives import Life
from work.kinds import Kind, kinds
from work.life import STEPS, Actor, Phase

PROSE = """
*centre*: a worker or a sweep. *person*: whoever the door lets, mostly supervision.
A claim is committed before the work begins: it counts the attempt, raises the fence and sets the lease. Every end is
written only while the fence is still the one of the claim, so whoever was thought dead hands nothing in.
`held` waits for a decision only its own kind knows; `parked` used up its attempts and is tried again from «Trabajo
pendiente» or from its own page.
"""


def life() -> Life:
    """Read when the page is made: by then every room has registered its kinds."""
    return Life(
        name="work",
        of="work that is owed",
        source="work/life.py",
        begins=["waiting"],
        ends=["over"],
        steps=[(s.verb.value, s.from_phase.value, s.to_phase.value, s.who.value) for s in STEPS],
        marks={Actor.PERSON.value: " (a person)"},
        prose=f"{PROSE}\n## The kinds\n\n{_table_of_kinds()}\n",
    )


def _table_of_kinds() -> str:
    names = [phase.value for phase in Phase]
    rows = [f"| kind | {' | '.join(names)} | lease | attempts |", "|---" * (len(names) + 3) + "|"]
    return "\n".join([*rows, *(_row_of(kind) for kind in kinds())])


def _row_of(kind: Kind[Any]) -> str:
    of = {
        Phase.WAITING: (kind.waiting,),
        Phase.AT_WORK: kind.at_work or ("*its lease tells*",),
        Phase.HELD: kind.held,
        Phase.PARKED: (kind.parked,),
        Phase.OVER: kind.over or ("*deleted*",),
    }
    cells = [", ".join(of[phase]) or "–" for phase in Phase]
    return f"| {kind.name} | {' | '.join(cells)} | {_minutes(kind)} | {kind.attempts} |"


def _minutes(kind: Kind[Any]) -> str:
    return f"{kind.lease.total_seconds() / 60:g} min"
