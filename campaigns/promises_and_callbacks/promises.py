"""Payment promises: made by a result. Whether they were kept is computed from payments, never typed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from campaigns.models import Attempt, PaymentPromise


def take_back(*, attempt: Attempt) -> None:
    """What was promised in `attempt` is as if never said; the promise that it replaced is in force again."""
    if PaymentPromise.objects.filter(attempt=attempt).delete()[0]:
        replaced = PaymentPromise.objects.filter(contact_id=attempt.contact_id, superseded_in=attempt)
        replaced.update(superseded_at=None, superseded_in=None)


def make_promise(*, attempt: Attempt, promised_on: date, amount: Decimal, now: datetime) -> PaymentPromise:
    """The customer promised to pay `amount` on `promised_on`; a promise in force for the contact is superseded.

    The caller holds the contact's list entry locked, so two results never both put one in force.
    """
    PaymentPromise.objects.filter(contact_id=attempt.contact_id, superseded_at=None).update(
        superseded_at=now, superseded_in=attempt
    )
    return PaymentPromise.objects.create(
        campaign_id=attempt.campaign_id,
        contact_id=attempt.contact_id,
        attempt=attempt,
        agent_id=attempt.agent_id,
        promised_on=promised_on,
        amount=amount,
        made_at=now,
    )
