"""Who has what now: open contacts of a campaign by agent, for those who decide about reassigning."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection

from agents.models import Agent
from campaigns.models import Campaign
from campaigns.models.contacts import CallList


@dataclass
class Holding:
    """What one agent (None: nobody) still has to call."""

    agent: Agent | None
    by_list: dict[str, int] = field(default_factory=dict)
    untried: int = 0
    call_backs: int = 0
    open_now: int = 0

    @property
    def total(self) -> int:
        return sum(self.by_list.values())

    @property
    def lists(self) -> list[int]:
        """Contacts by list, in the order of the columns."""
        return [self.by_list.get(name, 0) for name in CallList.values]

    @property
    def on_duty(self) -> bool:
        return self.agent is not None and self.agent.is_on_duty and self.agent.user.is_active


def holdings(campaign: Campaign) -> list[Holding]:
    """Everybody who has open contacts or is on duty, by name; nobody's contacts last, when there are any."""
    found: dict[int | None, Holding] = {}
    agents = {agent.pk: agent for agent in Agent.objects.select_related("user", "team")}
    for agent in sorted(agents.values(), key=lambda agent: (str(agent), agent.pk)):
        found[agent.pk] = Holding(agent)
    found[None] = Holding(None)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT owner_id, call_list, count(*), count(*) FILTER (WHERE attempts = 0), count(lease_agent_id)
              FROM campaigns_listentry WHERE campaign_id = %s AND state = 'open' GROUP BY owner_id, call_list
            """,
            [campaign.pk],
        )
        for owner, name, contacts, untried, open_now in cursor.fetchall():
            row = found.get(owner) or found[None]
            row.by_list[name] = row.by_list.get(name, 0) + contacts
            row.untried += untried
            row.open_now += open_now
        cursor.execute(
            """
            SELECT agent_id, count(*) FROM campaigns_callback
             WHERE campaign_id = %s AND state = 'pending' GROUP BY agent_id
            """,
            [campaign.pk],
        )
        for owner, call_backs in cursor.fetchall():
            if owner in found:
                found[owner].call_backs = call_backs
    return [row for row in found.values() if row.total or row.on_duty]
