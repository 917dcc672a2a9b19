"""Launch a campaign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaigns.management.commands._on_a_campaign import CampaignCommand
from campaigns.models import Campaign
from campaigns.month.lifecycle import launch


class Command(CampaignCommand):
    help = "Launches the campaign of a month: agents may call from now on."

    def act(self, campaign: Campaign, now: datetime) -> dict[str, Any]:
        launch(campaign=campaign, by=None, now=now)
        return {"launched_at": campaign.launched_at}
