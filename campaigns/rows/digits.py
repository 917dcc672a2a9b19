"""Numbers that lost their leading zeros on the way: how many digits they have is said once, in the reports' sources.

A spreadsheet shows 00600070 as 600070: without this they are two customers. Numbers of digits alone are filled up with
zeros to the digits of their column as soon as they are staged; whatever is longer, or has letters, stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from campaigns.models import Campaign, Report, ReportKind, ReportSource
from campaigns.rows.staging import table_of

# Column of the staged rows → the setting of the sources that says how many digits it has.
SETTINGS = {"contract": "contract_digits", "service_number": "service_digits", "receipt": "receipt_digits"}
SAMPLE = 2_000  # of the numbers known with zeros: how long they are
_FILL = """
UPDATE {table} SET {column} = lpad({column}, %s, '0')
 WHERE length({column}) < %s AND {column} ~ '^[0-9]+$'
"""
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
_OF_FEWER = """
SELECT count(*) FROM (SELECT FROM campaigns_contact
                       WHERE campaign_id = %s AND length(contract) < %s AND contract ~ '^[1-9][0-9]*$' LIMIT %s) short
"""


@dataclass(frozen=True)
class LostZeros:
    """Numbers of a column that may have lost zeros: how many there are, and the digits to fill them up to.

    `is_known`: they stand with their zeros among the contracts that are known, and not in the file.
    """

    column: str
    digits: int
    numbers: int
    is_known: bool = False


def digits_of(kind: str) -> dict[str, int]:
    """Digits of the columns of a report, those nobody set left out. Contracts are the same in every report."""
    told = ReportSource.objects.aggregate(**{name: Max(name) for name in SETTINGS.values()})
    columns = {column: told[name] or 0 for column, name in SETTINGS.items()}
    if kind == ReportKind.CCVP:
        columns.pop("receipt")
    return {column: digits for column, digits in columns.items() if digits}


def months_of_fewer_digits(*, report: Report, digits: Mapping[str, int]) -> list[tuple[Campaign, int]]:
    """Other months that are worked on now, with contracts that would be of too few digits for what comes: how many of
    each (no more than `SAMPLE` are counted). Numbers that came filled up would find none of them.
    """
    if "contract" not in digits:
        return []
    others = Campaign.objects.exclude(state__in=[Campaign.State.CLOSED, Campaign.State.EXPECTED])
    if report.period:
        others = others.exclude(period=report.period)
    found = []
    with connection.cursor() as cursor:
        for campaign in others.order_by("period"):
            cursor.execute(_OF_FEWER, [campaign.pk, digits["contract"], SAMPLE])
            (contracts,) = cursor.fetchone()
            if contracts:
                found.append((campaign, contracts))
    return found


def fill_up(*, report: Report, digits: Mapping[str, int]) -> None:
    """Give the staged numbers of `report` their zeros back."""
    with connection.cursor() as cursor:
        for column, number in digits.items():
            known = _AS_KNOWN if column == "receipt" else ""
            cursor.execute(_FILL.format(table=table_of(report), column=column) + known, [number, number])


def lost_zeros(*, report: Report) -> list[LostZeros]:
    """Columns in which some numbers have zeros in front and others may have lost theirs, in the file or against what
    is known of earlier months. The rows are staged and filled up; where the digits are said, nobody is asked.
    """
    table, found, said = table_of(report), [], digits_of(ReportKind.RECAUDO)
    of_kind = SETTINGS if report.kind == ReportKind.RECAUDO else ("contract", "service_number")
    columns = [column for column in of_kind if column not in said]
    if not columns:
        return []
    with connection.cursor() as cursor:
        longest_of = ", ".join(_LONGEST.format(column=column) for column in columns)
        cursor.execute(f"SELECT {longest_of} FROM {table} WHERE reason IS NULL", [])
        for column, longest in zip(columns, cursor.fetchone(), strict=True):
            if longest is None:
                continue
            cursor.execute(_SHORTER.format(table=table, column=column), [longest])
            (short,) = cursor.fetchone()
            if short:
                found.append(LostZeros(column, longest, short))
        if "contract" in columns and all(lost.column != "contract" for lost in found):
            cursor.execute(_KNOWN_WITH_ZEROS, [SAMPLE])
            (longest,) = cursor.fetchone()
            if longest:
                cursor.execute(_OF_WHAT_IS_KNOWN.format(table=table), [longest, longest])
                (short,) = cursor.fetchone()
                if short:
                    found.append(LostZeros("contract", longest, short, is_known=True))
    return found
