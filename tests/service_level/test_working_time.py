"""How much is worked between two moments: a table of days, and what holds for every week."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_level.models import Holiday, WorkingHours
from service_level.working_time import (
    LA_PAZ,
    Stretch,
    WorkingCalendar,
    before_by,
    pushed_back,
    when_worked,
    working_calendar,
    working_days_between,
    working_time_between,
)

MORNING, AFTERNOON = (time(8, 30), time(12, 30)), (time(14, 30), time(18, 30))
WEEK = tuple(Stretch(day, *part) for day in range(5) for part in (MORNING, AFTERNOON)) + (
    Stretch(5, time(9), time(13)),
)
HOLIDAY = date(2026, 11, 27)
CENTRE = WorkingCalendar(WEEK, frozenset({HOLIDAY}))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LA_PAZ)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-25 00:00", "2026-11-25 23:59", 8),
        ("2026-11-25 08:30", "2026-11-25 12:30", 4),
        ("2026-11-25 10:00", "2026-11-25 15:00", 3),
        ("2026-11-25 12:30", "2026-11-25 14:30", 0),
        ("2026-11-25 18:30", "2026-11-26 08:30", 0),
        ("2026-11-27 00:00", "2026-11-28 00:00", 0),  # a holiday
        ("2026-11-28 00:00", "2026-11-29 00:00", 4),  # a Saturday
        ("2026-11-29 00:00", "2026-11-30 00:00", 0),  # a Sunday
        ("2026-11-25 00:00", "2026-12-01 00:00", 28),
        ("2026-11-26 10:00", "2026-11-25 10:00", 0),
        ("2026-11-25 10:00", "2026-11-25 10:00", 0),
    ],
)
def test_only_the_hours_of_the_centre_count(start: str, end: str, hours: float) -> None:
    assert working_time_between(moment(start), moment(end), calendar=CENTRE) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "hours", "done"),
    [
        ("2026-11-25 09:00", 1, "2026-11-25 10:00"),
        ("2026-11-25 09:00", 4, "2026-11-25 15:00"),
        ("2026-11-25 20:00", 1, "2026-11-26 09:30"),
        ("2026-11-26 18:00", 1, "2026-11-28 09:30"),
        ("2026-11-25 00:00", 28, "2026-11-30 18:30"),
        ("2026-11-25 00:00", 28.5, None),
        ("2026-11-25 03:00", 0, "2026-11-25 03:00"),
    ],
)
def test_work_is_done_after_its_hours_or_not_in_time(start: str, hours: float, done: str | None) -> None:
    until = moment("2026-12-01 00:00")
    found = when_worked(moment(start), timedelta(hours=hours), until=until, calendar=CENTRE)
    assert found == (moment(done) if done else None)


def test_overlapping_stretches_count_once() -> None:
    calendar = WorkingCalendar((Stretch(0, time(8), time(12)), Stretch(0, time(10), time(14))), frozenset())
    assert working_time_between(moment("2026-11-23 00:00"), moment("2026-11-24 00:00"), calendar=calendar) == timedelta(
        hours=6
    )


def test_hours_outside_the_calling_window_do_not_count() -> None:
    windows = [Stretch(0, time(9), time(12)), Stretch(0, time(15), time(20)), Stretch(2, time(9), time(10))]
    inside = CENTRE.within(windows)
    assert working_time_between(moment("2026-11-23 00:00"), moment("2026-11-24 00:00"), calendar=inside) == timedelta(
        hours=6.5
    )
    assert working_days_between(moment("2026-11-23 00:00"), moment("2026-11-30 00:00"), calendar=inside) == 2


def test_a_moment_of_another_zone_is_a_moment_of_la_paz() -> None:
    start = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)  # 08:30 in La Paz
    assert working_time_between(start, start + timedelta(hours=2), calendar=CENTRE) == timedelta(hours=2)


@pytest.mark.parametrize(
    ("due", "paused", "resumed", "then"),
    [
        ("2026-11-25 15:30", "2026-11-25 10:00", "2026-11-25 11:00", "2026-11-25 16:30"),
        ("2026-11-25 15:30", "2026-11-25 12:00", "2026-11-25 14:30", "2026-11-25 16:00"),  # half an hour and lunch
        ("2026-11-26 18:00", "2026-11-26 17:00", "2026-11-28 09:00", "2026-11-28 10:00"),  # over a holiday
        ("2026-11-25 16:00", "2026-11-25 17:00", "2026-11-26 10:00", "2026-11-25 16:00"),  # it was overdue already
        ("2026-11-25 23:59", "2026-11-25 10:00", "2026-11-25 10:00", "2026-11-25 23:59"),  # due when nobody works
        ("2026-11-25 15:30", "2026-11-25 19:00", "2026-11-26 07:00", "2026-11-25 15:30"),
    ],
)
def test_a_clock_that_stood_still_goes_on_with_what_was_left(due: str, paused: str, resumed: str, then: str) -> None:
    found = pushed_back(moment(due), paused_at=moment(paused), resumed_at=moment(resumed), calendar=CENTRE)
    assert found == moment(then)


@pytest.mark.parametrize(
    ("due", "hours", "since", "warned"),
    [
        ("2026-11-25 16:30", 1, "2026-11-25 09:00", "2026-11-25 15:30"),
        ("2026-11-25 15:00", 1, "2026-11-25 09:00", "2026-11-25 12:00"),  # over lunch
        ("2026-11-28 09:30", 1, "2026-11-26 09:00", "2026-11-26 18:00"),  # over a holiday
        ("2026-11-25 10:00", 2, "2026-11-25 09:00", "2026-11-25 09:00"),  # less is left from the beginning
    ],
)
def test_a_warning_comes_so_much_working_time_before(due: str, hours: float, since: str, warned: str) -> None:
    found = before_by(moment(due), timedelta(hours=hours), since=moment(since), calendar=CENTRE)
    assert found == moment(warned)


@pytest.mark.django_db
def test_the_calendar_is_read_from_its_tables() -> None:
    WorkingHours.objects.all().delete()
    WorkingHours.objects.create(weekday=2, opens=time(8), closes=time(10))
    Holiday.objects.all().delete()
    Holiday.objects.create(day=date(2026, 11, 25), name="Feriado")
    Holiday.objects.create(day=date(2026, 11, 18), name="Se trabaja", is_day_off=False)
    calendar = working_calendar(first=date(2026, 11, 1), last=date(2026, 11, 30))
    assert calendar == WorkingCalendar((Stretch(2, time(8), time(10)),), frozenset({date(2026, 11, 25)}))


moments = st.datetimes(datetime(2026, 10, 1), datetime(2026, 12, 31), timezones=st.just(LA_PAZ))
times = st.times()
calendars = st.builds(
    WorkingCalendar,
    st.lists(
        st.builds(lambda day, a, b: Stretch(day, min(a, b), max(a, b)), st.integers(0, 6), times, times), max_size=8
    ).map(tuple),
    st.frozensets(st.dates(date(2026, 10, 1), date(2026, 12, 31)), max_size=10),
)


@given(moments, moments, moments, calendars)
def test_working_time_adds_up_and_never_exceeds_the_clock(
    one: datetime, two: datetime, three: datetime, calendar: WorkingCalendar
) -> None:
    first, middle, last = sorted((one, two, three))
    whole = working_time_between(first, last, calendar=calendar)
    assert timedelta(0) <= whole <= last - first
    assert whole == working_time_between(first, middle, calendar=calendar) + working_time_between(
        middle, last, calendar=calendar
    )


@given(moments, moments, calendars, st.timedeltas(timedelta(0), timedelta(hours=60)))
def test_what_is_worked_until_done_is_the_amount(
    one: datetime, two: datetime, calendar: WorkingCalendar, amount: timedelta
) -> None:
    start, until = sorted((one, two))
    done = when_worked(start, amount, until=until, calendar=calendar)
    if done is None:
        assert working_time_between(start, until, calendar=calendar) < amount
    else:
        assert start <= done <= until
        assert working_time_between(start, done, calendar=calendar) == amount


@given(moments, moments, moments, calendars)
def test_working_time_that_was_left_is_left_again_and_nothing_is_due_earlier(
    due: datetime, one: datetime, two: datetime, calendar: WorkingCalendar
) -> None:
    paused_at, resumed_at = sorted((one, two))
    then = pushed_back(due, paused_at=paused_at, resumed_at=resumed_at, calendar=calendar)
    left = working_time_between(paused_at, due, calendar=calendar)
    assert then >= due
    if left and then >= resumed_at:
        assert working_time_between(resumed_at, then, calendar=calendar) == left
    elif left:  # nobody has worked since, and nobody will for months
        ahead = resumed_at + timedelta(days=60)
        assert working_time_between(resumed_at, ahead, calendar=calendar) < left
    else:
        assert then == due


@given(moments, moments, calendars, st.timedeltas(timedelta(0), timedelta(hours=60)))
def test_from_the_warning_so_much_working_time_is_left_until_it_is_due(
    one: datetime, two: datetime, calendar: WorkingCalendar, amount: timedelta
) -> None:
    since, due = sorted((one, two))
    warned = before_by(due, amount, since=since, calendar=calendar)
    left = min(amount, working_time_between(since, due, calendar=calendar))
    assert since <= warned <= due
    assert working_time_between(warned, due, calendar=calendar) == left
    done = when_worked(warned, left, until=due, calendar=calendar)
    assert done is not None
    assert working_time_between(done, due, calendar=calendar) == timedelta(0), "what is left is done by the time"
