"""Small CCVP reports written row by row, for tests that need one detail right or wrong."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

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
