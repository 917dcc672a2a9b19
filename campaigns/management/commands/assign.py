"""Assign a campaign's contacts to the agents on duty."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agents.models import Agent
from campaigns.assignment.assigning import assign, assign_late
from campaigns.management.commands._on_a_campaign import CampaignCommand
from campaigns.models import Campaign


class Command(CampaignCommand):
    help = "Assigns the contacts of a month to the agents on duty; once launched, only those that nobody has."

    def act(self, campaign: Campaign, now: datetime) -> dict[str, Any]:
        launched = campaign.launched_at is not None
        assigned = (assign_late if launched else assign)(campaign=campaign, now=now)
        names = dict(Agent.objects.values_list("pk", "user__username"))
        return {
            "dealt": assigned.assigned,  # the key that scripts know
            "continued": assigned.continued,
            "held_out": assigned.held_out,
            "unassigned": assigned.unassigned,
            "agents": {names[agent]: dict(sorted(row.items())) for agent, row in sorted(assigned.by_agent.items())},
        }
