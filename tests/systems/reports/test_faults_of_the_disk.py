"""A disk that fails is told from a damaged file: the one is read again, the other is refused."""

from __future__ import annotations

import errno
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlsxwriter
from python_calamine import CalamineError

from systems.reports import archives, process, workbooks
from systems.reports.refusals import ReportRefused
from systems.reports.request import DEFAULT_LIMITS, Request

A_REQUEST = Request(path="", columns={"contract": ["CONTRATO"]}, required=["contract"], limits=DEFAULT_LIMITS)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "report.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["CONTRATO", "MONTO"])
    return path


def test_a_disk_that_fails_at_the_end_of_a_zip_is_no_damaged_file(
    workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(zipfile, "_EndRecData", fails)  # whose fault the library tells as that of a bad zip
    with pytest.raises(OSError, match="Input/output"):
        archives.format_of(workbook)


@pytest.mark.parametrize("told", [OSError("Input/output error (os error 5)"), CalamineError("Io: (os error 5)")])
def test_a_disk_that_fails_while_a_workbook_is_read_is_no_damaged_file(
    workbook: Path, monkeypatch: pytest.MonkeyPatch, told: Exception
) -> None:
    def fails(*_: object) -> None:
        raise told

    monkeypatch.setattr(workbooks, "CalamineWorkbook", SimpleNamespace(from_path=fails))
    with pytest.raises(OSError):  # noqa: PT011  # of the disk, whatever its words
        process.open_table(workbook, "xlsx", A_REQUEST)


@pytest.mark.parametrize("told", [OSError("not a place (os error 22)"), CalamineError("no sheets"), ValueError("x")])
def test_what_is_no_fault_of_the_disk_is_the_files(
    workbook: Path, monkeypatch: pytest.MonkeyPatch, told: Exception
) -> None:
    def fails(*_: object) -> None:
        raise told

    monkeypatch.setattr(workbooks, "CalamineWorkbook", SimpleNamespace(from_path=fails))
    with pytest.raises(ReportRefused) as refused:
        process.open_table(workbook, "xlsx", A_REQUEST)
    assert refused.value.code == "damaged"


def test_a_part_that_cannot_be_unpacked_is_the_files_fault(workbook: Path) -> None:
    content = bytearray(workbook.read_bytes())
    with zipfile.ZipFile(workbook) as archive:
        entry = next(one for one in archive.infolist() if one.filename.endswith(".xml") and one.compress_size > 60)
    begins = entry.header_offset + 30 + len(entry.filename)
    content[begins : begins + 40] = b"\xff" * 40
    workbook.write_bytes(content)
    with pytest.raises(ReportRefused) as refused:
        archives.format_of(workbook)
    assert refused.value.code == "damaged"
