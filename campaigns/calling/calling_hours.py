"""Hours in which customers may be called: windows by weekday, days off, parts of the day. Nothing is read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from campaigns.models.contacts import PartOfDay
from service_level.days import midnight_of

# A window is looked for this many days ahead; a campaign is shorter, so nothing later matters.
DAYS_AHEAD = 45


def local(moment: datetime) -> datetime:
    """The moment on the centre's own clock."""
    return timezone.localtime(moment, timezone.get_default_timezone())


def on_clock(day: date, hour: time) -> datetime:
    """A moment of the centre's own clock."""
    return datetime.combine(day, hour, tzinfo=timezone.get_default_timezone())


def clock(moment: datetime) -> str:
    """A moment as the screens write it: 25/11 14:05."""
    return f"{local(moment):%d/%m %H:%M}"


@dataclass(frozen=True, slots=True)
class CallingHours:
    """Windows hold their opening minute and not their closing one: 08:30–20:00 may call at 08:30, not at 20:00."""

    windows: Mapping[int, tuple[tuple[time, time], ...]]
    days_off: Mapping[date, str]
    afternoon_starts: time
    evening_starts: time

    def windows_of(self, day: date) -> tuple[tuple[time, time], ...]:
        """The windows of a day, in order; none on a day off."""
        return () if day in self.days_off else self.windows.get(day.weekday(), ())

    def is_open(self, moment: datetime) -> bool:
        here = local(moment)
        return any(opens <= here.time() < closes for opens, closes in self.windows_of(here.date()))

    def next_open(self, moment: datetime) -> datetime | None:
        """The first moment from `moment` on inside a window; None when there is none in sight."""
        here = local(moment)
        for ahead in range(DAYS_AHEAD):
            day = here.date() + timedelta(days=ahead)
            for opens, closes in self.windows_of(day):
                if ahead or here.time() < opens:
                    return on_clock(day, opens)
                if here.time() < closes:
                    return moment
        return None

    def part_began(self, moment: datetime) -> datetime:
        """When the part of the day (morning, afternoon, evening) of `moment` began."""
        here = local(moment)
        begins = max(start for start in self._parts() if start <= here.time())
        return on_clock(here.date(), begins)

    def part_of(self, moment: datetime) -> PartOfDay:
        """Which part of the day it is."""
        here = local(moment).time()
        return PartOfDay(sum(start <= here for start in self._parts()))

    def next_part(self, moment: datetime) -> datetime:
        """When the next part of the day begins; after the evening it is the next day's morning."""
        here = local(moment)
        later = [start for start in self._parts() if start > here.time()]
        if later:
            return on_clock(here.date(), min(later))
        return midnight_of(here.date() + timedelta(days=1))

    def _parts(self) -> tuple[time, time, time]:
        return time.min, self.afternoon_starts, self.evening_starts


def next_day(moment: datetime) -> datetime:
    """Midnight after `moment` on the centre's clock."""
    return midnight_of(local(moment).date() + timedelta(days=1))
