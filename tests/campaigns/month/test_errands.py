"""What the clock owes to campaigns: tried in turn, three times, and then parked where a supervisor sees it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from campaigns.assignment import assigning
from campaigns.models import Campaign, Errand, ErrandKind
from campaigns.month import errands, lifecycle
from tests.campaigns.a_campaign import add_contacts, make_campaign

NOON = "2026-11-25 12:00"


@pytest.fixture
def two_asked(ana, at):
    """Two proposed months whose supervisor waits for their assignment."""
    months = []
    for period in (date(2026, 12, 1), date(2027, 1, 1)):
        month = make_campaign(period)
        add_contacts(month, 4)
        assigning.open_lists(campaign=month, now=at(NOON))
        months.append(month)
    Campaign.objects.update(assignment_asked_at=at(NOON))
    return months


def test_one_assignment_that_fails_does_not_hold_up_the_others(two_asked, elena, signed_in, at, monkeypatch):
    first, second = two_asked
    assign = assigning.assign

    def fail_for_the_first(*, campaign, now):
        if campaign == first:
            raise ValueError("no such agent")
        return assign(campaign=campaign, now=now)

    monkeypatch.setattr(assigning, "assign", fail_for_the_first)
    assert assigning.assign_what_was_asked(now=at(NOON)) == [second]
    for minutes in (1, 2, 4, 6, 8):
        assert assigning.assign_what_was_asked(now=at(NOON) + timedelta(minutes=minutes)) == []
    errand = Errand.objects.get()
    assert (errand.campaign, errand.attempts, errand.last_error) == (first, 3, "ValueError: no such agent")
    page = signed_in(elena).get("/campaigns/2026-12/").content.decode()
    assert "No se pudo repartir" in page
    assert "no such agent" in page
    monkeypatch.undo()
    assert signed_in(elena).post("/campaigns/2026-12/again/deal/").status_code == 302
    assert assigning.assign_what_was_asked(now=at("2030-01-01 00:00")) == [first]
    assert not Errand.objects.exists()


def test_a_worker_that_vanishes_has_used_up_its_try(two_asked, at):
    first, _second = two_asked

    def vanish():
        raise KeyboardInterrupt

    now = at(NOON)
    for _turn in range(3):
        with pytest.raises(KeyboardInterrupt):
            errands.attempt(vanish, kind=ErrandKind.ASSIGNMENT, campaign=first, now=now)
        assert errands.attempt(lambda: "mine", kind=ErrandKind.ASSIGNMENT, campaign=first, now=now) is None  # leased
        now += timedelta(minutes=31)
    assert errands.attempt(lambda: "mine", kind=ErrandKind.ASSIGNMENT, campaign=first, now=now) is None
    assert [errand.last_error for errand in errands.parked(campaign=first)] == ["Cada intento se interrumpió."]


def test_asking_for_the_assignment_again_forgets_its_failures(two_asked, elena, at):
    first, _second = two_asked
    Errand.objects.create(
        campaign=first, kind=ErrandKind.ASSIGNMENT, owed_at=at(NOON), state="parked", attempts=3, fence=3,
        not_before=at(NOON), parked_at=at(NOON), last_error="x",
    )  # fmt: skip
    errands.try_again(campaign=first, kind=ErrandKind.ASSIGNMENT, now=at(NOON))
    assert first in assigning.assign_what_was_asked(now=at(NOON))


def park_the_assignment(campaign, now):
    Errand.objects.create(
        campaign=campaign, kind=ErrandKind.ASSIGNMENT, owed_at=now, state="parked", attempts=3, fence=3, not_before=now,
        parked_at=now, last_error="x",
    )  # fmt: skip


def test_what_is_assigned_another_way_is_owed_no_more(two_asked, at):
    first, second = two_asked
    for month in two_asked:
        park_the_assignment(month, at(NOON))
    assigning.assign(campaign=first, now=at(NOON))
    assert [errand.campaign for errand in Errand.objects.all()] == [second]


def test_a_month_that_closes_owes_no_assignment(two_asked, at):
    first, _second = two_asked
    park_the_assignment(first, at(NOON))
    lifecycle.close(campaign=first, by=None, now=at("2026-12-31 23:00"), note="")
    assert not Errand.objects.exists()


def test_a_month_that_closes_while_its_assignment_begins_owes_nothing_afterwards(two_asked, at, monkeypatch):
    locked = assigning._locked

    def closed_first(campaign):
        if campaign.state == Campaign.State.PROPOSED:
            Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.CLOSED)
        return locked(campaign)

    monkeypatch.setattr(assigning, "_locked", closed_first)
    assert assigning.assign_what_was_asked(now=at(NOON)) == []
    assert not Errand.objects.exists()
