"""Days as the centre counts them: from midnight to midnight of La Paz, which knows no summer time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

LA_PAZ = ZoneInfo(settings.TIME_ZONE)
EARLIEST, LATEST = 2000, 2200  # a year outside of them is a slip of the pen, and the calendar ends somewhere


def read_day(text: str | None) -> date | None:
    """The day of an address or a filter, as ISO 8601 writes it; None for what is no day of the centre."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if EARLIEST <= day.year < LATEST else None


def midnight_of(day: date) -> datetime:
    """The moment a day begins."""
    return datetime.combine(day, time.min, LA_PAZ)


def bounds_of(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, which is the next midnight and no longer inside."""
    return midnight_of(first), midnight_of(last + timedelta(days=1))


def bounds_of_day(*, now: datetime) -> tuple[datetime, datetime]:
    """Beginning and end of the day that a moment is in."""
    day = now.astimezone(LA_PAZ).date()
    return bounds_of(day, day)
