"""A file that says in its titles or in its foot what is not so of its rows is held; what is so is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import pytest

from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.models import Report
from tests.campaigns.some_reports import ccvp, many, of_bytes, received, with_footer

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
HELD, PUBLISHED = Report.State.HELD, Report.State.PUBLISHED


@pytest.mark.parametrize(
    ("footers", "says"),
    [
        (["TOTAL REGISTROS;500"], "Su pie dice 500 filas y se leyeron 40."),
        (["Cantidad;41"], "Su pie dice 41 filas y se leyeron 40."),
        (["TOTAL REGISTROS: 41"], "Su pie dice 41 filas y se leyeron 40."),
        (["TOTAL;;;;;;;;;;11.850,00"], "Su pie dice 11.850,00; se leyeron 40 filas que suman Bs 11.560,00."),
        (["Cantidad de registros;40", "TOTAL;;;;;;;;;;11.559,99"], "Su pie dice 11.559,99;"),
        (["TOTAL MES 12/2026: 41"], "Su pie dice 41; se leyeron 40 filas"),
        (["TOTAL REGISTROS;0"], "Su pie dice 0 filas y se leyeron 40."),
        (["TOTAL;;;;;;;;;;0,00"], "Su pie dice 0,00; se leyeron 40 filas"),
        (["Registros: 500"], "Su pie dice 500 filas y se leyeron 40."),
        (["Son 500 registros"], "Su pie dice 500 filas y se leyeron 40."),
        (["", "Generado por CCVP", "Suma;9999"], "Su pie dice 9999; se leyeron 40 filas"),
        (["IMPORTE TOTAL;;;;;;;;;;9999"], "Su pie dice 9999; se leyeron 40 filas"),
        (["Total filas 500;Total Bs 5960"], "Su pie dice 500 filas y se leyeron 40."),
        (["Registros procesados;500"], "Su pie dice 500 filas y se leyeron 40."),
        (["Cantidad de filas exportadas: 500"], "Su pie dice 500 filas y se leyeron 40."),
        (["Cantidad de clientes: 500"], "Su pie dice 500 filas y se leyeron 40."),
        (["Clientes: 41"], "Su pie dice 41 filas y se leyeron 40."),
        (["Total servicios: 500"], "Su pie dice 500 filas y se leyeron 40."),
        (["Se exportaron 500 contratos"], "Su pie dice 500 filas y se leyeron 40."),
        (["Monto acumulado;9999"], "Su pie dice 9999; se leyeron 40 filas"),
        (["Saldo total por cobrar;9999"], "Su pie dice 9999; se leyeron 40 filas"),
        (["Records: 500"], "Su pie dice 500 filas y se leyeron 40."),
        (["Monto total;40;9999"], "Su pie dice 9999; se leyeron 40 filas"),
        ([";;;;;;;;;;9999"], "Su pie dice 9999; se leyeron 40 filas"),
        (["TOTAL REGISTROS;40;;;;;;;;;11561.00"], "Su pie dice 11561.00; se leyeron 40 filas que suman Bs 11.560,00."),
    ],
)
def test_a_file_that_is_not_what_its_footer_says_is_held(footers: list[str], says: str, at: At) -> None:
    report = of_bytes(with_footer(40, *footers), at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "totals")
    assert says in report.held_because


@pytest.mark.parametrize(
    "footers",
    [
        ["TOTAL REGISTROS;40"],
        ["Cantidad;40"],
        ["Cantidad de zonas: 12"],
        ["TOTAL REGISTROS: 40"],
        ["TOTAL;;;;;;;;;;11.560,00"],
        ["TOTAL;40;;;;;;;;;Bs 11,560.00"],
        ["TOTAL MES 12/2026: 40"],
        ["TOTAL DICIEMBRE DE 2026 40"],
        ["TOTAL AL 31-12-2026: Bs 11.560,00"],
        ["TOTAL;;;;;;;;;0,00;11.560,00"],
        ["SUBTOTAL;;;;;;;;;;99,00", "TOTAL GENERAL;;;;;;;;;;11.560"],
        ["Registros: 40", "Importe total: 11.560,00", "Registros 1 a 40", "Filas por página: 50"],
        ["TOTAL REGISTROS;40;;;;;;;;;11560"],
        [";;;;;;;;;;11560", "Usuario;1234", "25-11-2026"],
        ["40;;;;;;;;;;11560", ";40;;;;;;;;;Bs 11.560,00"],
        ["SUBTOTAL;500"],
        ["Clientes: 40", "Total servicios: 40", "Saldo total por cobrar: Bs 11.560,00"],
    ],
)
def test_a_file_that_is_what_its_footer_says_is_taken(footers: list[str], at: At) -> None:
    report = of_bytes(with_footer(40, *footers), at("2026-11-25 06:10"))
    assert (report.state, report.rows) == (PUBLISHED, 40)


@pytest.mark.parametrize("title", ["TOTAL REGISTROS: 40", "Registros;40", "Importe total: Bs 5.780,01"])
def test_a_file_that_is_not_what_its_title_says_is_held(title: str, at: At) -> None:
    content = f"REPORTE CCVP PREPAGOS 11/2026\r\n{title}\r\n\r\n".encode()
    report = of_bytes(content + ccvp(*many(20)).getvalue(), at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "totals")
    assert report.held_because.startswith("Sobre sus títulos dice ")
    twice = of_bytes(content + ccvp(*many(40)).getvalue(), at("2026-11-25 06:20"))
    assert twice.state == (HELD if "Importe" in title else PUBLISHED)


@pytest.mark.parametrize(
    ("footers", "state"),
    [
        (["Son 500 registros"], HELD),
        (["Suma;9999"], HELD),
        ([";;;;;9999"], HELD),
        (["Son 3 registros", "Suma;867"], PUBLISHED),
    ],
)
def test_a_collections_report_is_held_by_its_footer_too(footers: list[str], state: str, at: At) -> None:
    lines = ["NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO"]
    lines += [f"R{n};{2000 + n};{2000 + n}1;Internet;24/11/2026;289" for n in range(3)]
    file, now = BytesIO("".join(f"{line}\r\n" for line in [*lines, *footers]).encode()), at("2026-11-24 06:10")
    report = receive_report(kind="recaudo", name="recaudo.csv", file=file, period=None, now=now)
    assert take_in(report_id=report.pk, now=now).state == state


def test_a_text_that_ends_with_its_totals_is_whole_without_the_last_line_end(at: At) -> None:
    assert of_bytes(with_footer(41, "TOTAL REGISTROS;4")[:-2], at("2026-11-25 06:10")).held_for == "totals"
    assert of_bytes(with_footer(40, "TOTAL REGISTROS;40")[:-2], at("2026-11-25 06:20")).state == PUBLISHED


def test_a_text_without_totals_where_last_months_had_them_may_lack_its_last_rows(at: At) -> None:
    last = with_footer(40, "TOTAL REGISTROS;40").replace(b"30/11/2026", b"31/10/2026")
    report = received(BytesIO(last), now=at("2026-10-25 06:10"), period=date(2026, 11, 1))
    assert take_in(report_id=report.pk, now=at("2026-10-25 06:11")).state == "published"
    report = of_bytes(with_footer(36), at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == ("held", "cut")
    assert report.held_because == ("El de 2026-11 terminaba con sus totales y este no: pueden faltarle filas al final.")


@pytest.mark.parametrize(("clients", "state"), [(20, PUBLISHED), (40, PUBLISHED), (30, HELD)])
def test_customers_are_counted_once_whatever_they_have(at: At, clients: int, state: str) -> None:
    """Twenty customers of two services are forty rows; the footer may say either."""
    rows = [{**row, "CONTRATO": str(700000 + number // 2)} for number, row in enumerate(many(40))]
    content = ccvp(*rows).getvalue() + f"Cantidad de clientes: {clients}\r\n".encode()
    assert of_bytes(content, at("2026-11-25 06:10")).state == state
