"""A card that nobody has to work any more, for what it asked came about: the clock settles it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from escalations.lifecycle import Verb, locked_escalation, write_down
from escalations.marks import mark_before_its_clock_stops
from escalations.models import Escalation, Kind


@transaction.atomic
def settle_by_itself(*, escalation_id: int, outcome: str, now: datetime) -> bool:
    """Settle and close a card that nobody has taken, of a kind that closes with that. Whether it was: whoever has it
    ends it herself.
    """
    card = locked_escalation(escalation_id)
    if card.state != Escalation.State.NEW or card.kind.closes != Kind.Closes.RESOLVED:
        return False
    mark_before_its_clock_stops(card, now=now)
    card.refresh_from_db(fields=["version"])
    card.state, card.version, card.outcome = Escalation.State.RESOLVED, card.version + 1, outcome
    card.settled_at = card.closed_at = now
    card.save(update_fields=["state", "version", "outcome", "settled_at", "closed_at"])
    write_down(card, verb=Verb.BY_ITSELF, from_state=Escalation.State.NEW, by=None, now=now, note=outcome)
    return True
