"""Personal data of what was handed over long ago are taken away; kind, line, zone and times stay (docs/decisions/0104).

The audit of the board has a copy of each row as it was: those lose the same columns, and so do the notes of its
history, through the audit's own door (docs/decisions/0192). The mail that was written to units about it goes as well;
that it was written, to whom, when and whether it arrived stays, and what has not gone out by then is not sent any more.
Calls that were asked for about it lose the number.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from agents.keeping import NOBODY, Held
from escalations.models import Escalation

BATCH = 2_000  # in one transaction
WITHOUT = """customer_name = CASE WHEN customer_name = '' THEN '' ELSE %(nobody)s END, contract = '', telephone = '',
             reason = %(nobody)s, details = '{}', promised = '',
             outcome = CASE WHEN outcome = '' THEN '' ELSE %(nobody)s END"""
STEPS = (
    f"UPDATE escalations_escalation SET {WITHOUT}, anonymised_at = %(now)s WHERE id = ANY(%(ids)s)",
    """SELECT audit_forget('escalations_escalationevent', 'pgh_obj_id', %(ids)s,
              '{customer_name,contract,telephone,reason,details,promised,outcome}')""",
    "SELECT audit_forget('escalations_change', 'escalation_id', %(ids)s, '{note}')",
    """UPDATE telephony_outgoingcall c SET number = '', dialled = '' FROM escalations_escalationcall e
        WHERE e.call_id = c.key AND e.escalation_id = ANY(%(ids)s) AND c.state = 'over' AND c.number <> ''""",
    """UPDATE notices_notice n SET subject = %(nobody)s, body = %(nobody)s, last_error = '',
              state = CASE n.state WHEN 'sent' THEN 'sent' ELSE 'dropped' END, lease_until = NULL, parked_at = NULL
         FROM escalations_letter l WHERE l.notice_id = n.id AND l.escalation_id = ANY(%(ids)s)""",
)


def anonymise_escalations(*, before: datetime, now: datetime, held: Held, only_look: bool = False) -> int:
    """Take away whom those closed before a moment were about; again and again does no harm.

    One that is open is still somebody's to settle: it waits, as one of a customer who is held. Returns how many they
    were, or with `only_look` would be.
    """
    due = Escalation.objects.filter(closed_at__lt=before, anonymised_at=None)
    due = due.exclude(held.theirs(contract="contract", telephone="telephone"))
    if only_look:
        return due.count()
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            rows = due.select_for_update(skip_locked=True, no_key=True).order_by("pk")
            ids = list(rows.values_list("pk", flat=True)[:BATCH])
            if not ids:
                return done
            for step in STEPS:
                cursor.execute(step, {"ids": ids, "nobody": NOBODY, "now": now})
            done += len(ids)
