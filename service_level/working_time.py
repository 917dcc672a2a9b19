"""Working time: how much lies between two moments, and when an amount of it is used up.

Pure functions over the weekly hours and the days off; `working_calendar` reads both from the tables. Times are La
Paz's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from service_level.days import LA_PAZ
from service_level.models import Holiday, WorkingHours

NOTHING = timedelta(0)
LOOK_AHEAD = timedelta(days=60)  # a calendar without hours in so many days is one that nobody has filled in


@dataclass(frozen=True, order=True)
class Stretch:
    """Hours of a weekday (Monday is 0): `opens` is inside, `closes` is not."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class WorkingCalendar:
    """The hours of a week and the days that are not worked."""

    hours: tuple[Stretch, ...]
    days_off: frozenset[date]

    def stretches_of(self, day: date) -> list[tuple[datetime, datetime]]:
        """What is worked on a day, in order, overlapping stretches as one."""
        if day in self.days_off:
            return []
        found: list[tuple[datetime, datetime]] = []
        for stretch in sorted(self.hours):
            if stretch.weekday != day.weekday():
                continue
            begins = datetime.combine(day, stretch.opens, LA_PAZ)
            ends = datetime.combine(day, stretch.closes, LA_PAZ)
            if found and begins <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], ends))
            else:
                found.append((begins, ends))
        return found

    def within(self, others: Iterable[Stretch]) -> WorkingCalendar:
        """The same calendar where only hours that are also in `others` count (work inside the calling windows)."""
        both = []
        for mine in self.hours:
            for other in others:
                opens, closes = max(mine.opens, other.opens), min(mine.closes, other.closes)
                if mine.weekday == other.weekday and opens < closes:
                    both.append(Stretch(mine.weekday, opens, closes))
        return WorkingCalendar(tuple(both), self.days_off)


def working_calendar(*, first: date, last: date) -> WorkingCalendar:
    """The centre's calendar with the days off from `first` to `last`."""
    hours = WorkingHours.objects.values_list("weekday", "opens", "closes")
    days_off = Holiday.objects.filter(is_day_off=True, day__range=(first, last)).values_list("day", flat=True)
    return WorkingCalendar(tuple(Stretch(*row) for row in hours), frozenset(days_off))


def working_time_between(start: datetime, end: datetime, *, calendar: WorkingCalendar) -> timedelta:
    """Working time from `start` to `end`; nothing when `end` is not after `start`."""
    return sum((ends - begins for begins, ends in _worked(start, end, calendar)), NOTHING)


def when_worked(start: datetime, amount: timedelta, *, until: datetime, calendar: WorkingCalendar) -> datetime | None:
    """The moment at which `amount` of work begun at `start` is done; None when it is not done by `until`."""
    if amount <= NOTHING:
        return start if start <= until else None
    left = amount
    for begins, ends in _worked(start, until, calendar):
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    return None


def next_worked(start: datetime, *, until: datetime, calendar: WorkingCalendar) -> datetime | None:
    """The first moment that is worked, from `start` on; None when there is none before `until`."""
    return next((begins for begins, _ends in _worked(start, until, calendar)), None)


def working_days_between(start: datetime, end: datetime, *, calendar: WorkingCalendar) -> int:
    """Days with any working time between two moments."""
    return len({begins.date() for begins, _ends in _worked(start, end, calendar)})


def _worked(start: datetime, end: datetime, calendar: WorkingCalendar) -> Iterator[tuple[datetime, datetime]]:
    start, end = start.astimezone(LA_PAZ), end.astimezone(LA_PAZ)
    day = start.date()
    while day <= end.date():
        for opens, closes in calendar.stretches_of(day):
            begins, ends = max(opens, start), min(closes, end)
            if begins < ends:
                yield begins, ends
        day += timedelta(days=1)


def pushed_back(due: datetime, *, paused_at: datetime, resumed_at: datetime, calendar: WorkingCalendar) -> datetime:
    """When something is due whose clock stood still for a while: the working time that was left is left again.

    What was overdue at the pause, and what has no working hours ahead in the calendar, stays due when it was; and never
    is it due earlier (at midnight, and all its working time is done by the evening).
    """
    left = working_time_between(paused_at, due, calendar=calendar)
    if left <= NOTHING:
        return due
    done = when_worked(resumed_at, left, until=resumed_at + (due - paused_at) + LOOK_AHEAD, calendar=calendar)
    return max(due, done or due)


def before_by(due: datetime, amount: timedelta, *, since: datetime, calendar: WorkingCalendar) -> datetime:
    """The moment from which only `amount` of working time is left until `due`; not before `since`."""
    whole = working_time_between(since, due, calendar=calendar)
    if whole <= amount:
        return since
    return when_worked(since, whole - amount, until=due, calendar=calendar) or since
