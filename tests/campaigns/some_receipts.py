"""Collections reports staged by hand, as the reader would leave them, and renewals to match them with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from campaigns.models import Campaign, Contact, ListEntry, Renewal, Report
from campaigns.payments import receipts
from campaigns.rows import staging
from campaigns.rows.staging import Counted
from tests.campaigns.a_campaign import moment

NOW = moment("2026-11-28 10:00")
NOVEMBER_30 = date(2026, 11, 30)
COLUMNS = "line, receipt, contract, service_number, service, paid_on, amount, channel, reason, detail"


def owing(
    campaign: Campaign, contract: str, *services: str | tuple[str, int] | tuple[str, int, date], **entry: Any
) -> Contact:
    """A contact with renewals: `owing(december, "C1", "TV", ("INTERNET", 149))`; 99 Bs due on the last day if not said.

    Service numbers are the contract and the first letter: C1T, C1I.
    """
    rows = []
    for service in services:
        name, amount, due_on = (*((service,) if isinstance(service, str) else service), 99, campaign.calls_until)[:3]
        if isinstance(amount, date):
            amount, due_on = 99, amount
        rows.append((name, amount, due_on if isinstance(due_on, date) else campaign.calls_until))
    call_list = "BOTH" if len({name for name, _, _ in rows}) == 2 else rows[0][0]
    contact = Contact.objects.create(
        campaign=campaign, contract=contract, call_list=call_list, name="Rosa Rojas", name_key="ROSA ROJAS",
        telephones=[f"+591707{Contact.objects.count():05}"], amount_due=sum(amount for _, amount, _ in rows),
        due_on=min(due for _, _, due in rows),
    )  # fmt: skip
    for line, (name, amount, due_on) in enumerate(rows, 1):
        Renewal.objects.create(
            campaign=campaign, contact=contact, report_line=line, service=name, service_number=f"{contract}{name[0]}",
            due_on=due_on, amount_due=amount,
        )  # fmt: skip
    ListEntry.objects.create(
        contact=contact, campaign=campaign, call_list=call_list, ready_at=campaign.created_at, **entry
    )
    return contact


def row(
    receipt: str, number: str, paid_on: str, amount: str = "99", *, contract: str = "", service: str = "",
    channel: str = "QR",
) -> tuple[Any, ...]:  # fmt: skip
    """One line of a collections report: `row("R1", "C1T", "11-28", "99")`; contract and service follow the number."""
    day = date.fromisoformat(paid_on if len(paid_on) == 10 else f"2026-{paid_on}")
    told = {"T": "TV", "I": "INTERNET"}.get(number[-1:], "")
    return (receipt, contract or number[:-1], number, service or told, day, Decimal(amount), channel, None, "")


def arrived(at: datetime = NOW, **more: Any) -> Report:
    number = Report.objects.count()
    return Report.objects.create(
        kind="recaudo", sha256=sha256(str(number).encode()).hexdigest(), name=f"recaudo-{number}.csv",
        size=1, arrived_at=at, state="publishing", **more,
    )  # fmt: skip


def stage(rows: Sequence[tuple[Any, ...]], report: Report | None = None) -> Report:
    report = report or arrived()
    table = staging.make_table(report=report)
    marks = ", ".join(["%s"] * 10)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({COLUMNS}) VALUES ({marks})", [(line, *one) for line, one in enumerate(rows, 2)]
        )
    return report


def take(rows: Sequence[tuple[Any, ...]], *, now: datetime = NOW, at: datetime | None = None) -> Counted:
    """Stage a report of these rows and publish it, as the intake does."""
    report = stage(rows, arrived(at or now))
    with transaction.atomic():
        counted = receipts.publish(report=report, now=now)
        rejected = staging.write_rejected(report=report)
    report.state, report.published_at, report.rows = "published", now, len(rows)
    report.taken, report.duplicates, report.rejected = counted.taken, counted.duplicates, rejected
    report.figures = counted.figures
    report.save()
    staging.drop_table(report=report)
    return counted
