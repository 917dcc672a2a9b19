"""What receipts make of renewals, and renewals of the lists: sums, the day a service is paid, who need not be called.

Set-based, over what `matching` laid out. Who has paid leaves the lists at once, wherever she stands: an open entry
becomes `paid`; a finished, exhausted, not callable or held-out one keeps its state (the hold-out is measured by it) and
gets its day. An open lease stays: the desk says that she paid, and neither giving nor dialling goes on (decision 0042).
Who owes again (a service came later, a recaudo was withdrawn) goes back to where she stood, with the agreed call that
the payment had cancelled. Locks: list entries in the order of their contact, then call-backs, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.backends.utils import CursorWrapper

from campaigns.contacts.life import LAST_RESULT_IS_FINAL, Verb, take_steps
from campaigns.models import ChangedRows
from campaigns.month.changed_rows import note_changed_rows_of

# Receipts and reports are matched by one hand at a time: a receipt taken in while a report is being published would see
# neither its renewals nor be seen by it, and wait for ever.
LOCK = "payments"

# Renewals with one receipt, the most by far: no history, so no walk through it.
_FIRST_PAYMENTS = """
INSERT INTO campaigns_renewalpayment (renewal_id, campaign_id, contact_id, amount, first_paid_on, paid_on)
SELECT renewal_id, campaign_id, contact_id, amount, paid_on, CASE WHEN amount >= amount_due THEN paid_on END
  FROM matched_receipt m
 WHERE standing = 'counted' AND NOT EXISTS (SELECT FROM renewal_to_recount t WHERE t.renewal_id = m.renewal_id)
 ORDER BY renewal_id
"""
_LEDGER = """
CREATE TEMPORARY TABLE renewal_ledger ON COMMIT DROP AS
SELECT receipt.id, receipt.renewal_id, receipt.paid_on, receipt.amount - receipt.refunded AS amount, receipt.standing,
       renewal.amount_due,
       sum(receipt.amount - receipt.refunded) OVER (PARTITION BY receipt.renewal_id
                                                    ORDER BY receipt.paid_on, receipt.number
                                                    ROWS UNBOUNDED PRECEDING) AS reached
  FROM renewal_to_recount t
  JOIN campaigns_receipt receipt ON receipt.renewal_id = t.renewal_id AND receipt.standing IN ('counted', 'extra')
  JOIN campaigns_renewal renewal ON renewal.id = t.renewal_id
"""
_RECOUNTED = """
INSERT INTO campaigns_renewalpayment (renewal_id, campaign_id, contact_id, amount, first_paid_on, paid_on)
SELECT renewal.id, renewal.campaign_id, renewal.contact_id, summed.amount, summed.first_paid_on, summed.paid_on
  FROM (SELECT renewal_id, sum(amount) AS amount, min(paid_on) AS first_paid_on,
               min(paid_on) FILTER (WHERE reached >= amount_due) AS paid_on
          FROM renewal_ledger GROUP BY renewal_id) summed
  JOIN campaigns_renewal renewal ON renewal.id = summed.renewal_id
    ON CONFLICT (renewal_id) DO UPDATE
   SET amount = EXCLUDED.amount, first_paid_on = EXCLUDED.first_paid_on, paid_on = EXCLUDED.paid_on
 WHERE (campaigns_renewalpayment.amount, campaigns_renewalpayment.first_paid_on, campaigns_renewalpayment.paid_on)
       IS DISTINCT FROM (EXCLUDED.amount, EXCLUDED.first_paid_on, EXCLUDED.paid_on)
"""
_NO_LONGER_PAID = """
DELETE FROM campaigns_renewalpayment payment USING renewal_to_recount t
 WHERE payment.renewal_id = t.renewal_id
   AND NOT EXISTS (SELECT FROM renewal_ledger ledger WHERE ledger.renewal_id = t.renewal_id)
"""
# A receipt that found its renewal paid is more than was due; an earlier one may come in after a later one.
_STANDINGS = """
UPDATE campaigns_receipt receipt
   SET standing = CASE WHEN ledger.reached - ledger.amount >= ledger.amount_due THEN 'extra' ELSE 'counted' END
  FROM renewal_ledger ledger
 WHERE receipt.id = ledger.id
   AND (ledger.standing = 'extra') <> (ledger.reached - ledger.amount >= ledger.amount_due)
