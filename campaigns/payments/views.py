"""Pages of the payments: receipts and what became of them, and their age in the frame."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_tables2 import RequestConfig

from agents.access import asks_by_itself, centre_only, signed_in_user, steering_only
from agents.models import Search
from agents.searched_lists import search_is_noted
from agents.searching import note_search
from campaigns.lists.books import payment_filters
from campaigns.lists.views.exports import owe
from campaigns.models import Campaign, ListExport, Receipt, Refund
from campaigns.month.on_pages import month_asked, month_name
from campaigns.month.periods import write_period
from campaigns.payments import payment_lists, receipts, refund_confirming, refunds
from campaigns.payments.payment_age import payment_age as age_of_payments
from campaigns.payments.payment_lists import LISTS, REFUNDS, RENEWALS, REPORTS, WHY, Asked, Total
from campaigns.payments.tables import (
    CountedPaginator,
    OverpaidTable,
    ReceiptTable,
    RefundTable,
    RenewalTable,
    ReportTable,
    TotalledTable,
    UnmatchedTable,
)
from screens.searching import searched
from screens.tables import PAGE, ListTable


@centre_only
@require_http_methods(["GET", "POST"])
@search_is_noted
def payment_list(request: HttpRequest) -> HttpResponse:
    """Receipts, those without renewal, late ones, renewals paid in part or too much, and the reports they came in."""
    user, now = signed_in_user(request), timezone.now()
    months = list(Campaign.objects.visible_to(user).order_by("-period")[:24])
    asked = asked_for(request, months)
    table, total = _table_of(request, asked)
    counts = payment_lists.waiting_counts(user=user, campaign=asked.campaign)
    context = {
        "asked": asked,
        "table": table,
        "total": total,
        "age": age_of_payments(now=now),
        "tabs": _tabs(request, asked, counts),
        "months": [(write_period(month.period), month_name(month)) for month in months],
        "month": write_period(asked.campaign.period) if asked.campaign else "",
        "channels": payment_lists.channels() if asked.show not in (*RENEWALS, REFUNDS, REPORTS) else [],
        "reasons": WHY.items(),
        "is_filtered": bool(
            asked.search or asked.since or asked.until or asked.channel or asked.why or asked.report or asked.waits
        ),
        "of_report": payment_lists.name_of_report(asked=asked, user=user),
        "may_steer": user.steers_campaigns,
        "waiting": counts["unmatched"],
        "conflicts": payment_lists.conflicts(user=user),
        "refunds_waiting": payment_lists.refunds_to_look_at(user=user, today=timezone.localdate(now)),
        "query": request.GET.urlencode(),
    }
    return render(request, "campaigns/payments/payment_list.html", context)


@centre_only
@require_POST
def payment_export(request: HttpRequest) -> HttpResponseBase:
    """Ask for exactly what is filtered, as a workbook: it is made in the background."""
    asked = asked_for(request, list(Campaign.objects.visible_to(signed_in_user(request)).order_by("-period")[:24]))
    filters = payment_filters(asked=asked)
    return owe(
        request, kind=ListExport.Kind.PAYMENTS, filters=filters, words=_("Pagos: %(asked)s") % {"asked": asked.words}
    )


@steering_only
@require_POST
def match_again(request: HttpRequest) -> HttpResponse:
    """«Volver a buscar»: match every receipt that waits with the renewals there are now."""
    found = receipts.match_all_waiting(now=timezone.now())
    if found.receipts:
        words = ngettext(
            "%(n)d recibo encontró su renovación.", "%(n)d recibos encontraron su renovación.", found.receipts
        )
        messages.success(request, words % {"n": found.receipts})
    if found.refunds:
        words = ngettext(
            "%(n)d devolución encontró su recibo.", "%(n)d devoluciones encontraron su recibo.", found.refunds
        )
        messages.success(request, words % {"n": found.refunds})
    if not found.receipts and not found.refunds:
        messages.info(request, _("Ningún recibo encontró una renovación nueva."))
    return redirect(f"{reverse('campaigns:payment_list')}?show=unmatched")


def _note_look(request: HttpRequest, contract: str) -> None:
    """Whatever is asked or sent: the answer shows whose it is."""
    user = signed_in_user(request)
    note_search(user=user, where=Search.Where.CUSTOMER, asked=contract, now=timezone.now())


@steering_only
@require_http_methods(["GET", "POST"])
def receipt_annul(request: HttpRequest, pk: int) -> HttpResponse:
    """Annul one receipt by hand: first what follows from it, then, with a reason, the annulment."""
    user, error = signed_in_user(request), ""
    receipt = get_object_or_404(Receipt.objects.visible_to(user).select_related("renewal__contact", "campaign"), pk=pk)
    _note_look(request, receipt.contract)
    month = receipt.campaign
    of_month = f"&month={write_period(month.period)}" if month else ""
    refunds_page = f"{reverse('campaigns:payment_list')}?show=refunds{of_month}"
    reason = request.POST.get("reason", "")[:300]
    if request.method == "POST":
        try:
            refunds.annul(receipt_id=pk, by=user, now=timezone.now(), reason=reason)
        except refunds.AnnulmentRefused as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Recibo anulado."))
            return redirect(refunds_page)
    why_not = ""
    try:
        refunds.check_can_annul(receipt)
    except refunds.AnnulmentRefused as refusal:
        why_not = str(refusal)
    context = {"receipt": receipt, "left": receipt.amount - receipt.refunded, "why_not": why_not, "reason": reason}
    back = reverse("campaigns:payment_list")
    context |= {
        "month": month_name(month) if month else "",
        "refunds": refunds_page,
        "error": error,
        "back": back,
        "trail": [(back, _("Pagos")), ("", _("Anular"))],
    }
    return render(request, "campaigns/payments/receipt_annul.html", context, status=422 if error else 200)


@steering_only
@require_http_methods(["GET", "POST"])
def refund_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a note that waits is the word of what was annulled by hand."""
    user, error = signed_in_user(request), ""
    refund = get_object_or_404(Refund.objects.visible_to(user).select_related("report"), pk=pk)
    _note_look(request, refund.contract)
    back = f"{reverse('campaigns:payment_list')}?show=refunds&waits=1&month=all"
    reason = request.POST.get("reason", "")[:300]
    if request.method == "POST":
        try:
            receipt = refund_confirming.confirm(refund_id=pk, by=user, reason=reason, now=timezone.now())
        except refund_confirming.ConfirmRefused as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Es la del recibo %(number)s: no quita nada más.") % {"number": receipt.number})
            return redirect(back)
    found = refund_confirming.annulled_by_hand([pk]).get(pk)
    context = {
        "refund": refund,
        "receipt": found[1] if found else None,
        "why_not": "" if found else _("Esta devolución ya no espera, o no hay ningún recibo suyo anulado a mano."),
        "reason": reason,
        "error": error,
        "back": back,
        "trail": [(reverse("campaigns:payment_list"), _("Pagos")), ("", _("Devolución"))],
    }
    return render(request, "campaigns/payments/refund_confirm.html", context, status=422 if error else 200)


