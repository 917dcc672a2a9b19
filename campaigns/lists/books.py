"""Which rows an export has and how its sheet is written, by kind. The filters travel in the export's row as plain data.

Rows are asked for as whoever asked may see them now, each time: when the export is owed and again when it is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from agents.models import User
from campaigns.intake import changes_page
from campaigns.intake.rejected_page import find_rejected, sheet_of
from campaigns.lists import listing
from campaigns.lists.of_units import OF_UNITS
from campaigns.models import Campaign, ListExport, Report
from campaigns.month.periods import write_period
from campaigns.payments import payment_lists
from campaigns.payments.payment_sheets import promise_sheet, receipt_sheet, refund_sheet, renewal_sheet, report_sheet
from campaigns.promises_and_callbacks import promise_lists
from screens.spreadsheets import Sheet

Kind = ListExport.Kind
Filters = dict[str, Any]


@dataclass(frozen=True)
class Book:
    """What an export will be: its file's name without ending, how many rows, and its sheet."""

    name: str
    rows: int
    sheet: Sheet


def contact_filters(*, campaign: Campaign, asked: listing.Asked) -> Filters:
    """The filters of a list of contacts as JSON keeps them, for `open_book`."""
    return {"period": write_period(campaign.period), **asdict(asked)}


def payment_filters(*, asked: payment_lists.Asked) -> Filters:
    """The filters of a list of payments as JSON keeps them, days in ISO form, for `open_book`."""
    days = {"since": asked.since and asked.since.isoformat(), "until": asked.until and asked.until.isoformat()}
    return {**_without_campaign(asked), **days}


def promise_filters(*, asked: promise_lists.Asked) -> Filters:
    """The filters of a list of promises as JSON keeps them, for `open_book`."""
    return _without_campaign(asked)


def open_book(*, kind: str, filters: Filters, by: User, masked: bool, now: datetime) -> Book:
    """The rows of `filters` as `by` may see them. Raises DoesNotExist without its month or report."""
    return _BOOKS[Kind(kind)](dict(filters), by, masked, now)


def _contacts(filters: Filters, by: User, masked: bool, now: datetime) -> Book:
    campaign = _campaign(filters.pop("period"), by)
    if campaign is None:
        raise Campaign.DoesNotExist
    asked = listing.Asked(**filters)
    of_unit = OF_UNITS[asked.unit]
    found = of_unit.find(campaign=campaign, asked=asked, user=by)
    sheet = of_unit.sheet(found.order_by(*of_unit.order), masked=masked)
    return Book(f"{of_unit.file}-{write_period(campaign.period)}", found.count(), sheet)


def _payments(filters: Filters, by: User, masked: bool, now: datetime) -> Book:
    days = {name: date.fromisoformat(filters[name]) if filters[name] else None for name in ("since", "until")}
    asked = payment_lists.Asked(**{**filters, **days, "campaign": _campaign(filters["campaign"], by)})
    name = f"pagos-{asked.show}"
    if asked.show == payment_lists.REPORTS:
        reports = payment_lists.find_reports(user=by)
        return Book(name, reports.count(), report_sheet(reports))
    if asked.show in payment_lists.RENEWALS:
        renewals = payment_lists.find_renewals(asked=asked, user=by)
        total = payment_lists.total_of(renewals, column="difference")
        title = str(payment_lists.RENEWALS[asked.show])
        return Book(name, total.rows, renewal_sheet(renewals.order_by("renewal"), title=title, total=total))
    if asked.show == payment_lists.REFUNDS:
        refunds = payment_lists.find_refunds(asked=asked, user=by)
        total = payment_lists.total_of(refunds)
        return Book(name, total.rows, refund_sheet(refunds.order_by("pk"), total=total, masked=masked))
    receipts = payment_lists.find_receipts(asked=asked, user=by)
    total = payment_lists.total_of(receipts, column="left")
    sheet = receipt_sheet(receipts.order_by("pk"), total=total, with_why=asked.show == "unmatched")
    return Book(name, total.rows, sheet)


def _promises(filters: Filters, by: User, masked: bool, now: datetime) -> Book:
    asked = promise_lists.Asked(**{**filters, "campaign": _campaign(filters["campaign"], by)})
    found = promise_lists.of_fate(promise_lists.find_promises(asked=asked, user=by), show=asked.show, now=now)
    total = payment_lists.total_of(found)
    return Book(
        f"compromisos-{asked.show}", total.rows, promise_sheet(found.order_by("promised_on", "pk"), total=total)
    )


def _rejected(filters: Filters, by: User, masked: bool, now: datetime) -> Book:
    report = Report.objects.visible_to(by).get(pk=filters["report"])
    rows = find_rejected(report=report, user=by, reason=filters["reason"], state=filters["state"])
    return Book(f"filas-rechazadas-{report.pk}", rows.count(), sheet_of(report=report, rows=rows, masked=masked))


def _changes(filters: Filters, by: User, masked: bool, now: datetime) -> Book:
    report = Report.objects.visible_to(by).get(pk=filters["report"])
    rows = changes_page.find_changes(
        report=report, user=by, kind=filters.get("kind", ""), search=filters.get("contract", "")
    )
    return Book(f"cambios-{report.pk}", rows.count(), changes_page.sheet_of(rows=rows, masked=masked))


_BOOKS: dict[ListExport.Kind, Callable[[Filters, User, bool, datetime], Book]] = {
    Kind.CONTACTS: _contacts,
    Kind.PAYMENTS: _payments,
    Kind.PROMISES: _promises,
    Kind.REJECTED: _rejected,
    Kind.CHANGES: _changes,
}


def _without_campaign(asked: payment_lists.Asked | promise_lists.Asked) -> Filters:
    plain = asdict(replace(asked, campaign=None))
    return {**plain, "campaign": write_period(asked.campaign.period) if asked.campaign else ""}


def _campaign(period: str, by: User) -> Campaign | None:
    if not period:
        return None
    return Campaign.objects.visible_to(by).get(period=date.fromisoformat(f"{period}-01"))
