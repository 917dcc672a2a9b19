"""How many who were lost were reached, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from escalations.by_itself import BY_ITSELF
from escalations.models import Change, Escalation
from inbound.lost_callers.calling_back import KIND


@dataclass(frozen=True)
class LostCallers:
    """Of the numbers that were lost in a time: `reached` by a call, `got_through` by themselves, `in_vain` settled
    without either, `open` still to be called. `minutes`: the median from the card to who was reached; None without any.
    """

    numbers: int
    reached: int
    got_through: int
    in_vain: int
    open: int
    minutes: float | None


def lost_callers(*, since: datetime, until: datetime) -> LostCallers:
    """Of the calls that were made between the two."""
    cards = list(Escalation.objects.filter(kind__code=KIND, raised_at__gte=since, raised_at__lt=until))
    by_itself = set(Change.objects.filter(escalation__in=cards, verb=BY_ITSELF).values_list("escalation", flat=True))
    reached = [card for card in cards if card.informed_at is not None]
    open_ = [card for card in cards if card.state in Escalation.UNSETTLED]
    got_through = [card for card in cards if card.pk in by_itself and card.informed_at is None]
    took = [(card.informed_at - card.raised_at).total_seconds() / 60 for card in reached if card.informed_at]
    return LostCallers(
        numbers=len(cards),
        reached=len(reached),
        got_through=len(got_through),
        in_vain=len(cards) - len(reached) - len(got_through) - len(open_),
        open=len(open_),
        minutes=median(took) if took else None,
    )
