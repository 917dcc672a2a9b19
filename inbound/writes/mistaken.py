"""Writes that a call asked for by mistake, as was said at its end: each has a card that undoes it."""

from __future__ import annotations

from collections.abc import Collection

from escalations.models import Escalation

MISTAKES = ":mistaken"
WRITE_OF = "write:"
MISTAKEN = f"{WRITE_OF}%d{MISTAKES}"  # the key of its card


def mistakes_among(writes: Collection[int]) -> dict[int, Escalation]:
    """Of these writes (by key) those that were a mistake, each with the card that undoes it, or that goes on for it.

    One whose card was rejected was none.
    """
    keys = {MISTAKEN % pk: pk for pk in writes}
    cards = {keys[card.key]: card.survivor for card in Escalation.objects.filter(key__in=keys)}
    return {pk: card for pk, card in cards.items() if card.state != Escalation.State.REJECTED}
