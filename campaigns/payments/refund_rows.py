"""Rows of a collections report that give money back: which are new, which were had, which contradict a receipt.

A row below zero is told apart by its number, amount, day and service: another day is another part, as long as the
receipt has that much left. By its state a receipt is annulled: what is left of it goes, on whatever day, and once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.backends.utils import CursorWrapper

from campaigns.models import Report
from campaigns.rows.column_cleaning import ANNULLED

# That a row is of what a receipt or refund was of, as far as both say it; zeros in front get lost on the way.
OF_THE_SAME = """
('' IN ({row}.contract, {of}.contract) OR ltrim({row}.contract, '0') = ltrim({of}.contract, '0'))
AND ('' IN ({row}.service_number, {of}.service_number)
     OR ltrim({row}.service_number, '0') = ltrim({of}.service_number, '0'))
"""
OF_THE_SAME_PRODUCT = f"{OF_THE_SAME} AND ('' IN ({{row}}.service, {{of}}.service) OR {{row}}.service = {{of}}.service)"

_OWN = OF_THE_SAME.format(row="told", of="own")
_HAD = OF_THE_SAME.format(row="told", of="had")
# The receipt of its number; of a note's number that of the part that came before. One that was parted among several
# receipts is known by its parts. A state and a row below zero may tell the same annulment, each with its own day: the
# row below zero is the one.
_LAY_OUT = f"""
CREATE TEMPORARY TABLE staged_refund ON COMMIT DROP AS
SELECT *, NOT is_known AND NOT by_number AND (
            is_of_another OR sum(amount) FILTER (WHERE NOT is_known) OVER (
              PARTITION BY number, contract, service_number ORDER BY by_number DESC, paid_on, line) > has_left
          ) IS TRUE AS is_conflict
  FROM (
    SELECT told.line, told.number, told.contract, told.service_number, told.paid_on, told.by_number,
           CASE WHEN told.by_number THEN own.amount - own.refunded ELSE told.amount END AS amount,
           own.amount - own.refunded AS has_left, own.amount AS own_amount, own.refunded AS own_refunded,
           own.service_number AS own_service, own.contract AS own_contract, own.paid_on AS own_day,
           own.number = told.number AND NOT ({OF_THE_SAME_PRODUCT.format(row="told", of="own")}) AS is_of_another,
           CASE WHEN told.by_number
                THEN own.amount = own.refunded OR EXISTS (
                  SELECT FROM campaigns_refund had
                   WHERE had.number = told.number AND had.by_number AND had.receipt_id IS NULL)
                ELSE (
                  SELECT bool_or(had.amount = told.amount) OR sum(had.amount) = told.amount
                    FROM campaigns_refund had
                   WHERE had.report_id IS NOT NULL AND (had.number, had.refunded_on) = (told.number, told.paid_on)
                     AND (had.contract LIKE 'anon%%' OR ({_HAD}))) IS TRUE
                END AS is_known
      FROM (SELECT DISTINCT ON (receipt, abs(amount), CASE WHEN amount < 0 THEN paid_on END, contract, service_number)
                   line, receipt AS number, contract, service_number, service, paid_on, abs(amount) AS amount,
                   amount > 0 AS by_number
              FROM (SELECT *, amount > 0 AND bool_or(amount < 0) OVER (PARTITION BY receipt, abs(amount)) AS is_twice
                      FROM {{table}} WHERE reason IS NULL AND (amount < 0 OR status = '{ANNULLED}')) told
             WHERE NOT is_twice
             ORDER BY receipt, abs(amount), CASE WHEN amount < 0 THEN paid_on END, contract, service_number, line) told
      LEFT JOIN LATERAL (
        SELECT own.*, 1 AS place FROM campaigns_receipt own WHERE own.number = told.number
        UNION ALL
        SELECT own.*, 2 FROM campaigns_refund part JOIN campaigns_receipt own ON own.id = part.receipt_id
         WHERE part.number = told.number AND part.report_id IS NOT NULL AND ({_OWN})
         ORDER BY place LIMIT 1) own ON TRUE
  ) compared
