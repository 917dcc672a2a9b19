"""The figures of a collections report: those of its receipts as they stand, whoever brought them first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from campaigns.models import Report
from campaigns.payments import settling

COUNTS = ("receipts", "unmatched", "late", "renewals_paid")
AMOUNTS = ("amount", "amount_late", "amount_unmatched")
NOTHING = "(SELECT NULL::bigint AS known_id)"

# Receipts another file had brought; who says something else of one is a conflict, and no receipt of this file.
SAME = "(SELECT known_id FROM staged_receipt WHERE is_same)"
# `known` is a relation of the caller: receipts of the file that another file had brought.
_FIGURES = """
WITH ours AS MATERIALIZED (
  SELECT amount - refunded AS amount, standing, renewal_id FROM campaigns_receipt WHERE report_id = %s
  UNION ALL
  SELECT amount - refunded, standing, renewal_id FROM campaigns_receipt
   WHERE report_id <> %s AND id IN (SELECT known_id FROM {known} known)
)
SELECT count(*), count(*) FILTER (WHERE standing = 'unmatched'), count(*) FILTER (WHERE standing = 'late'),
       (SELECT count(*) FROM campaigns_renewalpayment payment
         WHERE payment.paid_on IS NOT NULL
           AND payment.renewal_id IN (SELECT renewal_id FROM ours WHERE standing = 'counted')),
       coalesce(sum(amount) FILTER (WHERE standing IN ('counted', 'extra')), 0),
       coalesce(sum(amount) FILTER (WHERE standing = 'late'), 0),
       coalesce(sum(amount) FILTER (WHERE standing = 'unmatched'), 0)
  FROM ours
"""


# In one order whatever the collation of the database.
BROUGHT = """md5(string_agg(md5(concat_ws('|', r.number, r.contract, r.service_number, r.service,
                                           to_char(r.paid_on, 'YYYYMMDD'), r.amount, r.channel)), ''
                            ORDER BY r.number COLLATE "C"))"""


@dataclass(frozen=True)
class RecaudoFigures:
    """Receipts of a file by what they are to a renewal; amounts in Bs, of what was not given back.

    `amount` is of those with a renewal, in time; money too much of it (extra) included. `renewals_paid` have one of
    these receipts among those that paid them.
    """

    receipts: int = 0
    unmatched: int = 0
    late: int = 0
    renewals_paid: int = 0
    amount: Decimal = Decimal(0)
    amount_late: Decimal = Decimal(0)
    amount_unmatched: Decimal = Decimal(0)

    @property
    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {name: getattr(self, name) for name in COUNTS}
        return told | {name: str(Decimal(getattr(self, name))) for name in AMOUNTS}


def receipts_fingerprint(cursor: CursorWrapper, *, report: Report) -> str:
    """What the receipts `report` brought were when it brought them, also those without renewal; '' if it brought none.

    Their renewal, standing and what was given back are told elsewhere, and may change.
    """
    cursor.execute(f"SELECT {BROUGHT} FROM campaigns_receipt r WHERE r.report_id = %s", [report.pk])
    (told,) = cursor.fetchone()
    return str(told or "")


def figures_of_file(cursor: CursorWrapper, *, report: Report, taken: int, refunds: int) -> RecaudoFigures:
    """Those of the file just published; a file of new receipts alone is counted without reading them again.

    `refunds`: how many that had waited were given their receipt with it.
    """
    cursor.execute(
        """SELECT count(known_id) FILTER (WHERE is_same), coalesce(sum(amount) FILTER (WHERE first IS NULL), 0)
             FROM staged_receipt WHERE known_id IS NULL OR is_same"""
    )
    known, amount = cursor.fetchone()
    cursor.execute(
        "SELECT EXISTS (SELECT FROM campaigns_receipt WHERE report_id = %s AND standing = 'extra')", [report.pk]
    )
    if known or refunds or not taken or cursor.fetchone()[0]:
        return figures_of(cursor, report=report, known=SAME)
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
    paid, counts = settling.count_paid(cursor), amount - amount_unmatched - amount_late
    return RecaudoFigures(taken, unmatched, late, paid, counts, amount_late, amount_unmatched)


def figures_of(cursor: CursorWrapper, *, report: Report, known: str = NOTHING) -> RecaudoFigures:
    """Those of the receipts `report` brought and of the `known` ones."""
    cursor.execute(_FIGURES.format(known=known), [report.pk, report.pk])
    return RecaudoFigures(*cursor.fetchone())


def figures_today(*, report: Report) -> RecaudoFigures:
    """What the receipts `report` brought are now: months later more of them may have a renewal than when it came."""
    with connection.cursor() as cursor:
        return figures_of(cursor, report=report)


def figures_at_second_sight(*, report: Report) -> dict[str, Any]:
    """What taking the same file again comes to: nothing new, and its receipts as they stand now.

    Receipts another file had brought first stand as they were counted then.
    """
    figures = dict(report.figures)
    if figures["new"] == figures["receipts"]:
        with connection.cursor() as cursor:
            figures.update(figures_of(cursor, report=report).as_json)
    return {**figures, "new": 0}


def with_mended_row(
    *, told: dict[str, Any], before: RecaudoFigures, after: RecaudoFigures, taken: int, channels: Iterable[str]
) -> dict[str, Any]:
    """What was `told` of a report, with the difference one mended row made to the receipts it brought."""
    figures = dict(told)
    for name in COUNTS:
        figures[name] = int(told.get(name, 0)) + getattr(after, name) - getattr(before, name)
    for name in AMOUNTS:
        figures[name] = str(Decimal(told.get(name, "0")) + getattr(after, name) - getattr(before, name))
    figures["new"] = int(told.get("new", 0)) + taken
    figures["channels"] = sorted({*told.get("channels", ()), *channels})
    return figures
