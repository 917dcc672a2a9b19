"""Payments in. What is sent becomes a report of collections as any file: kept, each row accounted for, taken once."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from agents.access import signed_in_user
from api.bearer import Bearer
from api.models import Scope
from api.once import Key, once
from api.shapes import Day, Number
from campaigns.intake.receiving import laid_down
from campaigns.models import Report, ReportKind
from systems.reports.known_headings import RECAUDO
from work.kinds import ring

router = Router(auth=Bearer(Scope.PAYMENTS), tags=["Payments"])
COLUMNS = ("receipt", "contract", "service_number", "product", "paid_on", "amount", "channel", "status")
PRODUCTS = {"INTERNET": "INTERNET", "TV": "TELEVISION"}
Plain = Annotated[str, Field(pattern=r"^[A-Za-z0-9][-A-Za-z0-9 ./_]*$", max_length=40)]  # it becomes a cell of a sheet


class ReceiptIn(Schema):
    """One receipt as the cashier wrote it. `annulled`: it was, and what it paid does not count."""

    receipt: Plain
    contract: Plain
    paid_on: Day
    amount: Decimal = Field(gt=0, max_digits=10, decimal_places=2)
    service_number: Plain | None = None
    product: Literal["INTERNET", "TV"] | None = None
    channel: Plain | None = None
    annulled: bool = False


class ReceiptsIn(Schema):
    receipts: list[ReceiptIn] = Field(min_length=1, max_length=5000)


class ReportOut(Schema):
    """`state`: waiting, reading, checking, publishing, then published; held waits for a person's decision and says why.
    `rejected` rows are read, with their reason, on the report's page.
    """

    id: int
    state: str
    held_because: str
    arrived_at: datetime
    rows: int
    taken: int
    duplicates: int
    rejected: int


@router.post("payments/", response={202: ReportOut}, summary="Hand over receipts; ask for the report what became of it")
def hand_over(request: HttpRequest, sent: ReceiptsIn, key: Key) -> Status[Any]:
    """A worker begins to read it at once."""
    user, now = signed_in_user(request), timezone.now()

    name, file = f"recaudo-api-{now:%Y%m%dT%H-%M-%S}.csv", _as_csv(sent.receipts)  # it speaks of no month
    with laid_down(kind=ReportKind.RECAUDO, name=name, file=file, period=None, now=now) as there:

        def work() -> tuple[int, ReportOut]:
            report = there.report(uploaded_by=user)
            ring(Report, pk=report.pk)
            return 202, ReportOut.from_orm(report)

        return once(request, key=key, now=now, work=work)


@router.get("payments/{number}/", response=ReportOut, summary="What became of what was handed over")
def handed_over(request: HttpRequest, number: Number) -> Report:
    rows = Report.objects.visible_to(signed_in_user(request)).filter(kind=ReportKind.RECAUDO)
    return get_object_or_404(rows, pk=number)


def _as_csv(receipts: Iterable[ReceiptIn]) -> io.BytesIO:
    """Under the headings that collections are known to have."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([RECAUDO[name][0] for name in COLUMNS])
    for one in receipts:
        product, status = PRODUCTS.get(one.product or "", ""), "ANULADO" if one.annulled else "VIGENTE"
        day, amount = f"{one.paid_on:%d/%m/%Y}", f"{one.amount:.2f}"
        service, channel = one.service_number or "", one.channel or ""
        writer.writerow([one.receipt, one.contract, service, product, day, amount, channel, status])
    return io.BytesIO(text.getvalue().encode())
