"""Contacts still to be called, day by day, as they were and as the capacity plan of the launch would have them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from campaigns.assignment.capacity import HOUR
from campaigns.figures.openings import Openings
from campaigns.models import Campaign
from campaigns.month.periods import day_of
from campaigns.steering.pace import Pace
from screens.charts import Chart, day_by_day
from service_level.days import midnight_of
from service_level.working_time import working_time_between


@dataclass(frozen=True)
class BurnDay:
    """The end of a day, or today until now. What is still to come has only a plan."""

    day: date
    planned: int
    left: int | None
    called: int = 0
    uncalled: int = 0
    calls: int = 0
    worked: float = 0.0

    @property
    def behind(self) -> int | None:
        """Contacts more than planned; less than none is ahead of it."""
        return None if self.left is None else self.left - self.planned


def burn_down(*, pace: Pace, campaign: Campaign) -> list[BurnDay]:
    """Each day of calls from the launch to the last one, today as far as it was counted."""
    today = day_of(pace.seen_until)
    calls = {day.day: day for day in pace.days}
    found, left = [], pace.at_start
    for day in _days(day_of(pace.begins), campaign.calls_until):
        line = pace.left.get(day)
        left -= line.called + line.uncalled if line else 0
        ends = min(midnight_of(day + timedelta(days=1)), pace.seen_until) if day <= today else None
        planned = _planned(pace, ends or midnight_of(day + timedelta(days=1)))
        if day > today:
            found.append(BurnDay(day, planned, None))
            continue
        called = calls.get(day)
        found.append(
            BurnDay(
                day, planned, left,
                called=line.called if line else 0, uncalled=line.uncalled if line else 0,
                calls=called.calls if called else 0, worked=called.worked if called else 0.0,
            )
        )  # fmt: skip
    return found


def burn_down_chart(days: list[BurnDay], *, opens: Openings) -> Chart:
    """Plan and reality as two lines; reality leads to who was still to be called."""
    return day_by_day(
        title=_("Contactos por llamar al final de cada día"),
        series={
            _("Plan"): [(line.day, line.planned) for line in days],
            _("Realidad"): [(line.day, line.left) for line in days if line.left is not None],
        },
        leads={_("Realidad"): {line.day: opens.left(line.day, "yet") for line in days if line.left}},
    )


def leads_of(line: BurnDay, *, opens: Openings) -> dict[str, str]:
    """Where the figures of a day lead; '' where there is nothing."""
    rows = {
        name: opens.left(line.day, how)
        for name, how in (("left", "yet"), ("called", "called"), ("uncalled", "uncalled"))
    }
    return {name: to if getattr(line, name) else "" for name, to in {**rows, "calls": opens.calls_of(line.day)}.items()}


def _planned(pace: Pace, moment: datetime) -> int:
    hours = working_time_between(pace.begins, min(moment, pace.until), calendar=pace.calendar) / HOUR
    return max(0, round(pace.at_start - hours * pace.planned_contacts_an_hour))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
