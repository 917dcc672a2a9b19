"""Whose numbers calls had is forgotten as long after as the policy says; who called, when and how it ended stays."""

from __future__ import annotations

from datetime import datetime

from telephony.models import CallOrder, OutgoingCall, QueueCall

BATCH = 5_000  # in one transaction


def forget_numbers(*, before: datetime, only_look: bool = False) -> int:
    """Take the customer's number from calls that ended before a moment; again and again does no harm.

    Returns how many they were, or with `only_look` would be.
    """
    clicked = OutgoingCall.objects.filter(ended_at__lt=before).exclude(number="")
    came_in = QueueCall.objects.filter(ended_at__lt=before).exclude(number="")
    handed_over = CallOrder.objects.filter(ended_at__lt=before).exclude(number="")
    if only_look:
        return clicked.count() + came_in.count() + handed_over.count()
    done = 0
    while keys := list(clicked.values_list("pk", flat=True)[:BATCH]):
        done += OutgoingCall.objects.filter(pk__in=keys).update(number="", dialled="")
    while keys := list(came_in.values_list("pk", flat=True)[:BATCH]):
        done += QueueCall.objects.filter(pk__in=keys).update(number="")
    while pks := list(handed_over.values_list("pk", flat=True)[:BATCH]):
        done += CallOrder.objects.filter(pk__in=pks).update(number="")
    return done
