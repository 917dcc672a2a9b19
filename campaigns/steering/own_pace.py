"""An agent's pace against what she is to reach: whom she is to have spoken with today, so that the month comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from agents.models import User
from campaigns.models import Attempt, Campaign, Cut, Disposition, FigureCell, Goal, ListEntry, Unit
from campaigns.month.hours import calling_calendar
from campaigns.steering.goals import Progress
from service_level.days import bounds_of, midnight_of
from service_level.working_time import working_days_between


@dataclass(frozen=True, slots=True)
class OwnPace:
    """Customers she was the first to speak with: today of how many wanted, and in the months that are called.

    `wanted` is what was missing this morning by the days of calls left, today one of them: it does not move with her.
    """

    today: int
    wanted: int
    done: int
    goal: int

    @property
    def is_reached(self) -> bool:
        return self.today >= self.wanted


@dataclass(frozen=True, slots=True)
class OwnServices:
    """Services paid after she spoke with the customer, in the months that are called, of how many wanted."""

    paid: int
    goal: int


def own_services(*, user: User, now: datetime) -> OwnServices | None:
    """As counted last; None without a goal. Two queries at most."""
    goals = {goal.campaign_id: goal for goal in _goals_now(user, now).filter(services_paid__isnull=False)}
    if not goals:
        return None
    cells = FigureCell.objects.filter(campaign__in=goals, cut=Cut.AGENT, unit=Unit.SERVICE, agent__user=user)
    paid = cells.aggregate(paid=Sum("paid_after_contact", default=0))["paid"]
    return OwnServices(paid, sum(goal.services_paid or 0 for goal in goals.values()))


def _goals_now(user: User, now: datetime) -> QuerySet[Goal]:
    """Hers, of the months that are called today."""
    today = timezone.localdate(now)
    return Goal.objects.filter(
        agent__user=user, campaign__state=Campaign.State.RUNNING, campaign__calls_from__lte=today,
        campaign__calls_until__gte=today,
    ).select_related("campaign")  # fmt: skip


def own_pace(*, user: User, now: datetime) -> OwnPace | None:
    """Of the months called today in which she has a goal; None without one. One query then, four more for each."""
    paces = [_pace(goal, now) for goal in _goals_now(user, now).filter(contacted__isnull=False)]
    if not paces:
        return None
    return OwnPace(
        today=sum(one.today for one in paces),
        wanted=sum(one.wanted for one in paces),
        done=sum(one.done for one in paces),
        goal=sum(one.goal for one in paces),
    )


def _pace(goal: Goal, now: datetime) -> OwnPace:
    campaign, morning = goal.campaign, midnight_of(timezone.localdate(now))
    days = [
        campaign.calls_from + timedelta(days=number)
        for number in range((morning.date() - campaign.calls_from).days + 1)
    ]
    # by her calls: the index of attempts has them by day, and entries have none by who spoke with them
    spoken = Attempt.objects.filter(
        campaign=campaign, day__in=days, agent=goal.agent_id, disposition__party=Disposition.Party.RIGHT
    )
    counted = ListEntry.objects.filter(contact__in=spoken.values("contact"), contacted_by=goal.agent_id).aggregate(
        before=Count("pk", filter=Q(contacted_at__lt=morning)), today=Count("pk", filter=Q(contacted_at__gte=morning))
    )
    _first, until = bounds_of(campaign.calls_from, campaign.calls_until)
    days_left = working_days_between(morning, until, calendar=calling_calendar(campaign))
    progress = Progress(done=counted["before"], goal=goal.contacted, days_left=days_left)
    return OwnPace(
        today=counted["today"],
        wanted=progress.a_day or 0,
        done=counted["before"] + counted["today"],
        goal=goal.contacted or 0,
    )
