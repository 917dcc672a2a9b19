"""What agents read to the customer and how they dial: changed while the campaign runs, from the next contact on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.models import Campaign, CampaignChange
from campaigns.month.lifecycle import CampaignRefused

VERB = "reword"


def check_can_reword(campaign: Campaign) -> None:
    """Raise CampaignRefused unless the campaign is being called."""
    if campaign.state == Campaign.State.CLOSED:
        raise CampaignRefused(_("La campaña ya está cerrada."))
    if campaign.state not in (Campaign.State.RUNNING, Campaign.State.PAUSED):
        raise CampaignRefused(_("La campaña todavía no se lanzó: cambie el guion en la propuesta."))


def reword(*, campaign: Campaign, script: str, dialling: str, by: User, now: datetime) -> bool:
    """Change script and way of dialling. Desks get them with their next contact; the audit keeps what stood before.

    Returns whether anything changed. Raises CampaignRefused.
    """
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        check_can_reword(locked)
        words = [_("Guion")] if locked.script != script else []
        words += [_("Modo de llamar")] if locked.dialling != dialling else []
        if not words:
            return False
        locked.script, locked.dialling = script, dialling
        locked.save(update_fields=["script", "dialling"])
        state = locked.state
        CampaignChange.objects.create(
            campaign=locked, verb=VERB, from_state=state, to_state=state, by=by, at=now, note=", ".join(words)
        )
    return True
