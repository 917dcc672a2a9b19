"""Rows of separated text (csv) as columns, a piece at a time, whatever the encoding, separator and line ends."""

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from systems.reports.headings import ROWS_LOOKED_AT, Header, find_header
from systems.reports.parts import LeftOut, Part
from systems.reports.refusals import ReportRefused
from systems.reports.request import BEYOND, Batch, Request

CHUNK = 1 << 16  # rows of one piece stay in the processor's cache while they are cut and turned
LONGEST_LINE = 1 << 20
LONGEST_CELL = 100_000
CHUNKS_JOINED = 4  # for a quoted cell that runs over the end of a chunk
LINES_A_CELL = 20
SEPARATORS = (";", ",", "\t", "|")
_UTF8_PAIR = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _windows(error.object[error.start : error.end]), error.end


def _windows(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


codecs.register_error("report_windows", _as_windows)


def decode(data: bytes) -> str:
    """UTF-8, or what Windows writes in Spanish; a file pasted together from both is read as both."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if _UTF8_PAIR.search(data):
            return data.decode("utf-8", "report_windows")
        return _windows(data)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _FromUtf16:
    """Text that a spreadsheet saved as *Unicode*, handed on as UTF-8."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        return self._decoder.decode(data, final=not data).encode()


class SeparatedTable:
    """A csv file. Raises ReportRefused from the constructor (no header) or while iterating (a broken row)."""

    def __init__(self, path: Path, request: Request) -> None:
        self._path = path
        self._newline, lines, self.ends_open = self._measure()
        sample = decode(next(self._pieces(), b"")).split("\n")[: ROWS_LOOKED_AT * 2]
        self._separator, self.header, width = self._find(sample, request)
        self.parts = [Part("", self.header, max(lines - self.header.row - 1, 0), self.batches)]
        self.left_out: list[LeftOut] = []
        self._headings = width
        self._beyond = request.fields.index(BEYOND) if BEYOND in request.fields else None
        self._last, self._fewest = (width, 0), width  # cells and line of the last row, and the fewest before it

    @property
    def short_end(self) -> int:
        cells, line = self._last
        return line if cells < self._fewest else 0

    def _open(self) -> tuple[BinaryIO, Readable]:
        file = self._path.open("rb")
        start = file.read(3)
        file.seek(3 if start == codecs.BOM_UTF8 else 0)
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return file, _FromUtf16(file)
        return file, file

    def _measure(self) -> tuple[bytes, int, bool]:
        """How lines end, how many there are, and whether the last one has no end."""
        newlines = returns = 0
        last = b""
        file, text = self._open()
        with file:
            while chunk := text.read(CHUNK):
                if b"\x00" in chunk:
                    raise ReportRefused("not_a_table")
                newlines += chunk.count(b"\n")
                if not newlines:
                    returns += chunk.count(b"\r")
                last = chunk[-1:]
        end, count = (b"\r", returns) if returns and not newlines else (b"\n", newlines)
        return end, count + (last != end), last != end

    def _pieces(self) -> Iterator[bytes]:
        """The file in pieces of whole lines, each ending in a newline."""
        file, text = self._open()
        rest, passed = b"", 0
        with file:
            while chunk := text.read(CHUNK):
                if self._newline == b"\r":
                    chunk = chunk.replace(b"\r", b"\n")
                cut = chunk.rfind(b"\n") + 1
                if not cut:
                    rest += chunk
                    if len(rest) > LONGEST_LINE:
                        raise ReportRefused("line_too_long", line=passed + 1)
                    continue
                piece, rest = rest + chunk[:cut], chunk[cut:]
                passed += piece.count(b"\n")
                yield piece
        if rest:
            yield rest + b"\n"

    def _find(self, sample: list[str], request: Request) -> tuple[str, Header, int]:
        """The separator, the headings, and up to which column there are any."""
        best: tuple[str, Header, int] | None = None
        refusal: ReportRefused | None = None
        for separator in SEPARATORS:
            try:
                rows = [row for row, _ in _parse(sample, separator, 0)]
                header = find_header(
                    [[cell.strip() for cell in row] for row in rows], request.columns, request.required
                )
            except ReportRefused as found:
                if refusal is None or (refusal.code == "no_header" and found.code != "no_header"):
                    refusal = found
                continue
            if best is None or len(header.heading) > len(best[1].heading):
                best = separator, header, max(place for place, cell in enumerate(rows[header.row], 1) if cell.strip())
        if best is None:
            raise refusal or ReportRefused("empty")
        return best

    def batches(self) -> Iterator[Batch]:
        past = self.header.row + 1  # rows of the file still to pass over
        line = 1
        for text in self._texts():
            lines = text.split("\n")
            lines.pop()
            if '"' in text:
                parsed = list(_parse(lines, self._separator, line - 1))
                rows, numbers = [row for row, _ in parsed], [number for _, number in parsed]
            else:
                rows = [one.split(self._separator) for one in lines]
                numbers = list(range(line, line + len(rows)))
            line += len(lines)
            if past:
                passed = min(past, len(rows))
                rows, numbers, past = rows[passed:], numbers[passed:], past - passed
            if rows:
                self._see_widths(rows, numbers)
                yield numbers, self._columns(rows)

    def _see_widths(self, rows: list[list[str]], numbers: list[int]) -> None:
        """Keep how many cells the last row has, and the fewest that any before it has. A blank line is no row."""
        widths = set(map(len, rows))
        if len(widths) > 1 or 1 in widths or not any(rows[-1]):
            seen = [(len(row), line) for row, line in zip(rows, numbers, strict=True) if any(row)]
        else:
            seen = [(len(row), line) for row, line in ((rows[0], numbers[0]), (rows[-1], numbers[-1]))][-len(rows) :]
        if seen:
            self._fewest = min([self._fewest, self._last[0], *(width for width, _ in seen[:-1])])
            self._last = seen[-1]

    def _texts(self) -> Iterator[str]:
        """Decoded pieces; one whose quotes are odd is joined with the next, where the quoted cell ends."""
        held, joined = "", 0
        for piece in self._pieces():
            text = held + decode(piece)
            if "\r" in text:
                text = text.replace("\r\n", "\n")
            if text.count('"') % 2 and joined < CHUNKS_JOINED:
                held, joined = text, joined + 1
                continue
            held, joined = "", 0
            yield text
        if held:
            yield held

    def _columns(self, rows: list[list[str]]) -> list[list[str]]:
        widths = set(map(len, rows))
        beyond: list[str] | None = None
        if self._beyond is not None and max(widths) > self._headings:
            beyond = [self._separator.join(filter(str.strip, row[self._headings :])) for row in rows]
        width = max([place for place in self.header.places if place is not None], default=0) + 1
        if min(widths) < width or len(widths) > 1:
            rows = [row if len(row) == width else (row + [""] * width)[:width] for row in rows]
        cells = list(zip(*rows, strict=True))
        empty = [""] * len(rows)
        # cheaper than a look at the text for blanks beside separators: a cell that needs nothing is handed back
        columns = [empty if at is None else list(map(str.strip, cells[at])) for at in self.header.places]
        if beyond is not None and self._beyond is not None:
            columns[self._beyond] = beyond
        return columns


def _parse(lines: list[str], separator: str, before: int) -> Iterator[tuple[list[str], int]]:
    """Quoted rows and the line on which each begins. A quote that swallows other rows is refused, not believed."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator)
    start = 1
    try:
        for row in reader:
            spans = reader.line_num - start + 1
            if spans > 1:
                swallowed = any("\n" in cell and cell.count(separator) >= 3 for cell in row)
                if swallowed or spans > LINES_A_CELL:
                    raise ReportRefused("broken_quotes", line=before + start)
            yield row, before + start
            start = reader.line_num + 1
    except csv.Error as error:
        raise ReportRefused("broken_quotes", line=before + start) from error
