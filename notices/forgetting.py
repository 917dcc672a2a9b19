"""What mails said is forgotten as long after as the policy says; to whom, of what kind and when they went stays."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, F, Q, Value, When

from agents.keeping import NOBODY, Held
from notices.models import ABOUT_A_CUSTOMER, Notice

BATCH = 2_000  # in one transaction


def forget_mails(*, before: datetime, held: Held, only_look: bool = False) -> int:
    """Take subject and text from mails made before a moment; those about a card go with it. One that names a customer
    who is held stays, and what has not gone out by then is not sent any more. Again and again does no harm. Returns how
    many, or with `only_look` would be.
    """
    due = Notice.objects.filter(created_at__lt=before).exclude(Q(kind__in=ABOUT_A_CUSTOMER) | Q(body=NOBODY))
    due = due.exclude(held.named_in("body") | held.named_in("subject"))
    if only_look:
        return due.count()
    sent, done = Notice.State.SENT, 0
    while keys := list(due.values_list("pk", flat=True)[:BATCH]):
        done += Notice.objects.filter(pk__in=keys).update(
            subject=NOBODY, body=NOBODY, last_error="", lease_until=None, parked_at=None,
            state=Case(When(state=sent, then=F("state")), default=Value(Notice.State.DROPPED)),
        )  # fmt: skip
    return done
