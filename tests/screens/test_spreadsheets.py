"""Workbooks hold what they were given: typed, and never as a formula or a link."""

import io
import re
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from screens import spreadsheets
from screens.spreadsheets import Month, Sheet, workbook_bytes, workbook_response

NASTY = [
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "+59144251000",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "http://evil.example/",
    "https://evil.example/?a=1",
    "mailto:a@b.example",
    "external:x.xlsx",
    "internal:Sheet1!A1",
    "{=1}",
    "0012",
    "1e5",
    "<script>alert(1)</script>",
    "Ñusta \u0001 & Cía",
]


def opened(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def markup(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels")))


@pytest.mark.parametrize("text", NASTY)
def test_no_text_becomes_a_formula_a_link_or_a_number(text):
    content = workbook_bytes([Sheet("Datos", ["Cliente"], [[text]], foot=[text])])
    inside = markup(content)
    assert "<f>" not in inside
    assert "<hyperlink" not in inside
    assert "evil.example" not in re.sub(r"<(t|si)[ >].*?</\1>", "", inside, flags=re.S)
    assert 't="inlineStr"' in inside or 't="s"' in inside


def test_a_header_that_looks_like_a_formula_stays_a_header():
    assert "<f>" not in markup(workbook_bytes([Sheet("=x", ["=1+1"], [])]))


def test_values_keep_their_types():
    moment = datetime(2026, 11, 25, 22, 5, tzinfo=ZoneInfo("UTC"))
    content = workbook_bytes(
        [
            Sheet(
                "Tipos",
                ["a", "b", "c", "d", "e", "f", "g"],
                [[7, Decimal("1234.50"), date(2026, 11, 25), moment, time(14, 5), True, None]],
            )
        ]
    )
    row = opened(content).get_sheet_by_index(0).to_python()[1]
    assert row[:6] == [7, 1234.5, date(2026, 11, 25), datetime(2026, 11, 25, 18, 5), time(14, 5), True]


def test_a_month_is_a_date_written_as_a_month():
    content = workbook_bytes([Sheet("Meses", ["Mes", "Día"], [[Month.of(date(2026, 12, 25)), date(2026, 12, 1)]])])
    assert opened(content).get_sheet_by_index(0).to_python()[1] == [date(2026, 12, 1), date(2026, 12, 1)]
    assert 'formatCode="mm/yyyy"' in markup(content)
    assert len(set(re.findall(r'<c r="[AB]2" s="(\d+)"', markup(content)))) == 2


def test_totals_stand_under_the_rows_and_the_head_is_frozen():
    content = workbook_bytes(
        [Sheet("Pagos", ["Cliente", "Bs"], [["Ana", Decimal(1)], ["Luis", Decimal(2)]], ["Total", 3])]
    )
    assert opened(content).get_sheet_by_index(0).to_python()[-1] == ["Total", 3.0]
    assert 'state="frozen"' in markup(content)
    assert "<autoFilter" in markup(content)


def test_codes_are_written_without_grouping():
    content = workbook_bytes([Sheet("x", ["Contrato", "Cantidad"], [[300100, 300100]], codes=[0])])
    styles = re.findall(r'<c r="[AB]2" s="(\d+)"', markup(content))
    assert len(set(styles)) == 2


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(spreadsheets, "ROWS_A_SHEET", 3)
    content = workbook_bytes([Sheet("Filas", ["n"], ([n] for n in range(7)), foot=["fin"])])
    book = opened(content)
    assert book.sheet_names == ["Filas", "Filas (2)", "Filas (3)"]
    got = [cell for name in book.sheet_names for (cell,) in book.get_sheet_by_name(name).to_python()[1:]]
    assert got == [0, 1, 2, 3, 4, 5, 6, "fin"]


def test_no_row_is_lost_where_the_widths_were_looked_at():
    content = workbook_bytes([Sheet("Filas", ["n"], ([n] for n in range(spreadsheets.WIDTHS_FROM + 5)))])
    got = [cell for (cell,) in opened(content).get_sheet_by_index(0).to_python()[1:]]
    assert got == list(range(spreadsheets.WIDTHS_FROM + 5))


@pytest.mark.parametrize("title", ["Campaña: a/b [c]*?", "x" * 80, "'", "", "History"])
def test_any_title_makes_a_sheet(title):
    assert len(opened(workbook_bytes([Sheet(title, ["a"], []), Sheet(title, ["a"], [])])).sheet_names) == 2


def test_a_workbook_of_no_sheets_opens():
    assert opened(workbook_bytes([])).sheet_names


def test_a_cell_longer_than_excel_takes_is_cut_not_lost():
    content = workbook_bytes([Sheet("x", ["a"], [["y" * 40_000]])])
    assert opened(content).get_sheet_by_index(0).to_python()[1][0] == "y" * 32_767


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_text(value):
    assert workbook_bytes([Sheet("x", ["a"], [[value]])])


def test_a_download_has_a_plain_name_with_its_day():
    response = workbook_response("Campaña diciembre 2026", [Sheet("x", ["a"], [[1]])], today=date(2026, 11, 28))
    assert 'filename="campana-diciembre-2026-2026-11-28.xlsx"' in response["Content-Disposition"]
    assert opened(b"".join(response.streaming_content)).sheet_names == ["x"]
