"""What a board is told that asks what changed since it last looked."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from escalations import working
from escalations.changes import CARDS_AT_MOST, LINES_AT_MOST, LOOK_BACK, changes_since, newest_change
from escalations.models import Change, Escalation

pytestmark = pytest.mark.django_db
LATER = LOOK_BACK + timedelta(seconds=1)


def test_what_changed_since_is_told_once_more_for_a_while_and_then_no_more(make_card, elena, morning):
    old, card = make_card(), make_card()
    since = newest_change()
    later = morning + LATER
    assert changes_since(since=since, user=elena, now=later).cards == ()
    working.take(escalation_id=card.pk, by=elena, now=later)
    found = changes_since(since=since, user=elena, now=later)
    assert found.cards == ((card.pk, 1),)
    assert (found.newest, found.resync) == (newest_change(), False)
    assert changes_since(since=found.newest, user=elena, now=later).cards == ((card.pk, 1),)
    assert changes_since(since=found.newest, user=elena, now=later + LATER).cards == ()
    assert old.version == 0


@pytest.mark.parametrize(
    ("asked", "resync"),
    [("", True), ("x", True), ("-1", True), ("٣", True), ("9" * 40, True), ("9" * 18, True), ("{newest}", False)],
)
def test_who_does_not_know_since_when_looks_at_everything(card, signed_in, elena, asked, resync):
    answer = signed_in(elena).get("/escalations/changes/", {"since": asked.format(newest=newest_change())}).json()
    assert (answer["resync"], answer["newest"]) == (resync, newest_change())


def test_whoever_is_far_behind_looks_at_everything(card, elena, morning):
    Change.objects.bulk_create(
        Change(escalation=card, verb="note", to_state="new", at=morning) for _turn in range(LINES_AT_MOST + 1)
    )
    newest = newest_change()
    assert changes_since(since=newest - LINES_AT_MOST - 1, user=elena, now=morning).resync
    assert changes_since(since=newest - LINES_AT_MOST, user=elena, now=morning).cards == ((card.pk, 0),)


def test_more_cards_than_a_board_fetches_one_by_one_are_not_told_one_by_one(make_card, elena, morning):
    make_card(now=morning - LATER)
    since = newest_change()
    for _turn in range(CARDS_AT_MOST):
        make_card()
    found = changes_since(since=since, user=elena, now=morning)
    assert (found.resync, len(found.cards)) == (False, CARDS_AT_MOST)
    make_card()
    found = changes_since(since=since, user=elena, now=morning)
    assert (found.resync, found.cards) == (True, ())


def test_nobody_is_told_of_a_card_that_is_not_hers_to_see(make_card, marta, ana, morning):
    make_card(now=morning - LATER)
    since = newest_change()
    make_card()
    assert changes_since(since=since, user=marta.user, now=morning).cards == ()
    assert len(changes_since(since=since, user=ana.user, now=morning).cards) == 1


def test_a_question_asks_little(card, signed_in, elena, django_assert_max_num_queries):
    client = signed_in(elena)
    client.get("/escalations/changes/")
    with django_assert_max_num_queries(4):
        client.get("/escalations/changes/", {"since": "0"})


@pytest.mark.django_db(transaction=True)
def test_a_change_that_took_its_key_first_and_was_committed_last_is_told_all_the_same(make_card, elena, morning):
    slow, quick = make_card(), make_card()
    since, now = newest_change(), morning + LATER
    written, told = threading.Event(), threading.Event()

    def take_slowly():
        with transaction.atomic():
            working.take(escalation_id=slow.pk, by=elena, now=now)
            written.set()
            told.wait(60)
        connection.close()

    thread = threading.Thread(target=take_slowly)
    thread.start()
    assert written.wait(60)
    working.take(escalation_id=quick.pk, by=elena, now=now)
    first = changes_since(since=since, user=elena, now=now)
    told.set()
    thread.join()
    second = changes_since(since=first.newest, user=elena, now=now + timedelta(seconds=3))
    assert first.cards == ((quick.pk, 1),)
    assert (slow.pk, 1) in second.cards
    assert Escalation.objects.get(pk=slow.pk).owner == elena