"""
# Late is only who still owes; a late receipt of a paid renewal is for another month and waits for it.
_LATE_FOR_NOTHING = """
UPDATE campaigns_receipt receipt SET standing = 'unmatched', renewal_id = NULL, campaign_id = NULL
  FROM campaigns_renewalpayment payment
 WHERE receipt.standing = 'late' AND payment.renewal_id = receipt.renewal_id AND payment.paid_on IS NOT NULL
"""

# Of a contact, over its renewals and their payments: the day when nothing was owed any more. What a corrected report no
# longer has is not owed. Who is no more in it at all stands as she left.
PAID_ON = """CASE WHEN count(*) FILTER (WHERE renewal.gone_at IS NULL AND payment.paid_on IS NULL) = 0
     THEN max(payment.paid_on) FILTER (WHERE renewal.gone_at IS NULL) END"""
_PAID_CONTACTS = f"""
CREATE TEMPORARY TABLE contact_to_settle ON COMMIT DROP AS
SELECT touched.contact_id, {PAID_ON} AS paid_on
  FROM (SELECT DISTINCT contact_id FROM {{touched}}) touched
  LEFT JOIN campaigns_renewal renewal ON renewal.contact_id = touched.contact_id
  LEFT JOIN campaigns_renewalpayment payment ON payment.renewal_id = renewal.id
 GROUP BY touched.contact_id
"""
_SETTLE_ENTRIES = """
UPDATE campaigns_listentry entry
   SET paid_on = settled.paid_on,
       paid_known_at = CASE WHEN settled.paid_on IS NOT NULL THEN
                            coalesce(entry.paid_known_at, %s + (clock_timestamp() - transaction_timestamp())) END,
       {steps}
  FROM (SELECT contact_id, paid_on FROM contact_to_settle ORDER BY contact_id) settled
 WHERE settled.contact_id = entry.contact_id AND entry.paid_on IS DISTINCT FROM settled.paid_on
   AND entry.state <> 'gone'
"""
_STEPS = {
    Verb.PAY: "settled.paid_on IS NOT NULL",
    Verb.OWE_UNCALLED: f"settled.paid_on IS NULL AND {LAST_RESULT_IS_FINAL}",
    Verb.OWE_AGAIN: "settled.paid_on IS NULL",
}
_CANCEL_CALL_BACKS = """
UPDATE campaigns_callback agreed
   SET state = 'cancelled', settled_at = greatest(entry.paid_known_at, agreed.created_at), cancelled_by_payment = TRUE,
       why = %s || to_char(settled.paid_on, 'DD/MM/YYYY') || '.'
  FROM contact_to_settle settled JOIN campaigns_listentry entry ON entry.contact_id = settled.contact_id
 WHERE agreed.state = 'pending' AND agreed.contact_id = settled.contact_id AND settled.paid_on IS NOT NULL
"""
# Who is no more in the month stands as she left, but for a payment that is not there any more.
_GONE_WITHOUT_PAYMENT = """
UPDATE campaigns_listentry entry SET paid_on = NULL, paid_known_at = NULL
  FROM contact_to_settle settled
 WHERE settled.contact_id = entry.contact_id AND entry.state = 'gone' AND entry.paid_on IS NOT NULL
   AND NOT EXISTS (SELECT FROM campaigns_renewalpayment payment
                    WHERE payment.contact_id = entry.contact_id AND payment.paid_on IS NOT NULL)
"""
# Who owes again. The agreed call that comes back is the newest that a payment cancelled since it was known.
_NOTE_REOPENED = """
CREATE TEMPORARY TABLE contact_reopened ON COMMIT DROP AS
SELECT entry.contact_id, entry.paid_known_at
  FROM contact_to_settle settled JOIN campaigns_listentry entry ON entry.contact_id = settled.contact_id
 WHERE settled.paid_on IS NULL AND entry.paid_on IS NOT NULL AND entry.state <> 'gone'
"""
_BRING_BACK_CALL_BACKS = """
UPDATE campaigns_callback agreed SET state = 'pending', settled_at = NULL, why = '', cancelled_by_payment = FALSE
  FROM (SELECT DISTINCT ON (cancelled.contact_id) cancelled.id
          FROM contact_reopened reopened
          JOIN campaigns_listentry entry ON entry.contact_id = reopened.contact_id AND entry.state = 'open'
          JOIN campaigns_campaign campaign ON campaign.id = entry.campaign_id AND campaign.state <> 'closed'
          JOIN campaigns_callback cancelled ON cancelled.contact_id = reopened.contact_id
           AND cancelled.state = 'cancelled' AND cancelled.cancelled_by_payment
           AND cancelled.settled_at >= reopened.paid_known_at
         WHERE NOT EXISTS (SELECT FROM campaigns_callback other
                            WHERE other.contact_id = reopened.contact_id AND other.state = 'pending')
         ORDER BY cancelled.contact_id, cancelled.settled_at DESC, cancelled.id DESC) newest
 WHERE agreed.id = newest.id
