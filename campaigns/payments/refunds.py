"""Money given back: a negative receipt, one a report calls annulled, or one a person annuls. Its payment is taken back.

Whom a refund is of: the receipt of its own number; where no receipt has it, one of its service (without service number:
of its contract) in a month whose payments still counted on its day, that was paid no later, rather of exactly its
amount, rather the last. It has as much left and is of the same contract and service, or it is none; a row that is
exactly what a service was paid with in several receipts is of all of them (`refund_parts.py`).
What finds none waits, is shown, and is looked for again after every report; so does what may be the system's own word
of an annulment by hand (`refund_confirming.py`). A receipt given back whole is annulled and
counts no more; renewal, promise, place in the lists and figures are counted anew, as if it had been so much smaller
(procedure K.2). Which rows of a report give back: `refund_rows.py`.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.models import CallingPolicy, ChangedRows, Receipt, Refund
from campaigns.month.periods import day_of
from campaigns.payments import refund_parts, settling
from campaigns.payments.refund_rows import OF_THE_SAME

_ROUNDS = 20  # one receipt may be given back in so many parts of one report; the rest is found after the next
# Of a note `w` the annulments by hand it may be the word of: of as much, of the same, and of no other note yet.
OF_A_HAND = f"""
 campaigns_refund hand JOIN campaigns_receipt gone ON gone.id = hand.receipt_id
 WHERE hand.by_id IS NOT NULL AND hand.amount = w.amount AND gone.paid_on <= w.refunded_on
   AND {OF_THE_SAME.format(row="w", of="hand")}
   AND NOT EXISTS (SELECT FROM campaigns_refund told WHERE told.confirms_id = hand.id)
"""
# The receipts a waiting refund may be of, by the indexes there are: by its number, else by service or contract.
_CHOICE = f"""
CREATE TEMPORARY TABLE refund_choice ON COMMIT DROP AS
WITH unknown AS MATERIALIZED (
  SELECT f.*, f.by_number OR EXISTS (SELECT FROM campaigns_receipt own WHERE own.number = f.number) AS has_own
    FROM campaigns_refund f WHERE f.receipt_id IS NULL AND f.confirms_id IS NULL
), waiting AS MATERIALIZED (
  SELECT w.* FROM unknown w
   WHERE w.has_own OR w.report_id IS NULL OR NOT EXISTS (SELECT FROM {OF_A_HAND})
), month AS (
  SELECT id, CASE WHEN state <> 'closed' THEN DATE 'infinity'
                  ELSE coalesce(evaluated_on, calls_until + %s) END AS counts_until
    FROM campaigns_campaign
), candidate AS (
  SELECT w.id AS refund_id, w.amount AS given_back, r.* FROM waiting w JOIN campaigns_receipt r ON r.number = w.number
  UNION ALL
  SELECT w.id, w.amount, r.* FROM waiting w
    JOIN campaigns_renewal n ON n.service_number = w.service_number JOIN campaigns_receipt r ON r.renewal_id = n.id
    JOIN month m ON m.id = n.campaign_id AND w.refunded_on <= m.counts_until
   WHERE NOT w.has_own AND w.service_number <> '' AND r.paid_on <= w.refunded_on
  UNION ALL
  SELECT w.id, w.amount, r.* FROM waiting w
    JOIN campaigns_contact c ON c.contract = w.contract JOIN campaigns_renewal n ON n.contact_id = c.id
    JOIN campaigns_receipt r ON r.renewal_id = n.id
    JOIN month m ON m.id = n.campaign_id AND w.refunded_on <= m.counts_until
   WHERE NOT w.has_own AND w.service_number = '' AND w.contract <> '' AND r.paid_on <= w.refunded_on
  UNION ALL
  SELECT w.id, w.amount, r.* FROM waiting w
    JOIN campaigns_receipt r ON r.service_number = w.service_number AND r.standing <> 'counted'
   WHERE NOT w.has_own AND w.service_number NOT IN ('', 'anon') AND r.renewal_id IS NULL AND r.paid_on <= w.refunded_on
), best AS (
  SELECT DISTINCT ON (refund_id) refund_id, r.id AS receipt_id, given_back
    FROM candidate r JOIN waiting w ON w.id = r.refund_id
   WHERE r.amount - r.refunded >= given_back AND {OF_THE_SAME.format(row="w", of="r")}
   ORDER BY refund_id, r.amount - r.refunded = given_back DESC, r.paid_on DESC, r.number DESC
)
SELECT DISTINCT ON (receipt_id) refund_id, receipt_id, given_back FROM best ORDER BY receipt_id, refund_id
"""
_ALLOT = """
UPDATE campaigns_refund f SET receipt_id = c.receipt_id, by_number = f.by_number OR r.number = f.number
  FROM refund_choice c JOIN campaigns_receipt r ON r.id = c.receipt_id WHERE c.refund_id = f.id
"""
# `refund_choice` says how much of which receipt.
_GIVE_BACK = """
UPDATE campaigns_receipt r
   SET refunded = r.refunded + c.given_back,
       standing = CASE WHEN r.refunded + c.given_back >= r.amount THEN 'annulled' ELSE r.standing END
  FROM refund_choice c WHERE c.receipt_id = r.id
