"""Files that want to hurt the one who opens them: each is refused by name, quickly, and the caller lives on."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import xlsxwriter

from systems.reports import archives
from systems.reports.reading import Limits, ReadingInterrupted, ReportRefused, read_report

pytestmark = pytest.mark.sweep

ROOT = Path(__file__).resolve().parents[3]
# finds the modules of a test before ours
START = f"import sys; sys.path[:0] = [sys.argv[1], {str(ROOT)!r}]; from systems.reports.process import main; main()"
COLUMNS = {"contract": ("CONTRATO",), "amount": ("MONTO",)}
HEAD = b"CONTRATO;MONTO\n"
GB = 2**30
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def read(path: Path, **limits: Any) -> int:
    with read_report(path, columns=COLUMNS, required=COLUMNS, limits=Limits(**limits)) as reading:
        for _chunk in reading.chunks():
            pass
        return reading.rows


def refusal(path: Path, **limits: Any) -> str:
    began = time.monotonic()
    with pytest.raises(ReportRefused) as error:
        read(path, **limits)
    assert time.monotonic() - began < 30
    assert str(error.value)
    assert not readers()
    return error.value.code


def readers() -> list[psutil.Process]:
    """The reading processes this test has left."""
    return [one for one in psutil.Process().children() if "systems.reports.process" in " ".join(one.cmdline())]


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """An xlsx of two columns and one row, with some of its parts replaced or added."""

    def write(parts: dict[str, bytes | str] | None = None, *, cells: dict[str, Any] | None = None) -> Path:
        path = tmp_path / "good.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            for place, value in {"A1": "CONTRATO", "B1": "MONTO", "A2": 1001, "B2": 149, **(cells or {})}.items():
                sheet.write(place, value)
        changed = tmp_path / "changed.xlsx"
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                if name not in (parts or {}):
                    new.writestr(name, old.read(name))
            for name, content in (parts or {}).items():
                new.writestr(name, content)
        return changed

    return write


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "report"
        path.write_bytes(content)
        return path

    return write


def test_the_workbook_itself_is_fine(workbook: Callable[..., Path]) -> None:
    assert read(workbook()) == 1


def test_one_cell_in_the_farthest_corner_takes_nobody_down(workbook: Callable[..., Path]) -> None:
    path = workbook(cells={"XFD1048576": "x"})
    assert path.stat().st_size < 8_000
    assert refusal(path) == "too_big"


def test_a_lying_dimension_is_not_believed(workbook: Callable[..., Path]) -> None:
    path = workbook()
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<dimension ref="A1:B2"/>' in sheet
    for lie in ("A1:XFD1048576", "A1", "ZZZZ99999999999:B2"):
        told = sheet.replace('<dimension ref="A1:B2"/>', f'<dimension ref="{lie}"/>')
        path = workbook({"xl/worksheets/sheet1.xml": told})
        try:
            assert read(path) == 1
        except ReportRefused as error:
            assert error.code in {"too_big", "damaged"}  # noqa: PT017


def test_a_cell_reference_beyond_every_sheet_is_refused(workbook: Callable[..., Path]) -> None:
    path = workbook()
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    for lie in ("ZZZZZZ4294967295", "B99999999999999999999", "2B", ""):
        path = workbook({"xl/worksheets/sheet1.xml": sheet.replace('r="B2"', f'r="{lie}"')})
        try:
            assert read(path) <= 1
        except ReportRefused as error:
            assert error.code in {"too_big", "damaged"}  # noqa: PT017


def test_a_part_that_explodes_is_not_opened(workbook: Callable[..., Path]) -> None:
    assert refusal(workbook({"xl/sharedStrings.xml": b"<sst>" + b" " * (64 * 2**20)})) == "bomb"


def test_a_zip_whose_directory_lies_about_sizes_stays_inside_the_limits(workbook: Callable[..., Path]) -> None:
    path = workbook({"xl/sharedStrings.xml": b"<?xml version='1.0'?><sst>" + b"<si><t>x</t></si>" * 3_000_000})
    content = bytearray(path.read_bytes())
    size = (26 + 17 * 3_000_000).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, (1000).to_bytes(4, "little")))
    try:
        assert read(path, memory_bytes=GB) <= 1
    except ReportRefused as error:
        assert error.code in {"too_big", "damaged", "bomb"}  # noqa: PT017


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_entities_are_not_unfolded(workbook: Callable[..., Path], part: str) -> None:
    laughs = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    assert refusal(workbook({part: laughs})) == "entities"
    outside = '<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'
    assert refusal(workbook({part: outside})) == "entities"


def test_a_zip_of_too_many_parts_is_refused(workbook: Callable[..., Path]) -> None:
    assert refusal(workbook({f"xl/media/{n}.png": b"" for n in range(archives.MOST_ENTRIES)})) == "bomb"


def test_a_workbook_inside_a_zip_is_no_workbook(tmp_path: Path, workbook: Callable[..., Path]) -> None:
    path = tmp_path / "nested.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(workbook(), "ccvp.xlsx")
    assert refusal(path) == "not_a_workbook"


def test_a_text_document_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", "<x/>")
    assert refusal(path) == "not_a_workbook"


def test_a_part_that_is_there_twice_is_refused(workbook: Callable[..., Path]) -> None:
    path = workbook()
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<x/>")
    assert refusal(path) == "damaged"


def test_macros_are_never_run_and_do_not_matter(workbook: Callable[..., Path]) -> None:
    assert read(workbook({"xl/vbaProject.bin": os.urandom(1000)})) == 1


def test_protected_files_are_asked_for_without_their_password(tmp_path: Path, file_of: Callable[..., Path]) -> None:
    stream = "EncryptedPackage".encode("utf-16-le")
    assert refusal(file_of(archives.OLE + bytes(2000) + stream + bytes(2000))) == "encrypted"
    path = tmp_path / "locked.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the local header's and the directory's flag: encrypted
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusal(path) == "encrypted"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\x1f\x8b\x08\x00" + bytes(50), "not_a_table"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "not_a_table"),
        (b"\n <HTML><table><tr><td>CONTRATO", "web_page"),
        (b"<?xml version='1.0'?><Workbook/>", "not_a_table"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (archives.OLE + bytes(3000), "damaged"),
        (HEAD + b"1;2\x00\n", "not_a_table"),
        (HEAD + b"\x00" * 70_000, "not_a_table"),
        (b"just some words\nand more of them\n", "no_header"),
    ],
)
def test_what_is_no_report_is_named(file_of: Callable[..., Path], content: bytes, code: str) -> None:
    assert refusal(file_of(content)) == code


def test_a_disk_that_fails_is_no_damaged_file(workbook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(zipfile.ZipFile, "infolist", fails)
    with pytest.raises(OSError, match="Input/output"):
        archives.format_of(workbook())


def test_a_cut_off_workbook_is_damaged(workbook: Callable[..., Path]) -> None:
    content = workbook().read_bytes()
    for part in (0.2, 0.5, 0.9, 0.99):
        cut = workbook().with_name("cut.xlsx")
        cut.write_bytes(content[: int(len(content) * part)])
        assert refusal(cut) == "damaged"


def test_a_line_without_end_is_not_swallowed_whole(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        file.write(HEAD + b"1;")
        for _megabyte in range(200):
            file.write(b"x" * 2**20)
    assert refusal(path, memory_bytes=GB // 2) == "line_too_long"


@pytest.mark.parametrize(
    "body",
    [
        b'1;"never closed\n' + b"2;149\n" * 100_000,
        b'1;"swallows\n2;3;4;5;6\n7";8\n',
        b'"' + b"x" * 200_000 + b'";1\n',
    ],
)
def test_quotes_that_swallow_rows_are_refused(file_of: Callable[..., Path], body: bytes) -> None:
    assert refusal(file_of(HEAD + body)) == "broken_quotes"


def test_stray_quotes_inside_a_cell_are_only_letters(file_of: Callable[..., Path]) -> None:
    assert read(file_of(HEAD + b'TV 32";149\n"Av. "Los Pinos" 12";149\n3;149\n')) == 3


def test_a_process_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(HEAD + b"1;149\n" * 8_000_000)
    assert refusal(path, cpu_seconds=1, rows=10**9) == "too_slow"


def test_a_process_that_sleeps_is_given_up_and_may_be_asked_again(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)  # opening it waits for a writer that never comes
    with pytest.raises(ReadingInterrupted, match="no dio señales"):
        read(pipe, silence_seconds=6)  # long enough to have begun: beginning is work
    assert not readers()


WRITES = (
    "class Writes:\n"
    "    def __init__(self, clean): self.clean = clean\n"
    "    def findings(self): return {}\n"
)  # a cleaner made of a function


def misbehaving(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str) -> str:
    """A cleaner that does `body` instead, as a file would that finds a hole in ours. Returns its address."""
    (tmp_path / "hole.py").write_text(f"import os, signal, time\n{WRITES}def clean(fields):\n    {body}\n")
    monkeypatch.setattr("systems.reports.reading.ROOT", tmp_path)
    monkeypatch.setattr("systems.reports.reading.START", START)
    return "hole:clean"


@pytest.mark.parametrize(
    ("body", "limits", "code"),
    [
        ("while True: pass", Limits(silence_seconds=2), "too_slow"),  # silent and busy
        ("while True: pass", Limits(cpu_seconds=1), "too_slow"),
        ("signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n    while True: pass", Limits(cpu_seconds=1), "too_slow"),
        ("x = b'1' * 2**30", Limits(memory_bytes=512 * 2**20), "too_big"),
    ],
)
def test_a_reader_that_its_file_used_up_is_the_files_fault(
    body: str, limits: Limits, code: str, file_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path, cleaner = file_of(HEAD + b"1;149\n"), misbehaving(monkeypatch, tmp_path, body)
    monkeypatch.setattr("systems.reports.reading.BUSY", 0.01)  # many others want the processor
    with (
        pytest.raises(ReportRefused) as refused,
        read_report(path, columns=COLUMNS, required=COLUMNS, cleaner=cleaner, limits=limits) as reading,
    ):
        list(reading.chunks())
    assert refused.value.code == code
    assert not readers()


def test_a_reader_that_the_kernel_killed_for_its_memory_is_the_files_fault(
    file_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Asked by a process of its own: a reader begins with the highest mark of who started it, and ours may be high."""
    path = file_of(HEAD + b"1;149\n")
    cleaner = misbehaving(monkeypatch, tmp_path, "x = b'1' * (900 * 2**20); os.kill(os.getpid(), 9)")
    program = (
        "from systems.reports import reading\n"
        f"reading.ROOT, reading.START = {str(tmp_path)!r}, {START!r}\n"
        f"asked = dict(columns={COLUMNS!r}, required={COLUMNS!r}, cleaner={cleaner!r})\n"
        "try:\n"
        f"    with reading.read_report({str(path)!r}, **asked, limits=reading.Limits(memory_bytes={GB})) as rows:\n"
        "        list(rows.chunks())\n"
        "except reading.ReportRefused as refusal:\n"
        "    print(refusal.code)\n"
    )
    between = ["sh", "-c", '"$0" -c "$1"; exit $?', sys.executable, program]  # its mark is low, and is handed on
    said = subprocess.run(between, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout == "too_big\n"


def test_a_reader_that_falls_asleep_after_its_work_says_nothing_against_the_file(
    file_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Long at work, and then its disk hangs: what it cost before is not held against the file."""
    work = (
        "def write(lines, columns):\n"
        "        if time.process_time() > 2: time.sleep(60)\n"
        "        until = time.process_time() + 0.2\n"
        "        while time.process_time() < until: pass\n"
        "        return [['x' * 2**20] for _ in lines[:1]]\n"
        "    return Writes(write)"
    )
    path, cleaner = file_of(HEAD + b"1;149\n" * 2_000_000), misbehaving(monkeypatch, tmp_path, work)
    with (
        pytest.raises(ReadingInterrupted, match="no dio señales"),
        read_report(
            path, columns=COLUMNS, required=COLUMNS, cleaner=cleaner, limits=Limits(silence_seconds=8)
        ) as reading,
    ):
        list(reading.chunks())
    assert reading.rows


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_reading_that_somebody_stops_says_nothing_against_the_file(
    file_of: Callable[..., Path], how: signal.Signals
) -> None:
    path = file_of(HEAD + b"1;149\n" * 500_000)
    with read_report(path, columns=COLUMNS, required=COLUMNS) as reading:
        chunks = reading.chunks()
        next(chunks)
        readers()[0].send_signal(how)
        with pytest.raises(ReadingInterrupted):
            list(chunks)


def test_a_reading_ends_with_the_worker_that_asked_for_it(file_of: Callable[..., Path]) -> None:
    path = file_of(HEAD + b"1;149\n" * 2_000_000)
    program = (
        "import sys, time\n"
        "from systems.reports.reading import read_report\n"
        f"reading = read_report({str(path)!r}, columns={COLUMNS!r}, required=['contract'])\n"
        "print(reading._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    reader = psutil.Process(int(worker.stdout.readline()))
    worker.kill()
    worker.wait()
    reader.wait(60)
    worker.stdout.close()


def test_the_reading_process_can_write_no_file_and_knows_no_secret(
    file_of: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two walls stand before the files: the kernel's own where it has one, and everywhere what a process may write."""
    monkeypatch.setenv("SECRET_KEY", "only-the-application-knows")
    (tmp_path / "spy.py").write_text(
        f"import os\n{WRITES}"
        "def look(fields):\n"
        "    def clean(lines, columns):\n"
        "        try:\n"
        f"            os.write(os.open({str(tmp_path / 'written')!r}, os.O_CREAT | os.O_WRONLY), b'x')\n"
        "            wrote = 'yes'\n"
        "        except OSError:\n"
        "            wrote = 'no'\n"
        "        return [['SECRET_KEY' in os.environ and 'told' or wrote for _ in lines]]\n"
        "    return Writes(clean)\n"
    )
    monkeypatch.setattr("systems.reports.reading.ROOT", tmp_path)
    monkeypatch.setattr("systems.reports.reading.START", START)
    with read_report(file_of(HEAD + b"1;149\n"), columns=COLUMNS, required=COLUMNS, cleaner="spy:look") as reading:
        assert psutil.Process(reading._process.pid).rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
        assert b"".join(reading.chunks()) == b"no\n"


def test_a_cleaner_that_fails_tells_where_and_nothing_of_the_file(file_of: Callable[..., Path]) -> None:
    path = file_of(HEAD + b"12345678;149\n")
    cleaner = "campaigns.rows.cleaning:Ccvp"  # asks for fields this file was not asked for
    reading = read_report(path, columns=COLUMNS, required=COLUMNS, cleaner=cleaner)
    with reading, pytest.raises(ReadingInterrupted, match="KeyError, cleaning.py") as error:
        list(reading.chunks())
    assert "12345678" not in str(error.value)
