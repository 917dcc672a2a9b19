"""Working time counted by the database: the days of a calendar as a relation, for figures over many rows.

One day is one row: the seconds worked before it, and when it opens and closes. The working time up to a moment is then
a look-up by its day, and between two moments a difference. `working_time_between` says the same of one pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from service_level.days import midnight_of
from service_level.working_time import WorkingCalendar

WHOLE_DAY = [(0.0, 86_400.0)]
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class WorkedDays:
    """The days from one to another as columns, for a statement of the database."""

    days: list[date]
    before: list[float]
    stretches: list[list[tuple[float, float]]]

    @classmethod
    def over(cls, *, first: date, last: date, calendar: WorkingCalendar) -> WorkedDays:
        """The days from `first` to `last`. A calendar without any hours, filled in by nobody, counts by the clock."""
        days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        stretches = [_seconds_of(day, calendar) if calendar.hours else WHOLE_DAY for day in days]
        before, total = [], 0.0
        for worked in stretches:
            before.append(total)
            total += sum(closes - opens for opens, closes in worked)
        return cls(days, before, stretches)

    @property
    def most(self) -> int:
        """Stretches of the day that has most."""
        return max((len(worked) for worked in self.stretches), default=0)

    @property
    def values(self) -> dict[str, Any]:
        """What the statement is given beside its own values."""
        given: dict[str, Any] = {"la_paz": settings.TIME_ZONE, "days": self.days, "before": self.before}
        for turn in range(self.most):
            found = [worked[turn] if turn < len(worked) else (0.0, 0.0) for worked in self.stretches]
            given |= {f"opens_{turn}": [one[0] for one in found], f"closes_{turn}": [one[1] for one in found]}
        return given

    @property
    def relation(self) -> str:
        """A relation of the days, for a WITH: `day`, `before` and the hours of each."""
        hours = [f"{edge}_{turn}" for turn in range(self.most) for edge in ("opens", "closes")]
        arrays = ["%(days)s::date[]", "%(before)s::float8[]", *(f"%({name})s::float8[]" for name in hours)]
        return f"SELECT * FROM unnest({', '.join(arrays)}) AS d ({', '.join(['day', 'before', *hours])})"

    def joined(self, relation: str, alias: str, moment: str) -> str:
        """The join that finds the day of a moment; a moment outside of the days finds none."""
        return f"LEFT JOIN {relation} {alias} ON {alias}.day = ({moment} AT TIME ZONE %(la_paz)s)::date"

    def up_to(self, alias: str, moment: str) -> str:
        """Seconds worked from the first day to a moment, whose day is joined as `alias`; NULL outside of the days."""
        clock = f"extract(epoch FROM ({moment} AT TIME ZONE %(la_paz)s)::time)::float8"
        parts = [
            f"GREATEST(0, LEAST({clock}, {alias}.closes_{turn}) - {alias}.opens_{turn})" for turn in range(self.most)
        ]
        return "(" + " + ".join([f"{alias}.before", *parts]) + ")"


def _seconds_of(day: date, calendar: WorkingCalendar) -> list[tuple[float, float]]:
    midnight = midnight_of(day)
    return [((opens - midnight) / SECOND, (closes - midnight) / SECOND) for opens, closes in calendar.stretches_of(day)]
