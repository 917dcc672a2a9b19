"""The life of a thing as a page of the documents: drawn from its table of steps, so that it cannot lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Line = tuple[str, str, str, str]  # verb, from, to, who


@dataclass(frozen=True)
class Life:
    """What a page of states is made of.

    `of`: what lives, as a title says it. `source`: the module that holds the table. `begins` and `ends`: states.
    `marks` follow the verb of a step in the drawing, by its `who`. A step that changes no state is only in the table.
    """

    name: str
    of: str
    source: str
    begins: Sequence[str]
    ends: Sequence[str]
    steps: Sequence[Line]
    prose: str
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """The page's name in `docs/`."""
        return f"{self.name}-states.md"


def diagram(life: Life) -> str:
    """The table as a Mermaid state diagram."""
    drawn = [step for step in life.steps if step[1] != step[2]]
    return "\n".join(
        [
            "stateDiagram-v2",
            *(f"    [*] --> {state}" for state in life.begins),
            *(f"    {before} --> {after}: {verb}{life.marks.get(who, '')}" for verb, before, after, who in drawn),
            *(f"    {state} --> [*]" for state in life.ends),
        ]
    )


def states_page(life: Life) -> str:
    """The whole page: diagram, table, prose."""
    rows = ["| verb | from | to | who |", "|---|---|---|---|", *("| " + " | ".join(step) + " |" for step in life.steps)]
    head = (
        f"# The states of {life.of}\n\nMade from `{life.source}` by `manage.py write_docs`; a test fails when stale.\n"
    )
    return f"{head}\n```mermaid\n{diagram(life)}\n```\n\n" + "\n".join(rows) + "\n" + life.prose


def by_whom(actors: Iterable[str]) -> str:
    """Who takes a step, as the table says it."""
    return ", ".join(sorted(actors))
