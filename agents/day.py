"""How the seconds of an agent's days went: one statement for many agents and days.

A day is one of La Paz: a stretch over midnight is cut there. Each edge is cut to its whole second before anything is
summed, so stretches that meet still meet, and the sums add up to the shift to the second. What is open lasts until now.
`logged_in` is counted from the shifts, the rest from the stretches: that they agree is an invariant, not arithmetic.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncSecond

from agents.models import Agent, AgentState


@dataclass(frozen=True, slots=True)
class AgentDay:
    """Seconds of one agent on one day. `idle`: available and waiting; `away`: no sign of her, the shift still open.

    `paused` by what its reason counts as. `logged_in` is the sum of all the others.
    """

    logged_in: int = 0
    idle: int = 0
    ringing: int = 0
    talking: int = 0
    wrapping_up: int = 0
    resting: int = 0
    away_from_calls: int = 0
    training: int = 0
    away: int = 0

    @property
    def paused(self) -> int:
        return self.resting + self.away_from_calls + self.training

    @property
    def on_calls(self) -> int:
        return self.talking + self.wrapping_up

    @property
    def for_calls(self) -> int:
        """The time she was there for calls: signed in, without pauses of any kind and without being away."""
        return self.idle + self.ringing + self.on_calls

    @property
    def occupancy(self) -> float | None:
        """(talking + wrapping up) ÷ (idle + ringing + talking + wrapping up); None where she was there for no call."""
        return self.on_calls / self.for_calls if self.for_calls else None

    @property
    def told(self) -> int:
        """What the stretches add up to: as much as the shift lasted."""
        return self.for_calls + self.paused + self.away


def added_up(days: Iterable[AgentDay]) -> AgentDay:
    """The sums of each kind of seconds; their occupancy is of all of it, not the mean of the days'."""
    columns = zip(*map(astuple, days), strict=True)
    return AgentDay(*map(sum, columns))


_CUT = """
    GREATEST(0, date_part('epoch', LEAST(date_trunc('second', LEAST({of}.ended_at, %(now)s)), d.ends)
                                - GREATEST(date_trunc('second', {of}.began_at), d.begins)))::int
"""
_SECONDS = f"""
WITH days AS (
    SELECT day::date AS day, day::timestamp AT TIME ZONE %(zone)s AS begins,
           (day::timestamp + interval '1 day') AT TIME ZONE %(zone)s AS ends
      FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') day
), worked AS (  -- a shift once for each of its days
    SELECT s.id, s.agent_id, s.began_at, s.ended_at, d.day, d.begins, d.ends
      FROM agents_shift s JOIN days d ON s.began_at < d.ends AND (s.ended_at IS NULL OR s.ended_at > d.begins)
     WHERE s.agent_id = ANY(%(agents)s)
       AND tstzrange(s.began_at, s.ended_at) && (SELECT tstzrange(min(begins), max(ends)) FROM days)
), shifts AS (
    SELECT d.agent_id, d.day, sum({_CUT.format(of="d")}) AS logged_in FROM worked d GROUP BY d.agent_id, d.day
), stretches AS (
    SELECT d.agent_id, d.day, t.state, r.counts_as, {_CUT.format(of="t")} AS seconds
      FROM worked d JOIN agents_agentstate t ON t.shift_id = d.id
      LEFT JOIN agents_pausereason r ON r.id = t.reason_id
), told AS (
    SELECT agent_id, day,
           sum(seconds) FILTER (WHERE state = 'available') AS idle,
           sum(seconds) FILTER (WHERE state = 'ringing') AS ringing,
           sum(seconds) FILTER (WHERE state = 'on_a_call') AS talking,
           sum(seconds) FILTER (WHERE state = 'wrapping_up') AS wrapping_up,
           sum(seconds) FILTER (WHERE counts_as = 'rest') AS resting,
           sum(seconds) FILTER (WHERE counts_as = 'away_from_calls') AS away_from_calls,
           sum(seconds) FILTER (WHERE counts_as = 'training') AS training,
           sum(seconds) FILTER (WHERE state = 'away') AS away
      FROM stretches GROUP BY agent_id, day
)
SELECT s.agent_id, s.day, s.logged_in, t.idle, t.ringing, t.talking, t.wrapping_up, t.resting, t.away_from_calls,
       t.training, t.away
  FROM shifts s LEFT JOIN told t USING (agent_id, day)
 WHERE s.logged_in > 0
"""


def days_of_agents(
    *, agents: Collection[int], first: date, last: date, now: datetime
) -> dict[tuple[int, date], AgentDay]:
    """The seconds of each agent (by key) on each day from `first` to `last`; a day without a shift is not there."""
    values: dict[str, Any] = {"agents": list(agents), "first": first, "last": last, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_SECONDS, {**values, "zone": settings.TIME_ZONE})
        return {
            (agent, day): AgentDay(*(seconds or 0 for seconds in counted)) for agent, day, *counted in cursor.fetchall()
        }


def day_of_agent(*, agent: int, day: date, now: datetime) -> AgentDay:
    """The seconds of one agent on one day."""
    return days_of_agents(agents=[agent], first=day, last=day, now=now).get((agent, day), AgentDay())


def stretches_of_day(*, agent: Agent, day: date, now: datetime) -> QuerySet[AgentState]:
    """What an agent did on a day, in order, each with `lasted` until now; one over midnight is of both days."""
    zone = ZoneInfo(settings.TIME_ZONE)
    begins, ends = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    of_day = AgentState.objects.filter(agent=agent, began_at__lt=ends)
    of_day = of_day.filter(Q(ended_at=None) | Q(ended_at__gt=begins) | Q(began_at__gte=begins))
    until = Coalesce("ended_at", Value(now, DateTimeField()))
    lasted = ExpressionWrapper(TruncSecond(until) - TruncSecond("began_at"), DurationField())  # as the day is summed
    return of_day.annotate(lasted=lasted).order_by("began_at", "pk")
