"""From the staged rows of a CCVP report to contacts, renewals and lists: set-based, in one transaction.

Every row has exactly one verdict: other service, rejected with its reason, duplicate of an earlier row, or taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.assignment import assigning
from campaigns.intake.contacts_of_rows import refresh_statistics, write_contacts
from campaigns.models import Campaign, Report, ReportKind, Service
from campaigns.month import lifecycle
from campaigns.payments import receipts, refund_rows
from campaigns.rows.progress import GrowingFiles, Progress
from campaigns.rows.staging import Counted, table_of

# What grows while it is published, bytes a row, and the part of the work it is, as a million rows measured it.
STEPS = (("campaigns_contact", 200, 0.25), ("campaigns_renewal", 100, 0.28), ("campaigns_listentry", 80, 0.27))
# Due dates a report of a month may have: services run out at the end of the month before, so none in the month before
# that. Further away it is a slip of the pen, and when all rows are, the report of another month: it is held for too
# many rejected rows.
DUE_AFTER = timedelta(days=15)


@contextmanager
def roomy_session() -> Iterator[None]:
    """More memory for sorting and hashing, and no wait for the disk at commit, until the transaction ends.

    A lost commit is repeated: the report's row says whether it was published.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '192MB'")
        cursor.execute("SET LOCAL synchronous_commit = off")
        yield


def check(*, report: Report, progress: Progress) -> dict[str, int]:
    """Give the staged rows the verdicts that need to see other rows. Returns counts: rows, rejected, …, taken."""
    rows = progress.rows_read
    table = table_of(report)
    with roomy_session(), connection.cursor() as cursor:
        if report.kind != ReportKind.CCVP:
            refund_rows.name_what_is_annulled(cursor, table=table)
            cursor.execute(f"SELECT count(*), count(*) FILTER (WHERE reason IS NOT NULL) FROM {table}")
            rows, rejected = cursor.fetchone()
            return {"rows": rows, "rejected": rejected}
        reject_far_dates(report=report, table=table)
        progress.set(rows_checked=rows // 3)
        find_repeated(table=table)
        progress.set(rows_checked=rows * 2 // 3)
        cursor.execute(
            f"""
            SELECT count(*), count(*) FILTER (WHERE service = 'OTHER' AND reason IS NULL),
                   count(*) FILTER (WHERE reason IS NOT NULL),
                   count(*) FILTER (WHERE duplicate_of IS NOT NULL)
            FROM {table}
            """
        )
        rows, other, rejected, duplicates = cursor.fetchone()
    taken = rows - other - rejected - duplicates
    return {"rows": rows, "other_service": other, "rejected": rejected, "duplicates": duplicates, "taken": taken}


def reject_far_dates(*, report: Report, table: str) -> None:
    """Give the staged rows whose service runs out too far from the month of the report their reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} SET reason = 'far_date', detail = due_on::text
            WHERE reason IS NULL AND service <> 'OTHER' AND NOT due_on BETWEEN %s AND %s
            """,
            first_days(report.month),
        )


def find_repeated(*, table: str) -> None:
    """Mark rows of a service that an earlier row already has.

    With the same contract, date and amount they are duplicates; when they say something else, nobody but a person
    knows which is right, and the later row is rejected as contradicting.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD COLUMN duplicate_of integer")
        cursor.execute(
            f"""
            WITH repeated AS MATERIALIZED (
                SELECT service_number, service, min(line) AS first FROM {table}
                WHERE reason IS NULL AND service <> 'OTHER'
                GROUP BY service_number, service HAVING count(*) > 1
            ), compared AS MATERIALIZED (
                SELECT later.line, first.line AS first_line,
                       (later.contract, later.due_on, later.amount) = (first.contract, first.due_on, first.amount)
                           AS same
                FROM repeated
                JOIN {table} later ON later.service_number = repeated.service_number
                    AND later.service = repeated.service AND later.line <> repeated.first AND later.reason IS NULL
                JOIN {table} first ON first.line = repeated.first
            )
            UPDATE {table} staged
            SET duplicate_of = CASE WHEN same THEN first_line END,
                reason = CASE WHEN NOT same THEN 'contradicts' END,
                detail = CASE WHEN NOT same THEN first_line::text END
            FROM compared WHERE compared.line = staged.line
            """
        )


def publish(
    *, report: Report, campaign: Campaign, counts: dict[str, int], progress: Progress, now: datetime
) -> Counted:
    """Insert contacts, renewals and list entries of the usable rows and propose the campaign.

    Runs inside the caller's transaction. The entries are assigned as they are written: updating them afterwards would
    cost as much again.
    """
    table = table_of(report)
    progress.watch(GrowingFiles(rows=counts["taken"], steps=STEPS))
    with roomy_session(), connection.cursor() as cursor:
        write_contacts(cursor, table=table, campaign=campaign)
        refresh_statistics(cursor)
    assigning.open_lists(campaign=campaign, now=now)
    receipts.match_waiting(campaign=campaign, now=now)
    progress.watch(None)
    lifecycle.propose(campaign=campaign, by=None, now=now)
    return Counted(
        taken=counts["taken"],
        duplicates=counts["duplicates"],
        other_service=counts["other_service"],
        figures=figures(campaign=campaign),
    )


def figures(*, campaign: Campaign) -> dict[str, Any]:
    """What the campaign's lists hold: renewals by service, contacts, both, not callable, amount due (text)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT service, count(*), coalesce(sum(amount_due), 0) FROM campaigns_renewal
            WHERE campaign_id = %s AND gone_at IS NULL GROUP BY service
            """,
            [campaign.pk],
        )
        by_service = {service: (count, amount) for service, count, amount in cursor.fetchall()}
        cursor.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE call_list = 'BOTH'),
                   count(*) FILTER (WHERE state = 'not_callable')
            FROM campaigns_listentry WHERE campaign_id = %s AND state <> 'gone'
            """,
            [campaign.pk],
        )
        contacts, both, not_callable = cursor.fetchone()
    return {
        "renewals": {service: by_service.get(service, (0, 0))[0] for service in Service.values},
        "contacts": contacts,
        "contacts_with_both": both,
        "not_callable": not_callable,
        "amount_due": str(sum((amount for _, amount in by_service.values()), start=0)),
    }


def first_days(period: date) -> tuple[date, date]:
    """Due dates that a report of `period` may have."""
    return (period - timedelta(days=1)).replace(day=1), period + DUE_AFTER
