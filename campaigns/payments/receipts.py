"""Receipts of the collections report (recaudo): each number once ever, matched to the renewal it pays (K.2, 5.1).

One transaction of the caller, a dozen statements whatever the number of rows. The same file again, the growing file of
a day, two files that overlap: a receipt that is already had is a duplicate and changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from campaigns.models import Campaign, Report
from campaigns.payments import matching, settling
from campaigns.rows.staging import Counted, table_of

LA_PAZ = ZoneInfo("America/La_Paz")
# Receipts and reports are matched by one hand at a time: a receipt taken in while a report is being published would see
# neither its renewals nor be seen by it, and wait for ever.
LOCK = "payments"

_INCOMING = """
CREATE TEMPORARY TABLE staged_receipt ON COMMIT DROP AS
SELECT staged.line, staged.receipt, staged.contract, staged.service_number, staged.service, staged.paid_on,
       staged.amount, staged.channel, known.id AS known_id,
       known.amount = staged.amount AND known.service_number = staged.service_number
         AND (staged.service_number <> '' OR known.contract = staged.contract) AS is_same,
       NULL::integer AS first, known.amount AS known_amount, known.service_number AS known_service,
       known.standing AS known_standing, known.renewal_id AS known_renewal
  FROM {table} staged LEFT JOIN campaigns_receipt known ON known.number = staged.receipt
 WHERE staged.reason IS NULL
"""
# Numbers that stand twice in the file and were not had before: the first row is the receipt.
_REPEATED = """
WITH repeated AS MATERIALIZED (
  SELECT receipt, min(line) AS first FROM staged_receipt WHERE known_id IS NULL GROUP BY receipt HAVING count(*) > 1
), compared AS MATERIALIZED (
  SELECT later.line, repeated.first,
         (later.amount, later.service_number, later.contract) = (first.amount, first.service_number, first.contract)
           AS is_same, first.amount, first.service_number AS number
    FROM repeated
    JOIN staged_receipt later ON later.receipt = repeated.receipt AND later.line <> repeated.first
    JOIN staged_receipt first ON first.line = repeated.first
)
UPDATE staged_receipt staged SET first = compared.first, is_same = compared.is_same,
       known_amount = compared.amount, known_service = compared.number
  FROM compared WHERE compared.line = staged.line
"""
_REJECT_CONFLICTS = """
UPDATE {table} staged SET reason = 'conflict', detail = concat('Bs ', ours.known_amount, ' · ', ours.known_service)
  FROM staged_receipt ours WHERE ours.line = staged.line AND NOT ours.is_same
"""
_NEW = """
(SELECT line::bigint AS key, receipt AS number, contract, service_number, service, paid_on, amount
   FROM staged_receipt WHERE known_id IS NULL AND first IS NULL)
"""
_TAKE = """
INSERT INTO campaigns_receipt (number, report_id, contract, service_number, service, paid_on, amount, channel,
                               campaign_id, renewal_id, standing)
SELECT staged.receipt, %s, staged.contract, staged.service_number, staged.service, staged.paid_on, staged.amount,
       left(staged.channel, 60), matched.campaign_id, matched.renewal_id, coalesce(matched.standing, 'unmatched')
  FROM staged_receipt staged LEFT JOIN matched_receipt matched ON matched.key = staged.line
 WHERE staged.known_id IS NULL AND staged.first IS NULL
 ORDER BY staged.receipt
"""

_WAITING = """
CREATE TEMPORARY TABLE waiting_receipt ON COMMIT DROP AS
SELECT receipt.id AS key, number, contract, service_number, service, paid_on, amount
  FROM campaigns_receipt receipt
 WHERE standing <> 'counted' AND {which}
"""
_MOVED = """
CREATE TEMPORARY TABLE moved_receipt ON COMMIT DROP AS
SELECT receipt.id, receipt.renewal_id AS old_renewal_id, matched.renewal_id, matched.campaign_id, matched.standing
  FROM matched_receipt matched JOIN campaigns_receipt receipt ON receipt.id = matched.key
 WHERE (receipt.renewal_id, receipt.standing) IS DISTINCT FROM (matched.renewal_id, matched.standing)
   AND NOT (receipt.renewal_id IS NOT DISTINCT FROM matched.renewal_id AND receipt.standing = 'extra')
"""
_MOVE = """
UPDATE campaigns_receipt receipt
   SET renewal_id = moved.renewal_id, campaign_id = moved.campaign_id, standing = moved.standing
  FROM moved_receipt moved WHERE moved.id = receipt.id
