"""Numbers that lost or gained leading zeros on the way: how many digits they have is said once, in the sources.

A spreadsheet shows 00600070 as 600070, another system writes 600070 as 00600070: without this they are two customers.
As soon as they are staged, numbers of digits alone get as many zeros as the digits of their column ask for, no fewer
and no more; what is longer without any, or has letters, stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from campaigns.models import Campaign, Report, ReportKind, ReportSource
from campaigns.month.measurement import payments_are_in
from campaigns.rows.staging import table_of

# Column of the staged rows → the setting of the sources that says how many digits it has.
SETTINGS = {"contract": "contract_digits", "service_number": "service_digits", "receipt": "receipt_digits"}
AS_THEY_COME = 1  # of a column whose numbers nobody is asked about
SAMPLE = 2_000  # of the numbers known with zeros: how long they are
# A number of digits alone as it is written with so many of them.
_WRITTEN = "lpad(ltrim({column}, '0'), greatest(%(digits)s, length(ltrim({column}, '0'))), '0')"
_DIFFERS = f"""
(length({{column}}) < %(digits)s OR {{column}} LIKE '0%%') AND {{column}} ~ '^[0-9]+$' AND {{column}} <> {_WRITTEN}
"""
_FILL = f"UPDATE {{table}} SET {{column}} = {_WRITTEN} WHERE {_DIFFERS}"
# A receipt that was taken before its digits were said is the one it was.
_AS_KNOWN = " AND NOT EXISTS (SELECT FROM campaigns_receipt known WHERE known.number = receipt)"
# How long numbers with zeros in front are; of all columns in one look at the rows.
_LONGEST = "max(length({column})) FILTER (WHERE {column} LIKE '0%%' AND {column} ~ '^[0-9]+$')"
_SHORTER = """
SELECT count(DISTINCT {column}) FROM {table}
 WHERE reason IS NULL AND length({column}) < %s AND {column} ~ '^[1-9][0-9]*$'
"""
_KNOWN_WITH_ZEROS = """
SELECT max(length(contract)) FROM (SELECT contract FROM campaigns_contact
                                    WHERE contract >= '0' AND contract < '1' LIMIT %s) known WHERE contract ~ '^[0-9]+$'
"""
_OF_WHAT_IS_KNOWN = """
SELECT count(DISTINCT contract) FROM {table} staged
 WHERE reason IS NULL AND length(contract) < %s AND contract ~ '^[1-9][0-9]*$'
   AND EXISTS (SELECT FROM campaigns_contact c WHERE c.contract = lpad(staged.contract, %s, '0'))
   AND NOT EXISTS (SELECT FROM campaigns_contact c WHERE c.contract = staged.contract)
"""
# Known without the zeros it has here, and not with them.
_WITH_MORE_THAN_KNOWN = """
SELECT count(DISTINCT contract) FROM {table} staged
 WHERE reason IS NULL AND contract ~ '^0[0-9]+$'
   AND EXISTS (SELECT FROM campaigns_contact c WHERE c.contract = ltrim(staged.contract, '0'))
   AND NOT EXISTS (SELECT FROM campaigns_contact c WHERE c.contract = staged.contract)
"""
_SHORTEST_KNOWN = """
SELECT min(length(contract)) FROM campaigns_contact c JOIN campaigns_campaign m ON m.id = c.campaign_id
 WHERE m.state <> 'closed' AND contract ~ '^[1-9][0-9]*$'
"""
_RECEIPT_LENGTHS = """
SELECT array_agg(DISTINCT length(number)) FROM (SELECT number FROM campaigns_receipt
                                                WHERE number >= '0' AND number < '1' LIMIT %s) known
 WHERE number ~ '^[0-9]+$'
"""
# Receipts that are known with other zeros, as payments of the same contract or service.
_RECEIPTS_KNOWN_OTHERWISE = """
SELECT count(DISTINCT staged.receipt), max(length(known.number)),
       min(length(known.number)) FILTER (WHERE length(known.number) < length(staged.receipt))
  FROM {table} staged CROSS JOIN unnest(%(lengths)s::integer[]) AS written(digits)
  JOIN campaigns_receipt known
    ON known.number = lpad(ltrim(staged.receipt, '0'), greatest(digits, length(ltrim(staged.receipt, '0'))), '0')
 WHERE staged.reason IS NULL AND staged.receipt ~ '^[0-9]+$' AND known.number <> staged.receipt
   AND (known.contract = nullif(staged.contract, '') OR known.service_number = nullif(staged.service_number, ''))
   AND NOT EXISTS (SELECT FROM campaigns_receipt same WHERE same.number = staged.receipt)
"""
_OF_OTHER_DIGITS = f"""
SELECT count(*) FROM (SELECT FROM campaigns_contact
                       WHERE campaign_id = %(campaign)s AND {_DIFFERS.format(column="contract")} LIMIT %(most)s) other
