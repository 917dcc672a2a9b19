"""The exports of Smartflex come back as text of the wanted fields, whatever the file looks like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from systems.reports.headings import letters_of
from systems.reports.known_headings import HEADINGS, REQUIRED
from systems.reports.reading import Limits, Reading, ReportRefused, heading_key, read_report

DATA = Path(__file__).resolve().parents[2] / "data"
COLUMNS = {
    "contract": ("CONTRATO",),
    "name": ("CLIENTE",),
    "due_on": ("VENCE", "FECHA_VENCIMIENTO"),
    "amount": ("MONTO",),
}
NEEDED = ("contract", "due_on", "amount")
HEAD = "CONTRATO;CLIENTE;VENCE;MONTO\n"


def rows_of(path: Path, **more: Any) -> list[tuple[int, tuple[str, ...]]]:
    with read_report(path, columns=COLUMNS, required=NEEDED, **more) as reading:
        return list(reading)


@pytest.fixture
def csv_of(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / "report.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("sample", ["xlsx-300", "xlsx-5000", "csv-300"])
def test_every_data_row_of_the_samples_arrives(sample: str, truth: Callable[[str], dict[str, Any]]) -> None:
    known = truth(sample)
    told = {"ccvp": known["report"]["rows"] + known["report"]["bad_rows"], "recaudo": known["payments"]["rows"]}
    for kind, rows in told.items():
        path = next((DATA / sample).glob(f"{kind}-*"))
        with read_report(path, columns=HEADINGS[kind], required=REQUIRED[kind]) as reading:
            assert sum(chunk.count(b"\n") for chunk in reading.chunks()) == rows == reading.rows
            assert set(reading.heading) == set(HEADINGS[kind]) - {"status", "currency"}
            assert 0 <= reading.rows_expected - rows <= 2


def test_a_row_carries_the_number_a_person_counts(tmp_path: Path) -> None:
    path = DATA / "xlsx-300" / "ccvp-2026-12.xlsx"
    with read_report(path, columns=HEADINGS["ccvp"], required=REQUIRED["ccvp"]) as reading:
        line, cells = next(iter(reading))
    assert line == 5
    assert cells[:5] == ("110100008", "1101000081", "Efraín Beatriz Peñarrieta Nuñez", "5790244 CB", "44664861")


@pytest.mark.sweep
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separated_text_is_read_in_any_dress(
    csv_of: Callable[..., Path], encoding: str, separator: str, end: str
) -> None:
    text = f"REPORTE\n\n{HEAD}1001;María Ñúñez;30/11/2026;149.00\n1002;Ábalos;29/11/2026;99.00\nTOTAL;2\n"
    path = csv_of(text.replace(";", separator).replace("\n", end), encoding)
    assert rows_of(path) == [
        (4, ("1001", "María Ñúñez", "30/11/2026", "149.00")),
        (5, ("1002", "Ábalos", "29/11/2026", "99.00")),
    ]


def test_columns_come_in_any_order_and_strangers_are_passed_over(csv_of: Callable[..., Path]) -> None:
    path = csv_of("zona,Fecha_vencimiento,MONTO,x,contrato\nSur,30/11/2026,10,?,77\n")
    with read_report(path, columns=COLUMNS, required=NEEDED) as reading:
        assert list(reading) == [(2, ("77", "", "30/11/2026", "10"))]
        assert reading.heading == {"contract": "contrato", "due_on": "Fecha_vencimiento", "amount": "MONTO"}
        assert reading.format == "csv"


@pytest.mark.parametrize(
    ("tail", "kept"),
    [
        ("TOTAL REGISTROS;1\n", 1),
        (";Total general;;149,00\n", 1),
        (";;;149,00\n", 1),
        ("\n\nGenerado por CCVP\n", 1),
        ("N° de registros: 1\n", 1),
        ("1002;;;\n1003;Eva;30/11/2026;5\n", 3),  # a lone contract between rows of data is a row to be mended
        ("1002;;;\n", 2),  # and at the end as well
        ("C-1002;;;\n2.0;;;\n", 2),  # how many they are is none
        ("2026-11-30;;;\nPágina 3;;;\n", 1),
        ("1002;Eva;30/11/2026;\n", 2),
        (HEAD + "1002;Eva;30/11/2026;5\n", 2),  # the header again at the top of a page
    ],
)
def test_totals_blank_lines_and_repeated_headers_are_no_data(csv_of: Callable[..., Path], tail: str, kept: int) -> None:
    assert len(rows_of(csv_of(f"{HEAD}1001;Ana;30/11/2026;149,00\n{tail}"))) == kept


def test_quoted_cells_may_hold_separators_and_line_breaks(csv_of: Callable[..., Path]) -> None:
    path = csv_of(f'{HEAD}1001;"Ana; ""la\nalta""";30/11/2026;1\n1002;Eva;30/11/2026;2\n')
    assert rows_of(path) == [
        (2, ("1001", 'Ana; "la\nalta"', "30/11/2026", "1")),
        (4, ("1002", "Eva", "30/11/2026", "2")),
    ]