"""

# Nothing of the file was new, so nothing changed since its receipts were looked up.
_KNOWN_FIGURES = """
SELECT count(*), count(*) FILTER (WHERE standing = 'unmatched'), count(*) FILTER (WHERE standing = 'late'),
       coalesce(sum(amount) FILTER (WHERE standing IN ('counted', 'extra')), 0),
       coalesce(sum(amount) FILTER (WHERE standing = 'late'), 0),
       coalesce(sum(amount) FILTER (WHERE standing = 'unmatched'), 0),
       (SELECT count(*) FROM campaigns_renewalpayment payment
         WHERE payment.paid_on IS NOT NULL
           AND payment.renewal_id IN (SELECT known_renewal FROM staged_receipt WHERE known_standing <> 'late'))
  FROM (SELECT known_id, min(known_standing) AS standing, min(known_amount) AS amount FROM staged_receipt
         WHERE known_id IS NOT NULL GROUP BY known_id) ours
"""
# The figures of a file are those of its receipts as they stand now, whoever brought them first.
_FIGURES = """
WITH ours AS MATERIALIZED (
  SELECT amount, standing, renewal_id FROM campaigns_receipt WHERE report_id = %s
  UNION ALL
  SELECT amount, standing, renewal_id FROM campaigns_receipt
   WHERE report_id <> %s AND id IN (SELECT known_id FROM {known} known)
)
SELECT count(*), count(*) FILTER (WHERE standing = 'unmatched'), count(*) FILTER (WHERE standing = 'late'),
       coalesce(sum(amount) FILTER (WHERE standing IN ('counted', 'extra')), 0),
       coalesce(sum(amount) FILTER (WHERE standing = 'late'), 0),
       coalesce(sum(amount) FILTER (WHERE standing = 'unmatched'), 0),
       (SELECT count(*) FROM campaigns_renewalpayment payment
         WHERE payment.paid_on IS NOT NULL
           AND payment.renewal_id IN (SELECT renewal_id FROM ours WHERE standing IN ('counted', 'extra')))
  FROM ours
"""


def publish(*, report: Report, now: datetime) -> Counted:
    """Take the staged rows of a collections report: new receipts, duplicates, conflicts; renewals and lists follow.

    Runs in the caller's transaction. Rows whose number is had with another amount or service get the reason
    `conflict`; the caller keeps them. Sets `report.data_until`; figures are those of the file's receipts.
    """
    table = table_of(report)
    with connection.cursor() as cursor:
        _begin(cursor)
        cursor.execute(_INCOMING.format(table=table))
        cursor.execute("ANALYZE staged_receipt")
        cursor.execute(_REPEATED)
        cursor.execute(_REJECT_CONFLICTS.format(table=table))
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE known_id IS NULL AND first IS NULL), count(*) FILTER (WHERE is_same),
                   max(paid_on)
              FROM staged_receipt
            """
        )
        taken, duplicates, newest = cursor.fetchone()
        report.data_until = _data_until(report=report, newest=newest)
        if taken:
            _take(cursor, report=report, now=now, count=taken)
        figures = _figures_of_file(cursor, report=report, taken=taken)
        cursor.execute("SELECT DISTINCT left(channel, 60) FROM staged_receipt WHERE channel <> '' ORDER BY 1 LIMIT 30")
        figures["channels"] = [channel for (channel,) in cursor.fetchall()]
    return Counted(taken=taken, duplicates=duplicates, other_service=0, figures={"new": taken, **figures})


def match_waiting(*, campaign: Campaign, now: datetime) -> int:
    """Match the receipts that wait, late and extra ones too, now that `campaign` has (more) renewals.

    Call it at the end of publishing its report, in the same transaction. Returns how many found a place.
    """
    begins, ends = matching.span_of(campaign)
    with transaction.atomic(), connection.cursor() as cursor:
        _begin(cursor)
        return _rematch(cursor, which="paid_on BETWEEN %s AND %s", values=(begins, ends), now=now)


def match_all_waiting(*, now: datetime) -> int:
    """Match every receipt that waits («Volver a buscar»). Returns how many found a place."""
    with transaction.atomic(), connection.cursor() as cursor:
        _begin(cursor)
        return _rematch(cursor, which="true", now=now)


def figures_at_second_sight(*, report: Report) -> dict[str, Any]:
    """What taking the same file again comes to: nothing new, and its receipts as they stand now.

    Receipts another file had brought first stand as they were counted then.
    """
    figures = dict(report.figures)
    if figures["new"] == figures["receipts"]:
        with connection.cursor() as cursor:
            figures.update(_figures(cursor, report=report, known="(SELECT NULL::bigint AS known_id)"))
    return {**figures, "new": 0}


def _begin(cursor: CursorWrapper) -> None:
    # a commit that is lost with the machine is repeated: the report's row is lost with it, and still to be published
    cursor.execute("SET LOCAL work_mem = '192MB'; SET LOCAL synchronous_commit = off")
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
    for name in ("staged_receipt", "waiting_receipt", "moved_receipt"):
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")


