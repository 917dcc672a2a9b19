"""xls and ods are read as xlsx is."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from systems.reports.reading import ReportRefused, read_report
from tests.systems.reports.old_workbooks import Cell, write_ods, write_xls

COLUMNS = {"contract": ("CONTRATO",), "name": ("CLIENTE",), "amount": ("MONTO",)}
ROWS: list[list[Cell]] = [
    ["REPORTE CCVP"],
    [""],
    ["CONTRATO", "CLIENTE", "MONTO"],
    [120100008.0, "María Ñúñez & Cía", 149.5],
    ["120100009", "Ábalos", "Bs. 1,149.00"],
    ["TOTAL REGISTROS", 2.0],
]
READ = [(4, ("120100008", "María Ñúñez & Cía", "149.5")), (5, ("120100009", "Ábalos", "Bs. 1,149.00"))]


@pytest.mark.parametrize(("kind", "write"), [("xls", write_xls), ("ods", write_ods)])
def test_an_old_workbook_is_read_by_its_content(
    tmp_path: Path, kind: str, write: Callable[[Path, list[list[Cell]]], None]
) -> None:
    path = tmp_path / "report.dat"
    write(path, ROWS)
    with read_report(path, columns=COLUMNS, required=COLUMNS) as reading:
        assert reading.format == kind
        assert list(reading) == READ


def test_dates_of_an_ods_are_iso(tmp_path: Path) -> None:
    path = tmp_path / "report.ods"
    write_ods(path, [["CONTRATO", "CLIENTE", "MONTO"], ["1", "day", "x"]], dates={"day": "2026-11-30"})
    with read_report(path, columns=COLUMNS, required=COLUMNS) as reading:
        assert list(reading) == [(2, ("1", "2026-11-30", "x"))]


def test_rows_repeated_without_end_in_an_ods_are_refused_or_read_within_the_limits(tmp_path: Path) -> None:
    path = tmp_path / "bomb.ods"
    write_ods(path, ROWS)
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    content = content.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="2147483647">')
    content = content.replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="2147483647" ')
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    with pytest.raises(ReportRefused) as error:
        read_report(path, columns=COLUMNS, required=COLUMNS).close()
    assert error.value.code in {"too_big", "damaged", "too_slow"}
