"""Sweeps at once, on real transactions: one request a write, one effect, one settlement."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from agents.models import Agent, User
from inbound.models import OutsideWrite
from inbound.writes import settling, writing
from inbound.writes.delivering import LEASE, REST, deliver_due, recover
from inbound.writes.states import State, WriteRefused
from tests.campaigns.together import at_once
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken
from tests.processes.house import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
Owe = Callable[..., OutsideWrite]
SetMode = Callable[..., None]
ORDINARY, MONEY = "smartflex.reiterate_damage", "qbc.top_up"
SWEEPS = 8


def states() -> Counter[str]:
    return Counter(OutsideWrite.objects.values_list("state", flat=True))


def history(write: OutsideWrite) -> list[str]:
    return list(write.changes.order_by("pk").values_list("to_state", flat=True))


def sweep_in_a_thread(now: datetime) -> threading.Thread:
    def run() -> None:
        try:
            deliver_due(now=now)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_until_it_was_asked(side: OtherSide, times: int = 1) -> None:
    """The request is there, its answer is not: the side is slow to release it."""
    wait_until(lambda: len(side.asked) >= times and side.book, what="the other side is asked")


def test_eight_sweeps_at_once_send_each_write_once(owe: Owe, side: OtherSide, now: datetime) -> None:
    for number in range(12):
        owe(ORDINARY, key=f"o{number}")
        owe(MONEY, key=f"m{number}", number=f"70712{number:03}")
    done = at_once(lambda _n: deliver_due(now=now), list(range(SWEEPS)))
    assert sum(done) == len(side.asked) == len(side.book) == 24
    assert states() == {State.DONE: 24}
    assert set(OutsideWrite.objects.values_list("attempts", "fence")) == {(1, 1)}
    assert broken() == {}


@pytest.mark.parametrize("action", [ORDINARY, MONEY])
def test_a_slow_one_is_sent_by_one_of_eight(owe: Owe, side: OtherSide, now: datetime, action: str) -> None:
    write = owe(action)
    side.slow[""] = 0.5
    assert sum(at_once(lambda _n: deliver_due(now=now), list(range(SWEEPS)))) == 1
    assert (len(side.asked), history(write)) == (1, ["waiting", "sending", "done"])


@pytest.mark.parametrize(("action", "state"), [(ORDINARY, "waiting"), (MONEY, "uncertain")])
def test_what_a_killed_worker_left_is_taken_back_once(
    owe: Owe, side: OtherSide, now: datetime, action: str, state: str
) -> None:
    write = owe(action)
    OutsideWrite.objects.filter(pk=write.pk).update(state="sending", lease_until=now, attempts=1, fence=1)
    write.changes.create(from_state="waiting", to_state="sending", at=now)
    assert sum(at_once(lambda _n: recover(now=now), list(range(SWEEPS)))) == 1
    assert history(write) == ["waiting", "sending", state]
    assert broken() == {}


def test_an_answer_that_comes_after_the_lease_confirms_the_doubt_itself_raised(
    owe: Owe, side: OtherSide, now: datetime, set_mode: SetMode
) -> None:
    set_mode("qbc", timeout_seconds=10)
    write = owe(MONEY)
    side.slow[""] = 10
    late = sweep_in_a_thread(now)
    wait_until_it_was_asked(side)
    assert deliver_due(now=now + LEASE) == 0  # takes it back, and does not send it
    assert history(write)[-1] == "uncertain"
    side.released.set()
    late.join(60)
    assert history(write) == ["waiting", "sending", "uncertain", "done"]
    assert len(side.asked) == 1
    assert broken() == {}


def test_two_who_hold_an_ordinary_write_have_one_effect_and_the_later_fence_counts(
    owe: Owe, side: OtherSide, now: datetime, set_mode: SetMode
) -> None:
    set_mode("smartflex", timeout_seconds=10)
    write = owe(ORDINARY)
    side.slow[""] = 10
    late = sweep_in_a_thread(now)
    wait_until_it_was_asked(side)
    recover(now=now + LEASE)
    second = sweep_in_a_thread(now + LEASE + REST)
    wait_until_it_was_asked(side, times=2)
    side.released.set()
    late.join(60)
    second.join(60)
    assert (len(side.asked), len(side.book)) == (2, 1)
    write.refresh_from_db()
    assert (write.state, write.fence, write.reference) == (State.DONE, 2, "REF-1")
    assert broken() == {}


def test_of_two_supervisors_one_settles_a_doubt(owe: Owe, now: datetime, elena: User, rosa: User) -> None:
    write = owe(MONEY)
    OutsideWrite.objects.filter(pk=write.pk).update(state="uncertain", attempts=1, fence=1)
    write.changes.create(from_state="waiting", to_state="sending", at=now)
    write.changes.create(from_state="sending", to_state="uncertain", at=now)

    def settle(what: tuple[User, str]) -> bool:
        who, outcome = what
        try:
            settling.settle(write=write, outcome=outcome, reference="R-1", reason="Libro de QBC", by=who, now=now)
        except WriteRefused:
            return False
        return True

    assert sorted(at_once(settle, [(elena, "done"), (rosa, "not_done")] * 4)) == [False] * 7 + [True]
    assert broken() == {}


def test_a_parked_write_tried_again_by_many_hands_is_sent_once(
    owe: Owe, side: OtherSide, now: datetime, elena: User, ana: Agent
) -> None:
    write = owe(MONEY)
    OutsideWrite.objects.filter(pk=write.pk).update(state="parked", attempts=3, fence=1)
    write.changes.create(from_state="waiting", to_state="sending", at=now)
    write.changes.create(from_state="sending", to_state="parked", at=now)

    def press(_n: int) -> int:
        try:
            writing.try_again(write=write, by=elena, now=now)
        except WriteRefused:
            return 0
        return deliver_due(now=now)

    sent = sum(at_once(press, list(range(SWEEPS))))
    sent += deliver_due(now=now)  # whose sweep met the row locked by another's press passed over it
    assert sent == 1
    assert len(side.asked) == 1
    assert broken() == {}