"""
_TOUCHED = """
INSERT INTO renewal_to_recount SELECT DISTINCT r.renewal_id FROM refund_choice c JOIN campaigns_receipt r
    ON r.id = c.receipt_id WHERE r.standing IN ('counted', 'extra') ON CONFLICT DO NOTHING
"""
_CONTACTS = """(SELECT contact_id, campaign_id FROM campaigns_renewal
                  JOIN renewal_to_recount t ON t.renewal_id = id) AS given_back"""


class AnnulmentRefused(Exception):
    """The receipt cannot be annulled; the message is the sentence for whoever asked."""


def give_back_waiting(cursor: CursorWrapper, *, now: datetime) -> int:
    """Give the refunds that wait their receipt, where there is one, and take the payments back. Returns how many.

    Runs in the caller's transaction, which holds the payments' turn.
    """
    given, grace_days = 0, CallingPolicy.objects.in_force().grace_days
    for _round in range(_ROUNDS):
        cursor.execute("DROP TABLE IF EXISTS pg_temp.refund_choice")
        cursor.execute(_CHOICE, [grace_days])
        found = cursor.rowcount
        if not found:
            break
        if not given:
            _new_touched(cursor)
        given += found
        for statement in (_ALLOT, _TOUCHED, _GIVE_BACK):
            cursor.execute(statement)
    if parted := refund_parts.part(cursor, grace_days=grace_days):
        if not given:
            _new_touched(cursor)
        given += parted
        for statement in (_TOUCHED, _GIVE_BACK):
            cursor.execute(statement)
    if given:
        _settle(cursor, now=now)
    return given


def check_can_annul(receipt: Receipt) -> None:
    """Raise AnnulmentRefused when nothing of the receipt is left."""
    if receipt.standing == Receipt.Standing.ANNULLED:
        raise AnnulmentRefused(_("El recibo ya está anulado."))


def annul(*, receipt_id: int, by: User, now: datetime, reason: str) -> Refund:
    """Take back what is left of a receipt, by hand. Raises AnnulmentRefused."""
    reason = reason.strip()
    if not reason:
        raise AnnulmentRefused(_("Escriba por qué se anula."))
    with transaction.atomic(), connection.cursor() as cursor:
        settling.hold_turn(cursor)
        receipt = Receipt.objects.select_for_update(no_key=True).get(pk=receipt_id)
        check_can_annul(receipt)
        refund = Refund.objects.create(
            number=receipt.number,
            receipt=receipt,
            by_number=True,
            contract=receipt.contract,
            service_number=receipt.service_number,
            amount=receipt.amount - receipt.refunded,
            refunded_on=day_of(now),
            by=by,
            reason=reason[:300],
            at=now,
        )
        _new_touched(cursor)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.refund_choice")
        cursor.execute(
            """
            CREATE TEMPORARY TABLE refund_choice ON COMMIT DROP AS
            SELECT id AS refund_id, receipt_id, amount AS given_back FROM campaigns_refund WHERE id = %s
            """,
            [refund.pk],
        )
        for statement in (_TOUCHED, _GIVE_BACK):
            cursor.execute(statement)
        _settle(cursor, now=now)
    return refund


def undo(cursor: CursorWrapper, *, reports: list[int]) -> None:
    """What `reports` gave back is as if never said; refunds of receipts they brought wait. For their withdrawal.

    The caller matches the receipts of the contracts anew.
    """
    cursor.execute(
        """
        UPDATE campaigns_receipt r
           SET refunded = r.refunded - f.amount,
               standing = CASE WHEN r.standing <> 'annulled' THEN r.standing
                               WHEN f.is_gone THEN 'counted' ELSE 'unmatched' END,
               renewal_id = CASE WHEN r.standing <> 'annulled' OR f.is_gone THEN r.renewal_id END,
               campaign_id = CASE WHEN r.standing <> 'annulled' OR f.is_gone THEN r.campaign_id END
          FROM (SELECT back.receipt_id, sum(back.amount) AS amount,
                       coalesce(bool_or(n.gone_at IS NOT NULL), FALSE) AS is_gone
                  FROM campaigns_refund back JOIN campaigns_receipt had ON had.id = back.receipt_id
                  LEFT JOIN campaigns_renewal n ON n.id = had.renewal_id
                 WHERE back.report_id = ANY(%s) GROUP BY back.receipt_id) f
         WHERE f.receipt_id = r.id
        """,
        [reports],
    )
    cursor.execute("DELETE FROM campaigns_refund WHERE report_id = ANY(%s)", [reports])
    cursor.execute(
        """
        UPDATE campaigns_refund SET receipt_id = NULL
         WHERE receipt_id IN (SELECT id FROM campaigns_receipt WHERE report_id = ANY(%s))
        """,
        [reports],
    )


def _new_touched(cursor: CursorWrapper) -> None:
    cursor.execute(
        """
        DROP TABLE IF EXISTS pg_temp.renewal_to_recount;
        CREATE TEMPORARY TABLE renewal_to_recount (renewal_id bigint PRIMARY KEY) ON COMMIT DROP
        """
    )


def _settle(cursor: CursorWrapper, *, now: datetime) -> None:
    settling.recount(cursor)
    settling.settle_again(cursor, touched=_CONTACTS, verb=ChangedRows.Verb.REFUNDED, now=now)
