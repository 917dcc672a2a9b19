"""Whatever a program writes as separated text comes back cell by cell."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from systems.reports import separated
from systems.reports.copying import copy_text, escaped, read_copy_line
from systems.reports.headings import heading_key
from systems.reports.refusals import ReportRefused
from systems.reports.request import Limits, Request
from systems.reports.separated import SeparatedTable, decode

FIELDS = {"a": ["ALFA"], "b": ["BETA"], "c": ["GAMA"]}
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00\r\n")
CELL = st.text(LETTERS, max_size=12)


def read(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.csv"
        path.write_bytes(content)
        table = SeparatedTable(path, Request(str(path), FIELDS, ["a", "b", "c"], Limits()))
        return [
            (line, row)
            for lines, columns in table.batches()
            for line, row in zip(lines, zip(*columns, strict=True), strict=True)
        ]


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=30),
    separator=st.sampled_from(separated.SEPARATORS),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read(rows: list[tuple[str, str, str]], separator: str, quoting: int, end: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerow(["ALFA", "BETA", "GAMA"])
    writer.writerows(rows)
    found = [(line, tuple(cell.strip() for cell in row)) for line, row in read(out.getvalue().encode())]
    assert found == [(line, tuple(cell.strip() for cell in row)) for line, row in enumerate(rows, start=2)]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_a_named_refusal(content: bytes) -> None:
    try:
        rows = read(b"ALFA;BETA;GAMA\n" + content)
    except ReportRefused as refusal:
        assert refusal.code in {"not_a_table", "broken_quotes", "no_header", "missing_columns"}  # noqa: PT017
    else:
        assert all(len(row) == 3 for _line, row in rows)


@pytest.mark.parametrize("chunk", [8, 16, 20, 40, 1 << 16])
def test_only_a_last_row_with_the_fewest_cells_has_a_short_end(
    chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(separated, "CHUNK", chunk)
    path = tmp_path / "report.csv"
    for rows, line in (
        (["1;2;3", "4;5;6", "7;8"], 4),
        (["1;2;3", "4;5;6", "7;8", "", ";;"], 4),
        (["1;2;3;", "4;5;6;", "7;8;9"], 0),
        (["7;8"], 2),
        (["1;2", "4;5;6", "7;8"], 0),
        (["1;2", "7;8"], 0),
        (["1;2;3", "4;5", "7;8;9"], 0),
        (["1;2;3"], 0),
        ([], 0),
    ):
        path.write_text("".join(f"{row}\n" for row in ["ALFA;BETA;GAMA", *rows]))
        table = SeparatedTable(path, Request(str(path), FIELDS, ["a", "b", "c"], Limits()))
        list(table.batches())
        assert table.short_end == line, rows


@given(st.text(st.characters(codec="cp1252", exclude_characters="\x00"), max_size=50))
def test_windows_text_is_read_as_windows_wrote_it(text: str) -> None:
    data = text.encode("cp1252")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if not separated._UTF8_PAIR.search(data):
            assert decode(data) == text


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_copy_text_reads_back(cells: list[str]) -> None:
    clean = [cell.replace("\x00", "") for cell in cells]
    assert read_copy_line("\t".join(copy_text(cell) for cell in cells)) == clean
    assert read_copy_line("\t".join(escaped(cells))) == clean


@given(st.text(max_size=60))
def test_a_heading_key_is_its_own_key(text: str) -> None:
    assert heading_key(heading_key(text)) == heading_key(text)
