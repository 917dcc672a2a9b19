"""What will come in a half hour of a line: the mean of the same half hour on like days before, moved by the trend.

Like are days of the same part of the week (a day nobody works is one of its own), both or neither at the busy end of
a month. They are the newest of them; newer ones and those of the same weekday weigh more. Every library that was looked
at forecasts from an unbroken series; what comes here has holidays, and the 25th of each month, at another place each
time (docs/decisions/0188). How far off it is is told beside it, on weeks it had not seen, against *as last week*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from service_level.indicator.forecast import kind_of_day
from service_level.working_time import WorkingCalendar

WEEK = timedelta(weeks=1)
LOOKS_BACK = timedelta(weeks=12)
LIKE_DAYS = 40  # the newest of them: eight weeks of working days
FEWEST = 2  # of which something is said
AGES = 0.85  # a day weighs so many times what one of a week later does
SAME_WEEKDAY = 12.0  # times what another like day weighs: three quarters of what is said
TREND_WEEKS = 4  # are compared with as many before them
TREND_DAYS = 10  # at the least on either side; else nothing is known of a trend
TREND_AT_MOST = 0.03  # a week: a month that was half as busy again is no trend
HELD_OUT = 4  # weeks

Calls = Mapping[int, int]  # of a day: by its half hours, from 0 to 47
Past = Mapping[date, Calls]  # every day of which there is a log, also those without a call of the line


@dataclass(frozen=True)
class Off:
    """How far off forecasts were, over half hours: the sum of what they missed by / all calls that came, in parts of
    one. `naive`: of *as many as a week before*, on the same half hours.
    """

    calls: int
    error: float
    naive: float


def expect(past: Past, day: date, *, origin: date, trend: float, calendar: WorkingCalendar) -> dict[int, float]:
    """Calls of each half hour of a day, by what was known before `origin`, as its trend; empty where like days are too
    few.
    """
    like = like_days(past, day, origin=origin, calendar=calendar)
    if len(like) < FEWEST:
        return {}
    found: dict[int, float] = {}
    weights = 0.0
    for one in like:
        weeks = (day - one) / WEEK
        weight = AGES**weeks * (SAME_WEEKDAY if one.weekday() == day.weekday() else 1.0)
        weights += weight
        for half, calls in past[one].items():
            found[half] = found.get(half, 0.0) + weight * calls * trend**weeks
    return {half: calls / weights for half, calls in sorted(found.items())}


def like_days(past: Past, day: date, *, origin: date, calendar: WorkingCalendar) -> list[date]:
    """Of its kind, the newest first; where those are few, of its part of the week in any part of the month."""
    before = sorted((one for one in past if origin - LOOKS_BACK <= one < origin), reverse=True)
    kind = kind_of_day(day, calendar)
    alike = [one for one in before if kind_of_day(one, calendar) == kind]
    if len(alike) < FEWEST:
        alike = [one for one in before if kind_of_day(one, calendar)[0] == kind[0]]
    return alike[:LIKE_DAYS]


def trend_of(past: Past, *, origin: date, calendar: WorkingCalendar) -> float:
    """Times how many calls a day more than the week before: of ordinary days of the week, 1.0 where they are few."""
    ordinary = [one for one in past if one < origin and kind_of_day(one, calendar) == ("week", False)]
    middle = origin - WEEK * TREND_WEEKS
    newer = [sum(past[one].values()) for one in ordinary if one >= middle]
    older = [sum(past[one].values()) for one in ordinary if middle - WEEK * TREND_WEEKS <= one < middle]
    if min(len(newer), len(older)) < TREND_DAYS or not sum(older) or not sum(newer):
        return 1.0
    grown = (sum(newer) / len(newer)) / (sum(older) / len(older))
    return float(min(max(grown ** (1 / TREND_WEEKS), 1 - TREND_AT_MOST), 1 + TREND_AT_MOST))


def held_out(past: Past, *, today: date, calendar: WorkingCalendar) -> Off | None:
    """Each of the last weeks forecast by what was known before it began; None where there is nothing to compare."""
    calls, missed, naive = 0, 0.0, 0.0
    for day, told in _forecast_weeks(past, today=today, calendar=calendar):
        came, before = past[day], past[day - WEEK]
        calls += sum(came.values())
        halves = {*told, *came, *before}
        missed += sum(abs(told.get(half, 0.0) - came.get(half, 0)) for half in halves)
        naive += sum(abs(before.get(half, 0) - came.get(half, 0)) for half in halves)
    return Off(calls, missed / calls, naive / calls) if calls else None


def _forecast_weeks(past: Past, *, today: date, calendar: WorkingCalendar) -> Iterator[tuple[date, dict[int, float]]]:
    """The days of which there is a log, as there is a week before, with what was said of each when its week began."""
    monday = today - timedelta(days=today.weekday())
    for ago in range(1, HELD_OUT + 1):
        origin = monday - WEEK * ago
        trend = trend_of(past, origin=origin, calendar=calendar)
        for day in (origin + timedelta(days=number) for number in range(7)):
            is_comparable = day in past and day - WEEK in past
            if is_comparable and (told := expect(past, day, origin=origin, trend=trend, calendar=calendar)):
                yield day, told
