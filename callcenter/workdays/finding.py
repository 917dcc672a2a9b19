"""What is asked for, row by row: an agent's day each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from agents.day import AgentDay, added_up, days_of_agents
from callcenter.workdays.asking import Asked


@dataclass(frozen=True, slots=True)
class Workday:
    """One agent on one day; `day` None is all the days asked for."""

    pk: int
    agent: str
    team: str
    day: date | None
    times: AgentDay

    @property
    def busy(self) -> float:
        """Its occupancy to sort by: a day without time for calls stands below any other."""
        return -1.0 if self.times.occupancy is None else self.times.occupancy


def find_workdays(*, asked: Asked, now: datetime) -> list[Workday]:
    """The newest day first, and of each day by name."""
    counted = days_of_agents(agents=asked.keys, first=asked.first, last=asked.last, now=now)
    known = {pk: (name, team) for pk, name, team in asked.agents}
    found = [Workday(pk, *known[pk], day, times) for (pk, day), times in counted.items()]
    found.sort(key=lambda one: (one.agent.casefold(), one.pk))
    found.sort(key=lambda one: one.day or date.min, reverse=True)
    return found


def by_agent(workdays: Iterable[Workday]) -> list[Workday]:
    """All days of each agent in one, by name."""
    times: dict[tuple[int, str, str], list[AgentDay]] = {}
    for one in workdays:
        times.setdefault((one.pk, one.agent, one.team), []).append(one.times)
    found = [Workday(*who, None, added_up(days)) for who, days in times.items()]
    return sorted(found, key=lambda one: (one.agent.casefold(), one.pk))
