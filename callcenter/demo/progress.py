"""How far the making of the demo is: told by whoever makes it, kept in the cache, read by the pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

from django.core.cache import cache

KEPT_AS = "demo:progress"


@dataclass(frozen=True)
class Step:
    """What is made, of which day, and about how long it takes beside the others."""

    what: str
    day: date | None = None
    effort: int = 1


@dataclass(frozen=True)
class Progress:
    """The step under way: what it makes, of which day (ISO, or empty), how many of how many are done, seconds left."""

    what: str
    day: str = ""
    done: int = 0
    of: int = 0
    left: float | None = None

    @property
    def on(self) -> date | None:
        return date.fromisoformat(self.day) if self.day else None


class Telling:
    """Says each step as it begins, to the pages and to whoever listens."""

    def __init__(
        self, steps: list[Step], listen: Callable[[Progress], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._steps, self._listen, self._clock = steps, listen, clock
        self._done, self._began = 0, clock()

    def begin(self, step: Step) -> None:
        behind = sum(one.effort for one in self._steps[: self._done])
        ahead = sum(one.effort for one in self._steps[self._done :])
        left = (self._clock() - self._began) * ahead / behind if behind else None
        progress = Progress(step.what, step.day.isoformat() if step.day else "", self._done, len(self._steps), left)
        self._done += 1
        tell(progress)
        self._listen(progress)


def untold(_step: Step) -> None:
    """For whoever does not listen."""


def tell(progress: Progress) -> None:
    """The pages say this until something else is told."""
    cache.set(KEPT_AS, asdict(progress), timeout=None)


def forget() -> None:
    """The pages say nothing any more."""
    cache.delete(KEPT_AS)


def how_far() -> Progress | None:
    """None when nothing is being made, or the cache does not know."""
    kept = cache.get(KEPT_AS)
    return Progress(**kept) if kept else None
