"""How fast a month is really called: what was counted so far, beside the numbers of its plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.assignment.capacity import HOUR
from campaigns.models import AgentDay, AssignmentShare, CallingPolicy, Campaign, LeftFigure, PatternRefresh
from campaigns.month.hours import calling_calendar
from campaigns.month.periods import day_of
from screens.templatetags.screens import figure
from service_level.days import bounds_of, midnight_of
from service_level.working_time import WorkingCalendar, working_days_between, working_time_between


@dataclass(frozen=True)
class CallDay:
    """A day with calls: how many, in how many hours of the calendar, how many hours of all agents had a result."""

    day: date
    calls: int
    worked: float
    hours: float


@dataclass(frozen=True)
class Pace:
    """The facts of a forecast. `hours` are those of the calendar in which calls are possible, worked or not; the plan
    of the launch gives the calls `planned_part` of them, for the lines need these agents too.

    `seen_until`: the moment they are of: the count, or before it the close or the last day. Of a closed month only
    payments still move.
    """

    counted_at: datetime
    seen_until: datetime
    begins: datetime
    until: datetime
    calendar: WorkingCalendar
    open: int
    unassigned: int
    left: dict[date, LeftFigure]
    days: list[CallDay]
    hours: float
    hours_left: float
    days_left: int
    weight: float
    planned_calls_an_hour: int
    planned_attempts: float
    planned_part: float
    most_attempts: int

    @property
    def calls(self) -> int:
        return sum(day.calls for day in self.days)

    @property
    def worked(self) -> float:
        """Hours of all agents, in quarters with a result."""
        return sum(day.worked for day in self.days)

    @property
    def left_called(self) -> int:
        """Contacts that left the list after a call, while there were calls; later ones are payments found since."""
        return sum(line.called for day, line in self.left.items() if midnight_of(day) < self.seen_until)

    @property
    def at_start(self) -> int:
        """Contacts there were to call: those still to be called, and all that left since the calls began."""
        return self.open + sum(line.called + line.uncalled for line in self.left.values())

    @property
    def open_at_the_end(self) -> int:
        """Contacts still to be called at the end: some may have paid since. Who was found not to have paid is one."""
        later = [line for day, line in self.left.items() if midnight_of(day) >= self.seen_until]
        return self.open + sum(line.called + line.uncalled for line in later)

    @property
    def attempts(self) -> float | None:
        """Calls a contact takes until it leaves the list: by a result, or by the last attempt the policy allows.

        Each call ends it with the same chance, which all the calls so far tell, also those of who stays in the list.
        """
        if not self.calls:
            return None
        ending = self.ended_by_a_call / self.calls
        return (1 - (1 - ending) ** self.most_attempts) / ending if ending else float(self.most_attempts)

    @property
    def ended_by_a_call(self) -> int:
        """Contacts that left the list after a call, and not because their attempts were used up."""
        return min(self.calls, sum(line.called - line.exhausted for line in self.left.values()))

    @property
    def calls_a_leaving(self) -> float | None:
        """Calls for each contact that left the list so; not cut at the last attempt, as `attempts` are."""
        return self.calls / self.ended_by_a_call if self.ended_by_a_call else None

    @property
    def calls_a_worked_hour(self) -> float | None:
        return self.calls / self.worked if self.worked else None

    @property
    def calls_a_planned_hour(self) -> float | None:
        """Calls of one full-time agent in an hour that is left to the calls: the capacity plan counts in these."""
        return self.calls / self.hours_planned if self.hours_planned and self.calls else None

    @property
    def hours_planned(self) -> float:
        """Hours that the plan gave the calls of all agents until now."""
        return self.hours * self.weight * self.planned_part

    @property
    def why_not_told(self) -> str:
        """Why the calls tell no pace yet; '' when they do. There may be calls before any hour of the plan is over."""
        if not self.calls:
            return _("no se hizo ninguna llamada")
        if not self.planned_part:
            return _("el plan no da horas a las llamadas: las líneas piden a todos los agentes")
        if not self.hours_planned:
            words = ngettext(
                "se hizo %(n)s llamada, pero todavía no pasó ninguna hora del plan",
                "se hicieron %(n)s llamadas, pero todavía no pasó ninguna hora del plan",
                self.calls,
            )
            return words % {"n": figure(self.calls)}
        return ""

    @property
    def planned_contacts_an_hour(self) -> float:
        return self.weight * self.planned_part * self.planned_calls_an_hour / self.planned_attempts


def read_pace(*, campaign: Campaign) -> Pace | None:
    """What was counted of a launched campaign; None before the first count. Nine queries."""
    refresh = PatternRefresh.objects.filter(campaign=campaign).first()
    if refresh is None or campaign.launched_at is None:
        return None
    calendar = calling_calendar(campaign)
    first, until = bounds_of(campaign.calls_from, campaign.calls_until)
    begins = max(first, campaign.launched_at)
    policy = CallingPolicy.objects.in_force()
    calls_an_hour, attempts = _planned(campaign, policy)
    now = min(refresh.counted_at, campaign.closed_at or refresh.counted_at)
    return Pace(
        counted_at=refresh.counted_at,
        seen_until=min(now, until),
        begins=begins,
        until=until,
        calendar=calendar,
        open=refresh.open,
        unassigned=refresh.unassigned,
        left={line.day: line for line in LeftFigure.objects.filter(campaign=campaign, day__gte=day_of(begins))},
        days=_days(campaign, calendar, begins, min(now, until)),
        hours=working_time_between(begins, min(now, until), calendar=calendar) / HOUR,
        hours_left=working_time_between(max(now, begins), until, calendar=calendar) / HOUR,
        days_left=working_days_between(max(now, begins), until, calendar=calendar),
        weight=_weight(campaign),
        planned_calls_an_hour=calls_an_hour,
        planned_attempts=attempts,
        planned_part=1.0 if campaign.planned_part is None else campaign.planned_part,
        most_attempts=policy.attempts_a_campaign,
    )


def _days(campaign: Campaign, calendar: WorkingCalendar, begins: datetime, now: datetime) -> list[CallDay]:
    rows = AgentDay.objects.filter(campaign=campaign, service="").order_by("day").values("day")
    found = []
    for row in rows.annotate(calls=Sum("attempts"), quarters=Sum("quarters")):
        opens = midnight_of(row["day"])
        hours = working_time_between(max(opens, begins), min(opens + timedelta(days=1), now), calendar=calendar) / HOUR
        found.append(CallDay(row["day"], row["calls"], row["quarters"] / 4, hours))
    return found


def _weight(campaign: Campaign) -> float:
    """Of all who take part, also of who left meanwhile: their calls are among the calls."""
    shares = AssignmentShare.objects.filter(campaign=campaign, is_included=True)
    return float(shares.aggregate(sum=Sum("weight"))["sum"] or Decimal(0))


def _planned(campaign: Campaign, policy: CallingPolicy) -> tuple[int, float]:
    """The plan's two numbers as they were at the launch; of a month launched before they were kept, as they are now."""
    attempts = campaign.planned_attempts or policy.attempts_expected
    return campaign.planned_calls_an_hour or policy.calls_an_hour, float(attempts)
