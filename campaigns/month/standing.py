"""How a campaign came to stand where it does: the step that brought it there, and a pause in words."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, CampaignChange


def step_to_here(campaign: Campaign) -> CampaignChange | None:
    """The step that brought a campaign into its state: since when, by whom and why."""
    steps = campaign.changes.filter(to_state=campaign.state).exclude(from_state=F("to_state"))
    return steps.select_related("by").order_by("-at", "-pk").first()


def pause_in_words(*, campaign: Campaign, now: datetime) -> str:
    """«La campaña está en pausa desde las 10:05 (Elena)», without a full stop; of another day with its date."""
    step = step_to_here(campaign)
    if step is None:
        return _("La campaña está en pausa")
    since = timezone.localtime(step.at)
    words = {"time": f"{since:%H:%M}", "day": f"{since:%d/%m}", "who": step.by or _("el centro")}
    if since.date() == timezone.localdate(now):
        return _("La campaña está en pausa desde las %(time)s (%(who)s)") % words
    return _("La campaña está en pausa desde el %(day)s a las %(time)s (%(who)s)") % words
