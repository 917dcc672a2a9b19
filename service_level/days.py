"""Days as the centre counts them: from midnight to midnight of La Paz, which knows no summer time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

LA_PAZ = ZoneInfo(settings.TIME_ZONE)


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
