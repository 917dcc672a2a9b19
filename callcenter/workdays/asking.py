"""Whose days are asked for, and which, for pages and export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent, AgentQuerySet, Team, User
from service_level.days import read_day

DAYS_SHOWN = 7
LONGEST = 31  # days of one question


@dataclass(frozen=True)
class Asked:
    """The filters; both days are inside."""

    first: date
    last: date
    user: User
    team: int | None = None
    agent: int | None = None

    @property
    def words(self) -> str:
        """The filters without personal data, for the book of exports."""
        days = f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"
        team = _("equipo n.º %(number)d") % {"number": self.team} if self.team else ""
        agent = _("agente n.º %(number)d") % {"number": self.agent} if self.agent else ""
        return ", ".join(filter(None, (days, team, agent)))

    @cached_property
    def agents(self) -> list[tuple[int, str, str]]:
        """Who is asked for and may be seen: key, name and team."""
        found = self._everybody
        if self.team:
            found = found.filter(team=self.team)
        if self.agent:
            found = found.filter(pk=self.agent)
        teams = dict(Team.objects.values_list("pk", "name"))
        names = found.names()
        return [(pk, names[pk], teams.get(team, "")) for pk, team in found.values_list("pk", "team")]

    @property
    def keys(self) -> list[int]:
        return [pk for pk, _name, _team in self.agents]

    @property
    def teams(self) -> list[tuple[int, str]]:
        """Teams of the filter."""
        return list(Team.objects.order_by("name").values_list("pk", "name"))

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Agents of the filter, by name; of the team that is chosen."""
        of_team = self._everybody.filter(team=self.team) if self.team else self._everybody
        return sorted(of_team.names().items(), key=lambda one: (one[1].casefold(), one[0]))

    @property
    def _everybody(self) -> AgentQuerySet:
        return Agent.objects.visible_to(self.user)

    def but(self, **other: Any) -> str:
        """The query of an address with these filters, some of them others; what is None is left out."""
        asked = {"first": self.first, "last": self.last, "team": self.team, "agent": self.agent, **other}
        return urlencode({name: value for name, value in asked.items() if value})


def asked_for(*, sent: Any, user: User, now: datetime) -> Asked:
    """The filters of an address. What cannot be read is left out; days the wrong way round are turned."""
    today = timezone.localdate(now)
    begins = today - timedelta(days=DAYS_SHOWN - 1)
    days = [read_day(sent.get("first")) or begins, read_day(sent.get("last")) or today]
    first, last = min(days), max(days)
    return Asked(
        first=max(first, last - timedelta(days=LONGEST - 1)),
        last=last,
        user=user,
        team=_key(sent.get("team", "")),
        agent=_key(sent.get("agent", "")),
    )


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
