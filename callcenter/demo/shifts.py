"""The demo's people at work on the days before: they came, took calls, paused and went, by the verbs of any day.

Of a morning on which the switchboard's log goes wrong (queue_log.py) two of three stayed away.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction

from agents.models import Agent, By, PauseReason, Shift
from agents.presence import sign_in, sign_out
from agents.states import Event, change_state
from callcenter.demo.progress import Step, untold
from callcenter.demo.queue_log import is_bad_day
from service_level.days import LA_PAZ, midnight_of

DAYS = 10
COMES = {"Mañana": 8, "Tarde": 14}  # the hour of each team
HOURS = 6
MORNING = "Mañana"


def steps(*, now: datetime) -> list[Step]:
    """A step for each day before today, the oldest first."""
    today = now.astimezone(LA_PAZ).date()
    return [Step("shifts", today - timedelta(days=ago)) for ago in range(DAYS, 0, -1)]


def work_the_days_before(*, now: datetime, begin: Callable[[Step], None] = untold) -> None:
    """Their shifts and states, but of whom has later ones: she may have signed in by now."""
    reasons = list(PauseReason.objects.filter(is_active=True).order_by("position", "pk")[:3])
    agents = list(Agent.objects.select_related("user", "team").order_by("pk"))
    for step in steps(now=now):
        begin(step)
        if step.day is not None:
            _work(step.day, agents, reasons)


def _work(day: date, agents: list[Agent], reasons: list[PauseReason]) -> None:
    draw = random.Random(day.toordinal())  # noqa: S311  # a demo
    on_duty = [agent for agent in agents if agent.team and agent.team.name in COMES]
    if day.weekday() == 6:  # on a Sunday one of each team
        on_duty = [next(one for one in on_duty if one.team and one.team.name == name) for name in COMES]
    came = 0
    for agent in on_duty:
        team = agent.team.name if agent.team else ""
        came += team == MORNING
        if not (is_bad_day(day) and team == MORNING and came > 1):
            begins = midnight_of(day) + timedelta(hours=COMES[team], minutes=draw.randrange(6))
            with transaction.atomic():
                Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
                if not Shift.objects.filter(agent=agent, began_at__gte=begins).exists():
                    _shift(agent, begins, draw, reasons)


def _shift(agent: Agent, begins: datetime, draw: random.Random, reasons: list[PauseReason]) -> None:
    ends = begins + timedelta(hours=HOURS)
    paused_after = begins + timedelta(hours=HOURS / 2)
    at = begins
    sign_in(user=agent.user, now=at)
    while (at := at + timedelta(minutes=draw.randrange(15, 40))) < ends - timedelta(minutes=20):
        change_state(agent=agent, event=Event.ANSWERED, now=at, by=By.TELEPHONE)
        at += timedelta(seconds=draw.randrange(90, 500))
        change_state(agent=agent, event=Event.HUNG_UP, now=at, by=By.TELEPHONE)
        at += timedelta(seconds=draw.randrange(20, 60))
        change_state(agent=agent, event=Event.WRAPPED_UP, now=at, by=By.DESK, person=agent.user)
        if reasons and at > paused_after:
            paused_after = ends
            at += timedelta(minutes=2)
            reason = draw.choice(reasons)
            change_state(agent=agent, event=Event.PAUSED, now=at, by=By.DESK, person=agent.user, reason=reason)
            at += timedelta(minutes=draw.randrange(8, 16))
            change_state(agent=agent, event=Event.BACK, now=at, by=By.DESK, person=agent.user)
    sign_out(user=agent.user, now=ends)
