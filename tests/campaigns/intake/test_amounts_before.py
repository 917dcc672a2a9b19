"""A report whose amounts are not what the month before makes one expect is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from campaigns.models import Report
from tests.campaigns.some_reports import many, taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
JANUARY = date(2027, 1, 1)
HELD, PUBLISHED = Report.State.HELD, Report.State.PUBLISHED


@pytest.mark.parametrize(("amount", "n"), [("289000,00", 1), ("0,10", 1), ("1445,00", 0)])
def test_an_amount_far_from_last_months_holds_the_report(amount: str, n: int, at: At) -> None:
    taken(*many(10), now=at("2026-11-25 06:10"))
    rows = [{**row, "FECHA_VENCIMIENTO": "31/12/2026"} for row in many(10)]
    rows[4]["MONTO"] = amount
    report = taken(*rows, now=at("2026-12-25 06:10"), period=JANUARY)
    if n:
        assert (report.state, report.held_for) == (HELD, "amounts")
        assert "Un monto pasa de 5 veces el mayor de 2026-12" in report.held_because
    else:
        assert report.state == PUBLISHED


@pytest.mark.parametrize(
    ("amounts", "held"),
    [
        (["2890"] * 4, "4 montos son justo 10 o 100 veces los del mismo servicio en 2026-12"),
        (["28,90"] * 4, "4 montos son justo 10 o 100 veces los del mismo servicio en 2026-12"),
        (
            ["1400,00"] * 10,
            "Cada fila es en promedio de Bs 566,75, y los mismos servicios fueron en 2026-12 de Bs 289,00.",
        ),
        (
            ["99,00"] * 40,
            "Cada fila es en promedio de Bs 99,00, y los mismos servicios fueron en 2026-12 de Bs 289,00.",
        ),
        (["2890"] * 2, ""),
        (["349,00"] * 40, ""),
    ],
)
def test_amounts_of_the_same_services_unlike_last_months_hold_the_report(amounts: list[str], held: str, at: At) -> None:
    usual = [*many(40), *({**row, "PRODUCTO": "TV Cable", "MONTO": "99,00"} for row in many(40))]
    usual[-1]["MONTO"] = "650,00"  # the highest; 2.890 is no five times of it
    taken(*usual, now=at("2026-11-25 06:10"))
    rows = [{**row, "FECHA_VENCIMIENTO": "31/12/2026"} for row in usual[:40]]  # of Internet alone, which is no dearer
    for row, amount in zip(rows, amounts, strict=False):
        row["MONTO"] = amount
    report = taken(*rows, now=at("2026-12-25 06:10"), period=JANUARY)
    assert report.held_for == ("amounts" if held else "")
    assert held in report.held_because
