"""Months as people write them, and the days of calls before them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.month.periods import PeriodNotUnderstood, calls_from, calls_until, parse_period, period_of, write_period

days = st.dates(date(2000, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026-12", date(2026, 11, 25), date(2026, 11, 30)),
        ("2027-01", date(2026, 12, 25), date(2026, 12, 31)),
        ("2026-03", date(2026, 2, 25), date(2026, 2, 28)),
        ("2028-03", date(2028, 2, 25), date(2028, 2, 29)),
    ],
)
def test_calls_run_from_the_25th_to_the_last_day_of_the_month_before(written: str, first: date, last: date) -> None:
    period = parse_period(written)
    assert (calls_from(period), calls_until(period)) == (first, last)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "12-2026", "2026-12-01", "0000-01", "2026-1", "x"])
def test_a_text_that_is_no_month_says_how_one_is_written(text: str) -> None:
    with pytest.raises(PeriodNotUnderstood, match="2026-12"):
        parse_period(text)


@given(days)
def test_the_period_of_a_day_is_the_one_called_about_in_its_month(day: date) -> None:
    period = period_of(day)
    assert period.day == 1
    assert calls_until(period).replace(day=1) <= day <= calls_until(period)
    assert calls_until(period) - calls_from(period) <= timedelta(days=6)


@given(days)
def test_a_written_period_reads_back(day: date) -> None:
    assert parse_period(write_period(day)) == day.replace(day=1)


def test_the_policy_may_name_another_first_day_of_calls() -> None:
    assert calls_from(date(2027, 3, 1), day=1) == date(2027, 2, 1)
    assert calls_from(date(2027, 3, 1), day=28) == date(2027, 2, 28)
