"""What words beside the rows say of all of them, and what says nothing of them."""

from __future__ import annotations

import pytest

from systems.reports.totals import totals_said


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["Registros: 500"], [["registros", "500"]]),
        (["N° de registros: 1.500"], [["de registros", "1.500"]]),
        (["Son 500 registros."], [["registros", "500"]]),
        (["Mostrando 1 a 40 de 500 registros"], [["registros", "500"]]),
        (["TOTAL REGISTROS: 40"], [["total registros", "40"]]),
        (["Registros: 40   Importe total: Bs 5.960,00"], [["registros", "40"], ["importe total", "5.960,00"]]),
        (["Suma total a pagar = 5 960,00"], [["suma total a pagar", "5 960,00"]]),
        (["Total al 30/11/2026: 12"], [["total al", "12"]]),
        (["Suma", "9999"], [["Suma", "9999"]]),
        (["IMPORTE TOTAL:", "9999"], [["IMPORTE TOTAL:", "9999"]]),
        (["Monto total Bs.", "40", "9.999,00"], [["Monto total Bs.", "40", "9.999,00"]]),
    ],
)
def test_what_is_said_of_all_rows(cells: list[str], said: list[list[str]]) -> None:
    assert totals_said(cells) == said


@pytest.mark.parametrize(
    "cells",
    [
        ["REPORTE CCVP PREPAGOS 11/2026"],
        ["Reporte total de prepagos 2026"],
        ["Fecha de registros: 25/11/2026 06:10"],
        ["Filas por página: 50"],
        ["Registros 1 a 40 de 40"],
        ["Registros 1-40"],
        ["Total zonas: 12"],
        ["Total: 100 %"],
        ["Subtotal: 99,00"],
        ["Subtotal", "99,00"],
        ["Total zonas", "12"],
        ["Usuario", "1234"],
        ["Suma", "Ana"],
        ["Generado por CCVP 25/11/2026 10:33"],
    ],
)
def test_other_words_say_nothing_of_the_rows(cells: list[str]) -> None:
    assert totals_said(cells) == []
