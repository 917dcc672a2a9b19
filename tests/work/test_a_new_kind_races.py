"""Workers at once over the invented kind, on real connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.campaigns.together import at_once
from tests.work.a_reminder import REMINDERS, SENT, TROUBLE, Reminder
from work import sweeping
from work.claiming import claim, give_up_lost
from work.doing import Outcome, do_one
from work.trying_again import try_again

pytestmark = pytest.mark.django_db(transaction=True)
Owe = Callable[..., Reminder]


def test_two_workers_rung_for_the_same_rows_do_each_once(owed: Owe, now: datetime) -> None:
    keys = [owed(f"n{number}").pk for number in range(10)]
    ended = at_once(lambda _worker: [do_one(Reminder, pk=pk, now=now) for pk in keys], [1, 2])
    assert Counter(ended[0] + ended[1]) == {Outcome.OVER: 10, Outcome.NOTHING: 10}
    assert sorted(SENT) == sorted(f"n{number}" for number in range(10))
    assert set(Reminder.objects.values_list("state", "attempts", "fence")) == {("sent", 1, 1)}


def test_two_workers_that_take_whatever_is_due_take_different_ones(owed: Owe, now: datetime) -> None:
    for number in range(10):
        owed(f"n{number}")
    found = at_once(lambda _worker: [claim(Reminder, now=now) for _turn in range(5)], [1, 2])
    assert len({claimed.pk for taken in found for claimed in taken if claimed}) == 10


def test_of_many_sweeps_one_rings_and_one_gives_up(owed: Owe, now: datetime) -> None:
    lost = owed("lost")
    Reminder.objects.filter(pk=lost.pk).update(attempts=3, fence=3, lease_until=now)
    waiting = owed("waiting")
    assert sum(at_once(lambda _n: give_up_lost(Reminder, now=now + REMINDERS.lease), [1, 2, 3, 4])) == 1
    rung = at_once(lambda _n: sweeping.sweep(Reminder, now=now), [1, 2, 3, 4])
    assert sorted(key for keys in rung for key in keys) == [waiting.pk]


def test_of_many_clicks_one_tries_it_again(owed: Owe, now: datetime) -> None:
    reminder = owed()
    TROUBLE["Rosa"] = OSError("x")
    for minutes in (0, 1, 11):
        do_one(Reminder, pk=reminder.pk, now=now + timedelta(minutes=minutes))
    parked = Reminder.objects.get()
    read = [Reminder.objects.get(pk=parked.pk) for _click in range(4)]
    assert sorted(at_once(lambda row: try_again(owed=row, now=now), read)) == [False, False, False, True]
