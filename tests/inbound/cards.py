"""The card of an operation, and what it was told."""

from __future__ import annotations

from datetime import datetime

from escalations.models import Escalation
from escalations.raising import raise_escalation
from inbound.models import OutsideWrite


def card_of(write: OutsideWrite, now: datetime) -> Escalation:
    card = raise_escalation(
        key=f"card-of-{write.key}", kind="write_not_done", line="104", contract="", customer_name="Rosa", telephone="",
        zone="", reason="Se le debe.", details={}, by=None, now=now,
    )  # fmt: skip
    OutsideWrite.objects.filter(pk=write.pk).update(card=card)
    return card


def heard_on(card: Escalation) -> list[str]:
    return list(card.changes.order_by("pk").values_list("note", flat=True))
