"""A file that is a little different is held with a sentence, and never published without a word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from django.test import Client

from agents.models import User
from campaigns.intake import deciding
from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.models import Campaign, ColumnAlias, Receipt, RejectedRow, Renewal, Report
from notices.models import Notice
from tests.campaigns.some_reports import HEADINGS, USUAL, ccvp, many, of_book, of_bytes, taken, with_footer, workbook

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
JANUARY = date(2027, 1, 1)
HELD, PUBLISHED = Report.State.HELD, Report.State.PUBLISHED


def test_every_sheet_counts_and_each_row_says_where_it_stood(at: At) -> None:
    internet = [*many(3), {"CONTRATO": "", "NRO_SERVICIO": "77"}]
    tv = [*({**row, "PRODUCTO": "TV Cable"} for row in many(2, first=10)), {"CONTRATO": "", "NRO_SERVICIO": "78"}]
    report = of_book(
        workbook(("Prueba", many(9, first=50), "hidden"), ("Internet", internet), ("TV", tv)), at("2026-11-25 06:10")
    )
    assert (report.state, report.rows, report.taken, report.rejected) == (PUBLISHED, 7, 5, 2)
    assert report.sheets == {
        "read": [{"name": "Internet", "rows": 4}, {"name": "TV", "rows": 3}],
        "left_out": [{"name": "Prueba", "rows": 9, "why": "hidden"}],
        "has_totals": False,
    }
    assert report.figures["renewals"] == {"INTERNET": 3, "TV": 2}
    lines = RejectedRow.objects.order_by("line").values_list("line", flat=True)
    assert [report.place_of(line) for line in lines] == ["5 de Internet", "4 de TV"]


def test_a_report_on_a_hidden_sheet_behind_a_cover_is_refused_with_where_it_is(at: At) -> None:
    book = BytesIO()
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet("Portada").write_row(0, 0, ["Reporte de prepagos"])
        sheet = made.add_worksheet("Datos")
        sheet.write_row(0, 0, HEADINGS)
        for line, row in enumerate(many(12), 1):
            sheet.write_row(line, 0, [{**USUAL, **row}.get(heading, "") for heading in HEADINGS])
        sheet.hide()
    book.seek(0)
    report = of_book(book, at("2026-11-25 06:10"))
    assert report.state == Report.State.REFUSED
    assert "sus 12 filas están en una hoja oculta" in report.last_error


def test_a_sheet_that_lacks_a_column_holds_the_report(at: At) -> None:
    book = BytesIO()
    with xlsxwriter.Workbook(book) as made:
        for name, headings in (("Caja", HEADINGS), ("Banco", HEADINGS[:9])):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, headings)
            sheet.write_row(1, 0, [USUAL.get(heading, "") for heading in headings])
    book.seek(0)
    report = of_book(book, at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "sheet")
    assert "«Banco», de una fila, no se leyó" in report.held_because


@pytest.mark.parametrize("first", [True, False])
def test_a_sheet_of_rows_without_their_headings_holds_the_report(
    first: bool, at: At, elena: User, signed_in: Callable[[User], Client]
) -> None:
    book = BytesIO()
    with xlsxwriter.Workbook(book) as made:
        for name in ("Hoja2", "Hoja1") if first else ("Hoja1", "Hoja2"):
            sheet = made.add_worksheet(name)
            if name == "Hoja1":
                sheet.write_row(0, 0, HEADINGS)
            for line, row in enumerate(many(20, first=20 * (name == "Hoja2")), 1):
                sheet.write_row(line, 0, [{**USUAL, "MONTO": 289, **row}.get(heading, "") for heading in HEADINGS])
        notes = made.add_worksheet("Notas")
        notes.write_column(0, 0, ["Contactos", "Rosa Rojas 4251000", "Luis Luna 4251001"])
        notes.write_row(4, 0, ["Nota", "Código", "Valor"])
        notes.write_row(5, 0, ["Fibra 120", 7, 289])
    book.seek(0)
    report = of_book(book, at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "sheet")
    assert report.held_because == (
        "La hoja «Hoja2», de 20 filas, no se leyó: no tiene los títulos y sus filas parecen del reporte."
    )
    assert [(sheet["name"], sheet["why"]) for sheet in report.sheets["left_out"]] == [
        ("Hoja2", "untitled"),
        ("Notas", "no_header"),
    ]
    assert "No se leyó: filas sin títulos" in signed_in(elena).get(f"/reports/{report.pk}/").content.decode()


def test_a_report_without_a_usable_row_is_held_and_cannot_be_accepted(at: At, elena: User) -> None:
    report = taken({"MONTO": "gratis"}, {"CONTRATO": ""}, {"PRODUCTO": "Telefonía"}, now=at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "empty")
    assert report.held_because == "Ninguna de sus 3 filas se puede usar. En 1: El monto no se entiende."
    with pytest.raises(deciding.DecisionRefused):
        deciding.accept(report_id=report.pk, by=elena, now=at("2026-11-25 08:00"))
    deciding.discard(report_id=report.pk, by=elena, now=at("2026-11-25 08:00"))
    assert taken({}, now=at("2026-11-25 09:00")).state == PUBLISHED, "the month is free for the right one"


def test_a_file_cut_in_the_middle_is_held(at: At, elena: User) -> None:
    report = of_bytes(ccvp(*many(30)).getvalue()[:-60], at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "cut")
    assert "cortado en medio de la fila 31, y su monto incompleto" in Notice.objects.get().body
    assert not Renewal.objects.exists()
    deciding.accept(report_id=report.pk, by=elena, now=at("2026-11-25 08:00"))
    assert take_in(report_id=report.pk, now=at("2026-11-25 08:01")).state == PUBLISHED


def test_a_file_cut_in_the_middle_is_held_though_something_ended_its_last_line(at: At) -> None:
    content = ccvp(*many(30)).getvalue()
    cut = content[: content.rindex(b"289,00") + 4]
    for rest in (b"\n", b"\r\n\r\n", b"\r\n;;;;;;;;;;;;;\r\n"):
        report = of_bytes(cut + rest, at("2026-11-25 06:10"))
        assert (report.state, report.held_for) == (HELD, "cut")
        assert "menos columnas que las demás: puede estar cortado en medio de la fila 31," in report.held_because


def test_rows_without_their_last_cells_and_a_foot_of_one_cell_are_no_cut_file(at: At) -> None:
    lines = ccvp(*many(30)).getvalue().decode("latin-1").splitlines()
    trimmed = [lines[0], *(line.rpartition(";")[0] if number % 3 else line for number, line in enumerate(lines[1:]))]
    content = "".join(f"{line}\r\n" for line in [*trimmed, "Generado por CCVP"]).encode()
    assert of_bytes(content, at("2026-11-25 06:10")).state == PUBLISHED


def test_rows_with_nothing_but_their_numbers_are_rejected_at_the_end_too(at: At) -> None:
    bare = [f"{row['CONTRATO']};{row['NRO_SERVICIO']}" + ";" * 12 for row in many(9, first=50)]
    report = of_bytes(with_footer(10, *bare, ";20701;Rosa" + ";" * 11, "TOTAL REGISTROS;20"), at("2026-11-25 06:10"))
    assert (report.state, report.rows, report.taken, report.rejected) == (PUBLISHED, 20, 10, 10)
    assert RejectedRow.objects.filter(reason="no_product").count() == 9


def test_a_file_cut_inside_the_contract_of_its_last_row_is_held(at: At) -> None:
    report = of_bytes(ccvp(*many(30)).getvalue() + b"203\r\n", at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "cut")


@pytest.mark.parametrize(
    ("others", "text", "amount"),
    [
        (["149,00", "289,50"], "1.149", "1149.00"),
        (["149.00", "289.50"], "1,149", "1149.00"),
        (["149.00", "289.50"], "74.505", "74.51"),
        (["149,00"], "Bs. 74,505", "74.51"),
    ],
)
def test_thousands_or_decimals_is_what_the_whole_column_says(others: list[str], text: str, amount: str, at: At) -> None:
    rows = [{**row, "MONTO": money} for row, money in zip(many(9), [*others, text], strict=False)]
    report = taken(*rows, now=at("2026-11-25 06:10"))
    assert (report.state, report.rejected) == (PUBLISHED, 0)
    assert Renewal.objects.order_by("report_line").last().amount_due == Decimal(amount)


@pytest.mark.parametrize("others", [["149", "289"], ["149,00", "289.50"]])
def test_what_the_column_does_not_say_holds_the_report_and_is_thousands_once_accepted(
    others: list[str], at: At, elena: User
) -> None:
    rows = [{**row, "MONTO": money} for row, money in zip(many(9), [*others, "1.149"], strict=False)]
    report = taken(*rows, now=at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "amounts")
    assert "Si lo acepta, se leen como miles." in report.held_because
    deciding.accept(report_id=report.pk, by=elena, now=at("2026-11-25 08:00"))
    assert take_in(report_id=report.pk, now=at("2026-11-25 08:01")).state == PUBLISHED
    assert Renewal.objects.order_by("report_line").last().amount_due == Decimal("1149.00")


def test_a_report_of_nothing_but_such_amounts_can_be_accepted(at: At, elena: User) -> None:
    report = taken(*({**row, "MONTO": "1.149"} for row in many(5)), now=at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "amounts")
    deciding.accept(report_id=report.pk, by=elena, now=at("2026-11-25 08:00"))
    assert take_in(report_id=report.pk, now=at("2026-11-25 08:01")).taken == 5


def test_a_number_in_a_cell_is_a_number_whatever_its_digits(at: At) -> None:
    amounts = [74.505, 149, 289.5, 1149.125]
    rows = [{**row, "MONTO": amount} for row, amount in zip(many(4), amounts, strict=True)]
    assert of_book(workbook(("Hoja1", rows)), at("2026-11-25 06:10")).state == PUBLISHED
    found = Renewal.objects.order_by("report_line").values_list("amount_due", flat=True)
    assert list(found) == [Decimal("74.51"), Decimal("149.00"), Decimal("289.50"), Decimal("1149.13")]


def test_less_than_a_cent_is_rejected(at: At) -> None:
    report = taken(*many(2), {"MONTO": "0.004", "NRO_SERVICIO": "9"}, now=at("2026-11-25 06:10"))
    assert (report.taken, report.rejected) == (2, 1)
    assert RejectedRow.objects.get().reason == "under_a_cent"


def test_two_columns_for_one_thing_hold_the_report(at: At) -> None:
    report = taken(*many(3), now=at("2026-11-25 06:10"), headings=[*HEADINGS, "IMPORTE"])
    assert (report.state, report.held_for) == (HELD, "twice")
    assert "más de una columna para MONTO" in report.held_because


@pytest.mark.parametrize(
    "swapped", [("CONTRATO", "NRO_SERVICIO"), ("CLIENTE", "ZONA"), ("CELULAR", "CI_NIT"), ("MONTO", "PLAN")]
)
def test_headings_in_another_order_hold_the_report_and_nothing_below_is_read(
    swapped: tuple[str, str], at: At, elena: User
) -> None:
    one, other = swapped
    order = [{one: other, other: one}.get(heading, heading) for heading in HEADINGS]
    below = ccvp(*many(10, first=50), headings=order).getvalue()
    report = of_bytes(ccvp(*many(30)).getvalue() + b"\n" + below, at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "headings")
    assert "La fila 33 es otra de títulos, con las columnas en otro orden." in report.held_because
    deciding.accept(report_id=report.pk, by=elena, now=at("2026-11-25 07:00"))
    report = take_in(report_id=report.pk, now=at("2026-11-25 07:00"))
    assert (report.state, report.taken, report.rejected) == (PUBLISHED, 30, 11)
    assert {row.reason for row in RejectedRow.objects.all()} == {"other_headings"}


def test_the_same_headings_in_other_words_are_no_other_order(at: At) -> None:
    first, second = ccvp(*many(30)).getvalue(), ccvp(*many(10, first=50)).getvalue()
    again = second.replace(b"CONTRATO", b"NRO_CONTRATO", 1).replace(b"MONTO", b"IMPORTE", 1)
    report = of_bytes(first + again, at("2026-11-25 06:10"))
    assert (report.state, report.taken) == (PUBLISHED, 40)


def test_the_preferred_title_stays_the_first_one_known_whatever_was_touched_since(at: At) -> None:
    ColumnAlias.objects.filter(kind="ccvp", alias="MONTO").update(alias="MONTO")  # its row lies behind the others now
    report = taken(*many(3), now=at("2026-11-25 06:10"), headings=[*HEADINGS, "IMPORTE"])
    assert report.held_because.startswith("Hay más de una columna"), "read from MONTO, since IMPORTE is empty"


def test_all_that_is_odd_is_told_at_once(at: At) -> None:
    rows = [*({**row, "MONTO": "gratis"} for row in many(25)), *many(15, first=25)]
    content = ccvp(*rows, headings=[*HEADINGS, "IMPORTE"]).getvalue()[:-2]
    report = of_bytes(content, at("2026-11-25 06:10"))
    assert report.held_because.splitlines() == [
        "De 40 filas, 25 no se pueden usar. En 25: El monto no se entiende.",
        "Su última línea no termina: puede estar cortado en medio de la fila 41, y su monto incompleto.",
        "Hay más de una columna para MONTO y solo se leyó la columna K: deje en el archivo la buena.",
    ]


def test_a_customer_whose_merged_cells_span_her_services_has_all_of_them(at: At) -> None:
    rows = [{**row, "CONTRATO": "", "CLIENTE": ""} for row in many(20)]
    merge = [(row, heading, f"{row}") for row in range(1, 20, 2) for heading in ("CONTRATO", "CLIENTE")]
    report = of_book(workbook(("Hoja1", rows), merge=merge), at("2026-11-25 06:10"))
    assert (report.state, report.taken, report.rejected, report.figures["contacts"]) == (PUBLISHED, 20, 0, 10)


def test_amounts_in_merged_cells_hold_the_report(at: At) -> None:
    report = of_book(workbook(("Hoja1", many(2)), merge=[(1, "MONTO", 289)]), at("2026-11-25 06:10"))
    assert (report.state, report.held_for) == (HELD, "amounts")
    assert "combinadas sobre varias filas" in report.held_because


def test_what_nobody_sees_does_not_make_another_service(at: At) -> None:
    rows = [{**row, "PRODUCTO": "Inter\u00adnet"} for row in many(20)]
    report = taken(*rows, now=at("2026-11-25 06:10"))
    assert (report.taken, report.other_service) == (20, 0)


@pytest.mark.parametrize("sign", ["\u2066", "\u2069", "\U000e0001", "\u3164", "\x7f"])
def test_what_nobody_sees_makes_neither_another_customer_nor_another_receipt(sign: str, at: At) -> None:
    rows = [{"CONTRATO": f"77{sign}000001", "NRO_SERVICIO": "77001"}, {"CONTRATO": "77000001", "NRO_SERVICIO": "77002"}]
    book = workbook(("Hoja1", [*rows, {"CONTRATO": "\uff17\uff17000001", "NRO_SERVICIO": "77003"}]))
    report = of_book(book, at("2026-11-25 06:10"))
    assert (report.taken, report.figures["contacts"]) == (3, 1)
    lines = ["NRO_RECIBO;CONTRATO;NRO_SERVICIO;FECHA_PAGO;MONTO"]
    lines += [f"{receipt};77000001{sign};77001;26/11/2026;289" for receipt in (f"XZ{sign}-1", "XZ-1")]
    file, now = BytesIO("".join(f"{line}\r\n" for line in lines).encode()), at("2026-11-26 06:10")
    paid = receive_report(kind="recaudo", name="recaudo.csv", file=file, period=None, now=now)
    paid = take_in(report_id=paid.pk, now=now)
    assert (paid.taken, paid.duplicates, paid.figures["renewals_paid"]) == (1, 1, 1)


def test_a_collections_report_of_two_sheets_frees_everybody_who_paid(at: At) -> None:
    taken(*many(40), now=at("2026-11-25 06:10"))
    headings = ["NRO_RECIBO", "CONTRATO", "NRO_SERVICIO", "PRODUCTO", "FECHA_PAGO", "MONTO"]
    book = BytesIO()
    with xlsxwriter.Workbook(book) as made:
        for name, first, count in (("Caja", 0, 10), ("Banco", 10, 30)):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, headings)
            for number, row in enumerate(many(count, first=first), 1):
                paid = [f"R{first + number}", row["CONTRATO"], row["NRO_SERVICIO"], "Internet", "26/11/2026", 289]
                sheet.write_row(number, 0, paid)
            sheet.write_row(count + 1, 0, ["TOTAL REGISTROS", count])
    book.seek(0)
    now = at("2026-11-26 06:10")
    report = take_in(
        report_id=receive_report(kind="recaudo", name="recaudo.xlsx", file=book, period=None, now=now).pk, now=now
    )
    assert (report.state, report.rows, report.taken) == (PUBLISHED, 40, 40)
    assert Receipt.objects.filter(standing="counted").count() == 40
    assert Campaign.objects.get(period=date(2026, 12, 1)).state == Campaign.State.PROPOSED


def test_its_page_names_every_sheet_and_rejected_rows_say_in_which_they_stood(
    at: At, elena: User, signed_in: Callable[[User], Client]
) -> None:
    broken = {"CONTRATO": "", "NRO_SERVICIO": "78"}
    book = workbook(("Prueba", many(9, first=50), "hidden"), ("Internet", many(3)), ("TV", [broken]))
    report = of_book(book, at("2026-11-25 06:10"))
    client = signed_in(elena)
    page = client.get(f"/reports/{report.pk}/").content.decode()
    for sheet in ("Prueba", "Internet", "TV", "Oculta: no se leyó"):
        assert sheet in page
    assert "Fila 2 de TV" in client.get(f"/reports/{report.pk}/rejected/").content.decode()


def test_the_page_of_an_ordinary_book_says_nothing_of_its_one_sheet(
    at: At, elena: User, signed_in: Callable[[User], Client]
) -> None:
    report = of_book(workbook(("Hoja1", many(3))), at("2026-11-25 06:10"))
    assert "Hojas del libro" not in signed_in(elena).get(f"/reports/{report.pk}/").content.decode()


def test_the_page_of_a_held_report_tells_all_its_reasons_and_an_empty_one_is_only_discarded(
    at: At, elena: User, signed_in: Callable[[User], Client]
) -> None:
    report = of_bytes(with_footer(3, "TOTAL REGISTROS;5").replace(b"289,00", b"gratis")[:-2], at("2026-11-25 06:10"))
    client = signed_in(elena)
    page = client.get(f"/reports/{report.pk}/").content.decode()
    for sentence in report.held_because.splitlines():
        assert sentence in page
    assert "Descartar" in page
    assert "Aceptar y tomar" not in page
    client.post(f"/reports/{report.pk}/accept/")
    report.refresh_from_db()
    assert report.state == HELD


def test_the_page_of_a_collections_report_tells_what_it_pays_today_though_the_ccvp_came_later(
    at: At, elena: User, signed_in: Callable[[User], Client]
) -> None:
    now = at("2026-11-24 06:10")
    lines = ["NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO"]
    lines += [f"R{n};{row['CONTRATO']};{row['NRO_SERVICIO']};Internet;24/11/2026;289" for n, row in enumerate(many(7))]
    file = BytesIO("".join(f"{line}\r\n" for line in lines).encode())
    recaudo = receive_report(kind="recaudo", name="recaudo.csv", file=file, period=None, now=now)
    assert take_in(report_id=recaudo.pk, now=now).figures["renewals_paid"] == 0
    taken(*many(5), now=at("2026-11-25 06:10"))
    page = " ".join(signed_in(elena).get(f"/reports/{recaudo.pk}/").content.decode().split())
    assert "Renovaciones pagadas hoy con ellos</dt> <dd> 5 <span" in page
    assert "(0 cuando se tomó, con los repetidos)" in page
    assert "Sin renovación que pagar</dt> <dd> 2 <span" in page


@pytest.mark.parametrize(
    ("period", "last_due"),
    [(date(2026, 12, 1), "31/10/2026"), (JANUARY, "30/11/2026"), (date(2027, 3, 1), "31/01/2027")],
)
def test_last_months_list_under_this_months_name_is_held(period: date, last_due: str, at: At) -> None:
    rows = [{**row, "FECHA_VENCIMIENTO": last_due} for row in many(40)]
    report = taken(*rows, period=period, now=at(f"{period:%Y-%m}-05 06:10"))
    assert (report.state, report.held_for) == (HELD, "empty")
    assert not Renewal.objects.exists()
