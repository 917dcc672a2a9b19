"""The formulas give what tables give, and what a simulated queue does."""

from __future__ import annotations

import heapq
import random

import pytest

from service_level.staffing.erlang import Answered, Traffic, agents_needed, answered, blocked


def simulated(agents: int, traffic: Traffic, *, seconds: float, calls: int = 60_000, seed: int = 7) -> Answered:
    """A queue with these agents, call by call: first come, first served; who has no patience left is not served."""
    dice = random.Random(seed)
    free = [0.0] * agents  # when each is free again
    heapq.heapify(free)
    now = busy = 0.0
    in_time = lost = 0
    for _call in range(calls):
        now += dice.expovariate(traffic.rate)
        begins = max(now, free[0])
        wait = begins - now
        if traffic.patience is not None and wait > dice.expovariate(1 / traffic.patience):
            lost += 1
            continue
        handling = dice.expovariate(1 / traffic.handling)
        heapq.heapreplace(free, begins + handling)
        busy += handling
        in_time += wait <= seconds
    return Answered(in_time / calls, lost / calls, busy / (now * agents))


def test_tables_of_erlang() -> None:
    assert blocked(10, 5.0) == pytest.approx(0.018385, abs=1e-6)
    assert blocked(2, 1.0) == pytest.approx(0.2)
    # 100 calls in half an hour of 180 s are 10 Erlang
    busy = Traffic(calls=100, handling=180)
    assert busy.load == 10
    assert answered(14, busy, seconds=20).level == pytest.approx(0.8884, abs=1e-4)
    assert agents_needed(busy, seconds=20, target=0.8) == 14
    assert answered(13, busy, seconds=20).level < 0.8


@pytest.mark.parametrize(
    ("agents", "traffic"),
    [
        (14, Traffic(100, 180)),
        (3, Traffic(10, 240)),
        (14, Traffic(100, 180, patience=120)),
        (9, Traffic(100, 180, patience=60)),  # fewer than the load: many hang up
        (3, Traffic(20, 240, patience=90)),
        (1, Traffic(4, 200, patience=300)),
        (40, Traffic(400, 170, patience=45)),
    ],
)
def test_a_simulated_queue_does_what_the_formula_says(agents: int, traffic: Traffic) -> None:
    found, told = simulated(agents, traffic, seconds=20), answered(agents, traffic, seconds=20)
    assert told.level == pytest.approx(found.level, abs=0.015)
    assert told.lost == pytest.approx(found.lost, abs=0.015)
    assert told.occupancy == pytest.approx(found.occupancy, abs=0.015)


def test_more_agents_never_answer_fewer_in_time() -> None:
    traffic = Traffic(calls=60, handling=200, patience=100)
    levels = [answered(agents, traffic, seconds=20).level for agents in range(25)]
    assert levels == sorted(levels)
    needed = agents_needed(traffic, seconds=20, target=0.8)
    assert needed is not None
    assert levels[needed - 1] < 0.8 <= levels[needed]


def test_patience_without_end_is_the_queue_without_impatience() -> None:
    for_ever, patient = Traffic(100, 180), Traffic(100, 180, patience=1e6)
    assert answered(14, patient, seconds=20).level == pytest.approx(answered(14, for_ever, seconds=20).level, abs=1e-3)


@pytest.mark.parametrize("patience", [None, 90.0])
def test_the_ends(patience: float | None) -> None:
    assert agents_needed(Traffic(0, 180, patience), seconds=20, target=0.8) == 0
    assert answered(0, Traffic(10, 180, patience), seconds=20) == Answered(0.0, 1.0, 0.0)
    assert agents_needed(Traffic(10_000, 600, patience), seconds=20, target=0.8, at_most=50) is None