"""


@dataclass(frozen=True)
class Settled:
    """What a settlement changed: list entries, agreed calls, and entries of contacts that owe again."""

    entries: int
    call_backs: int
    reopened: int = 0


def hold_turn(cursor: CursorWrapper) -> None:
    """Take the payments' turn until the transaction ends, before any row: who waits for it must hold nothing."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])


def note_renewals_to_recount(cursor: CursorWrapper) -> None:
    """Lay out `renewal_to_recount` from `matched_receipt`: those with several receipts, now or before."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.renewal_to_recount")
    cursor.execute(
        """
        CREATE TEMPORARY TABLE renewal_to_recount ON COMMIT DROP AS
        SELECT renewal_id FROM matched_receipt WHERE standing <> 'late' GROUP BY renewal_id HAVING count(*) > 1
        UNION
        SELECT matched.renewal_id FROM matched_receipt matched
          JOIN campaigns_renewalpayment payment USING (renewal_id) WHERE matched.standing <> 'late'
        """
    )
    cursor.execute("ANALYZE renewal_to_recount")


def first_payments(cursor: CursorWrapper) -> None:
    """Write the payment of renewals that have exactly the one receipt of `matched_receipt`."""
    cursor.execute(_FIRST_PAYMENTS)


def recount(cursor: CursorWrapper) -> None:
    """Write anew what the receipts of `renewal_to_recount` add up to, from all the receipts they have."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.renewal_ledger")
    cursor.execute(_LEDGER)
    for statement in (_RECOUNTED, _NO_LONGER_PAID, _STANDINGS):
        cursor.execute(statement)


def settle_contacts(cursor: CursorWrapper, *, touched: str, verb: ChangedRows.Verb, now: datetime) -> Settled:
    """Bring the lists up to the payments of every contact in the rows of `touched` (contact_id, campaign_id)."""
    note_changed_rows_of(relation=touched, verb=verb, now=now)
    cursor.execute(_LATE_FOR_NOTHING)
    _lay_out(cursor, touched)
    return _settle(cursor, now)


def settle_again(cursor: CursorWrapper, *, touched: str, verb: ChangedRows.Verb, now: datetime) -> Settled:
    """The same where something may be owed again that was paid: a new service, a payment that is withdrawn."""
    note_changed_rows_of(relation=touched, verb=verb, now=now)
    _lay_out(cursor, touched)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.contact_reopened")
    cursor.execute(_NOTE_REOPENED)
    reopened = cursor.rowcount
    settled = _settle(cursor, now)
    cursor.execute(_GONE_WITHOUT_PAYMENT)
    if reopened:
        cursor.execute(_BRING_BACK_CALL_BACKS)
    return replace(settled, reopened=reopened)


def _lay_out(cursor: CursorWrapper, touched: str) -> None:
    cursor.execute("DROP TABLE IF EXISTS pg_temp.contact_to_settle")
    cursor.execute(_PAID_CONTACTS.format(touched=touched))
    cursor.execute("ANALYZE contact_to_settle")


def _settle(cursor: CursorWrapper, now: datetime) -> Settled:
    # joined without a hash the rows come, and are locked, in the order of their contact
    cursor.execute("SET LOCAL enable_hashjoin = off")
    entries = take_steps(cursor, update=_SETTLE_ENTRIES, values=[now], steps=_STEPS, now=now)
    cursor.execute("SET LOCAL enable_hashjoin = on")
    cursor.execute(_CANCEL_CALL_BACKS, ["Pagó el "])
    return Settled(entries=entries, call_backs=cursor.rowcount)


def count_paid(cursor: CursorWrapper) -> int:
    """How many renewals of `matched_receipt` are paid in full by now."""
    cursor.execute(
        """
        SELECT (SELECT count(*) FROM matched_receipt m
                 WHERE standing = 'counted' AND amount >= amount_due
                   AND NOT EXISTS (SELECT FROM renewal_to_recount t WHERE t.renewal_id = m.renewal_id))
             + (SELECT count(*) FROM renewal_to_recount JOIN campaigns_renewalpayment payment USING (renewal_id)
                 WHERE payment.paid_on IS NOT NULL)
        """
    )
    return int(cursor.fetchone()[0])
