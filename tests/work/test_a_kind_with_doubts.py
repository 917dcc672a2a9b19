"""A kind whose room decides what became of lost work, whose states show who is at it, and which keeps a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q
from django.test import Client

from agents.models import User
from tests.work.a_transfer import FROZEN, HISTORY, SENDS, TRANSFERS, Transfer
from work import kinds, sweeping
from work.claiming import claim
from work.doing import NotNow, Outcome, do_one
from work.ending import done, fail, hold, postpone, refuse, renew, settle
from work.life import Verb
from work.steps import LeaseLost, take_step
from work.trying_again import owe_again, try_again, try_parked_again, withdraw

pytestmark = pytest.mark.django_db
Owe = Callable[..., Transfer]
SignedIn = Callable[[Any], Client]
MINUTE = timedelta(minutes=1)
State = Transfer.State


def as_it_is(transfer: Transfer) -> tuple[str, int, int]:
    transfer.refresh_from_db()
    return transfer.state, transfer.attempts, transfer.fence


def sending(does: Callable[[Transfer, datetime], object]) -> None:
    """What sending a transfer does from now on."""
    SENDS.append(lambda transfer, *, now: does(transfer, now))


@pytest.mark.parametrize(
    ("does", "outcome", "stands"),
    [
        (lambda mine, now: None, Outcome.OVER, State.SENT),
        (lambda mine, now: refuse(owed=mine, to=State.REFUSED, error="no", now=now), Outcome.OVER, State.REFUSED),
        (lambda mine, now: hold(owed=mine, to=State.UNREADABLE, now=now), Outcome.HELD, State.UNREADABLE),
        (lambda mine, now: fail(owed=mine, error="no", now=now), Outcome.FAILED, State.WAITING),
        (lambda mine, now: 1 / 0, Outcome.HELD, State.UNCERTAIN),  # it may have been done for all that
    ],
)
def test_each_end_of_an_attempt_is_written_and_told(
    owed_transfer: Owe, now: datetime, does: Any, outcome: Outcome, stands: str
) -> None:
    transfer = owed_transfer()
    sending(does)
    assert do_one(Transfer, pk=transfer.pk, now=now) == outcome
    assert as_it_is(transfer) == (stands, 1, 1)
    assert [(was, is_) for _verb, was, is_ in HISTORY] == [("waiting", "sending"), ("sending", stands)]
    call_command("check_invariants")


def test_what_is_held_is_settled_by_a_person_once(owed_transfer: Owe, now: datetime) -> None:
    transfer = owed_transfer(state=State.UNCERTAIN, attempts=1, fence=1)
    stale = Transfer.objects.get()
    settle(owed=transfer, to=State.SENT, now=now)
    with pytest.raises(LeaseLost):
        settle(owed=stale, to=State.RETURNED, now=now)
    assert as_it_is(transfer)[0] == State.SENT
    assert HISTORY == [("settle", "uncertain", "sent")]


def test_an_attempt_that_ends_held_shows_no_error_of_before(owed_transfer: Owe, now: datetime) -> None:
    transfer = owed_transfer(last_error="sin señal")
    sending(lambda mine, now: hold(owed=mine, to=State.UNREADABLE, now=now))
    do_one(Transfer, pk=transfer.pk, now=now)
    transfer.refresh_from_db()
    assert transfer.last_error == ""


# -- lost, and not now -------------------------------------------------------------------------------------------------


def test_the_sweep_lets_its_room_decide_about_a_vanished_worker(owed_transfer: Owe, now: datetime) -> None:
    transfer = owed_transfer()
    claim(Transfer, now=now, pk=transfer.pk)
    assert sweeping.sweep(Transfer, now=now + TRANSFERS.lease - MINUTE) == []
    assert as_it_is(transfer) == (State.SENDING, 1, 1)
    assert sweeping.sweep(Transfer, now=now + TRANSFERS.lease) == []
    assert as_it_is(transfer) == (State.UNCERTAIN, 1, 1)
    assert claim(Transfer, now=now + timedelta(days=1)) is None


def test_a_vanished_worker_that_comes_back_hands_nothing_in(owed_transfer: Owe, now: datetime) -> None:
    owed_transfer()
    late = claim(Transfer, now=now)
    assert late is not None
    sweeping.sweep(Transfer, now=now + TRANSFERS.lease)
    with pytest.raises(LeaseLost):
        done(owed=late, now=now)
    assert as_it_is(late) == (State.UNCERTAIN, 1, 1)


ENDS = {
    "done": lambda mine, now: done(owed=mine, now=now),
    "held": lambda mine, now: hold(owed=mine, to=State.UNCERTAIN, now=now),
    "failed": lambda mine, now: fail(owed=mine, error="x", now=now),
    "postponed": lambda mine, now: postpone(owed=mine, until=now, error="x", now=now),
}


@pytest.mark.parametrize("ended", ENDS)
def test_not_now_after_an_end_that_was_rolled_back_gives_the_attempt_back_once(
    owed_transfer: Owe, now: datetime, ended: str
) -> None:
    transfer = owed_transfer()

    def end_and_stumble(mine: Transfer, now: datetime) -> None:
        with transaction.atomic():
            ENDS[ended](mine, now)
            raise NotNow("el banco cierra", wait=2 * MINUTE)

    sending(end_and_stumble)
    assert do_one(Transfer, pk=transfer.pk, now=now) == Outcome.POSTPONED
    assert as_it_is(transfer) == (State.WAITING, 0, 1)
    assert (transfer.not_before, transfer.last_error) == (now + 2 * MINUTE, "el banco cierra")


def test_not_now_after_an_end_that_was_written_changes_nothing(owed_transfer: Owe, now: datetime) -> None:
    transfer = owed_transfer()

    def end_and_stumble(mine: Transfer, now: datetime) -> None:
        done(owed=mine, now=now)
        raise NotNow("el banco cierra", wait=2 * MINUTE)

    sending(end_and_stumble)
    assert do_one(Transfer, pk=transfer.pk, now=now) == Outcome.OVER
    assert as_it_is(transfer) == (State.SENT, 1, 1)


def test_the_others_wait_even_when_this_one_was_given_to_another_meanwhile(owed_transfer: Owe, now: datetime) -> None:
    first, second = owed_transfer("Rosa"), owed_transfer("Luis")

    def lose_it(mine: Transfer, now: datetime) -> None:
        Transfer.objects.filter(pk=mine.pk).update(fence=9)
        raise NotNow("el banco cierra", wait=2 * MINUTE, among=Q())

    sending(lose_it)
    assert do_one(Transfer, pk=first.pk, now=now) == Outcome.LOST
    assert do_one(Transfer, pk=second.pk, now=now + MINUTE) == Outcome.NOTHING


# -- renewed, tried again, owed again ----------------------------------------------------------------------------------


def test_a_renewal_shows_how_far_it_is_and_is_no_news(owed_transfer: Owe, now: datetime) -> None:
    mine = claim(Transfer, now=now, pk=owed_transfer().pk)
    assert mine is not None
    renew(owed=mine, now=now + MINUTE, state=State.CHECKING)
    assert as_it_is(mine) == (State.CHECKING, 1, 1)
    assert mine.lease_until == now + MINUTE + TRANSFERS.lease
    assert [verb for verb, _was, _is in HISTORY] == ["claim"]
    with pytest.raises(ValueError, match="does not lead to sent"):
        renew(owed=mine, now=now, state=State.SENT)


def test_what_is_held_goes_back_only_from_the_states_its_kind_names(owed_transfer: Owe, now: datetime) -> None:
    doubted, unreadable = owed_transfer(state=State.UNCERTAIN), owed_transfer(state=State.UNREADABLE)
    with pytest.raises(ValueError, match="transfer that is uncertain is not tried again"):
        try_again(owed=doubted, now=now)
    assert try_again(owed=unreadable, now=now) is True
    assert [as_it_is(one)[0] for one in (doubted, unreadable)] == [State.UNCERTAIN, State.WAITING]


def test_what_is_over_is_taken_back_or_owed_again_through_the_table(owed_transfer: Owe, now: datetime) -> None:
    first, second = (owed_transfer(state=State.SENT, attempts=2, fence=2) for _turn in range(2))
    withdraw(owed=first, to=State.RETURNED, now=now)
    owe_again(owed=second, now=now)
    assert (as_it_is(first), as_it_is(second)) == ((State.RETURNED, 2, 2), (State.WAITING, 0, 2))
    assert HISTORY == [("withdraw", "sent", "returned"), ("owe_again", "sent", "waiting")]


def test_the_page_tries_again_by_the_rooms_own_verb_and_says_why_not(
    owed_transfer: Owe, now: datetime, elena: User, signed_in: SignedIn, rung: list[int]
) -> None:
    parked = {"state": State.PARKED, "attempts": 2, "fence": 2, "parked_at": now}
    frozen, free = owed_transfer("Luis", **parked), owed_transfer("Rosa", **parked)
    FROZEN.add("Luis")
    client = signed_in(elena)
    said = client.post(f"/work/transfer/{frozen.pk}/again/", follow=True).content.decode()
    assert "La cuenta está congelada." in said
    client.post(f"/work/transfer/{free.pk}/again/")
    assert [as_it_is(one)[0] for one in (frozen, free)] == [State.PARKED, State.WAITING]
    assert rung == [free.pk]


def test_one_that_its_room_refuses_does_not_hold_up_the_others(owed_transfer: Owe, now: datetime) -> None:
    parked = {"state": State.PARKED, "attempts": 2, "fence": 2, "parked_at": now}
    _frozen, free = owed_transfer("Luis", **parked), owed_transfer("Rosa", **parked)
    FROZEN.add("Luis")
    assert try_parked_again(Transfer, now=now) == [free.pk]


def test_what_is_parked_or_doubted_is_not_claimed(owed_transfer: Owe, now: datetime) -> None:
    for state in (State.PARKED, State.UNCERTAIN, State.SENT):
        owed_transfer(state=state)
    assert claim(Transfer, now=now) is None


def test_what_nobody_is_expected_to_do_makes_the_centre_no_less_well(owed_transfer: Owe, now: datetime) -> None:
    owed_transfer("later", at=now - timedelta(days=1))
    assert sweeping.unattended_since(Transfer, now=now) is None
    owed_transfer("Rosa", at=now - MINUTE)
    assert sweeping.unattended_since(Transfer, now=now) == now - MINUTE


# -- declared ----------------------------------------------------------------------------------------------------------


def test_a_name_or_a_model_is_registered_once(transfers: None) -> None:
    with pytest.raises(ValueError, match="transfer is registered already"):
        kinds.register(TRANSFERS)
    with pytest.raises(ValueError, match="report is registered already"):
        kinds.register(replace(TRANSFERS, name="report"))


def test_a_state_nobody_declared_is_a_mistake_of_the_code(owed_transfer: Owe, now: datetime) -> None:
    with pytest.raises(ValueError, match="transfer declares no state 'lost'"):
        TRANSFERS.phase_of_state("lost")
    transfer = owed_transfer()
    with pytest.raises(ValueError, match="declares no state"):
        take_step(Verb.HOLD, owed=transfer, to="lost", now=now, columns={})
