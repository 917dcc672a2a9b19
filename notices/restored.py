"""After a copy of the site was restored: what was owed in it may have gone out meanwhile."""

from __future__ import annotations

from datetime import datetime

from notices.models import Delivery, Notice, Webhook
from work.ending import set_aside


def set_aside_what_may_be_sent(*, why: str, now: datetime) -> int:
    """Leave it to a person, who sends it again from the outbox or lets it be; returns how many."""
    mails = Notice.objects.filter(state=Notice.State.WAITING).order_by("pk")
    messages = Delivery.objects.filter(state=Delivery.State.WAITING).order_by("pk")
    for owed in (found := [*mails, *messages]):
        set_aside(owed=owed, error=why, now=now)
    return len(found)


def switch_off_programs() -> int:
    """Programs are told nothing until somebody has looked at address and secret: either may have been changed since.
    Returns how many.
    """
    return Webhook.objects.filter(is_active=True).update(is_active=False, served_until=None, away_since=None)
