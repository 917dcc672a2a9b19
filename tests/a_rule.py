"""One rule of the house as the text that keeps it, and that text broken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`name` says what is wrong once `stands`, which is in `file` exactly once, has become `broken`.

    `tests` are those that should find it, as pytest names them: `tests/…/test_x.py`, with `::test_y` where one will do.
    They need no browser and no program of their own: all rules are broken one after the other.
    """

    name: str
    file: str
    stands: str
    broken: str
    tests: tuple[str, ...]
