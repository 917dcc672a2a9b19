"""The secret a program's messages are signed with: made, shown once, kept sealed; for a day the one before it, too."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from agents.sealing import NoKeyReads, Renewed, seal, unseal
from notices.models import Webhook

PREFIX = "whsec_"  # of Standard Webhooks
BOTH_HOLD = timedelta(days=1)  # in which whoever runs the program writes the new one down there


def give_secret(webhook: Webhook, *, now: datetime) -> str:
    """A new one on the row, which is not saved here. Returns it, for who made it and nobody else.

    Of two changes within the time both hold it is the one before the first that holds on, not the one in between.
    """
    secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    if not _both_hold(webhook, now=now):
        webhook.previous_secret = webhook.secret
    webhook.secret, webhook.secret_since = seal(secret), now
    return secret


def secrets_of(webhook: Webhook, *, now: datetime) -> Sequence[str]:
    """What it is signed with now, the newest first. Raises NoKeyReads of the newest."""
    newest = unseal(webhook.secret)
    if not _both_hold(webhook, now=now):
        return [newest]
    try:
        return [newest, unseal(webhook.previous_secret)]
    except NoKeyReads:
        return [newest]


def _both_hold(webhook: Webhook, *, now: datetime) -> bool:
    return bool(webhook.previous_secret) and now < webhook.secret_since + BOTH_HOLD


@transaction.atomic
def renew_webhooks() -> Renewed:
    """Encrypt the secrets of all of them anew under the first key."""
    told = Renewed()
    for webhook in Webhook.objects.select_for_update().order_by("pk"):
        webhook.secret = told.under_the_first_key(webhook.secret)
        if webhook.previous_secret:
            webhook.previous_secret = told.under_the_first_key(webhook.previous_secret)
        webhook.save(update_fields=["secret", "previous_secret"])
    return told
