"""When customers answer and how the lists empty, counted by hand (tests/campaigns/a_month.py)."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next
from campaigns.desk.results import record_result
from campaigns.figures.patterns import count_patterns, count_running
from campaigns.invariants.looks import patterns_that_differ_from_the_rows
from campaigns.models import Attempt, Campaign, ChangedRows, HourFigure, LeftFigure, ListEntry, PatternRefresh
from tests.campaigns.a_campaign import make_campaign, moment
from tests.campaigns.a_month import make_month


@pytest.fixture
def month(ana, luis):
    campaign = make_month({"ana": ana, "luis": luis})
    assert count_patterns(campaign=campaign, now=moment("2026-11-28 10:00"))
    return campaign


def by(campaign: Campaign, column: str) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for line in HourFigure.objects.filter(campaign=campaign):
        tried, reached = found.get(getattr(line, column), (0, 0))
        found[getattr(line, column)] = (tried + line.attempts, reached + line.contacted)
    return found


def test_attempts_and_who_was_reached_by_hour_of_dialling(month):
    assert by(month, "hour") == {9: (1, 1), 10: (3, 2), 11: (2, 1), 12: (2, 0), 15: (1, 0)}


def test_attempts_and_who_was_reached_by_number_of_the_attempt(month):
    assert by(month, "number") == {1: (7, 3), 2: (2, 1)}


def test_later_attempts_go_on_with_the_number_without_counting_past_days_again(month, ana):
    past = set(HourFigure.objects.values_list("pk", flat=True))
    entry = ListEntry.objects.get(contact__contract="A4")
    Attempt.objects.create(
        campaign=month, contact_id=entry.pk, agent=ana, telephone="+59170700000", fence=3,
        dialled_at=moment("2026-11-28 11:00"), day=date(2026, 11, 28), resulted_at=moment("2026-11-28 11:01"),
        disposition=entry.last_disposition,
    )  # fmt: skip
    ListEntry.objects.filter(pk=entry.pk).update(attempts=3)
    count_patterns(campaign=month, now=moment("2026-11-28 12:00"))
    assert by(month, "number") == {1: (7, 3), 2: (2, 1), 3: (1, 0)}
    assert past < set(HourFigure.objects.values_list("pk", flat=True))


def test_a_technical_failure_is_no_attempt_and_moves_no_number(month, ana):
    entry = ListEntry.objects.get(contact__contract="A4")
    failed = entry.last_disposition
    failed.pk, failed.code, failed.key, failed.counts_as_attempt = None, "month-failed", "", False
    failed.save()
    Attempt.objects.create(
        campaign=month, contact_id=entry.pk, agent=ana, telephone="+59170700000", fence=3,
        dialled_at=moment("2026-11-25 12:00"), day=date(2026, 11, 25), resulted_at=moment("2026-11-25 12:01"),
        disposition=failed,
    )  # fmt: skip
    PatternRefresh.objects.all().delete()
    count_patterns(campaign=month, now=moment("2026-11-28 12:00"))
    assert by(month, "number") == {1: (7, 3), 2: (2, 1)}


def test_contacts_leave_on_the_day_of_their_last_call_or_of_their_payment(month):
    """A3 refused on the 25th. A1, A2 and L3 were called and L2 was not: all four are known to have paid on the 28th."""
    left = {line.day.day: (line.called, line.uncalled) for line in LeftFigure.objects.filter(campaign=month)}
    assert left == {25: (1, 0), 28: (3, 1)}
    refresh = PatternRefresh.objects.get(campaign=month)
    assert (refresh.open, refresh.unassigned) == (4, 0)


def test_who_left_before_the_launch_is_no_part_of_it(month):
    ListEntry.objects.filter(contact__contract="L2").update(paid_known_at=moment("2026-11-24 09:00"))
    count_patterns(campaign=month, now=moment("2026-11-28 12:00"))
    assert sum(line.uncalled for line in LeftFigure.objects.filter(campaign=month)) == 0


def test_the_two_halves_of_the_lot_are_counted_where_the_order_follows_when_customers_answer(month):
    assert PatternRefresh.objects.get().halves == {}
    last = max(ListEntry.objects.values_list("pk", flat=True))
    Campaign.objects.filter(pk=month.pk).update(follows_answers=True, drawn_until=last)
    month.refresh_from_db()
    count_patterns(campaign=month, now=moment("2026-11-28 12:00"))
    called, reached = ["A1", "A2", "A3", "A4", "A5", "L1", "L3"], {"A1", "A2", "A3", "L1"}
    halves: dict[str, list[int]] = {}
    for contract in called:
        drawn = hashlib.md5(f"{contract}:orden:{month.hold_out_seed}".encode()).hexdigest()  # noqa: S324
        half = halves.setdefault("other" if int(drawn[:8], 16) % 2 else "following", [0, 0])
        half[0], half[1] = half[0] + 1, half[1] + (contract in reached)
    assert PatternRefresh.objects.get().halves == halves


def test_the_clock_counts_what_is_called_and_what_closed_since_but_nothing_twice_after_that(month):
    make_campaign(date(2026, 11, 1), state=Campaign.State.PROPOSED)
    assert count_running(now=moment("2026-11-28 12:00")) == [month]
    closed = {"state": Campaign.State.CLOSED, "closed_at": moment("2026-12-01 00:10")}
    Campaign.objects.filter(pk=month.pk).update(**closed)
    assert count_running(now=moment("2026-12-01 00:40")) == [month]
    assert count_running(now=moment("2026-12-01 00:45")) == []


def test_a_closed_month_is_counted_again_when_a_payment_is_given_back(month):
    closed_at = moment("2026-11-30 20:00")
    Campaign.objects.filter(pk=month.pk).update(state=Campaign.State.CLOSED, closed_at=closed_at)
    assert count_running(now=moment("2026-12-01 00:40")) == [month]
    ListEntry.objects.filter(contact__contract="A2").update(state="open")
    ChangedRows.objects.create(campaign=month, at=moment("2026-12-04 10:00"), verb="refunded")
    before = PatternRefresh.objects.get().open
    assert count_running(now=moment("2026-12-04 10:05")) == [month]
    assert PatternRefresh.objects.get().open == before + 1
    assert count_running(now=moment("2026-12-04 10:40")) == [month]  # what was committed late is still seen
    assert count_running(now=moment("2026-12-04 11:15")) == []


def test_a_call_that_outlasts_the_close_of_its_month_is_counted_when_told(december, ana, make_contact, result, at):
    contact = make_contact(ana)
    give_next(agent=ana, now=at("2026-11-30 17:00"))
    dial(agent=ana, contact=contact, telephone=contact.telephones[0], now=at("2026-11-30 17:01"))
    Campaign.objects.filter(pk=december.pk).update(state=Campaign.State.CLOSED, closed_at=at("2026-11-30 17:02"))
    assert count_running(now=at("2026-11-30 17:30")) == [december]
    assert count_running(now=at("2026-11-30 17:35")) == []
    told = {"disposition": result("no_answer"), "now": at("2026-11-30 17:40")}
    record_result(agent=ana, contact=contact, fence=1, **told)
    assert patterns_that_differ_from_the_rows() == []  # they are counted in a moment
    assert count_running(now=at("2026-11-30 17:45")) == [december]
    assert by(december, "hour") == {17: (1, 0)}
    assert patterns_that_differ_from_the_rows() == []
