"""A note of the collections system that may be its own word of what a person annulled by hand before.

Nobody knows: it may as well give back what the customer has paid since. So it waits, is shown with the receipt that was
annulled, and a person says that it is the same; where it is another's, she annuls that receipt by hand as well.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.models import Receipt, Refund
from campaigns.payments import refunds, settling
from campaigns.payments.refunds import OF_A_HAND

_ANNULLED_BY_HAND = f"""
SELECT DISTINCT ON (w.id) w.id, hand.id, gone.id
  FROM campaigns_refund w CROSS JOIN LATERAL (SELECT hand.id, hand.receipt_id FROM {OF_A_HAND}) hand
  JOIN campaigns_receipt gone ON gone.id = hand.receipt_id
 WHERE w.id = ANY(%s) AND w.receipt_id IS NULL AND w.confirms_id IS NULL AND w.report_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM campaigns_receipt own WHERE own.number = w.number)
 ORDER BY w.id, hand.id
"""


class ConfirmRefused(Exception):
    """There is nothing it may confirm; the message is the sentence for whoever asked."""


def annulled_by_hand(waiting: list[int]) -> dict[int, tuple[int, Receipt]]:
    """Of waiting notes (by key) the annulment by hand each may be the word of (by key), and its receipt."""
    if not waiting:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ANNULLED_BY_HAND, [waiting])
        found = cursor.fetchall()
    gone = Receipt.objects.in_bulk([receipt for _note, _hand, receipt in found])
    return {note: (hand, gone[receipt]) for note, hand, receipt in found}


def confirm(*, refund_id: int, by: User, reason: str, now: datetime) -> Receipt:
    """Say that a waiting note is the word of what was annulled by hand: it takes nothing back. Returns that receipt.

    Raises ConfirmRefused.
    """
    if not reason.strip():
        raise ConfirmRefused(_("Escriba cómo se sabe que es la misma."))
    with transaction.atomic(), connection.cursor() as cursor:
        settling.hold_turn(cursor)
        note = Refund.objects.select_for_update(no_key=True).get(pk=refund_id)
        found = annulled_by_hand([note.pk]).get(note.pk)
        if found is None:
            raise ConfirmRefused(_("Esta devolución ya no espera, o no hay ningún recibo suyo anulado a mano."))
        note.confirms_id, note.confirmed_by, note.reason = found[0], by, reason.strip()[:300]
        note.save(update_fields=["confirms", "confirmed_by", "reason"])
        refunds.give_back_waiting(cursor, now=now)  # another note of as much may be of what is left
    return found[1]
