"""The hours in which a campaign can be called, and how much of them the lines leave its agents."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from agents.models import Agent
from campaigns.models import CallingWindow, Campaign
from service_level.days import LA_PAZ
from service_level.staffing.needs import HALF, agents_by_half_hour
from service_level.working_time import Stretch, WorkingCalendar, working_calendar, working_time_between


def calling_calendar(campaign: Campaign) -> WorkingCalendar:
    """Worked, inside the calling windows, without days off."""
    windows = [Stretch(*row) for row in CallingWindow.objects.values_list("weekday", "opens", "closes")]
    return working_calendar(first=campaign.calls_from, last=campaign.calls_until).within(windows)


def part_left(*, calling: Collection[int], calendar: WorkingCalendar, start: datetime, until: datetime) -> float | None:
    """Of the hours of the agents who call (by key), the part in which the lines do not need them, from 0 to 1.

    Who is on duty and does not call attends the lines first. None where nobody knows what the lines need; hours later
    than all of which it is known are taken to be as those before.
    """
    needed = agents_by_half_hour(start, until)
    if not needed or not calling:
        return None
    others = Agent.objects.filter(is_on_duty=True, user__is_active=True).exclude(pk__in=calling).count()
    whole, left = timedelta(0), 0.0
    last = max(needed)
    begins = start.astimezone(LA_PAZ).replace(minute=start.minute // 30 * 30, second=0, microsecond=0)
    while begins < until and begins <= last:
        worked = working_time_between(max(begins, start), min(begins + HALF, until), calendar=calendar)
        taken = min(max(needed.get(begins, 0) - others, 0), len(calling))
        whole += worked
        left += worked.total_seconds() * (1 - taken / len(calling))
        begins += HALF
    return left / whole.total_seconds() if whole else None
