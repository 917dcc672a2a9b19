"""How the running campaigns come on, for the room: what is left to be called beside the plan, and when it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Campaign
from campaigns.steering.burn_down import burn_down
from campaigns.steering.forecasting import Forecast, forecast
from campaigns.steering.pace import read_pace


@dataclass(frozen=True, slots=True)
class CampaignNow:
    """A campaign as of its last count. `behind`: contacts more than the plan has left by then; below none it is ahead.
    The rest is empty before it was counted.
    """

    campaign: Campaign
    left: int | None = None
    at_start: int = 0
    planned: int = 0
    counted_at: datetime | None = None
    forecast: Forecast | None = None

    @property
    def behind(self) -> int:
        return (self.left or 0) - self.planned


def campaigns_now() -> list[CampaignNow]:
    """Those that are called, and those that pause, the newest month first. Ten queries each, of what was counted."""
    return [_as_counted(one) for one in Campaign.objects.filter(state__in=Campaign.OPEN).order_by("-period")]


def _as_counted(campaign: Campaign) -> CampaignNow:
    pace = read_pace(campaign=campaign)
    if pace is None:
        return CampaignNow(campaign)
    today = next((day for day in reversed(burn_down(pace=pace, campaign=campaign)) if day.left is not None), None)
    return CampaignNow(
        campaign,
        left=pace.open,
        at_start=pace.at_start,
        planned=today.planned if today else pace.at_start,
        counted_at=pace.counted_at,
        forecast=forecast(pace=pace, campaign=campaign),
    )
