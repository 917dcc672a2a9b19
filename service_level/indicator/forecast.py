"""How the running month may end: its remaining days are drawn, a thousand times, from days like them that there were.

A day is drawn whole, calls and misses together, so that a bad day stays as bad as it was. What is left of today is the
same hours of another day. Days are taken for independent of each other: where bad days come in rows, the month may end
further off than the interval says.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection

from service_level.days import LA_PAZ, bounds_of, midnight_of
from service_level.indicator.counting import formula_of
from service_level.indicator.figures import percent, read_month
from service_level.models import Formula, MonthForecast
from service_level.months import after, month_of
from service_level.working_time import WorkingCalendar, working_calendar
from telephony.queue_log.evidence import written_until

DRAWS = 1_000
LOOKS_BACK = timedelta(weeks=8)
FEWEST_DAYS = 7  # of which it is drawn; of fewer nothing is said
ALIKE = 3  # days of a kind that are enough to be drawn from alone
BUSY_FROM = 25  # of the month: bills and prepaid services are due
STALE = timedelta(minutes=1)
HALF = timedelta(minutes=30)
STANDS_STILL = timedelta(hours=1)  # without a line: a switchboard that is called writes every few minutes
_DAYS = """
SELECT (began_at AT TIME ZONE %(zone)s)::date AS day, sum(counted), sum(within),
       coalesce(sum(counted) FILTER (WHERE (began_at AT TIME ZONE %(zone)s)::time >= %(clock)s), 0),
       coalesce(sum(within) FILTER (WHERE (began_at AT TIME ZONE %(zone)s)::time >= %(clock)s), 0)
  FROM service_level_linefigure
 WHERE grain = 'half_hour' AND counts_for_att AND began_at >= %(since)s AND began_at < %(until)s
 GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class DayPast:
    """What counted of a day and was in time, and the same of its hours from now on."""

    day: date
    counted: int
    within: int
    rest_counted: int = 0
    rest_within: int = 0


@dataclass(frozen=True)
class Ends:
    """How a month may end. Levels in percent: a tenth of the ends is below `low`, a tenth above `high`. `calls`: that
    count by its end; `left`: how many may still be missed of those; `chance`: percent of the ends that hold the target.
    """

    low: Decimal
    middle: Decimal
    high: Decimal
    calls: int
    left: int
    chance: int


def keep_forecast(*, now: datetime) -> MonthForecast | None:
    """The forecast of the running month, drawn anew where it is a minute old; None where there are too few days."""
    month = month_of(now.astimezone(LA_PAZ).date())
    kept = MonthForecast.objects.filter(month=month).first()
    if kept and now - kept.drawn_at < STALE:
        return kept
    past = _days_before(now, read_until=_read_until(now))
    ends = _ends_of(month, past, now)
    if ends is None:
        return None
    said = {name: getattr(ends, name) for name in ("low", "middle", "high", "calls", "left", "chance")}
    return MonthForecast.objects.update_or_create(month=month, defaults={**said, "days": len(past), "drawn_at": now})[0]


def forecast_of(month: date, *, now: datetime) -> MonthForecast | None:
    """What was drawn last of the month, while it runs."""
    if month != month_of(now.astimezone(LA_PAZ).date()):
        return None
    return MonthForecast.objects.filter(month=month).first()


def draw_ends(
    *,
    counted: int,
    within: int,
    ahead: Sequence[Sequence[tuple[int, int]]],
    formula: Formula,
    seed: str,
) -> Ends | None:
    """`ahead`: for each stretch that is left the pairs (counted, in time) it may be. None where nothing counts."""
    draw = random.Random(seed)  # noqa: S311  # the same figures say the same
    ends = [(counted, within)] * DRAWS
    for some in filter(None, ahead):
        drawn = zip(ends, draw.choices(some, k=DRAWS), strict=True)
        ends = [(all_of + calls, in_of + soon) for (all_of, in_of), (calls, soon) in drawn]
    if not all(calls for calls, _in in ends):
        return None
    levels = sorted(percent(in_time, calls) or Decimal(0) for calls, in_time in ends)
    middle_calls = sorted(calls for calls, _in in ends)[DRAWS // 2]
    allowed = int(middle_calls * (100 - formula.target) / 100)
    return Ends(
        low=levels[DRAWS // 10],
        middle=levels[DRAWS // 2],
        high=levels[DRAWS - DRAWS // 10 - 1],
        calls=middle_calls,
        left=allowed - (counted - within),
        chance=sum(100 * in_time >= formula.target * calls for calls, in_time in ends) * 100 // DRAWS,
    )


def _ends_of(month: date, past: Sequence[DayPast], now: datetime) -> Ends | None:
    if len(past) < FEWEST_DAYS:
        return None
    today, last = now.astimezone(LA_PAZ).date(), after(month) - timedelta(days=1)
    calendar = working_calendar(first=past[0].day, last=last)
    days = [today + timedelta(days=ahead) for ahead in range((last - today).days + 1)]
    att = read_month(month).att
    return draw_ends(
        counted=att.counted,
        within=att.within,
        ahead=[_like(day, past, calendar, is_today=day == today) for day in days],
        formula=formula_of(month),
        seed=f"{month} {today} {att.counted} {att.within}",
    )


def _like(day: date, past: Iterable[DayPast], calendar: WorkingCalendar, *, is_today: bool) -> list[tuple[int, int]]:
    """Days of its kind; where those are few, of its part of the week in any part of the month. Of a day nobody works
    and on which nobody ever called, none.
    """
    kinds: Mapping[DayPast, tuple[str, bool]] = {one: kind_of_day(one.day, calendar) for one in past}
    week, is_busy = kind_of_day(day, calendar)
    found = [one for one, kind in kinds.items() if kind == (week, is_busy)]
    if len(found) < ALIKE:
        found = [one for one, kind in kinds.items() if kind[0] == week]
    if not found and week != "off":
        found = [one for one, kind in kinds.items() if kind[0] != "off"]
    if is_today:
        return [(one.rest_counted, one.rest_within) for one in found]
    return [(one.counted, one.within) for one in found]


def kind_of_day(day: date, calendar: WorkingCalendar) -> tuple[str, bool]:
    """Its part of the week (`off`: nobody works), and whether it is one of the busy days at the end of a month."""
    if not calendar.stretches_of(day):
        return "off", day.day >= BUSY_FROM
    return ("saturday" if day.weekday() == 5 else "sunday" if day.weekday() == 6 else "week"), day.day >= BUSY_FROM


def _read_until(now: datetime) -> datetime:
    """Up to when calls of today are counted: what came since the newest line of a log that stands still is not known,
    and is drawn like what is to come.
    """
    today = midnight_of(now.astimezone(LA_PAZ).date())
    newest = max(written_until(now=now) or today, today)
    return now if now - newest < STANDS_STILL else newest


def _days_before(now: datetime, *, read_until: datetime) -> list[DayPast]:
    """Days with calls before today; the rest of each is what came after this hour of it."""
    here = now.astimezone(LA_PAZ)
    today = midnight_of(here.date())
    since, _until = bounds_of((today - LOOKS_BACK).date(), here.date())
    until = read_until.astimezone(LA_PAZ)
    rest = until if until == today else until.replace(minute=until.minute // 30 * 30, second=0, microsecond=0) + HALF
    clock = f"{rest:%H:%M}" if rest.date() == here.date() else "24:00"
    sent: dict[str, str | datetime] = {"zone": settings.TIME_ZONE, "clock": clock, "since": since, "until": today}
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, sent)
        return [DayPast(*row) for row in cursor.fetchall()]
