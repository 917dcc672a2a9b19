"""Whose numbers calls had is forgotten as long after as the policy says; who called, when and how it ended stays."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from agents.keeping import Held, last_digits
from telephony.models import CallOrder, LoggedVisit, OutgoingCall, QueueCall

BATCH = 5_000  # in one transaction
# Of a line that was taken the digest stays, so the same file read once more does not bring its number back.
_FORGET_CALLERS = rf"""
WITH old AS (
    SELECT id, switchboard_id, call FROM telephony_loggedvisit
     WHERE entered_at < %(before)s AND caller <> ''
       AND {last_digits("caller")} <> ALL(%(held_telephones)s) LIMIT %(batch)s FOR UPDATE
), lines AS (
    UPDATE telephony_loggedline line
       SET text = regexp_replace(line.text, '(\|ENTERQUEUE\|[^|]*\|)[^|]*(\|[^|]*)?.*', '\1\2')
      FROM (SELECT DISTINCT switchboard_id, call FROM old) calls
     WHERE line.switchboard_id = calls.switchboard_id AND line.call = calls.call AND line.text LIKE '%%|ENTERQUEUE|%%'
)
UPDATE telephony_loggedvisit SET caller = '' FROM old WHERE telephony_loggedvisit.id = old.id
"""


def forget_numbers(*, before: datetime, held: Held, only_look: bool = False) -> int:
    """Take the customer's number from calls that ended before a moment, and from the lines of queue_log that name it;
    again and again does no harm. Those of a customer who is held stay.

    Returns how many they were, or with `only_look` would be.
    """
    theirs = held.theirs(telephone="number")
    clicked = OutgoingCall.objects.filter(ended_at__lt=before).exclude(number="").exclude(theirs)
    came_in = QueueCall.objects.filter(ended_at__lt=before).exclude(number="").exclude(theirs)
    handed_over = CallOrder.objects.filter(ended_at__lt=before).exclude(number="").exclude(theirs)
    logged = LoggedVisit.objects.filter(entered_at__lt=before).exclude(caller="")
    logged = logged.exclude(held.theirs(telephone="caller"))
    if only_look:
        return clicked.count() + came_in.count() + handed_over.count() + logged.count()
    done = 0
    while keys := list(clicked.values_list("pk", flat=True)[:BATCH]):
        done += OutgoingCall.objects.filter(pk__in=keys).update(number="", dialled="")
    while keys := list(came_in.values_list("pk", flat=True)[:BATCH]):
        done += QueueCall.objects.filter(pk__in=keys).update(number="", channel="")
    while pks := list(handed_over.values_list("pk", flat=True)[:BATCH]):
        done += CallOrder.objects.filter(pk__in=pks).update(number="")
    with connection.cursor() as cursor:
        while logged.exists():
            cursor.execute(_FORGET_CALLERS, {"before": before, "batch": BATCH, **held.values()})
            done += cursor.rowcount
    return done
