"""The files the demo's Smartflex writes, as untidy as a billing clerk saves them."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import xlsxwriter

from callcenter.demo.customers import Customer

PREPAID_HEADINGS = ("CONTRATO", "CLIENTE", "CI_NIT", "CELULAR", "TELEFONO_1", "NRO_SERVICIO", "PRODUCTO", "PLAN",
                    "FECHA_VENCIMIENTO", "MONTO", "ZONA", "DIRECCION", "SEGMENTO")  # fmt: skip
PAYMENT_HEADINGS = ("NRO_RECIBO", "CONTRATO", "NRO_SERVICIO", "PRODUCTO", "FECHA_PAGO", "MONTO", "CANAL")


@dataclass(frozen=True)
class Payment:
    """One receipt of the collections report."""

    receipt: str
    contract: str
    service_number: str
    product: str
    paid_on: date
    amount: int
    channel: str


def prepaid_rows(customers: Sequence[Customer], period: date) -> list[list[str | int | float]]:
    """Rows of the CCVP report of `period`, duplicates, other services and unusable rows among them."""
    draw = random.Random(f"report {period:%Y-%m}")  # noqa: S311  # believable, not secret
    last_day = period - timedelta(days=1)
    rows: list[list[str | int | float]] = []
    for customer in customers:
        for service in customer.services:
            row = _row(draw, customer, service, last_day - timedelta(days=draw.choice((0, 0, 0, 1, 2))))
            rows.append(row)
            if draw.random() < 0.01:
                rows.append(list(row))
        if draw.random() < 0.02:
            line = ("Telefonía Fija Prepago", f"{customer.contract}03", "Línea básica", 40)
            rows.append(_row(draw, customer, line, last_day))
    for column, text in ((0, ""), (8, "31/02/2026"), (9, "según tarifa"), (8, "")):
        spoilt = list(rows[draw.randrange(len(rows))])
        spoilt[5], spoilt[6], spoilt[column] = f"9{draw.randint(10_000_000, 99_999_999)}", "Internet", text
        rows.insert(draw.randrange(len(rows)), spoilt)
    return rows


def _row(
    draw: random.Random, customer: Customer, service: tuple[str, str, str, int], due_on: date
) -> list[str | int | float]:
    product, number, plan, amount = service
    mobile, fixed = (*customer.telephones, "", "")[:2]
    due = draw.choice((f"{due_on:%d/%m/%Y}", f"{due_on:%Y-%m-%d}"))
    written = draw.choice((f"Bs. {amount:,.2f}", f"{amount},00", amount))
    head: list[str | int | float] = [customer.contract, customer.name, customer.identity_card, mobile, fixed]
    return [*head, number, product, plan, due, written, customer.zone, customer.address, customer.segment]


def prepaid_workbook(rows: Sequence[Sequence[str | int | float]], period: date) -> bytes:
    """The CCVP report as xlsx: two lines of title above the headings, a line of totals below."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = workbook.add_worksheet("CCVP")
    sheet.write_string(0, 0, "COMTECO R.L. – Clientes con vencimiento de prepago")
    sheet.write_string(1, 0, f"Mes por pagar: {period:%m/%Y}")
    for column, heading in enumerate(PREPAID_HEADINGS):
        sheet.write_string(3, column, heading)
    for line, row in enumerate(rows, 4):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            else:
                sheet.write_number(line, column, value)
    sheet.write_string(len(rows) + 4, 0, "TOTAL FILAS")
    sheet.write_number(len(rows) + 4, 1, len(rows))
    workbook.close()
    return target.getvalue()


def payments_csv(payments: Iterable[Payment]) -> bytes:
    """The collections report as the old system saves it: semicolons, Latin-1, amounts with a decimal comma."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(PAYMENT_HEADINGS)
    for one in payments:
        line = [one.receipt, one.contract, one.service_number, one.product, f"{one.paid_on:%d/%m/%Y}"]
        writer.writerow([*line, f"{one.amount},00", one.channel])
    return text.getvalue().encode("latin-1")
