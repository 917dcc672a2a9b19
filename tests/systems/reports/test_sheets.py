"""Every sheet of a workbook is accounted for: read as one report, or named with its rows."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from systems.reports.parts import LINES_A_SHEET, sheet_and_row
from systems.reports.reading import Reading, ReportRefused, Told, read_report

COLUMNS = {"contract": ("CONTRATO",), "name": ("CLIENTE",), "amount": ("MONTO", "IMPORTE")}
NEEDED = ("contract", "amount")
HEAD = ("CONTRATO", "CLIENTE", "MONTO")
Rows = list[tuple[Any, ...]]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """A workbook of sheets by name: rows, and how each is shown; `merge` is (sheet, range, value)."""

    def write(*sheets: tuple[str, Rows] | tuple[str, Rows, str], merge: tuple[str, str, Any] | None = None) -> Path:
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(str(path)) as made:
            for name, rows, *shown in sheets:
                sheet = made.add_worksheet(name)
                if not shown:
                    sheet.activate()  # the first one cannot be hidden while it is
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
                if merge and merge[0] == name:
                    sheet.merge_range(merge[1], merge[2])
                if shown == ["hidden"]:
                    sheet.hide()
                elif shown == ["very hidden"]:
                    sheet.very_hidden()
        return path

    return write


def read(path: Path) -> tuple[list[tuple[int, tuple[str, ...]]], Told, Reading]:
    with read_report(path, columns=COLUMNS, required=NEEDED) as reading:
        return list(reading), reading.told, reading


def data(first: int, count: int, amount: float = 149) -> Rows:
    return [(first + number, "Ana", amount) for number in range(count)]


@pytest.mark.parametrize("shown", ["hidden", "very hidden"])
def test_a_hidden_sheet_is_named_and_never_read(book: Callable[..., Path], shown: str) -> None:
    path = book(("Prueba", [HEAD, *data(1, 2)], shown), ("Reporte", [HEAD, *data(2001, 40)]))
    rows, told, _ = read(path)
    assert [cells[0] for _, cells in rows] == [str(2001 + number) for number in range(40)]
    assert told.left_out == [{"name": "Prueba", "rows": 2, "why": "hidden"}]
    assert [(sheet["name"], sheet["rows"]) for sheet in told.sheets] == [("Reporte", 40)]


def test_all_visible_sheets_with_the_headings_are_one_report(book: Callable[..., Path]) -> None:
    path = book(
        ("Internet", [HEAD, *data(1001, 20)]),
        ("Gráficos", [("Ventas de", "Enero"), ("Total", 3)]),
        ("TV", [("Reporte TV",), ("IMPORTE", "CONTRATO"), *[(99, 2001 + number) for number in range(20)]]),
        ("Hoja4", []),
    )
    rows, told, reading = read(path)
    assert (len(rows), reading.rows, reading.rows_expected) == (40, 40, 40)
    assert rows[0] == (2, ("1001", "Ana", "149"))
    assert rows[20] == (LINES_A_SHEET + 3, ("2001", "", "99"))
    assert sheet_and_row(rows[20][0]) == (1, 3)
    assert [(sheet["name"], sheet["rows"]) for sheet in told.sheets] == [("Internet", 20), ("TV", 20)]
    assert told.left_out == [{"name": "Gráficos", "rows": 2, "why": "no_header"}]
    assert set(reading.heading) == {"contract", "amount"}, "what only some sheets have is no column of the report"


def test_a_sheet_that_begins_far_below_its_first_row_is_named(book: Callable[..., Path]) -> None:
    far = [*([()] * 1500), HEAD, *data(1, 7)]
    path = book(("Reporte", [HEAD, *data(2001, 40)]), ("Lejos", far))
    _, told, _ = read(path)
    assert told.left_out == [{"name": "Lejos", "rows": 8, "why": "no_header"}]


def test_a_sheet_that_lacks_a_column_is_told_from_one_of_something_else(book: Callable[..., Path]) -> None:
    path = book(("Caja", [HEAD, *data(1, 3)]), ("Banco", [("CONTRATO", "CLIENTE"), (7, "Ana"), (8, "Eva")]))
    _, told, _ = read(path)
    assert told.left_out == [{"name": "Banco", "rows": 2, "why": "missing_columns"}]


def test_a_book_whose_only_data_is_hidden_is_refused_with_a_reason(book: Callable[..., Path]) -> None:
    with pytest.raises(ReportRefused) as refused:
        read(book(("Vacía", []), ("Datos", [HEAD, *data(1, 3)], "hidden")))
    assert refused.value.code == "only_hidden"


def test_a_merged_cell_gives_every_row_it_spans_its_value(book: Callable[..., Path]) -> None:
    many = data(1, 1300)
    for row in range(500, 1200):  # over two batches
        many[row] = ("", "Ana", 149)
    rows, told, _ = read(book(("Hoja", [HEAD, *many]), merge=("Hoja", "A501:A1201", 77)))
    assert [cells[0] for line, cells in rows if 501 <= line <= 1201] == ["77"] * 701
    assert (rows[498][1][0], rows[1200][1][0]) == ("499", "1201")
    assert told.sheets[0]["merged"] == ["contract"]


@pytest.mark.parametrize(("left", "top"), [(0, 0), (1, 0), (3, 4)])
def test_merged_cells_are_of_their_column_wherever_the_sheet_begins(tmp_path: Path, left: int, top: int) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("Hoja")
        sheet.write_row(top, left, HEAD)
        for number in range(4):
            sheet.write_row(top + 1 + number, left, ("", "", 149 + number))
        sheet.merge_range(top + 1, left + 1, top + 2, left + 1, "Ana")
        sheet.merge_range(top + 3, left + 1, top + 4, left + 1, "Eva")
        sheet.merge_range(top + 1, left, top + 4, left, 77)
    rows, told, _ = read(path)
    assert [cells for _, cells in rows] == [
        (str(77), name, str(149 + n)) for n, name in enumerate(["Ana"] * 2 + ["Eva"] * 2)
    ]
    assert [line for line, _ in rows] == [top + 2 + number for number in range(4)]
    assert told.sheets[0]["merged"] == ["contract", "name"]


def test_a_column_is_named_as_the_sheet_names_it(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("Hoja")
        sheet.write_row(0, 2, ("CONTRATO", "MONTO", "IMPORTE"))
        sheet.write_row(1, 2, (1, 149, 150))
    assert read(path)[1].sheets[0]["twice"] == {"amount": "D"}


def test_headings_far_below_their_titles_are_found(book: Callable[..., Path]) -> None:
    """A sheet that is visible and has them is read, however much stands above."""
    above = [("Nota", f"línea {number}") for number in range(90)]
    rows, told, _ = read(book(("Internet", [HEAD, *data(1, 3)]), ("TV", [*above, HEAD, *data(5, 4)])))
    assert ([cells[0] for _, cells in rows], told.left_out) == (["1", "2", "3", "5", "6", "7", "8"], [])


def test_merged_cells_of_an_opendocument_give_every_row_their_value(tmp_path: Path) -> None:
    table = 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    names = f'{table} xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    names += ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'

    def cell(text: str, more: str = "") -> str:
        return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'

    covered, over_two = "<table:covered-table-cell/>", ' table:number-rows-spanned="2" table:number-columns-spanned="1"'
    lines = [
        "".join(map(cell, HEAD)),
        cell("77", over_two) + cell("Ana") + cell("149"),
        covered + cell("Ana") + cell("99"),
        cell("78", over_two) + cell("Eva", over_two) + cell("149"),
        covered + covered + cell("99"),
    ]
    rows = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    body = f'<office:body><office:spreadsheet><table:table table:name="Hoja">{rows}</table:table>'
    path = tmp_path / "book.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        close = "</office:spreadsheet></office:body></office:document-content>"
        archive.writestr("content.xml", f"<office:document-content {names}>{body}{close}")
    read_rows, told, _ = read(path)
    want = [("77", "Ana", "149"), ("77", "Ana", "99"), ("78", "Eva", "149"), ("78", "Eva", "99")]
    assert [cells for _, cells in read_rows] == want
    assert told.sheets[0]["merged"] == ["contract", "name"]


def test_a_merged_title_above_the_headings_changes_nothing(book: Callable[..., Path]) -> None:
    rows, told, _ = read(book(("Hoja", [(), (), HEAD, *data(1, 2)]), merge=("Hoja", "A1:C2", "Reporte de prepagos")))
    assert [cells[0] for _, cells in rows] == ["1", "2"]
    assert told.sheets[0]["merged"] == []


@pytest.mark.parametrize(("number", "text"), [(74.505, "74.5050"), (1.149, "1.1490"), (149.5, "149.5"), (149.0, "149")])
def test_a_number_in_a_cell_is_a_number(book: Callable[..., Path], number: float, text: str) -> None:
    rows, _, _ = read(book(("Hoja", [HEAD, *data(1, 1, number)])))
    assert rows[0][1][2] == text


def test_totals_are_kept_and_are_no_rows(book: Callable[..., Path]) -> None:
    path = book(("Hoja", [HEAD, *data(1, 3), ("", "SUBTOTAL", 298), ("TOTAL REGISTROS", 500), ("", "TOTAL", 447)]))
    rows, told, _ = read(path)
    assert len(rows) == 3
    assert told.sheets[0]["totals"] == [["TOTAL REGISTROS", "500"], ["TOTAL", "447"]]


def test_two_columns_for_one_thing_are_told(book: Callable[..., Path]) -> None:
    path = book(("Hoja", [("CONTRATO", "MONTO", "IMPORTE", "CONTRATO"), (1, 149, 150, 1)]))
    _, told, _ = read(path)
    assert told.sheets[0]["twice"] == {"contract": "A", "amount": "B"}


@pytest.mark.parametrize(("end", "is_open"), [("", True), ("\n", False), ("\r\n", False)])
def test_a_text_that_stops_in_the_middle_of_a_line_is_told(tmp_path: Path, end: str, is_open: bool) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(f"CONTRATO;CLIENTE;MONTO\r\n1;Ana;149,00\r\n2;Eva;14{end}".encode())
    assert read(path)[1].ends_open is is_open
