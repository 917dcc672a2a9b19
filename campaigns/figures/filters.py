"""What figures can be narrowed to: what is asked for, and what there is to ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from campaigns.models import Campaign, Cut
from campaigns.models.contacts import CallList

NO_ZONE = "-"  # asks a list for those whose report names no zone


@dataclass(frozen=True)
class Only:
    """Which part of a campaign is asked for; empty means all of it."""

    service: str = ""
    agent: int | None = None
    zone: str = ""
    day: date | None = None
    until: date | None = None  # the day and all before it: lists only, the figures of a page are not kept so

    @property
    def cut(self) -> Cut:
        """Which of the two day cuts answers it (see Cut)."""
        return Cut.ZONE if self.zone and self.agent is None else Cut.AGENT

    @property
    def shortest_cut(self) -> Cut:
        """Which of them answers it where neither agent nor zone is told: there are fewer zones than agents."""
        return Cut.ZONE if self.agent is None else Cut.AGENT

    @property
    def days_leave_out_zone(self) -> bool:
        """Whether the figures of a day cannot heed the zone, because an agent is asked for too."""
        return bool(self.zone) and self.agent is not None

    @property
    def lists(self) -> list[str]:
        """The call lists whose contacts have the service."""
        if not self.service:
            return list(CallList.values)
        return [self.service, CallList.BOTH]


@dataclass(frozen=True)
class Choices:
    """What the figures of a campaign can be filtered by."""

    agents: list[int]
    zones: list[str]
    days: list[date]


def read_choices(*, campaign: Campaign) -> Choices:
    """The agents, zones and days that have figures."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT 'agent', agent_id::text FROM campaigns_figurecell
                WHERE campaign_id = %(campaign)s AND cut = 'agent' AND unit = 'contact' AND agent_id IS NOT NULL
                GROUP BY agent_id
               UNION ALL
               SELECT 'zone', zone FROM campaigns_figurecell
                WHERE campaign_id = %(campaign)s AND cut = 'zone' AND unit = 'contact' AND zone <> '' GROUP BY zone
               UNION ALL
               SELECT 'day', day::text FROM campaigns_dayfigure
                WHERE campaign_id = %(campaign)s AND cut = 'zone' AND unit = 'contact' GROUP BY day""",
            {"campaign": campaign.pk},
        )
        found: dict[str, list[str]] = {"agent": [], "zone": [], "day": []}
        for kind, value in cursor.fetchall():
            found[kind].append(value)
    return Choices(
        agents=[int(value) for value in found["agent"]],
        zones=sorted(found["zone"]),
        days=sorted(date.fromisoformat(value) for value in found["day"]),
    )
