"""Receipts of the collections report (recaudo): each number once ever, matched to the renewal it pays (K.2, 5.1).

One transaction of the caller, a dozen statements whatever the number of rows. The same file again, the growing file of
a day, two files that overlap: a receipt that is already had is a duplicate and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from campaigns.models import Campaign, ChangedRows, Contact, Report
from campaigns.payments import matching, refund_rows, refunds, settling
from campaigns.payments.recaudo_figures import figures_of_file, receipts_fingerprint
from campaigns.payments.refund_rows import OF_THE_SAME_PRODUCT
from campaigns.rows.column_cleaning import ANNULLED, IN_FORCE
from campaigns.rows.staging import Counted, table_of

# What a report annulled by its state, and this one says to hold: one of them is wrong, and nobody is told of it else.
_IN_FORCE_AGAIN = f"""
(staged.status = '{IN_FORCE}' AND known.standing = 'annulled' AND EXISTS (
  SELECT FROM campaigns_refund back WHERE back.receipt_id = known.id AND back.report_id IS NOT NULL AND back.by_number))
"""
_INCOMING = f"""
CREATE TEMPORARY TABLE staged_receipt ON COMMIT DROP AS
SELECT staged.line, staged.receipt, staged.contract, staged.service_number, staged.service, staged.paid_on,
       staged.amount, staged.channel, known.id AS known_id,
       known.amount = staged.amount AND known.service_number = staged.service_number
         AND (known.paid_on = staged.paid_on OR staged.status IS NOT DISTINCT FROM '{ANNULLED}')
         AND {OF_THE_SAME_PRODUCT.format(row="staged", of="known")} AND {_IN_FORCE_AGAIN} IS NOT TRUE AS is_same,
       {_IN_FORCE_AGAIN} AS is_in_force_again,
       NULL::integer AS first, known.amount AS known_amount, known.service_number AS known_number,
       known.contract AS known_contract, known.service AS known_service, known.paid_on AS known_day,
       coalesce(staged.status, '') AS status
  FROM {{table}} staged LEFT JOIN campaigns_receipt known ON known.number = staged.receipt
 WHERE staged.reason IS NULL AND staged.amount > 0
"""
# Numbers that stand twice in the file and were not had before: the first row is the receipt.
_REPEATED = f"""
WITH repeated AS MATERIALIZED (
  SELECT receipt, min(line) AS first FROM staged_receipt WHERE known_id IS NULL GROUP BY receipt HAVING count(*) > 1
), compared AS MATERIALIZED (
  SELECT later.line, repeated.first,
         (later.amount, later.service_number, later.contract) = (first.amount, first.service_number, first.contract)
           AND (later.paid_on = first.paid_on OR '{ANNULLED}' IN (later.status, first.status))
           AND {OF_THE_SAME_PRODUCT.format(row="later", of="first")} AS is_same,
         first.amount, first.service_number AS number, first.contract, first.service, first.paid_on AS day
    FROM repeated
    JOIN staged_receipt later ON later.receipt = repeated.receipt AND later.line <> repeated.first
    JOIN staged_receipt first ON first.line = repeated.first
)
UPDATE staged_receipt staged SET first = compared.first, is_same = compared.is_same,
       known_amount = compared.amount, known_number = compared.number, known_contract = compared.contract,
       known_service = compared.service, known_day = compared.day
  FROM compared WHERE compared.line = staged.line
"""
_REJECT_CONFLICTS = """
UPDATE {table} staged SET reason = 'conflict',
       detail = concat_ws(' · ', 'Bs ' || ours.known_amount, nullif(ours.known_number, ''),
                          CASE WHEN ours.known_contract <> ours.contract AND ours.known_number = ours.service_number
                               THEN ours.known_contract END,
                          CASE WHEN ours.known_service <> ours.service AND ours.known_number = ours.service_number
                               THEN CASE ours.known_service WHEN 'TV' THEN 'TV' WHEN 'INTERNET' THEN 'Internet' END END,
                          to_char(ours.known_day, 'DD/MM/YYYY'),
                          CASE WHEN ours.is_in_force_again THEN 'anulado' END)
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
 WHERE standing <> 'counted' AND standing <> 'annulled' AND {which}