def test_a_file_pasted_from_two_encodings_is_read_as_both(csv_of: Callable[..., Path]) -> None:
    path = csv_of(HEAD.encode() + "1;Ñusta;x;1\n".encode() + "2;Ñusta;x;1\n".encode("latin-1"))
    assert [cells[1] for _, cells in rows_of(path)] == ["Ñusta", "Ñusta"]


def test_the_last_line_needs_no_end(csv_of: Callable[..., Path]) -> None:
    assert len(rows_of(csv_of(f"{HEAD}1;A;x;1\n2;B;x;1"))) == 2


def test_a_row_too_short_keeps_its_place(csv_of: Callable[..., Path]) -> None:
    assert rows_of(csv_of(f"{HEAD}1,A,x,1\n2;B;x;1\n"))[0] == (2, ("1,A,x,1", "", "", ""))


def test_what_copy_would_stumble_over_is_escaped(csv_of: Callable[..., Path]) -> None:
    path = csv_of(f"{HEAD}1;C:\\N\tx;30/11/2026;\\.\n")
    assert rows_of(path) == [(2, ("1", "C:\\N\tx", "30/11/2026", "\\."))]


def test_cells_of_a_workbook_lose_no_digit(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        book.add_worksheet("Portada").write(0, 0, "Léame")
        sheet = book.add_worksheet("Datos")
        for place, title in enumerate(["contrato", "Cliente ", "Vence", "Monto"]):
            sheet.write(6, 3 + place, title)
        for row, cells in enumerate([(120000000.0, True, 1149.1), (59170712345, "  Ana ", 0.1 + 0.2)], start=7):
            sheet.write(row, 3, cells[0])
            sheet.write(row, 4, cells[1])
            sheet.write(row, 6, cells[2])
        sheet.write_datetime(7, 5, dt.datetime(2026, 11, 30), day)
        sheet.write_datetime(8, 5, dt.datetime(2026, 11, 30, 14, 5), moment)
    assert rows_of(path) == [
        (8, ("120000000", "VERDADERO", "2026-11-30", "1149.1")),
        (9, ("59170712345", "Ana", "2026-11-30 14:05:00", "0.3")),
    ]


def test_what_is_missing_is_said_with_places_and_headings_of_ours(csv_of: Callable[..., Path]) -> None:
    with pytest.raises(ReportRefused) as refusal:
        rows_of(csv_of("Contrato;Rosa Flores;CLIENTE;70712345\n1;Ana;Sur;\n"))
    assert refusal.value.code == "missing_columns"
    assert str(refusal.value) == (
        "Faltan columnas: VENCE, MONTO. En la fila 1 se encontraron: CONTRATO, CLIENTE. "
        "Tienen un título que no se conoce las columnas: B, D."
    )


@pytest.mark.parametrize("separator", [";", ","])
def test_a_file_without_headings_is_refused_without_a_word_of_its_customers(
    separator: str, csv_of: Callable[..., Path]
) -> None:
    rows = "".join(separator.join(["1001", "Rosa Flores", "70712345", "4567890"]) + "\n" for _ in range(3))
    with pytest.raises(ReportRefused) as refusal:
        rows_of(csv_of(rows))
    assert refusal.value.code == "no_header"
    words = (
        "No se encontró una fila de títulos al comienzo del archivo. Se buscaron las columnas: CONTRATO, VENCE, MONTO."
    )
    assert str(refusal.value) == words


@pytest.mark.parametrize(
    ("place", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_a_column_is_named_as_a_spreadsheet_names_it(place: int, letters: str) -> None:
    assert letters_of(place) == letters


def test_too_many_rows_or_bytes_are_refused(csv_of: Callable[..., Path]) -> None:
    path = csv_of(HEAD + "1;A;x;1\n" * 50)
    for limits, code in ((Limits(rows=49), "too_many_rows"), (Limits(file_bytes=100), "file_too_big")):
        with pytest.raises(ReportRefused) as refusal:
            rows_of(path, limits=limits)
        assert refusal.value.code == code


def test_leaving_early_ends_the_process(csv_of: Callable[..., Path]) -> None:
    path = csv_of(HEAD + "1;A;x;1\n" * 200_000)
    with read_report(path, columns=COLUMNS, required=NEEDED) as reading:
        next(reading.chunks())
    assert process_of(reading).returncode is not None


def process_of(reading: Reading) -> Any:
    return reading._process


@pytest.mark.parametrize(
    ("key", "spellings"),
    [
        ("fechavencimiento", ["Fecha de Vencimiento", "FECHA_VENCIMIENTO", " fécha-del vencimientó: "]),
        ("nrocontrato", ["NRO_CONTRATO", "N° Contrato", "Nº de contrato", "No. CONTRATO", "Número del Contrato"]),
        ("cinit", ["CI_NIT", "C.I./NIT", "ci nit"]),
        ("la", ["La"]),
        ("", ["", "***"]),
    ],
)
def test_spellings_of_a_heading_have_one_key(key: str, spellings: list[str]) -> None:
    assert {heading_key(text) for text in spellings} == {key}
