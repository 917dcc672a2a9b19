"""How long calls took whoever handled them: the talk and what is still to be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handling:
    """Calls of one kind. `ended`: those whose time is known, which last `seconds` in all.

    `by_states`: how many of them were timed, or lengthened by their wrap-up, by what her telephone told of the agent.
    """

    name: str
    code: str
    calls: int
    ended: int
    seconds: int
    by_states: int

    @property
    def average(self) -> float | None:
        """Average handling time in seconds; None while none has ended."""
        return self.seconds / self.ended if self.ended else None


def added_up(rows: Iterable[Handling], *, name: str) -> Handling:
    """All of them; the average is of all calls, not of the averages."""
    found = list(rows)
    return Handling(
        name=name,
        code="",
        calls=sum(row.calls for row in found),
        ended=sum(row.ended for row in found),
        seconds=sum(row.seconds for row in found),
        by_states=sum(row.by_states for row in found),
    )
