"""The database counts working time as the pure functions do."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from service_level.days import LA_PAZ
from service_level.worked_days import WorkedDays
from service_level.working_time import Stretch, WorkingCalendar, working_time_between

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
moments = st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 30, 23, 59, 59), timezones=st.just(LA_PAZ))
times = st.times().map(lambda clock: clock.replace(microsecond=0))
stretches = st.builds(lambda day, a, b: Stretch(day, min(a, b), max(a, b)), st.integers(0, 6), times, times)
calendars = st.builds(
    WorkingCalendar,
    st.lists(stretches, min_size=1, max_size=8).map(tuple),
    st.frozensets(st.dates(FIRST, LAST), max_size=6),
)


def counted(one: datetime, two: datetime, calendar: WorkingCalendar) -> float | None:
    days = WorkedDays.over(first=FIRST, last=LAST, calendar=calendar)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH d AS ({days.relation}), m AS (SELECT %(one)s::timestamptz AS one, %(two)s::timestamptz AS two)
            SELECT {days.up_to("b", "m.two")} - {days.up_to("a", "m.one")}
              FROM m {days.joined("d", "a", "m.one")} {days.joined("d", "b", "m.two")}
            """,
            {**days.values, "one": one, "two": two},
        )
        return cursor.fetchone()[0]


@settings(max_examples=60)
@given(moments, moments, calendars)
def test_the_database_counts_as_the_functions_do(one: datetime, two: datetime, calendar: WorkingCalendar) -> None:
    start, end = sorted((one, two))
    whole = working_time_between(start, end, calendar=calendar)
    assert counted(start, end, calendar) == pytest.approx(whole.total_seconds(), abs=0.001)


def test_without_hours_the_clock_counts_and_outside_of_the_days_nothing() -> None:
    nobody = WorkingCalendar((), frozenset())
    start = datetime(2026, 11, 20, 22, tzinfo=LA_PAZ)
    assert counted(start, start + timedelta(hours=30), nobody) == 30 * 3600
    mondays = WorkingCalendar((Stretch(0, time(8), time(12)),), frozenset())
    assert counted(start, start + timedelta(days=30), mondays) is None