"""
_REJECT_CONFLICTS = """
UPDATE {table} staged SET reason = 'conflict',
       detail = concat_ws(' · ', 'Bs ' || ours.own_amount || CASE WHEN own_refunded > 0 THEN ' − ' || own_refunded
                                                                 ELSE '' END,
                          coalesce(nullif(ours.own_service, ''), ours.own_contract),
                          to_char(ours.own_day, 'DD/MM/YYYY'))
  FROM staged_refund ours
 WHERE ours.is_conflict AND staged.reason IS NULL AND staged.amount = -ours.amount
   AND (staged.receipt, staged.paid_on, staged.contract, staged.service_number)
       = (ours.number, ours.paid_on, ours.contract, ours.service_number)
"""
_TAKE = """
WITH fresh AS (
  SELECT * FROM staged_refund WHERE NOT is_known AND NOT is_conflict
), taken AS (
  INSERT INTO campaigns_refund (number, contract, service_number, amount, refunded_on, report_id, reason, at, by_number)
  SELECT number, contract, service_number, amount, paid_on, %s, '', %s, by_number FROM fresh ORDER BY line
)
SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM fresh WHERE NOT by_number),
       (SELECT count(*) FROM {table} WHERE reason IS NULL AND amount < 0),
       (SELECT count(*) FROM staged_receipt again JOIN fresh USING (line) WHERE again.is_same)
"""


# The amount of a receipt that was had, else of one the same file brings.
_NAME_ANNULLED = f"""
WITH lacking AS (
  SELECT line, receipt FROM {{table}} WHERE status = '{ANNULLED}' AND reason IN ('no_amount', 'amount_not_positive')
), own AS (
  SELECT DISTINCT ON (line) line, amount
    FROM (SELECT l.line, r.amount, 1 AS place FROM lacking l JOIN campaigns_receipt r ON r.number = l.receipt
          UNION ALL
          SELECT l.line, t.amount, 2 FROM lacking l
            JOIN {{table}} t ON t.receipt = l.receipt AND t.reason IS NULL AND t.amount > 0) known
   ORDER BY line, place, amount
)
UPDATE {{table}} staged SET amount = own.amount, detail = NULL,
       reason = CASE WHEN own.amount IS NULL THEN 'annuls_unknown' END,
       cells = CASE WHEN own.amount IS NULL THEN staged.cells END
  FROM lacking LEFT JOIN own USING (line) WHERE lacking.line = staged.line
"""


@dataclass(frozen=True)
class Taken:
    """Refunds of a report that were new, its negative rows that brought them, and those that were had before; rows that
    bring nothing but that a receipt which was had is annulled.
    """

    new: int
    rows: int
    repeated: int
    of_known: int


def name_what_is_annulled(cursor: CursorWrapper, *, table: str) -> None:
    """A row may say that a receipt is annulled with an amount of zero, or none: it is the receipt's. One of a receipt
    that nobody knows gets the reason `annuls_unknown`.
    """
    cursor.execute(_NAME_ANNULLED.format(table=table))


def take(cursor: CursorWrapper, *, table: str, report: Report, now: datetime) -> Taken:
    """Take the rows of `table` that give back; each waits for its receipt. The receipts of the report are taken.

    One that is of another customer's receipt, or gives back more than is left of it, gets the reason `conflict`.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.staged_refund")
    cursor.execute(_LAY_OUT.format(table=table))
    cursor.execute(_REJECT_CONFLICTS.format(table=table))
    cursor.execute(_TAKE.format(table=table), [report.pk, now])
    new, rows, negative, of_known = cursor.fetchone()
    return Taken(new=new, rows=rows, repeated=negative - rows, of_known=of_known)
