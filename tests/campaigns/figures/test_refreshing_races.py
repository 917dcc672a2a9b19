"""Counting while others count or write: one count at a time, and every one of a single moment."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction

from campaigns.figures import keeping, refreshing
from campaigns.figures.figures import read_figures
from campaigns.figures.refreshing import count_into_cells, counting_alone, refresh_figures
from campaigns.intake.emptying import empty
from campaigns.models import (
    Attempt,
    ChangedRows,
    FigureCell,
    FigureRefresh,
    ListEntry,
    MeasuredContact,
    PaymentPromise,
)
from campaigns.month.changed_rows import note_changed_rows
from tests.campaigns.a_month import make_month
from tests.campaigns.together import somebody_waits_for_a_lock
from tests.processes.house import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def month(ana, luis):
    return make_month({"ana": ana, "luis": luis})


def in_a_thread(work):
    """Run `work` on a connection of its own; returns the thread and a list that gets its result."""
    found = []

    def run():
        try:
            found.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def test_two_counts_at_once_are_one(month, at):
    with counting_alone(month, waits=False) as is_ours:
        assert is_ours
        thread, found = in_a_thread(lambda: refresh_figures(campaign=month, now=at("2026-11-28 10:00")))
        thread.join(60)
        assert found == [False]
    assert FigureCell.objects.count() == 0
    assert refresh_figures(campaign=month, now=at("2026-11-28 10:00"))


def test_who_must_have_the_figures_waits_for_its_turn(month, at):
    with counting_alone(month, waits=False):
        thread, found = in_a_thread(lambda: refresh_figures(campaign=month, now=at("2026-11-28 10:00"), afresh=True))
        wait_until(somebody_waits_for_a_lock, what="it waits for its turn")
        assert thread.is_alive()
    thread.join(60)
    assert found == [True]


def test_who_takes_the_month_away_lets_the_count_end_first_and_nothing_of_it_stays(month, at):
    """A count that still saw the contacts would have left what they counted for, of nobody."""

    def take_away():
        with transaction.atomic():
            return empty(campaign=month)

    PaymentPromise.objects.all().delete()
    Attempt.objects.all().delete()
    with counting_alone(month, waits=False), transaction.atomic():
        count_into_cells(campaign=month, now=at("2026-11-28 10:00"), afresh=True)
        thread, found = in_a_thread(take_away)
        wait_until(somebody_waits_for_a_lock, what="it waits for the count")
    thread.join(60)
    assert found == [12]
    assert (FigureCell.objects.count(), MeasuredContact.objects.count(), FigureRefresh.objects.count()) == (0, 0, 0)


def test_many_counts_at_once_leave_each_cell_once(month, at):
    threads = [
        in_a_thread(lambda: refresh_figures(campaign=month, now=at("2026-11-28 10:00"), afresh=True))[0]
        for _turn in range(4)
    ]
    for thread in threads:
        thread.join(60)
    figures = read_figures(campaign=month)
    assert (figures.contacts.items, figures.services.items, figures.services.paid) == (12, 14, 6)
    keys = list(FigureCell.objects.values_list("cut", "unit", "part", "agent", "zone", "held_out"))
    assert len(keys) == len(set(keys))


def test_a_count_sees_one_moment_while_others_write(month, at, ana, monkeypatch):
    """Between laying out contacts and counting the rest, somebody is handled: contacts and services still agree."""
    laid_out = refreshing.count_rows

    def lay_out_and_let_others_write(**kwargs):
        laid_out(**kwargs)

        def write():
            with transaction.atomic():
                untouched = ListEntry.objects.filter(contact__contract="L4")
                contacts = list(untouched.values_list("contact", flat=True))
                untouched.update(handled_at=at("2026-11-28 09:59"), handled_by=ana)
                note_changed_rows(
                    campaign=month, verb=ChangedRows.Verb.MENDED, now=at("2026-11-28 10:00"), contacts=contacts
                )

        thread, _found = in_a_thread(write)
        thread.join(60)

    monkeypatch.setattr(refreshing, "count_rows", lay_out_and_let_others_write)
    refresh_figures(campaign=month, now=at("2026-11-28 10:00"))
    monkeypatch.undo()
    figures = read_figures(campaign=month)
    assert (figures.contacts.handled, figures.services.handled) == (7, 8)
    refresh_figures(campaign=month, now=at("2026-11-28 10:05"))
    figures = read_figures(campaign=month)
    assert (figures.contacts.handled, figures.services.handled) == (8, 10)


def test_a_count_that_fails_lets_go_of_its_turn(month, at, monkeypatch):
    def fail(**kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(refreshing, "count_rows", fail)
    with pytest.raises(Exception, match="division"):
        refresh_figures(campaign=month, now=at("2026-11-28 10:00"))
    monkeypatch.undo()
    thread, found = in_a_thread(lambda: refresh_figures(campaign=month, now=at("2026-11-28 10:00")))
    thread.join(60)
    assert found == [True]


@pytest.fixture
def looked_at(monkeypatch):
    """Whom each count that is not afresh measures."""
    found = []
    lay_changed = keeping.lay_changed

    def lay_and_tell(cursor, **kwargs):
        are_few = lay_changed(cursor, **kwargs)
        cursor.execute("SELECT contact_id FROM changed_contact ORDER BY 1")
        found.append([contact for (contact,) in cursor.fetchall()])
        return are_few

    monkeypatch.setattr(keeping, "lay_changed", lay_and_tell)
    return found


def handle(entry, agent, month, now):
    ListEntry.objects.filter(pk=entry.pk).update(handled_at=now, handled_by=agent)
    note_changed_rows(campaign=month, verb=ChangedRows.Verb.MENDED, now=now, contacts=[entry.contact_id])


def test_what_a_count_saw_is_not_looked_at_again(month, at, ana, looked_at):
    """Once every transaction ended that was open when it was written: of any database of this server."""
    first, second = ListEntry.objects.filter(handled_at=None).order_by("pk")[:2]
    refresh_figures(campaign=month, now=at("2026-11-28 10:00"))
    handle(first, ana, month, at("2026-11-28 10:01"))
    refresh_figures(campaign=month, now=at("2026-11-28 10:02"))
    assert first.contact_id in looked_at[0]

    def only_the_second_is_looked_at():
        handle(second, ana, month, at("2026-11-28 10:03"))
        refresh_figures(campaign=month, now=at("2026-11-28 10:04"))
        return looked_at[-1] == [second.contact_id]

    wait_until(only_the_second_is_looked_at, what="others' transactions ended")


def test_what_an_older_transaction_writes_after_newer_ones_were_counted_is_counted(month, at, ana, looked_at):
    """It was open at the last count, and what it wrote has an hour and a number before those that were counted."""
    prompt, *late = ListEntry.objects.filter(handled_at=None).order_by("pk")[:3]
    refresh_figures(campaign=month, now=at("2026-11-28 10:00"))
    handled = read_figures(campaign=month).contacts.handled
    has_written, may_end = threading.Event(), threading.Event()

    def write_slowly():
        with transaction.atomic():
            handle(late[0], ana, month, at("2026-11-28 10:01"))
            with transaction.atomic():  # a savepoint writes under a number of its own
                handle(late[1], ana, month, at("2026-11-28 10:01"))
            has_written.set()
            assert may_end.wait(60)

    thread, _found = in_a_thread(write_slowly)
    assert has_written.wait(60)
    handle(prompt, ana, month, at("2026-11-28 10:02"))
    refresh_figures(campaign=month, now=at("2026-11-28 10:03"))
    assert read_figures(campaign=month).contacts.handled == handled + 1
    may_end.set()
    thread.join(60)
    refresh_figures(campaign=month, now=at("2026-11-28 10:04"))
    assert read_figures(campaign=month).contacts.handled == handled + 3
    assert prompt.contact_id in looked_at[0]
    assert {entry.contact_id for entry in late} <= set(looked_at[1])


def test_on_another_server_transactions_have_other_numbers_and_the_count_is_afresh(month, at, ana, looked_at):
    """Brought back from a copy, what was not counted yet may have a number before the one that was kept."""
    refresh_figures(campaign=month, now=at("2026-11-28 10:00"))
    entry = ListEntry.objects.filter(handled_at=None).first()
    handled = read_figures(campaign=month).contacts.handled
    handle(entry, ana, month, at("2026-11-28 10:01"))
    last = FigureRefresh.objects.get()
    last.mark.update(server="7000000000000000000", open="4000000000")
    last.save()
    refresh_figures(campaign=month, now=at("2026-11-28 10:02"))
    assert looked_at == []
    assert read_figures(campaign=month).contacts.handled == handled + 1
