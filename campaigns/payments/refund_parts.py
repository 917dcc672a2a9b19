"""A service that was paid in several receipts and given back whole in one row: the row is parted among them.

Only where nothing is guessed: no receipt has the row's number, and what is left of all the receipts of one renewal,
each paid by that day, is exactly what the row gives back. Anything else waits, and is told.
"""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from campaigns.payments.refund_rows import OF_THE_SAME

_LAY_OUT = f"""
CREATE TEMPORARY TABLE refund_choice ON COMMIT DROP AS
WITH whole AS (
  SELECT w.id, n.id AS renewal_id
    FROM campaigns_refund w JOIN campaigns_renewal n ON n.service_number = w.service_number
    JOIN campaigns_campaign m ON m.id = n.campaign_id
     AND (m.state <> 'closed' OR w.refunded_on <= coalesce(m.evaluated_on, m.calls_until + %s))
    JOIN campaigns_receipt r ON r.renewal_id = n.id AND r.standing IN ('counted', 'extra')
   WHERE w.receipt_id IS NULL AND w.confirms_id IS NULL AND w.report_id IS NOT NULL AND NOT w.by_number
     AND w.service_number NOT IN ('', 'anon')
     AND NOT EXISTS (SELECT FROM campaigns_receipt own WHERE own.number = w.number)
   GROUP BY w.id, n.id
  HAVING count(*) > 1 AND sum(r.amount - r.refunded) = w.amount AND max(r.paid_on) <= w.refunded_on
     AND bool_and({OF_THE_SAME.format(row="w", of="r")})
), clear AS (
  SELECT min(id) AS id, renewal_id FROM whole one
   WHERE NOT EXISTS (SELECT FROM whole other WHERE other.id = one.id AND other.renewal_id <> one.renewal_id)
   GROUP BY renewal_id
)
SELECT clear.id AS refund_id, r.id AS receipt_id, r.amount - r.refunded AS given_back,
       (row_number() OVER (PARTITION BY clear.id ORDER BY r.paid_on, r.number) - 1)::int AS part
  FROM clear JOIN campaigns_receipt r ON r.renewal_id = clear.renewal_id AND r.standing IN ('counted', 'extra')
"""
_PART = """
INSERT INTO campaigns_refund (number, contract, service_number, amount, refunded_on, report_id, reason, at, by_number,
                              receipt_id, part)
SELECT f.number, f.contract, f.service_number, c.given_back, f.refunded_on, f.report_id, f.reason, f.at, FALSE,
       c.receipt_id, c.part
  FROM refund_choice c JOIN campaigns_refund f ON f.id = c.refund_id WHERE c.part > 0
"""
_FIRST = """
UPDATE campaigns_refund f SET amount = c.given_back, receipt_id = c.receipt_id
  FROM refund_choice c WHERE c.refund_id = f.id AND c.part = 0
"""


def part(cursor: CursorWrapper, *, grace_days: int) -> int:
    """Part what waits and is exactly what a service was paid with. Lays out `refund_choice`: how much of which receipt.

    Returns how many rows were parted. In the caller's transaction, which holds the payments' turn.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.refund_choice")
    cursor.execute(_LAY_OUT, [grace_days])
    cursor.execute(_PART)
    cursor.execute(_FIRST)
    return int(cursor.rowcount)
