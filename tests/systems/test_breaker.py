"""Three failures in a row, ten seconds of rest, one question to see."""

from __future__ import annotations

import threading

import pytest

from systems.breaker import Breaker, Resting


class Down(Exception):
    """The system failed."""


class Clock:
    """Seconds, as the test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock=clock)


def fail(breaker: Breaker) -> None:
    with pytest.raises(Down), breaker.watching(Down):
        raise Down


def succeed(breaker: Breaker) -> None:
    with breaker.watching(Down):
        return


def is_resting(breaker: Breaker) -> bool:
    try:
        succeed(breaker)
    except Resting:
        return True
    return False


def test_two_failures_are_bad_luck(breaker: Breaker) -> None:
    fail(breaker)
    fail(breaker)
    assert not is_resting(breaker)


def test_a_success_in_between_begins_the_count_anew(breaker: Breaker) -> None:
    for _nth in range(5):
        fail(breaker)
        fail(breaker)
        succeed(breaker)
    assert not is_resting(breaker)


def test_three_in_a_row_open_it_for_ten_seconds(breaker: Breaker, clock: Clock) -> None:
    for _nth in range(3):
        fail(breaker)
    assert is_resting(breaker)
    clock.now = 9.9
    assert is_resting(breaker)
    clock.now = 10.0
    assert not is_resting(breaker)


def test_one_goes_first_and_its_failure_is_ten_seconds_more(breaker: Breaker, clock: Clock) -> None:
    for _nth in range(3):
        fail(breaker)
    clock.now = 10.0
    fail(breaker)
    clock.now = 19.9
    assert is_resting(breaker)
    clock.now = 20.0
    succeed(breaker)
    fail(breaker)
    fail(breaker)
    assert not is_resting(breaker), "after a success the count begins anew"


@pytest.mark.parametrize(
    ("took", "answered_meanwhile", "rests"),
    [(2.0, False, True), (1.99, False, True), (1.0, False, False), (2.0, True, False)],
)
def test_who_waited_in_vain_is_the_only_one_unless_others_were_answered(
    breaker: Breaker, clock: Clock, took: float, answered_meanwhile: bool, rests: bool
) -> None:
    def wait_in_vain() -> None:
        clock.now += took / 2
        if answered_meanwhile:
            succeed(breaker)
        clock.now += took / 2
        raise Down

    succeed(breaker)
    clock.now = 5.0
    with pytest.raises(Down), breaker.watching(Down, patience=2.0):
        wait_in_vain()
    assert is_resting(breaker) is rests
    clock.now += 10
    if rests:
        fail(breaker)  # the probe, quickly this time: it is still not well
        assert is_resting(breaker)


def test_while_one_looks_nobody_else_does(breaker: Breaker, clock: Clock) -> None:
    for _nth in range(3):
        fail(breaker)
    clock.now = 10.0
    with breaker.watching(Down):
        assert is_resting(breaker)
    assert not is_resting(breaker)


def test_a_probe_that_was_broken_off_hands_its_place_on(breaker: Breaker, clock: Clock) -> None:
    for _nth in range(3):
        fail(breaker)
    clock.now = 10.0
    with pytest.raises(KeyboardInterrupt), breaker.watching(Down):
        raise KeyboardInterrupt
    assert not is_resting(breaker)


def test_what_tells_nothing_of_the_system_counts_as_nothing(breaker: Breaker) -> None:
    for _nth in range(5):
        with pytest.raises(ValueError, match="ours"), breaker.watching(Down):
            raise ValueError("ours")
    assert not is_resting(breaker)


def test_of_a_crowd_one_is_let_through(breaker: Breaker, clock: Clock) -> None:
    for _nth in range(3):
        fail(breaker)
    clock.now = 10.0
    let_in: list[int] = []
    turned_away: list[int] = []
    go, leave = threading.Barrier(20), threading.Event()

    def call() -> None:
        go.wait()
        try:
            with breaker.watching(Down):
                let_in.append(1)
                leave.wait(60)
        except Resting:
            turned_away.append(1)
            if len(turned_away) == 19:
                leave.set()

    threads = [threading.Thread(target=call) for _nth in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(let_in), len(turned_away)) == (1, 19)