@asks_by_itself
@require_GET
def payment_age(request: HttpRequest) -> HttpResponse:
    """The frame's words about the age of the payments, which renew themselves."""
    return render(request, "campaigns/payments/_paid_until.html", {"payments": age_of_payments(now=timezone.now())})


def asked_for(request: HttpRequest, months: list[Campaign]) -> Asked:
    """The filters of the address; what cannot be read is left out."""
    asked = request.GET
    show, report = asked.get("show", ""), asked.get("report", "")
    return Asked(
        show=show if show in LISTS else "receipts",
        campaign=month_asked(request, months),
        search=searched(request, most=40),
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
        channel=asked.get("channel", "").replace("\x00", "")[:60],
        why=asked.get("why", ""),
        waits=show == REFUNDS and asked.get("waits") == "1",
        report=int(report) if show == REFUNDS and report.isascii() and report.isdigit() and len(report) < 10 else None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _rows_of(request: HttpRequest, asked: Asked) -> tuple[QuerySet[Any], Total]:
    user = signed_in_user(request)
    rows: QuerySet[Any]
    if asked.show == REPORTS:
        rows = payment_lists.find_reports(user=user)
        return rows, payment_lists.total_of(rows, column="taken")
    if asked.show in RENEWALS:
        rows = payment_lists.find_renewals(asked=asked, user=user)
        return rows, payment_lists.total_of(rows, column="difference")
    if asked.show == REFUNDS:
        rows = payment_lists.find_refunds(asked=asked, user=user)
        return rows, payment_lists.total_of(rows)
    rows = payment_lists.find_receipts(asked=asked, user=user)
    return rows, payment_lists.total_of(rows, column="left")


def _table_of(request: HttpRequest, asked: Asked) -> tuple[ListTable, Total]:
    rows, total = _rows_of(request, asked)
    table: ListTable
    if asked.show == REPORTS:
        return ReportTable(rows).shown_to(request), total
    kinds: dict[str, type[TotalledTable]] = {
        "unmatched": UnmatchedTable,
        "underpaid": RenewalTable,
        "overpaid": OverpaidTable,
        REFUNDS: RefundTable,
    }
    kind = kinds.get(asked.show, ReceiptTable)
    may_annul = signed_in_user(request).steers_campaigns
    hidden = ("annul",) if kind in (ReceiptTable, UnmatchedTable) and not may_annul else ()
    table = kind(rows.order_by("-pk"), total=total, exclude=hidden)
    if isinstance(table, RefundTable):
        table.masked = signed_in_user(request).reads_masked
    RequestConfig(request, paginate={"per_page": PAGE, "silent": True, "paginator_class": CountedPaginator}).configure(
        table
    )
    return table, total


def _tabs(request: HttpRequest, asked: Asked, counts: dict[str, int]) -> list[dict[str, Any]]:
    month = f"&month={request.GET['month']}" if "month" in request.GET and asked.campaign else ""
    return [
        {"href": f"?show={show}{month}", "words": words, "current": show == asked.show, "count": counts.get(show)}
        for show, words in LISTS.items()
    ]
