"""A new kind of owed work is one model and one verb: everything else is there already."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from agents.models import Agent, User
from callcenter import health
from tests.work.a_reminder import REMINDERS, SENT, TROUBLE, Reminder
from work import sweeping, tasks
from work.claiming import claim
from work.doing import NotNow, Outcome, do_one
from work.ending import done, renew
from work.overview import SHOWN
from work.steps import LeaseLost
from work.trying_again import try_again, try_parked_again

pytestmark = pytest.mark.django_db
Owe = Callable[..., Reminder]
SignedIn = Callable[[Any], Client]
MINUTE = timedelta(minutes=1)


def as_it_is(reminder: Reminder) -> tuple[str, int, int]:
    reminder.refresh_from_db()
    return reminder.state, reminder.attempts, reminder.fence


def fail_three_times(reminder: Reminder, now: datetime) -> None:
    TROUBLE[reminder.to_whom] = OSError("sin señal")
    for minutes in (0, 1, 11):
        do_one(Reminder, pk=reminder.pk, now=now + minutes * MINUTE)


# -- claimed, done, tried again ----------------------------------------------------------------------------------------


def test_it_is_done_once(owed: Owe, now: datetime) -> None:
    reminder = owed()
    assert [do_one(Reminder, pk=reminder.pk, now=now) for _turn in range(2)] == [Outcome.OVER, Outcome.NOTHING]
    assert (SENT, as_it_is(reminder)) == (["Rosa"], ("sent", 1, 1))
    assert reminder.lease_until is None


def test_what_is_not_due_yet_waits(owed: Owe, now: datetime) -> None:
    reminder = owed(at=now + MINUTE)
    assert do_one(Reminder, pk=reminder.pk, now=now) == Outcome.NOTHING


def test_the_one_that_is_due_longest_is_claimed_first(owed: Owe, now: datetime) -> None:
    for minutes, name in ((1, "Luis"), (9, "Rosa"), (5, "Ana")):
        owed(name, at=now - minutes * MINUTE)
    claimed = [claim(Reminder, now=now) for _turn in range(4)]
    assert [found.to_whom if found else None for found in claimed] == ["Rosa", "Ana", "Luis", None]


def test_what_leaves_the_house_is_not_claimed_in_an_open_transaction(owed: Owe, now: datetime) -> None:
    owed()
    with transaction.atomic(), transaction.atomic(), pytest.raises(RuntimeError):
        claim(Reminder, now=now, durable=True)
    with transaction.atomic(), pytest.raises(RuntimeError):
        do_one(Reminder, pk=Reminder.objects.get().pk, now=now)


def test_it_is_tried_three_times_ever_later_and_then_waits_for_a_person(owed: Owe, now: datetime) -> None:
    reminder = owed()
    TROUBLE["Rosa"] = OSError("sin señal")
    moments = [
        minute for minute in range(60) if do_one(Reminder, pk=reminder.pk, now=now + minute * MINUTE) != Outcome.NOTHING
    ]
    assert moments == [0, 1, 11]
    assert as_it_is(reminder) == ("parked", 3, 3)
    assert (reminder.last_error, reminder.parked_at) == ("OSError: sin señal", now + 11 * MINUTE)


def test_a_parked_one_is_tried_again_with_its_attempts_counted_anew(owed: Owe, now: datetime) -> None:
    reminder = owed()
    fail_three_times(reminder, now)
    TROUBLE.clear()
    reminder.refresh_from_db()
    stale = Reminder.objects.get(pk=reminder.pk)
    assert [try_again(owed=reminder, now=now), try_again(owed=stale, now=now)] == [True, False]  # of two clicks one
    assert as_it_is(reminder) == ("waiting", 0, 3)
    assert (reminder.parked_at, reminder.last_error) == (None, "OSError: sin señal")  # until the next attempt ends
    assert do_one(Reminder, pk=reminder.pk, now=now) == Outcome.OVER
    reminder.refresh_from_db()
    assert reminder.last_error == ""


def test_all_parked_ones_are_tried_again_at_once(owed: Owe, now: datetime) -> None:
    both = [owed("Rosa"), owed("Luis")]
    for reminder in both:
        fail_three_times(reminder, now)
    owed("Ana")
    assert try_parked_again(Reminder, now=now) == [reminder.pk for reminder in both]
    assert {as_it_is(reminder)[0] for reminder in both} == {"waiting"}


def test_what_is_not_its_own_fault_gives_the_attempt_back_and_lets_the_others_wait(owed: Owe, now: datetime) -> None:
    first, second = owed("Rosa"), owed("Luis")
    TROUBLE["Rosa"] = NotNow("la central no responde", wait=2 * MINUTE, among=Q())
    assert do_one(Reminder, pk=first.pk, now=now) == Outcome.POSTPONED
    assert as_it_is(first) == ("waiting", 0, 1)
    assert do_one(Reminder, pk=second.pk, now=now + MINUTE) == Outcome.NOTHING
    assert do_one(Reminder, pk=second.pk, now=now + 2 * MINUTE) == Outcome.OVER


# -- fence and lease ---------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """What no `except` of ours catches."""


def test_a_killed_worker_has_used_up_its_attempt_and_another_takes_over_when_the_lease_ends(
    owed: Owe, now: datetime
) -> None:
    reminder = owed()
    TROUBLE["Rosa"] = Killed()
    with pytest.raises(Killed):
        do_one(Reminder, pk=reminder.pk, now=now)
    TROUBLE.clear()
    assert do_one(Reminder, pk=reminder.pk, now=now + REMINDERS.lease - MINUTE) == Outcome.NOTHING
    assert do_one(Reminder, pk=reminder.pk, now=now + REMINDERS.lease) == Outcome.OVER
    assert as_it_is(reminder) == ("sent", 2, 2)


def test_what_kills_every_worker_is_parked_by_the_sweep(owed: Owe, now: datetime) -> None:
    reminder = owed()
    TROUBLE["Rosa"] = Killed()
    for turn in range(3):
        with pytest.raises(Killed):
            do_one(Reminder, pk=reminder.pk, now=now + turn * REMINDERS.lease)
    assert sweeping.sweep(Reminder, now=now + 3 * REMINDERS.lease) == []
    assert as_it_is(reminder) == ("parked", 3, 3)
    assert reminder.last_error == "Cada intento se interrumpió."


def test_what_killed_its_last_worker_is_parked_by_whoever_would_claim_it(owed: Owe, now: datetime) -> None:
    reminder = owed()
    TROUBLE["Rosa"] = Killed()
    for turn in range(3):
        with pytest.raises(Killed):
            do_one(Reminder, pk=reminder.pk, now=now + turn * REMINDERS.lease)
    assert do_one(Reminder, pk=reminder.pk, now=now + 3 * REMINDERS.lease) == Outcome.NOTHING
    assert as_it_is(reminder) == ("parked", 3, 3)


def test_what_was_wrong_before_its_workers_vanished_is_kept_and_not_said_of_them(owed: Owe, now: datetime) -> None:
    reminder = owed()
    for turn in range(2):  # parked, tried again, and parked once more
        TROUBLE["Rosa"] = Killed() if turn else OSError("sin señal")
        for attempt in range(3):
            later = now + timedelta(days=turn) + 4 * attempt * REMINDERS.lease
            with pytest.raises(Killed) if turn else nullcontext():
                do_one(Reminder, pk=reminder.pk, now=later)
        if not turn:
            reminder.refresh_from_db()
            try_again(owed=reminder, now=now + timedelta(days=1))
    sweeping.sweep(Reminder, now=now + timedelta(days=2))
    assert as_it_is(reminder) == ("parked", 3, 6)
    assert reminder.last_error == "El último intento se interrumpió. Antes: OSError: sin señal"


@pytest.mark.parametrize("attempts", [1, 3])
def test_an_attempt_that_failed_is_an_error_in_the_log_only_when_a_person_is_needed(
    owed: Owe, now: datetime, attempts: int, caplog: pytest.LogCaptureFixture
) -> None:
    reminder = owed()
    TROUBLE["Rosa"] = OSError("sin señal")
    for minutes in (0, 1, 11)[:attempts]:
        do_one(Reminder, pk=reminder.pk, now=now + minutes * MINUTE)
    levels = [record.levelname for record in caplog.records if record.name == "work.doing"]
    assert levels == ["WARNING", "WARNING", "ERROR"][:attempts]


def test_a_worker_that_was_thought_dead_hands_nothing_in(owed: Owe, now: datetime) -> None:
    owed()
    late = claim(Reminder, now=now)
    successor = claim(Reminder, now=now + REMINDERS.lease)
    assert late is not None
    assert successor is not None
    for end in (lambda: done(owed=late, now=now), lambda: renew(owed=late, now=now)):
        with pytest.raises(LeaseLost):
            end()
    done(owed=successor, now=now)
    assert as_it_is(late) == ("sent", 2, 2)


def test_a_lease_that_is_renewed_is_nobody_elses(owed: Owe, now: datetime) -> None:
    reminder = owed()
    mine = claim(Reminder, now=now)
    assert mine is not None
    renew(owed=mine, now=now + 4 * MINUTE)
    assert do_one(Reminder, pk=reminder.pk, now=now + 6 * MINUTE) == Outcome.NOTHING


# -- rung, seen, checked -----------------------------------------------------------------------------------------------


def test_the_sweep_rings_for_what_waits_once_a_minute(owed: Owe, now: datetime) -> None:
    reminder = owed()
    seconds = [second for second in range(0, 130, 10) if sweeping.sweep(Reminder, now=now + timedelta(seconds=second))]
    assert seconds == [0, 70]
    do_one(Reminder, pk=reminder.pk, now=now)
    assert sweeping.sweep(Reminder, now=now + timedelta(days=1)) == []


def test_the_tick_rings_the_kernels_own_worker_and_the_worker_does_it(owed: Owe, rung: list[int]) -> None:
    reminder = owed(at=timezone.now())
    tasks.sweep()
    assert rung == [reminder.pk]
    tasks.do_one(kind="reminder", pk=rung[0])
    assert SENT == ["Rosa"]


def test_supervision_sees_what_is_parked_and_tries_it_again(
    owed: Owe, now: datetime, elena: User, signed_in: SignedIn, rung: list[int]
) -> None:
    reminder = owed()
    fail_three_times(reminder, now)
    client = signed_in(elena)
    page = client.get("/work/").content.decode()
    assert "Recordatorios" in page
    assert "recordatorio Rosa" in page
    assert "OSError: sin señal" in page
    assert client.post(f"/work/reminder/{reminder.pk}/again/").status_code == 302
    assert (as_it_is(reminder)[0], rung) == ("waiting", [reminder.pk])
    again = client.post(f"/work/reminder/{reminder.pk}/again/", follow=True).content.decode()
    assert "Ya no está detenido." in again
    assert len(rung) == 1


def test_all_of_a_kind_are_tried_again_from_the_page(
    owed: Owe, now: datetime, elena: User, signed_in: SignedIn, rung: list[int]
) -> None:
    both = [owed("Rosa"), owed("Luis")]
    for reminder in both:
        fail_three_times(reminder, now)
    assert "Reintentar 2 detenidos" in signed_in(elena).get("/work/").content.decode()
    said = signed_in(elena).post("/work/reminder/again/", follow=True).content.decode()
    assert "2 trabajos se intentan otra vez." in said
    assert rung == [reminder.pk for reminder in both]


def test_an_auditor_reads_without_numbers_and_acts_on_nothing(
    owed: Owe, now: datetime, oscar: User, ana: Agent, signed_in: SignedIn
) -> None:
    reminder = owed()
    TROUBLE["Rosa"] = OSError("no existe 70712345")
    for minutes in (0, 1, 11):
        do_one(Reminder, pk=reminder.pk, now=now + minutes * MINUTE)
    page = signed_in(oscar).get("/work/").content.decode()
    assert "no existe" in page
    assert "70712345" not in page
    assert "Reintentar" not in page
    for person in (oscar, ana):
        assert signed_in(person).post(f"/work/reminder/{reminder.pk}/again/").status_code == 403
        assert signed_in(person).post("/work/reminder/again/").status_code == 403
    assert signed_in(ana).get("/work/").status_code == 403
    assert as_it_is(reminder)[0] == "parked"


def test_of_many_that_are_parked_the_page_says_how_many_it_does_not_show(
    owed: Owe, now: datetime, elena: User, signed_in: SignedIn
) -> None:
    Reminder.objects.bulk_create(
        Reminder(to_whom=f"n{n}", owed_at=now, state="parked", parked_at=now, attempts=3, fence=3)
        for n in range(SHOWN + 2)
    )
    page = signed_in(elena).get("/work/").content.decode()
    assert page.count("recordatorio n") == 2 * SHOWN  # its title, and heard on its button
    assert "Recordatorios: y 2 más" in page


def test_a_kind_nobody_knows_is_not_there(reminders: None, elena: User, signed_in: SignedIn) -> None:
    client = signed_in(elena)
    assert client.post("/work/unknown/again/").status_code == 404
    assert client.get("/work/unknown/again/").status_code == 405


def test_the_page_costs_the_same_however_much_is_parked(
    owed: Owe, now: datetime, elena: User, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        fail_three_times(owed(f"n{number}"), now)
    client = signed_in(elena)
    client.get("/work/")
    with django_assert_max_num_queries(35):
        client.get("/work/")


def test_what_waits_too_long_is_told_in_readyz(owed: Owe, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_lately", health.Lately())
    monkeypatch.setattr(health, "KEPT_FOR", 0.0)
    told = client.get("/readyz").json()["findings"]
    assert {name for name in told if name.startswith("oldest_")} == {
        *(
            "oldest_errand",
            "oldest_export",
            "oldest_month_seal",
            "oldest_notice",
            "oldest_reminder",
            "oldest_report",
            "oldest_webhook",
            "oldest_write",
        ),
    }
    assert told["oldest_reminder"] == {"holds": True, "vital": False, "seen": "nothing waits"}
    owed(at=timezone.now() - timedelta(minutes=30))
    assert client.get("/readyz").json()["findings"]["oldest_reminder"]["holds"] is False


def test_what_is_tried_again_is_as_old_as_the_asking(owed: Owe, now: datetime) -> None:
    """It may have been parked for days, and the centre is no less well for a person who has seen to it."""
    reminder = owed()
    fail_three_times(reminder, now)
    assert sweeping.unattended_since(Reminder, now=now) is None
    reminder.refresh_from_db()
    try_again(owed=reminder, now=now + timedelta(days=3))
    assert sweeping.unattended_since(Reminder, now=now + timedelta(days=3)) == now + timedelta(days=3)


def test_what_waits_for_a_closed_door_is_as_old_as_it_is(owed: Owe, now: datetime) -> None:
    reminder = owed()
    TROUBLE["Rosa"] = NotNow("la central no responde", wait=timedelta(hours=1))
    do_one(Reminder, pk=reminder.pk, now=now + MINUTE)
    assert sweeping.unattended_since(Reminder, now=now + 2 * MINUTE) == now


BREAKS = {
    "reminder_is_leased_while_at_work": "state = 'sent', lease_until = now()",
    "reminder_counts_its_attempts": "attempts = 4, fence = 4",
    "reminder_says_since_when_it_is_parked": "state = 'parked'",
}


def test_a_sound_kind_breaks_no_promise(owed: Owe, now: datetime) -> None:
    fail_three_times(owed("Rosa"), now)
    do_one(Reminder, pk=owed("Luis").pk, now=now)
    claim(Reminder, now=now, pk=owed("Ana").pk)
    call_command("check_invariants")


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_a_promise_is_found(owed: Owe, now: datetime, name: str) -> None:
    owed()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE work_reminder SET {BREAKS[name]}")
    with pytest.raises(CommandError, match=name):
        call_command("check_invariants")
