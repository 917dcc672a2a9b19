"""A fair share-out that leaves as much as it can where it is: pure arithmetic on counts, for evening out what remains.

Everybody's total is that of the fair share-out. Who works one list has no choice of lists; those who work both services
share the rest, and may hold it in any mix, so they keep what they have as far as the totals allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from campaigns.assignment.quotas import FairShares, Quotas, Taker, rounded

Holdings = Mapping[int, Mapping[str, int]]
"""agent id → list → contacts held now"""


def keep_most(fair: FairShares, takers: Sequence[Taker], holdings: Holdings) -> Quotas:
    """Quotas with the totals of `fair`, list by list and agent by agent, that move little of `holdings`."""
    quotas: Quotas = {}
    columns: dict[str, int] = {}
    for row in fair.quotas.values():
        for name, number in row.items():
            columns[name] = columns.get(name, 0) + number
    able = [taker for taker in takers if len(taker.lists) > 1]
    for taker in takers:
        total = fair.total(taker.agent_id)
        if len(taker.lists) == 1 and total:
            name = next(iter(taker.lists))
            quotas[taker.agent_id] = {name: total}
            columns[name] -= total
    totals = {taker.agent_id: fair.total(taker.agent_id) for taker in able}
    kept = {agent: {name: holdings.get(agent, {}).get(name, 0) for name in columns} for agent in totals}
    _cut_columns(kept, totals, columns)
    _cut_rows(kept, totals)
    _fill(kept, totals, columns)
    for agent, row in kept.items():
        if any(row.values()):
            quotas[agent] = {name: number for name, number in row.items() if number}
    return quotas


def _cut_columns(kept: Quotas, totals: Mapping[int, int], columns: Mapping[str, int]) -> None:
    """No list may be kept more than there is of it for these agents; who has too much gives first."""
    for name, there_is in columns.items():
        excess = sum(row[name] for row in kept.values()) - there_is
        for agent in sorted(kept, key=lambda agent: (totals[agent] - sum(kept[agent].values()), agent)):
            over = max(0, sum(kept[agent].values()) - totals[agent])
            cut = min(max(0, excess), kept[agent][name], over)
            kept[agent][name] -= cut
            excess -= cut
        for agent in sorted(kept, key=lambda agent: (-kept[agent][name], agent)):
            cut = min(max(0, excess), kept[agent][name])
            kept[agent][name] -= cut
            excess -= cut


def _cut_rows(kept: Quotas, totals: Mapping[int, int]) -> None:
    """Nobody keeps more than the total; what goes is taken from all lists alike."""
    for agent, row in kept.items():
        held = sum(row.values())
        over = held - totals[agent]
        if over > 0:
            cuts = rounded([Fraction(over * number, held) for number in row.values()])
            for name, cut in zip(list(row), cuts, strict=True):
                row[name] -= cut


def _fill(kept: Quotas, totals: Mapping[int, int], columns: Mapping[str, int]) -> None:
    """What is missing in rows and in lists is the same number, and everybody here works every list."""
    for name, there_is in columns.items():
        left = there_is - sum(row[name] for row in kept.values())
        lacking = {agent: totals[agent] - sum(row.values()) for agent, row in kept.items()}
        whole = sum(lacking.values())
        if left and whole:
            parts = rounded([Fraction(left * number, whole) for number in lacking.values()])
            for agent, part in zip(lacking, parts, strict=True):
                kept[agent][name] += part
