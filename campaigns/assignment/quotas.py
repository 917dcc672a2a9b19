"""How many contacts of each list everybody gets: pure arithmetic on counts, fair to one contact.

An agent works the lists of own services; the list of both services needs both. Loads are levelled by weight as far as
the skills allow: the most loaded part of the centre first (the set of lists with most contacts for the weight of those
who can take them), and so on with what is left. `docs/decisions/0050` says why this is the fair share-out.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import floor

Quotas = dict[int, dict[str, int]]
"""agent id → list → contacts"""


@dataclass(frozen=True)
class Taker:
    """Somebody who is assigned contacts: what share of the work, and of which lists."""

    agent_id: int
    weight: Decimal
    lists: frozenset[str]


@dataclass
class FairShares:
    """What everybody gets, and what nobody can take."""

    quotas: Quotas = field(default_factory=dict)
    unassigned: dict[str, int] = field(default_factory=dict)

    def total(self, agent_id: int) -> int:
        """Contacts of an agent over all lists."""
        return sum(self.quotas.get(agent_id, {}).values())


def fair_shares(counts: Mapping[str, int], takers: Sequence[Taker]) -> FairShares:
    """Share out `counts` (list → contacts). Every total is the exact share of its level, rounded down or up."""
    fair = FairShares()
    left = {name: number for name, number in sorted(counts.items()) if number > 0}
    free = sorted((taker for taker in takers if taker.lists & left.keys()), key=lambda taker: taker.agent_id)
    for name in [name for name in left if not any(name in taker.lists for taker in free)]:
        fair.unassigned[name] = left.pop(name)
    while left:
        tight, level = _tightest(left, free)
        busy = [taker for taker in free if taker.lists & tight]
        _share_level(fair.quotas, {name: left.pop(name) for name in sorted(tight)}, busy, level)
        free = [taker for taker in free if not taker.lists & tight]
    return fair


def top_up(counts: Mapping[str, int], takers: Sequence[Taker], loads: Mapping[int, int]) -> FairShares:
    """Give each of a few more contacts to whoever has least for the weight; `loads` is what everybody has already."""
    fair = FairShares()
    carried = {taker.agent_id: loads.get(taker.agent_id, 0) for taker in takers}
    for name in sorted(counts, key=lambda name: (sum(name in taker.lists for taker in takers), name)):
        able = [taker for taker in takers if name in taker.lists]
        if not able:
            if counts[name]:
                fair.unassigned[name] = counts[name]
            continue
        weights = {taker.agent_id: Fraction(taker.weight) for taker in able}
        waiting = [((carried[agent] + 1) / weight, agent) for agent, weight in weights.items()]
        heapq.heapify(waiting)
        for _turn in range(counts[name]):
            _load, agent = waiting[0]
            carried[agent] += 1
            row = fair.quotas.setdefault(agent, {})
            row[name] = row.get(name, 0) + 1
            heapq.heapreplace(waiting, ((carried[agent] + 1) / weights[agent], agent))
    return fair


def _tightest(left: Mapping[str, int], free: Sequence[Taker]) -> tuple[frozenset[str], Fraction]:
    """The set of lists with most contacts for the weight that can take them; the largest such set."""
    best: tuple[Fraction, int, frozenset[str]] | None = None
    for size in range(1, len(left) + 1):
        for names in combinations(sorted(left), size):
            chosen = frozenset(names)
            weight = sum((Fraction(taker.weight) for taker in free if taker.lists & chosen), Fraction(0))
            level = Fraction(sum(left[name] for name in names)) / weight
            if best is None or (level, size) > best[:2]:
                best = (level, size, chosen)
    assert best is not None  # noqa: S101 - there is at least one list, and somebody takes it
    return best[2], best[0]


def _share_level(quotas: Quotas, counts: dict[str, int], busy: Sequence[Taker], level: Fraction) -> None:
    """Fill everybody of one level, those with one list first; who takes several lists gets the rest.

    No rounding can leave those with one list without contacts of it, because the exact share of their class is at most
    the list's whole number.
    """
    classes: dict[frozenset[str], list[Taker]] = {}
    for taker in busy:
        classes.setdefault(taker.lists & frozenset(counts), []).append(taker)
    ordered = sorted(classes.items(), key=lambda pair: (len(pair[0]), sorted(pair[0])))
    exact = [level * sum((Fraction(taker.weight) for taker in members), Fraction(0)) for _lists, members in ordered]
    for (lists, members), size in zip(ordered, rounded(exact), strict=True):
        totals = rounded([level * Fraction(taker.weight) for taker in members], to=size)
        available = {name: counts[name] for name in sorted(lists)}
        taken = {next(iter(lists)): size} if len(lists) == 1 else available
        _split(quotas, members, totals, taken)
        for name, number in taken.items():
            counts[name] -= number


def _split(quotas: Quotas, members: Sequence[Taker], totals: Sequence[int], columns: Mapping[str, int]) -> None:
    """Give everybody the same mix of lists: column by column, in proportion to what each still has to get."""
    rest = list(totals)
    for position, (name, number) in enumerate(columns.items()):
        if position == len(columns) - 1:
            column = rest
        else:
            whole = sum(rest)
            column = rounded([Fraction(number * part, whole) for part in rest]) if whole else [0] * len(rest)
        for taker, part in zip(members, column, strict=True):
            if part:
                quotas.setdefault(taker.agent_id, {})[name] = part
        rest = [before - part for before, part in zip(rest, column, strict=True)]


def rounded(exact: Sequence[Fraction], *, to: int | None = None) -> list[int]:
    """Each number rounded down or up so that all add to `to` (their own sum when left out): largest remainders up."""
    parts = [floor(number) for number in exact]
    missing = (round(sum(exact, Fraction(0))) if to is None else to) - sum(parts)
    by_remainder = sorted(range(len(exact)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[:missing]:
        parts[place] += 1
    return parts
