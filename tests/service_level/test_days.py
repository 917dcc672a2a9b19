"""Days from midnight to midnight of La Paz, wherever the clock of a moment stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_level.days import LA_PAZ, bounds_of, bounds_of_day, read_day


def test_a_day_is_that_of_la_paz_and_not_of_greenwich() -> None:
    begins, ends = bounds_of_day(now=datetime(2026, 11, 26, 3, 59, tzinfo=UTC))  # 23:59 of the 25th
    assert (begins, ends) == (datetime(2026, 11, 25, tzinfo=LA_PAZ), datetime(2026, 11, 26, tzinfo=LA_PAZ))
    assert bounds_of_day(now=ends)[0] == ends  # midnight belongs to the new day


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_a_span_holds_all_of_its_days(first: date, more: int) -> None:
    begins, ends = bounds_of(first, first + timedelta(days=more))
    assert ends - begins == timedelta(days=more + 1)
    assert bounds_of_day(now=begins)[0] == begins
    assert bounds_of_day(now=ends - timedelta(microseconds=1))[1] == ends


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-28", date(2026, 11, 28)), ("2000-01-01", date(2000, 1, 1)), ("2199-12-31", date(2199, 12, 31)),
        ("1999-12-31", None), ("2200-01-01", None), ("9999-12-31", None), ("2026-02-30", None), ("28/11/2026", None),
        ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_day_of_an_address_is_read_or_there_is_none(text: str | None, day: date | None) -> None:
    assert read_day(text) == day
