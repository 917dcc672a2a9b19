"""Attempts that were none: the switchboard was asked, and the call ended at the agent's own telephone.

Such an attempt is taken back whole: no customer was called. It has no result yet, so nothing was counted for it, and
the telephone rests for nobody. What the switchboard was asked stays in `telephony`.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from agents.models import Agent
from campaigns.models import Attempt, AttemptCall, ListEntry
from telephony.models import OutgoingCall


def last_call(*, attempt_id: int) -> OutgoingCall | None:
    """What the switchboard was asked for last in this attempt; None when it was dialled by hand."""
    asked = AttemptCall.objects.filter(attempt=attempt_id).select_related("call").order_by("-call__asked_at").first()
    return asked.call if asked else None


def uncalled(attempt_ids: Iterable[int]) -> set[int]:
    """Those of these attempts in which no customer was called, by everything that was asked for in them.

    One that was dialled by hand before is none of them: nobody knows what became of that.
    """
    calls: dict[int, list[AttemptCall]] = {}
    for asked in AttemptCall.objects.filter(attempt__in=list(attempt_ids)).select_related("call"):
        calls.setdefault(asked.attempt_id, []).append(asked)
    return {
        attempt_id
        for attempt_id, found in calls.items()
        if any(asked.began_it for asked in found) and all(asked.call.never_reached_the_customer for asked in found)
    }


def take_back_uncalled(*, agent: Agent) -> OutgoingCall | None:
    """Take back her open attempt if no customer was called in it. Returns its last call, which says why; else None."""
    waiting = Attempt.objects.filter(agent=agent, resulted_at=None).first()
    if waiting is None or not uncalled([waiting.pk]):
        return None
    with transaction.atomic():
        # as everybody does: the entry first, then its attempts; a result that is being recorded is waited for
        ListEntry.objects.select_for_update().filter(contact=waiting.contact_id).first()
        same = Attempt.objects.select_for_update().filter(pk=waiting.pk, resulted_at=None)
        if not same.exists() or not uncalled([waiting.pk]):
            return None
        call = last_call(attempt_id=waiting.pk)
        same.delete()
        return call
