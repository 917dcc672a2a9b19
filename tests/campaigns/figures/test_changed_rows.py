"""After each verb that changes what figures are counted from, the next refresh shows it."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connections, transaction

from campaigns.assignment import assigning, rebalancing, undoing
from campaigns.assignment.moving import Selection
from campaigns.figures.figures import read_figures
from campaigns.figures.filters import Only
from campaigns.figures.refreshing import refresh_figures
from campaigns.intake import mending
from campaigns.models import ChangedRows, Contact, ListEntry, Receipt, RejectedRow, Report
from campaigns.month import lifecycle
from campaigns.month.changed_rows import note_changed_rows
from campaigns.payments import receipts
from tests.campaigns.a_campaign import add_contacts, make_campaign
from tests.campaigns.a_month import make_month
from tests.campaigns.some_receipts import row, take


def settle(month, now):
    """Count until nothing is left to count: results may be corrected for a while."""
    refresh_figures(campaign=month, now=now)
    refresh_figures(campaign=month, now=now + timedelta(minutes=20))
    assert not refresh_figures(campaign=month, now=now + timedelta(minutes=20, seconds=5))


@pytest.fixture
def month(ana, luis, at):
    campaign = make_month({"ana": ana, "luis": luis})
    settle(campaign, at("2026-11-28 10:00"))
    return campaign


def told(month):
    figures = read_figures(campaign=month)
    agents = {line.agent: (line.contacts.assigned, line.contacts.items) for line in figures.by_agent}
    return figures.contacts, figures.services, agents, figures.by_day, figures.by_state


def reassign(month, people, now):
    chosen = Selection(agents=(people["luis"].pk,))
    rebalancing.reassign(campaign=month, selection=chosen, to=[people["ana"]], by=None, now=now)


def take_back(month, people, now):
    rebalancing.take_back(campaign=month, selection=Selection(agents=(people["luis"].pk,)), by=None, now=now)


def undo(month, people, now):
    take_back(month, people, now)
    refresh_figures(campaign=month, now=now)
    undoing.undo(reassignment=rebalancing.last_reassignment(month), by=people["elena"], now=now)


def assign_late(month, people, now):
    ListEntry.objects.filter(campaign=month, state="open").update(owner=None)
    assigning.assign_late(campaign=month, now=now)


def take_payments(month, people, now):
    take([row("R-NEW", "L4TV", "11-28", "100", contract="L4")])


def search_again(month, people, now):
    """A receipt that waited finds its renewal: no row is new, none has a greater key."""
    Receipt.objects.create(
        number="R-OLD", report_id=Receipt.objects.first().report_id, contract="L4", service_number="L4TV", service="TV",
        paid_on=date(2026, 11, 27), amount=100, standing="unmatched",
    )  # fmt: skip
    settle(month, now - timedelta(minutes=25))
    assert receipts.match_all_waiting(now=now).receipts == 1


def admit(month, people, now):
    report = Report.objects.create(
        kind="ccvp", period=month.period, sha256="c" * 64, name="x.csv", size=1, arrived_at=now, state="published",
        rows=15, taken=14, rejected=1, published_at=now,
    )  # fmt: skip
    row = RejectedRow.objects.create(report=report, line=7, cells={}, reason="no_contract")
    cells = {
        "contract": "Z9", "service_number": "Z9TV", "name": "Zoila", "product": "TV", "due_on": "30/11/2026",
        "amount": "149", "mobile": "70712345",
    }  # fmt: skip
    mending.admit(row_id=row.pk, cells=cells, by=people["elena"], now=now)


VERBS = (reassign, take_back, undo, assign_late, take_payments, search_again, admit)


@pytest.mark.parametrize("verb", VERBS)
def test_the_next_refresh_shows_it(month, ana, luis, elena, at, verb):
    before, now = told(month), at("2026-11-28 11:00")
    verb(month, {"ana": ana, "luis": luis, "elena": elena}, now)
    refreshed = refresh_figures(campaign=month, now=now + timedelta(seconds=5))
    after = told(month)
    assert refreshed
    assert (after != before) is (verb is not undo)  # what was undone stands as before, but it was counted


def test_an_assignment_and_the_launch_are_shown(ana, luis, at):
    month = make_campaign()
    add_contacts(month, 10)
    assigning.open_lists(campaign=month, now=at("2026-11-25 08:00"))
    settle(month, at("2026-11-25 08:00"))
    luis.on_duty = False
    luis.save()
    assigning.assign(campaign=month, now=at("2026-11-25 09:00"))
    assert refresh_figures(campaign=month, now=at("2026-11-25 09:01"))
    lifecycle.launch(campaign=month, by=None, now=at("2026-11-25 09:02"))
    assert refresh_figures(campaign=month, now=at("2026-11-25 09:03"))


def test_payments_of_another_month_are_not_counted_again_here(month, at):
    other = make_campaign(date(2027, 1, 1), state="running")
    note_changed_rows(campaign=other, verb=ChangedRows.Verb.MENDED, now=at("2026-11-28 11:00"))
    assert not refresh_figures(campaign=month, now=at("2026-11-28 11:00"))


def test_hours_and_calls_of_an_agent_heed_the_service(month, ana):
    whole, tv = (
        {line.agent: line for line in read_figures(campaign=month, only=only).by_agent}[ana.pk]
        for only in (Only(), Only(service="TV"))
    )
    of_tv = Contact.objects.filter(campaign=month, call_list__in=("TV", "BOTH"))
    calls = sum(contact.attempts.filter(agent=ana, disposition__isnull=False).count() for contact in of_tv)
    assert (whole.attempts, whole.quarters) == (7, 7)
    assert 0 < tv.attempts == calls < whole.attempts
    assert 0 < tv.quarters <= tv.attempts


@pytest.mark.django_db(transaction=True)
def test_a_verb_that_began_first_and_ends_last_is_seen(ana, luis, at):
    """Two verbs write at once; the one with the smaller key commits later. A greatest key would not tell it."""
    month = make_month({"ana": ana, "luis": luis})
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                note_changed_rows(campaign=month, verb=ChangedRows.Verb.MENDED, now=at("2026-11-28 11:00"))
                ListEntry.objects.filter(contact__contract="L4").update(owner=ana)
                begun.set()
                go_on.wait(60)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(60)
    note_changed_rows(campaign=month, verb=ChangedRows.Verb.MENDED, now=at("2026-11-28 11:01"))
    settle(month, at("2026-11-28 11:01"))
    newest = ChangedRows.objects.order_by("-pk").first()
    go_on.set()
    thread.join(60)
    assert ChangedRows.objects.order_by("-pk").first() == newest
    assert refresh_figures(campaign=month, now=at("2026-11-28 11:40"))
    lines = {line.agent: line.contacts.assigned for line in read_figures(campaign=month).by_agent}
    assert (lines[ana.pk], lines[luis.pk]) == (5, 4)
