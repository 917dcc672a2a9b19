"""Evening out leaves what it can where it is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.assignment.levelling import keep_most
from campaigns.assignment.quotas import Taker, fair_shares

NAMES = ("INTERNET", "TV", "BOTH")
LISTS = {"I": frozenset({"INTERNET"}), "T": frozenset({"TV"}), "B": frozenset(NAMES), "N": frozenset()}


def centre(skills: str) -> list[Taker]:
    return [Taker(number, Decimal(1), LISTS[skill]) for number, skill in enumerate(skills, start=1)]


def counts_of(holdings: dict[int, dict[str, int]]) -> dict[str, int]:
    return {name: sum(row.get(name, 0) for row in holdings.values()) for name in NAMES}


@pytest.mark.parametrize(
    ("skills", "holdings", "after"),
    [
        ("BB", {1: {"TV": 10}, 2: {"INTERNET": 10}}, {1: {"TV": 10}, 2: {"INTERNET": 10}}),
        ("BB", {1: {"TV": 10}, 2: {"INTERNET": 2}}, {1: {"TV": 6}, 2: {"INTERNET": 2, "TV": 4}}),
        ("BB", {1: {"TV": 6, "BOTH": 6}, 2: {}}, {1: {"TV": 3, "BOTH": 3}, 2: {"TV": 3, "BOTH": 3}}),
        ("IB", {1: {"INTERNET": 4}, 2: {"INTERNET": 8, "TV": 4}}, {1: {"INTERNET": 8}, 2: {"INTERNET": 4, "TV": 4}}),
        ("BB", {9: {"TV": 4}}, {1: {"TV": 2}, 2: {"TV": 2}}),
    ],
)
def test_only_what_evens_out_moves(skills: str, holdings: dict, after: dict) -> None:
    takers = centre(skills)
    assert keep_most(fair_shares(counts_of(holdings), takers), takers, holdings) == after


holdings_drawn = st.dictionaries(
    st.integers(1, 8), st.dictionaries(st.sampled_from(NAMES), st.integers(0, 60), max_size=3), max_size=8
)


@given(st.text("IITTBBBN", min_size=1, max_size=7), holdings_drawn)
def test_totals_are_those_of_the_fair_share_out_and_every_contact_has_one_place(skills: str, holdings: dict) -> None:
    takers = centre(skills)
    fair = fair_shares(counts_of(holdings), takers)
    quotas = keep_most(fair, takers, holdings)
    for taker in takers:
        row = quotas.get(taker.agent_id, {})
        assert sum(row.values()) == fair.total(taker.agent_id)
        assert set(row) <= taker.lists
        assert all(number > 0 for number in row.values())
    for name in NAMES:
        assigned = sum(row.get(name, 0) for row in fair.quotas.values())
        assert sum(row.get(name, 0) for row in quotas.values()) == assigned


@given(st.text("ITBBB", min_size=1, max_size=7), holdings_drawn)
def test_evened_out_once_nothing_moves_again(skills: str, holdings: dict) -> None:
    takers = centre(skills)
    once = keep_most(fair_shares(counts_of(holdings), takers), takers, holdings)
    assert keep_most(fair_shares(counts_of(once), takers), takers, once) == once