"""


@dataclass(frozen=True)
class LostZeros:
    """Numbers of a column that may have lost zeros: how many there are, and the digits to fill them up to.

    `is_known`: they stand with their zeros among the contracts that are known, and not in the file. `has_more`: it is
    the other way round, here they have zeros with which nobody knows them.
    """

    column: str
    digits: int
    numbers: int
    is_known: bool = False
    has_more: bool = False


def digits_of(kind: str) -> dict[str, int]:
    """Digits of the columns of a report, those nobody set left out. Contracts are the same in every report."""
    told = ReportSource.objects.aggregate(**{name: Max(name) for name in SETTINGS.values()})
    columns = {column: told[name] or 0 for column, name in SETTINGS.items()}
    if kind == ReportKind.CCVP:
        columns.pop("receipt")
    return {column: digits for column, digits in columns.items() if digits}


def months_of_other_digits(*, report: Report, digits: Mapping[str, int], now: datetime) -> list[tuple[Campaign, int]]:
    """Other months whose payments still count, closed or not, with contracts that are written with other digits than
    what comes: how many of each (no more than `SAMPLE` are counted). Numbers that came so would find none of them.
    """
    if "contract" not in digits:
        return []
    others = Campaign.objects.exclude(state=Campaign.State.EXPECTED)
    if report.period:
        others = others.exclude(period=report.period)
    found = []
    with connection.cursor() as cursor:
        for campaign in others.order_by("period"):
            if campaign.state == Campaign.State.CLOSED and payments_are_in(campaign=campaign, now=now):
                continue
            cursor.execute(_OF_OTHER_DIGITS, {"campaign": campaign.pk, "digits": digits["contract"], "most": SAMPLE})
            (contracts,) = cursor.fetchone()
            if contracts:
                found.append((campaign, contracts))
    return found


def fill_up(*, report: Report, digits: Mapping[str, int]) -> None:
    """Write the staged numbers of `report` with the zeros their digits ask for. Columns left as they come stay so."""
    with connection.cursor() as cursor:
        for column, number in digits.items():
            if number > AS_THEY_COME:
                known = _AS_KNOWN if column == "receipt" else ""
                cursor.execute(_FILL.format(table=table_of(report), column=column) + known, {"digits": number})


def lost_zeros(*, report: Report) -> list[LostZeros]:
    """Columns in which some numbers have zeros in front and others may have lost theirs, in the file or against what
    is known of earlier months; contracts known without their zeros, too.

    The rows are staged and filled up; where the digits are said, nobody is asked. Unless nearly nobody of a report is
    known by the contracts that come of it: then digits were said for another file, and all would be new customers.
    """
    table, found, said = table_of(report), [], digits_of(ReportKind.RECAUDO)
    of_kind = SETTINGS if report.kind == ReportKind.RECAUDO else ("contract", "service_number")
    columns = [column for column in of_kind if column not in said]
    if report.kind == ReportKind.CCVP and "contract" in said and (strange := _mostly_unknown(table)):
        return [strange]
    if not columns:
        return []
    with connection.cursor() as cursor:
        longest_of = ", ".join(_LONGEST.format(column=column) for column in columns)
        cursor.execute(f"SELECT {longest_of} FROM {table} WHERE reason IS NULL", [])
        of_columns = dict(zip(columns, cursor.fetchone(), strict=True))
        for column, longest in of_columns.items():
            if longest is None:
                continue
            cursor.execute(_SHORTER.format(table=table, column=column), [longest])
            (short,) = cursor.fetchone()
            if short:
                found.append(LostZeros(column, longest, short))
        if of_columns.get("contract") and (more := _with_more_than_known(cursor, table)):
            return [*(lost for lost in found if lost.column != "contract"), more]
        if "contract" in columns and all(lost.column != "contract" for lost in found):
            cursor.execute(_KNOWN_WITH_ZEROS, [SAMPLE])
            (longest,) = cursor.fetchone()
            if longest:
                cursor.execute(_OF_WHAT_IS_KNOWN.format(table=table), [longest, longest])
                (short,) = cursor.fetchone()
                if short:
                    found.append(LostZeros("contract", longest, short, is_known=True))
        if "receipt" in columns and all(lost.column != "receipt" for lost in found):
            found += _receipts_known_otherwise(cursor, table, has_zeros=of_columns["receipt"] is not None)
    return found


def _receipts_known_otherwise(cursor: CursorWrapper, table: str, *, has_zeros: bool) -> list[LostZeros]:
    """Taken as they come they would be paid twice, and what annuls one would annul nothing."""
    cursor.execute(_RECEIPT_LENGTHS, [SAMPLE])
    (lengths,) = cursor.fetchone()
    if not lengths and not has_zeros:
        return []
    cursor.execute(_RECEIPTS_KNOWN_OTHERWISE.format(table=table), {"lengths": [0, *(lengths or [])]})
    receipts, longest, fewer = cursor.fetchone()
    if not receipts:
        return []
    if fewer is not None:
        return [LostZeros("receipt", max(fewer, AS_THEY_COME + 1), receipts, has_more=True)]
    return [LostZeros("receipt", longest, receipts, is_known=True)]


def _mostly_unknown(table: str) -> LostZeros | None:
    """Where most contracts are known without the zeros they have here, and not with them."""
    with connection.cursor() as cursor:
        more = _with_more_than_known(cursor, table)
        if more is None:
            return None
        cursor.execute(f"SELECT count(DISTINCT contract) FROM {table} WHERE reason IS NULL", [])
        (contracts,) = cursor.fetchone()
    return more if 2 * more.numbers > contracts else None


def _with_more_than_known(cursor: CursorWrapper, table: str) -> LostZeros | None:
    cursor.execute(_WITH_MORE_THAN_KNOWN.format(table=table))
    (numbers,) = cursor.fetchone()
    if not numbers:
        return None
    cursor.execute(_SHORTEST_KNOWN)
    (shortest,) = cursor.fetchone()
    return LostZeros("contract", max(shortest or 0, AS_THEY_COME + 1), numbers, has_more=True)