"""
_MOVED = """
CREATE TEMPORARY TABLE moved_receipt ON COMMIT DROP AS
SELECT receipt.id, CASE receipt.standing WHEN 'extra' THEN receipt.renewal_id END AS left_renewal_id,
       CASE WHEN matched.standing <> 'late' THEN matched.renewal_id END AS paid_renewal_id, matched.renewal_id,
       matched.campaign_id, matched.standing
  FROM matched_receipt matched JOIN campaigns_receipt receipt ON receipt.id = matched.key
 WHERE (receipt.renewal_id, receipt.standing) IS DISTINCT FROM (matched.renewal_id, matched.standing)
   AND NOT (receipt.renewal_id IS NOT DISTINCT FROM matched.renewal_id AND receipt.standing = 'extra')
"""
_MOVE = """
UPDATE campaigns_receipt receipt
   SET renewal_id = moved.renewal_id, campaign_id = moved.campaign_id, standing = moved.standing
  FROM moved_receipt moved WHERE moved.id = receipt.id
"""


def publish(*, report: Report, now: datetime) -> Counted:
    """Take the staged rows of a collections report: new receipts, duplicates, conflicts; renewals and lists follow.

    Runs in the caller's transaction. Rows whose number is had with another amount, day, contract or service get the
    reason `conflict`; the caller keeps them. Sets `report.data_until`; figures are those of the file's receipts.
    """
    table = table_of(report)
    with connection.cursor() as cursor:
        begin(cursor)
        cursor.execute(_INCOMING.format(table=table))
        cursor.execute("ANALYZE staged_receipt")
        cursor.execute(_REPEATED)
        cursor.execute(_REJECT_CONFLICTS.format(table=table))
        cursor.execute(
            f"""
            SELECT count(*) FILTER (WHERE known_id IS NULL AND first IS NULL), count(*) FILTER (WHERE is_same),
                   greatest(max(paid_on), (SELECT max(paid_on) FROM {table} WHERE reason IS NULL AND amount < 0))
              FROM staged_receipt
            """
        )
        taken, duplicates, newest = cursor.fetchone()
        report.data_until = _data_until(report=report, newest=newest)
        if taken:
            _take(cursor, report=report, now=now, count=taken)
        refunded = refund_rows.take(cursor, table=table, report=report, now=now)
        given_back = refunds.give_back_waiting(cursor, now=now)
        figures = figures_of_file(cursor, report=report, taken=taken, refunds=given_back).as_json
        cursor.execute("SELECT DISTINCT left(channel, 60) FROM staged_receipt WHERE channel <> '' ORDER BY 1 LIMIT 30")
        figures["channels"] = [channel for (channel,) in cursor.fetchall()]
        figures["brought"] = receipts_fingerprint(cursor, report=report)
    figures |= {"new": taken, "refunds": refunded.new}
    # a row that brings a receipt and says that it is annulled is the receipt's; one that annuls what was had, and a
    # negative one, are rows of their own
    return Counted(
        taken=taken + refunded.rows + refunded.of_known,
        duplicates=duplicates + refunded.repeated - refunded.of_known,
        other_service=0,
        figures=figures,
    )


def match_waiting(*, campaign: Campaign, now: datetime) -> int:
    """Match the receipts that wait, late and extra ones too, now that `campaign` has (more) renewals.

    Call it at the end of publishing its report, in the same transaction. Returns how many found a place.
    """
    begins, ends = matching.span_of(campaign)
    with transaction.atomic(), connection.cursor() as cursor:
        begin(cursor)
        found = rematch(cursor, which="paid_on BETWEEN %s AND %s", values=(begins, ends), now=now)
        refunds.give_back_waiting(cursor, now=now)
        return found


@dataclass(frozen=True)
class Found:
    """What found what it was waiting for: receipts their renewal, refunds their receipt."""

    receipts: int
    refunds: int


def match_all_waiting(*, now: datetime) -> Found:
    """Match every receipt and every refund that waits («Volver a buscar»)."""
    with transaction.atomic(), connection.cursor() as cursor:
        begin(cursor)
        found = rematch(cursor, which="true", now=now)
        return Found(receipts=found, refunds=refunds.give_back_waiting(cursor, now=now))


def take_turn() -> None:
    """`begin` for a caller that goes on with other verbs: before any row, for who waits for it must hold nothing."""
    with connection.cursor() as cursor:
        begin(cursor)


def settle_contact(*, contact: Contact, verb: ChangedRows.Verb, now: datetime) -> None:
    """By `verb` a contact owes something else than before: bring its payments and its place in the lists up to it."""
    with connection.cursor() as cursor:
        of_it = f"SELECT {int(contact.pk)}"
        settle_again(cursor, contacts=of_it, campaign=contact.campaign, verb=verb, now=now)


def settle_again(
    cursor: CursorWrapper, *, contacts: str, campaign: Campaign, verb: ChangedRows.Verb, now: datetime
) -> None:
    """By `verb` contacts of `campaign` owe something else than before, or other services: payments and places follow.

    `contacts`: SQL of ours that gives their ids; all have their list entry. The caller holds the payments' turn.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.renewal_to_recount")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE renewal_to_recount ON COMMIT DROP AS
        SELECT payment.renewal_id
          FROM campaigns_renewalpayment payment JOIN campaigns_renewal renewal ON renewal.id = payment.renewal_id
         WHERE payment.campaign_id = %s AND renewal.contact_id IN ({contacts})
        """,
        [campaign.pk],
    )
    settling.recount(cursor)
    touched = f"(SELECT id AS contact_id, campaign_id FROM campaigns_contact WHERE id IN ({contacts})) AS changed"
    settling.settle_again(cursor, touched=touched, verb=verb, now=now)


def begin(cursor: CursorWrapper) -> None:
    """Wait for the payments' turn and hold it, with room for their joins, until the transaction ends."""
    # a commit that is lost with the machine is repeated: the report's row is lost with it, and still to be published
    cursor.execute("SET LOCAL work_mem = '192MB'; SET LOCAL synchronous_commit = off")
    # the temporary tables are joined whole: a look at a few thousand of their rows says enough about their size
    cursor.execute("SET LOCAL default_statistics_target = 15")
    settling.hold_turn(cursor)
    for name in ("staged_receipt", "waiting_receipt", "moved_receipt"):
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")


