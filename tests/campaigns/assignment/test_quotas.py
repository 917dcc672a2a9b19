"""How many contacts everybody gets: a table of centres, and what holds for every centre."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.assignment.quotas import FairShares, Taker, fair_shares, top_up

LISTS = {"I": {"INTERNET"}, "T": {"TV"}, "B": {"INTERNET", "TV", "BOTH"}, "N": set()}


def centre(*people: str) -> list[Taker]:
    """Takers written `B`, `I*0.5`: whom by skill, times the weight."""
    takers = []
    for number, person in enumerate(people, start=1):
        skill, _, weight = person.partition("*")
        takers.append(Taker(number, Decimal(weight or 1), frozenset(LISTS[skill])))
    return takers


@pytest.mark.parametrize(
    ("counts", "people", "totals", "unassigned"),
    [
        ({"INTERNET": 9}, ["B", "B", "B"], [3, 3, 3], {}),
        ({"INTERNET": 10}, ["B", "B", "B"], [4, 3, 3], {}),
        ({"INTERNET": 2}, ["B", "B", "B"], [1, 1, 0], {}),
        ({"INTERNET": 10}, ["B", "B*0.5"], [7, 3], {}),
        ({"INTERNET": 10, "TV": 10}, ["I", "T", "B"], [7, 7, 6], {}),
        ({"INTERNET": 10, "TV": 2}, ["I", "T"], [10, 2], {}),
        ({"INTERNET": 10, "TV": 2}, ["I", "B"], [6, 6], {}),
        ({"BOTH": 12, "INTERNET": 3, "TV": 3}, ["B", "I", "T"], [12, 3, 3], {}),
        ({"BOTH": 4, "INTERNET": 8, "TV": 0}, ["B", "I"], [6, 6], {}),
        ({"BOTH": 4, "INTERNET": 8}, ["I", "I"], [4, 4], {"BOTH": 4}),
        ({"TV": 5}, ["I", "I"], [0, 0], {"TV": 5}),
        ({"TV": 5}, ["N"], [0], {"TV": 5}),
        ({"TV": 5, "BOTH": 1}, [], [], {"TV": 5, "BOTH": 1}),
        ({}, ["B"], [0], {}),
        ({"TV": 0}, ["B"], [0], {}),
    ],
)
def test_contacts_are_assigned_by_skill_and_weight(
    counts: dict[str, int], people: list[str], totals: list[int], unassigned: dict[str, int]
) -> None:
    takers = centre(*people)
    fair = fair_shares(counts, takers)
    assert [fair.total(taker.agent_id) for taker in takers] == totals
    assert fair.unassigned == unassigned


def test_agents_of_one_skill_get_the_same_mix_of_lists() -> None:
    fair = fair_shares({"INTERNET": 60, "TV": 30, "BOTH": 10}, centre("B", "B", "B"))
    for row in fair.quotas.values():
        assert abs(row["INTERNET"] - 20) <= 1
        assert abs(row["TV"] - 10) <= 1
        assert abs(row["BOTH"] - 3) <= 1


counts_drawn = st.fixed_dictionaries({name: st.integers(0, 300) for name in ("INTERNET", "TV", "BOTH")})
takers_drawn = st.lists(
    st.tuples(st.sampled_from("IITTBBN"), st.decimals("0.05", "10", places=2)), max_size=9
).map(lambda people: centre(*(f"{skill}*{weight}" for skill, weight in people)))  # fmt: skip


def check_adds_up(counts: dict[str, int], takers: list[Taker], fair: FairShares) -> None:
    for name, number in counts.items():
        assigned = sum(row.get(name, 0) for row in fair.quotas.values())
        assert assigned + fair.unassigned.get(name, 0) == number
        if fair.unassigned.get(name):
            assert not any(name in taker.lists for taker in takers)
    for taker in takers:
        assert set(fair.quotas.get(taker.agent_id, {})) <= taker.lists
        assert all(part > 0 for part in fair.quotas.get(taker.agent_id, {}).values())


@given(counts_drawn, takers_drawn)
def test_no_contact_could_go_to_somebody_less_loaded(counts: dict[str, int], takers: list[Taker]) -> None:
    fair = fair_shares(counts, takers)
    check_adds_up(counts, takers, fair)
    for loaded in takers:
        for name in fair.quotas.get(loaded.agent_id, {}):
            for other in takers:
                if name in other.lists:
                    with_one_less = Fraction(fair.total(loaded.agent_id) - 1) / Fraction(loaded.weight)
                    with_one_more = Fraction(fair.total(other.agent_id) + 1) / Fraction(other.weight)
                    assert with_one_less < with_one_more


@given(counts_drawn, takers_drawn)
def test_the_same_counts_are_assigned_the_same_way(counts: dict[str, int], takers: list[Taker]) -> None:
    assert fair_shares(counts, takers) == fair_shares(dict(reversed(counts.items())), list(reversed(takers)))


@given(counts_drawn, takers_drawn, st.lists(st.integers(0, 50), min_size=9, max_size=9))
def test_more_contacts_go_to_who_has_least(counts: dict[str, int], takers: list[Taker], loads: list[int]) -> None:
    before = {taker.agent_id: load for taker, load in zip(takers, loads, strict=False)}
    check_adds_up(counts, takers, top_up(counts, takers, before))


def test_one_more_contact_goes_to_the_least_loaded_for_the_weight() -> None:
    fair = top_up({"TV": 1}, centre("B", "B*0.5", "I"), {1: 10, 2: 4, 3: 0})
    assert fair.quotas == {2: {"TV": 1}}
