"""The internal policy as administrators change it: which windows cross, which results are in use, on and off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from campaigns.calling.rulebook import NO_RESULT
from campaigns.models import Attempt, CallingWindow, Disposition, ListEntry


def crosses_another(*, weekday: int, opens: time, closes: time, but: int = 0) -> bool:
    """Whether another window of the day (`but` the one with this key) shares hours with these."""
    others = CallingWindow.objects.filter(weekday=weekday, opens__lt=closes, closes__gt=opens)
    return others.exclude(pk=but).exists()


def nobody_is_called() -> bool:
    """Without windows no day is called."""
    return not CallingWindow.objects.exists()


def key_is_taken(*, key: str, but: int = 0) -> bool:
    """Whether another result that is offered has this key."""
    return Disposition.objects.filter(key=key, is_active=True).exclude(pk=but).exists()


def is_used(disposition: Disposition) -> bool:
    """Whether a call has ended with it."""
    return (
        Attempt.objects.filter(disposition=disposition).exists()
        or ListEntry.objects.filter(last_disposition=disposition).exists()
    )


def switch_off(dispositions: Iterable[Disposition]) -> int:
    """Offer them no more; the one of a call without a result stays. Returns how many were switched off."""
    keys = [disposition.pk for disposition in dispositions]
    return Disposition.objects.filter(pk__in=keys, is_active=True).exclude(code=NO_RESULT).update(is_active=False)


def switch_on(dispositions: Iterable[Disposition]) -> int:
    """Offer them again, without a key that another result has by now. Returns how many."""
    changed = 0
    for disposition in dispositions:
        if disposition.is_active or disposition.code == NO_RESULT:
            continue
        if disposition.key and key_is_taken(key=disposition.key, but=disposition.pk):
            disposition.key = ""
        disposition.is_active = True
        disposition.save(update_fields=["key", "is_active"])
        changed += 1
    return changed