def _take(cursor: CursorWrapper, *, report: Report, now: datetime, count: int) -> None:
    matching.match(cursor, incoming=_NEW, count=count)
    cursor.execute(_TAKE, [report.pk])
    settling.note_renewals_to_recount(cursor)
    settling.first_payments(cursor)
    settling.recount(cursor)
    in_time = "(SELECT contact_id, campaign_id FROM matched_receipt WHERE standing <> 'late') AS in_time"
    settling.settle_contacts(cursor, touched=in_time, verb=ChangedRows.Verb.RECEIVED, now=now)
    # what turned out to be more than was due may be for a later month that is known already
    rematch(cursor, which="standing = 'extra' AND renewal_id IN (SELECT renewal_id FROM matched_receipt)", now=now)


def rematch(
    cursor: CursorWrapper, *, which: str, now: datetime, values: tuple[date, ...] = (), settles: bool = True
) -> int:
    """Match the waiting receipts `which` (SQL) once more; their renewals follow, and with `settles` the lists. Of one
    that only comes too late, or came, nothing was paid and nothing follows.

    Returns how many found a place.
    """
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
        SELECT left_renewal_id AS renewal_id FROM moved_receipt WHERE left_renewal_id IS NOT NULL
        UNION SELECT paid_renewal_id FROM moved_receipt WHERE paid_renewal_id IS NOT NULL
        """
    )
    settling.recount(cursor)
    touched = """(SELECT contact_id, campaign_id FROM campaigns_renewal
                    JOIN renewal_to_recount t ON t.renewal_id = id) AS renewals"""
    if settles:
        settling.settle_contacts(cursor, touched=touched, verb=ChangedRows.Verb.MATCHED, now=now)
    return moved


def _data_until(*, report: Report, newest: date | None) -> datetime | None:
    """Until when the payments of a file reach: when it arrived, or the end of its newest day if that is earlier."""
    if newest is None:
        return None
    end_of_day = datetime.combine(newest + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())
    return min(report.arrived_at, end_of_day)