def _take(cursor: CursorWrapper, *, report: Report, now: datetime, count: int) -> None:
    matching.match(cursor, incoming=_NEW, count=count)
    cursor.execute(_TAKE, [report.pk])
    settling.note_renewals_to_recount(cursor)
    settling.first_payments(cursor)
    settling.recount(cursor)
    settling.settle_contacts(cursor, touched="matched_receipt", now=now)
    # what turned out to be more than was due may be for a later month that is known already
    _rematch(cursor, which="standing = 'extra' AND renewal_id IN (SELECT renewal_id FROM matched_receipt)", now=now)


def _rematch(cursor: CursorWrapper, *, which: str, now: datetime, values: tuple[date, ...] = ()) -> int:
    cursor.execute("DROP TABLE IF EXISTS pg_temp.waiting_receipt, pg_temp.moved_receipt")
    cursor.execute(_WAITING.format(which=which), values)
    waiting = int(cursor.rowcount)
    if not waiting:
        return 0
    cursor.execute("ANALYZE waiting_receipt")
    matching.match(cursor, incoming="waiting_receipt", count=waiting)
    cursor.execute(_MOVED)
    if not cursor.rowcount:
        return 0
    cursor.execute(_MOVE)
    moved = int(cursor.rowcount)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.renewal_to_recount")
    cursor.execute(
        """
        CREATE TEMPORARY TABLE renewal_to_recount ON COMMIT DROP AS
        SELECT old_renewal_id AS renewal_id FROM moved_receipt WHERE old_renewal_id IS NOT NULL
        UNION SELECT renewal_id FROM moved_receipt
        """
    )
    settling.recount(cursor)
    touched = """(SELECT contact_id, campaign_id FROM campaigns_renewal
                    JOIN renewal_to_recount t ON t.renewal_id = id) AS renewals"""
    settling.settle_contacts(cursor, touched=touched, now=now)
    return moved


def _figures_of_file(cursor: CursorWrapper, *, report: Report, taken: int) -> dict[str, Any]:
    """The figures of the file just published; a file of new receipts alone is counted without reading them again."""
    cursor.execute("SELECT count(known_id), coalesce(sum(amount) FILTER (WHERE first IS NULL), 0) FROM staged_receipt")
    known, amount = cursor.fetchone()
    cursor.execute(
        "SELECT EXISTS (SELECT FROM campaigns_receipt WHERE report_id = %s AND standing = 'extra')", [report.pk]
    )
    if known or not taken or cursor.fetchone()[0]:
        return _figures(cursor, report=report, known="staged_receipt")
    cursor.execute(
        """
        SELECT count(*) FILTER (WHERE standing = 'unmatched'), count(*) FILTER (WHERE standing = 'late'),
               coalesce(sum(amount) FILTER (WHERE standing = 'unmatched'), 0),
               coalesce(sum(amount) FILTER (WHERE standing = 'late'), 0)
          FROM campaigns_receipt WHERE report_id = %s AND standing <> 'counted'
        """,
        [report.pk],
    )
    unmatched, late, amount_unmatched, amount_late = cursor.fetchone()
    return _told(
        receipts=taken,
        unmatched=unmatched,
        late=late,
        paid=settling.count_paid(cursor),
        amount=amount - amount_unmatched - amount_late,
        amount_late=amount_late,
        amount_unmatched=amount_unmatched,
    )


def _figures(cursor: CursorWrapper, *, report: Report, known: str) -> dict[str, Any]:
    cursor.execute(_FIGURES.format(known=known), [report.pk, report.pk])
    return _told_of_row(cursor)


def _told_of_row(cursor: CursorWrapper) -> dict[str, Any]:
    receipts, unmatched, late, amount, amount_late, amount_unmatched, paid = cursor.fetchone()
    return _told(
        receipts=receipts,
        unmatched=unmatched,
        late=late,
        paid=paid,
        amount=amount,
        amount_late=amount_late,
        amount_unmatched=amount_unmatched,
    )


def _told(
    *,
    receipts: int,
    unmatched: int,
    late: int,
    paid: int,
    amount: Decimal,
    amount_late: Decimal,
    amount_unmatched: Decimal,
) -> dict[str, Any]:
    return {
        "receipts": receipts,
        "unmatched": unmatched,
        "late": late,
        "renewals_paid": paid,
        "amount": str(Decimal(amount)),
        "amount_late": str(Decimal(amount_late)),
        "amount_unmatched": str(Decimal(amount_unmatched)),
    }


def _data_until(*, report: Report, newest: date | None) -> datetime | None:
    """Until when the payments of a file reach: when it arrived, or the end of its newest day if that is earlier."""
    if newest is None:
        return None
    end_of_day = datetime.combine(newest + timedelta(days=1), time(), tzinfo=LA_PAZ)
    return min(report.arrived_at, end_of_day)
