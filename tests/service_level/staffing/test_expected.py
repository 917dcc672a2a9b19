"""What is expected of a day: like days before it and nothing later, moved by the trend; how far off that was."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_level.staffing.expected import Past, expect, held_out, trend_of
from service_level.working_time import Stretch, WorkingCalendar

HOLIDAY = date(2026, 11, 2)
CALENDAR = WorkingCalendar(
    tuple(Stretch(weekday, time(8), time(20)) for weekday in range(7)), days_off=frozenset({HOLIDAY})
)
TODAY = date(2026, 11, 23)  # a Monday


def foretold(past: Past, day: date, *, origin: date, calendar: WorkingCalendar) -> dict[int, float]:
    trend = trend_of(past, origin=origin, calendar=calendar)
    return expect(past, day, origin=origin, trend=trend, calendar=calendar)


def past(weeks: int, calls: int = 10, *, last: date = TODAY) -> dict[date, dict[int, int]]:
    """So many calls at nine on each of the days before, twice as many on Mondays; none at any other hour."""
    days = [last - timedelta(days=ago) for ago in range(1, weeks * 7 + 1)]
    return {day: {18: calls * (2 if day.weekday() == 0 else 1)} for day in days}


def told(of: Past, day: date, origin: date = TODAY) -> float:
    return foretold(of, day, origin=origin, calendar=CALENDAR).get(18, 0.0)


def test_what_is_the_same_every_week_is_expected_again() -> None:
    flat = {day: {18: 10} for day in past(12)}
    assert foretold(flat, date(2026, 11, 24), origin=TODAY, calendar=CALENDAR) == {18: pytest.approx(10)}


def test_the_same_weekday_weighs_more_than_others_of_the_week() -> None:
    monday, tuesday = told(past(8), TODAY), told(past(8), date(2026, 11, 24))
    assert 10 < tuesday < 12
    assert 16 < monday < 20


def test_saturdays_holidays_and_the_end_of_the_month_are_each_of_their_kind() -> None:
    days = {day: {18: 10} for day in past(12)}
    days |= {day: {18: 40} for day in days if day.day >= 25}
    days |= {day: {18: 3} for day in days if day.weekday() == 5}
    days[HOLIDAY] = {18: 1}
    assert told(days, date(2026, 11, 27)) == pytest.approx(40)  # a Friday after the 25th
    assert told(days, date(2026, 11, 24)) == pytest.approx(10)
    assert told(days, date(2026, 12, 5)) == pytest.approx(3)
    assert told(days, HOLIDAY + timedelta(weeks=4)) == pytest.approx(40), "an ordinary Monday at the end of the month"
    other = WorkingCalendar(CALENDAR.hours, frozenset({HOLIDAY, date(2026, 10, 12), date(2026, 12, 7)}))
    days[date(2026, 10, 12)] = {18: 1}
    assert foretold(days, date(2026, 12, 7), origin=TODAY, calendar=other) == {18: pytest.approx(1, rel=0.2)}


def test_what_grows_every_week_is_expected_to_grow_and_never_by_more_than_a_trend_does() -> None:
    grows = {day: {18: round(1000 * 1.02 ** ((day - TODAY).days / 7))} for day in past(12)}
    assert trend_of(grows, origin=TODAY, calendar=CALENDAR) == pytest.approx(1.02, abs=0.002)
    assert told(grows, date(2026, 11, 24)) == pytest.approx(1000, rel=0.02)
    assert told(grows, date(2026, 12, 8)) == pytest.approx(1040, rel=0.02)
    twice = {day: {18: 10 if day < TODAY - timedelta(weeks=4) else 20} for day in past(12)}
    assert trend_of(twice, origin=TODAY, calendar=CALENDAR) == 1.03


@given(
    st.dictionaries(
        st.dates(TODAY, TODAY + timedelta(days=20)), st.dictionaries(st.integers(0, 47), st.integers(0, 99))
    )
)
def test_nothing_after_the_origin_is_known(later: dict[date, dict[int, int]]) -> None:
    of = past(8)
    assert told({**of, **later}, date(2026, 11, 24)) == told(of, date(2026, 11, 24))


@pytest.mark.parametrize("weeks", [0, 1])
def test_of_too_few_like_days_nothing_is_said(weeks: int) -> None:
    of = {day: calls for day, calls in past(weeks).items() if day.weekday() in (5,)}
    assert foretold(of, date(2026, 11, 28), origin=TODAY, calendar=CALENDAR) == {}


def test_a_forecast_is_held_against_weeks_it_had_not_seen_and_against_the_week_before() -> None:
    """Ten one week and thirty the next: the week before is twenty off, their mean about ten."""
    days = {day: {18: 10 if (day.toordinal() // 7) % 2 else 30} for day in past(12)}
    off = held_out(days, today=TODAY, calendar=CALENDAR)
    assert off
    assert 500 < off.calls < 600  # two weeks of each, the days of which do not end with the week
    assert off.naive == pytest.approx(1.0, abs=0.05)
    assert 0.3 < off.error < 0.75
    exact = held_out({day: {18: 10} for day in past(12)}, today=TODAY, calendar=CALENDAR)
    assert exact
    assert (exact.error, exact.naive) == (pytest.approx(0), 0)
    assert held_out({}, today=TODAY, calendar=CALENDAR) is None


def test_a_call_in_a_half_hour_where_none_was_expected_counts_as_missed() -> None:
    days = {day: {18: 10} for day in past(12)}
    days[date(2026, 11, 18)] = {20: 10}
    off = held_out(days, today=TODAY, calendar=CALENDAR)
    assert off
    assert off.error * off.calls >= 20
