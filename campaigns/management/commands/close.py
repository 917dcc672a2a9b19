"""Close a campaign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaigns.management.commands._on_a_campaign import CampaignCommand
from campaigns.models import Campaign
from campaigns.month.lifecycle import close


class Command(CampaignCommand):
    help = "Closes the campaign of a month: leases are let go and agreed calls become calls to make."

    def act(self, campaign: Campaign, now: datetime) -> dict[str, Any]:
        close(campaign=campaign, by=None, now=now, note="")
        last = campaign.changes.order_by("-pk").first()
        return {"closed_at": campaign.closed_at, "note": last.note if last else ""}
