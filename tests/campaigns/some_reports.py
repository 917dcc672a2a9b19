"""Small CCVP reports written row by row, for tests that need one detail right or wrong."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.models import Report

HEADINGS = [
    "CONTRATO", "NRO_SERVICIO", "CLIENTE", "CI_NIT", "TELEFONO_1", "TELEFONO_2", "CELULAR", "PRODUCTO", "PLAN",
    "FECHA_VENCIMIENTO", "MONTO", "ZONA", "DIRECCION", "SEGMENTO",
]  # fmt: skip
USUAL = {
    "CONTRATO": "1001", "NRO_SERVICIO": "10011", "CLIENTE": "María José Quispe", "CI_NIT": "4567890",
    "CELULAR": "70712345", "PRODUCTO": "Internet", "PLAN": "Fibra 120", "FECHA_VENCIMIENTO": "30/11/2026",
    "MONTO": "289,00", "ZONA": "Sarco", "DIRECCION": "Av. América 1", "SEGMENTO": "A",
}  # fmt: skip


def ccvp(*rows: dict[str, str], headings: list[str] = HEADINGS) -> BytesIO:
    """The bytes of a report: each row is the usual one with what is different. Semicolons, Latin-1, like Smartflex."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([{**USUAL, **row}.get(heading, "") for heading in headings])
    return BytesIO(text.getvalue().encode("latin-1"))


def many(count: int, first: int = 0) -> list[dict[str, str]]:
    """`count` rows of as many contracts."""
    return [{"CONTRATO": str(2000 + n), "NRO_SERVICIO": f"{2000 + n}1"} for n in range(first, first + count)]


def received(file: BytesIO, *, now: datetime, period: date = date(2026, 12, 1), **more: Any) -> Report:
    name = more.pop("name", f"ccvp-{period:%Y-%m}.csv")
    return receive_report(kind="ccvp", name=name, file=file, period=period, now=now, **more)


def taken(*rows: dict[str, str], now: datetime, period: date = date(2026, 12, 1), **more: Any) -> Report:
    """A report of these rows after its work was done."""
    return take_in(report_id=received(ccvp(*rows, **more), now=now, period=period).pk, now=now)


def of_bytes(content: bytes, now: datetime) -> Report:
    return take_in(report_id=received(BytesIO(content), now=now).pk, now=now)


def with_footer(rows: int, *footers: str) -> bytes:
    return ccvp(*many(rows)).getvalue() + "".join(f"{footer}\r\n" for footer in footers).encode()


Sheet = tuple[str, list[dict[str, Any]]] | tuple[str, list[dict[str, Any]], str]


def workbook(*sheets: Sheet, merge: Sequence[tuple[int, str, Any]] = ()) -> BytesIO:
    """Sheets by name; a third word hides one. The amounts are numbers.

    `merge`: of the row counted from 1 and the one below it the cells under a heading, with their value.
    """
    made = BytesIO()
    with xlsxwriter.Workbook(made) as book:
        for name, rows, *hidden in sheets:
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADINGS)
            for number, row in enumerate(rows, 1):
                sheet.write_row(number, 0, [{**USUAL, "MONTO": 289, **row}.get(heading, "") for heading in HEADINGS])
            for row, heading, value in merge:
                sheet.merge_range(row, HEADINGS.index(heading), row + 1, HEADINGS.index(heading), value)
            if hidden:
                sheet.hide()
            else:
                sheet.activate()
    made.seek(0)
    return made


def of_book(book: BytesIO, now: datetime) -> Report:
    return take_in(report_id=received(book, now=now, name="ccvp-2026-12.xlsx").pk, now=now)
