"""Collections reports taken back: their receipts go, and renewals and lists are as if they had never come.

What is left of the contracts they touched is matched anew from nothing, so it stands as it would without them: a
receipt that had been more than was due counts again, one that had gone to a later month comes back to the earlier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from campaigns.models import ChangedRows, Report
from campaigns.payments import receipts, refunds, settling

_TOUCHED = """
CREATE TEMPORARY TABLE withdrawn_renewal ON COMMIT DROP AS
SELECT renewal.id AS renewal_id, renewal.contact_id, renewal.campaign_id, renewal.service_number, contact.contract,
       renewal.gone_at, payment.amount AS had_amount, payment.first_paid_on AS had_first, payment.paid_on AS had_paid
  FROM (SELECT DISTINCT paid.contract
          FROM campaigns_receipt receipt
          JOIN campaigns_renewal renewal ON renewal.id = receipt.renewal_id
          JOIN campaigns_contact paid ON paid.id = renewal.contact_id
         WHERE receipt.report_id = ANY(%s)
            OR receipt.id IN (SELECT receipt_id FROM campaigns_refund WHERE report_id = ANY(%s))) touched
  JOIN campaigns_contact contact ON contact.contract = touched.contract
  JOIN campaigns_renewal renewal ON renewal.contact_id = contact.id
  LEFT JOIN campaigns_renewalpayment payment ON payment.renewal_id = renewal.id;
CREATE TEMPORARY TABLE renewal_to_recount ON COMMIT DROP AS SELECT renewal_id FROM withdrawn_renewal;
ANALYZE withdrawn_renewal, renewal_to_recount
"""
_LET_GO = """
UPDATE campaigns_receipt receipt SET standing = 'unmatched', renewal_id = NULL, campaign_id = NULL
  FROM withdrawn_renewal touched
 WHERE touched.renewal_id = receipt.renewal_id AND touched.gone_at IS NULL AND receipt.standing <> 'annulled'
"""
# Also those that waited because a renewal seemed paid.
_LEFT = """(service_number IN (SELECT service_number FROM withdrawn_renewal)
            OR service_number = '' AND contract IN (SELECT contract FROM withdrawn_renewal))"""


# Another month of the same contract changed nothing, and is told of nothing. A receipt without a contract may have
# moved off the same service number under another one.
_CHANGED = """(SELECT had.contact_id, had.campaign_id
                 FROM withdrawn_renewal had LEFT JOIN campaigns_renewalpayment has ON has.renewal_id = had.renewal_id
                WHERE (had.had_amount, had.had_first, had.had_paid)
                      IS DISTINCT FROM (has.amount, has.first_paid_on, has.paid_on)
                UNION
               SELECT contact_id, campaign_id FROM campaigns_renewal renewal
                 JOIN renewal_to_recount t ON t.renewal_id = renewal.id
                WHERE NOT EXISTS (SELECT FROM withdrawn_renewal had WHERE had.renewal_id = renewal.id)) AS withdrawn"""


@dataclass(frozen=True)
class Undoing:
    """What goes with a report: receipts it brought, contacts that owe again (before others are read again), and what it
    had given back, which counts as paid again.
    """

    receipts: int
    contacts: int
    refunds: int = 0


def count_what_would_go(*, report: Report) -> Undoing:
    """What the question says: the report's receipts, and contacts known as paid with the help of one of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM campaigns_receipt WHERE report_id = %s),
                   (SELECT count(DISTINCT entry.contact_id)
                      FROM campaigns_receipt receipt
                      JOIN campaigns_renewal renewal ON renewal.id = receipt.renewal_id
                      JOIN campaigns_listentry entry ON entry.contact_id = renewal.contact_id
                     WHERE receipt.report_id = %s AND receipt.standing = 'counted' AND entry.paid_on IS NOT NULL
                       AND entry.state <> 'gone'),
                   (SELECT count(*) FROM campaigns_refund WHERE report_id = %s AND receipt_id IS NOT NULL)
            """,
            [report.pk, report.pk, report.pk],
        )
        return Undoing(*cursor.fetchone())


def withdraw_receipts(*, reports: Sequence[Report], now: datetime) -> None:
    """Delete the receipts of `reports` and bring renewals and lists to what is left.

    Runs in the caller's transaction, which holds the payments' turn (`receipts.take_turn`).
    """
    keys = [report.pk for report in reports]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.withdrawn_renewal, pg_temp.renewal_to_recount")
        cursor.execute(_TOUCHED, [keys, keys])
        refunds.undo(cursor, reports=keys)
        cursor.execute("DELETE FROM campaigns_receipt WHERE report_id = ANY(%s)", [keys])
        cursor.execute(_LET_GO)
        settling.recount(cursor)
        receipts.rematch(cursor, which=_LEFT, now=now, settles=False)
        settling.settle_again(cursor, touched=_CHANGED, verb=ChangedRows.Verb.WITHDRAWN, now=now)
        cursor.execute("DROP TABLE withdrawn_renewal")
