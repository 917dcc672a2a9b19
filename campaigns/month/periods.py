"""The month to be paid for (`period`, its first day) and the days in which it is called about (procedure K.2, 5.1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from service_level.months import after, before, month_of, read_month_name, written

CALLS_FROM_DAY = 25


class PeriodNotUnderstood(ValueError):
    """The text names no month; the message says how one is written."""


def parse_period(text: str) -> date:
    """The first day of the month written as `2026-12`. Raises PeriodNotUnderstood."""
    period = read_month_name(text.strip())
    if period is not None:
        return period
    raise PeriodNotUnderstood(_("«%(text)s» no es un mes: escríbalo como 2026-12.") % {"text": text[:20]})


def write_period(period: date) -> str:
    """The period as addresses, files and commands write it: `2026-12`."""
    return written(period)


def calls_from(period: date, day: int = CALLS_FROM_DAY) -> date:
    """First day of calls: the 25th of the month before, unless the policy names another day (`calls_from_day`)."""
    return calls_until(period).replace(day=day)


def calls_until(period: date) -> date:
    """Last day of calls: the last day of the month before."""
    return period.replace(day=1) - timedelta(days=1)


def month_before(period: date) -> date:
    """The first day of the month before."""
    return before(month_of(period))


def day_of(moment: datetime) -> date:
    """The calendar day of a moment where the centre is."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


def period_of(day: date) -> date:
    """The period whose calls are due on `day` or come next: from the 1st to the last day of November, December."""
    return after(month_of(day))
