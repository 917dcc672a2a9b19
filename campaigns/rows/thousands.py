"""Numbers a spreadsheet wrote with thousands: `600.070` is 600070, and not another customer."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from campaigns.models import Report
from campaigns.rows.staging import table_of

# Column of the staged rows → where its numbers are known. Receipts are left out: two that look alike may be two.
_KNOWN = {"contract": ("campaigns_contact", "contract"), "service_number": ("campaigns_renewal", "service_number")}
_JOINED = "translate(staged.{column}, '.,', '')"
# Only where numbers are written without, in the same column or in what is known of this one; a number that is known
# with its points has them of its own.
_JOIN = f"""
UPDATE {{table}} staged SET {{column}} = {_JOINED}
 WHERE (staged.{{column}} LIKE '%%.___' OR staged.{{column}} LIKE '%%,___')
   AND staged.{{column}} ~ '^[1-9][0-9]{{{{0,2}}}}([.,][0-9]{{{{3}}}})+$'
   AND NOT EXISTS (SELECT FROM {{known}} known WHERE known.{{number}} = staged.{{column}})
   AND (EXISTS (SELECT FROM {{table}} other WHERE other.{{column}} ~ '^[0-9]{{{{4,}}}}$')
        OR EXISTS (SELECT FROM {{known}} known WHERE known.{{number}} = {_JOINED}))
"""


def join_thousands(*, report: Report, columns: Collection[str] = tuple(_KNOWN)) -> None:
    """Write the staged contracts and services of `report` without the points of thousands some of them came with.

    `columns`: those in which a point or a comma was seen. A look at a million numbers that have none costs a second.
    """
    with connection.cursor() as cursor:
        for column in columns:
            known, number = _KNOWN[column]
            cursor.execute(_JOIN.format(table=table_of(report), column=column, known=known, number=number), [])
