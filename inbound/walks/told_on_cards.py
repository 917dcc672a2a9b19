"""What is told on cards by the centre itself: once, and anew where something else was told of the same since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from agents.models import User
from escalations.models import Change, Escalation
from escalations.raising import LONGEST_NOTE, add_detail


class Told:
    """What these cards (by key) were told so far, read in one query; `tell` adds to it."""

    def __init__(self, cards: Iterable[int]) -> None:
        self._notes: dict[int, list[str]] = {card: [] for card in cards}
        told = Change.objects.filter(escalation__in=list(self._notes)).exclude(note="").order_by("pk")
        for card, note in told.values_list("escalation", "note"):
            self._notes[card].append(note)

    def of(self, card: Escalation) -> Sequence[str]:
        """In the order in which it was told."""
        return self._notes[card.pk]

    def tell(
        self, card: Escalation, words: str, *, now: datetime, by: User | None = None, instead_of: Collection[str] = ()
    ) -> None:
        """`instead_of`: how else it begins what was told of the same. Call it inside a transaction."""
        words = words[:LONGEST_NOTE]
        of_the_same = (words, *instead_of)
        last = next((note for note in reversed(self._notes[card.pk]) if note.startswith(of_the_same)), "")
        if last != words:
            self._notes[card.pk].append(words)
            add_detail(key=card.key, text=words, by=by, now=now)
