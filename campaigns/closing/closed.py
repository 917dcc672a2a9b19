"""How a month came to its close: who closed it and when, and whether that was before its last day of calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, CampaignChange
from campaigns.month.periods import day_of


@dataclass(frozen=True)
class Closed:
    """`by`: '' the centre itself. `note`: why, and what the close had to settle; '' where nothing was said."""

    by: str
    at: datetime
    last_day: date
    note: str

    @property
    def words(self) -> str:
        """As it follows *Cerrada*: by whom, when, and whether days of calls were left."""
        at = timezone.localtime(self.at)
        told = {
            "who": self.by or _("el sistema, por sí solo"),
            "day": f"{at:%d/%m/%Y}",
            "hour": f"{at:%H:%M}",
            "last": f"{self.last_day:%d/%m/%Y}",
        }
        if day_of(self.at) < self.last_day:
            return _("por %(who)s, el %(day)s a las %(hour)s, antes de su último día de llamadas, el %(last)s") % told
        return _("por %(who)s, el %(day)s a las %(hour)s") % told


def how_it_closed(*, campaign: Campaign) -> Closed | None:
    """None of a month that is not closed, or whose step was not kept."""
    steps = CampaignChange.objects.filter(campaign=campaign, to_state=Campaign.State.CLOSED)
    last = steps.select_related("by").order_by("-at").first()
    if last is None or campaign.state != Campaign.State.CLOSED:
        return None
    return Closed(str(last.by) if last.by else "", last.at, campaign.calls_until, last.note)
