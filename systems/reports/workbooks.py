"""Rows of a workbook as columns of text, a batch at a time, sheet after sheet."""

import datetime as dt
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from systems.reports.archives import fault_of_the_disk
from systems.reports.headings import ROWS_LOOKED_AT, ROWS_LOOKED_THROUGH, Header, find_header
from systems.reports.ods_spans import Range, merged_cells
from systems.reports.parts import LeftOut, Part, go_on_with
from systems.reports.refusals import ReportRefused
from systems.reports.request import Batch, Request

ROWS_A_BATCH = 512  # stays in the processor's cache
THOUSANDTHS = 3  # decimals of a number that, as text, would look like thousands


def text_of(cell: Any) -> str:
    """A cell as text that loses no digit: 4251000.0 is '4251000', a midnight is its day, dates are ISO.

    A number keeps saying that it is one: 74.505 is '74.5050', since '74.505' may be read as seventy-four thousand.
    """
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "VERDADERO" if cell else "FALSO"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e22:
            return str(int(cell))
        text = f"{cell:.15g}"  # the fifteen digits a spreadsheet shows
        if "e" in text:
            text = f"{cell:f}"
        return f"{text}0" if len(text) - text.find(".") == THOUSANDTHS + 1 else text
    if isinstance(cell, dt.datetime):
        if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
            return cell.date().isoformat()
        return cell.isoformat(" ", "seconds")
    return "" if cell is None else str(cell)


class _Span(NamedTuple):
    """A merged cell: first and last row, and its column, as the sheet counts them from 0. Every row it spans has its
    value.
    """

    first: int
    last: int
    place: int


class WorkbookTable:
    """The visible sheets that have the headings. Raises ReportRefused when none has, or the file cannot be read."""

    ends_open, short_end = False, 0  # a workbook that was cut off does not open

    def __init__(self, path: Path, request: Request) -> None:
        self.parts: list[Part] = []
        self.left_out: list[LeftOut] = []
        try:
            self._look(CalamineWorkbook.from_path(path), request, merged_cells(path))
        except PasswordError as error:
            raise ReportRefused("encrypted") from error
        except CalamineError as error:
            if disk := fault_of_the_disk(error):
                raise disk from error
            raise ReportRefused("damaged", detail=type(error).__name__) from error  # its words may quote a cell

    def _look(self, book: CalamineWorkbook, request: Request, merged_in: Mapping[str, Sequence[Range]]) -> None:
        refusal: ReportRefused | None = None
        hidden = 0  # rows of hidden sheets that have the headings
        without = dict[str, list[list[str]]]()  # the first rows of visible sheets in which no headings were found
        for known in book.sheets_metadata:
            if known.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(known.name)
            if sheet.start is None:
                continue
            first = _first_rows(sheet, _depth(sheet))
            try:
                header = _header_of(sheet, first, request)
            except ReportRefused as found:
                why = found.code if known.visible == SheetVisibleEnum.Visible else "hidden"
                # of several sheets without the headings the one that came nearest is spoken of
                if why != "hidden" and (refusal is None or (refusal.code == "no_header" and why != "no_header")):
                    refusal = found
                below = sheet.start[0] + sheet.height - found.words.get("row", sheet.start[0])
                self.left_out.append(LeftOut(known.name, below, why))
                if why == "no_header":
                    without[known.name] = first
                continue
            rows = _rows_below(sheet, header)
            if known.visible == SheetVisibleEnum.Visible:
                spans = _spans_below(merged_in.get(known.name) or sheet.merged_cell_ranges or (), header)
                merged = frozenset(span.place for span in spans)
                self.parts.append(Part(known.name, header, rows, partial(_batches, sheet, header, spans), merged))
            elif rows:
                self.left_out.append(LeftOut(known.name, rows, "hidden"))
                hidden += rows
        self.left_out = [
            replace(one, why="untitled")
            if any(go_on_with(without.get(one.name, ()), part.header, request) for part in self.parts)
            else one
            for one in self.left_out
        ]
        if not self.parts:
            if refusal and hidden:
                raise ReportRefused("report_hidden", rows=hidden) from refusal
            is_hidden = any(sheet.why == "hidden" for sheet in self.left_out)
            raise refusal or ReportRefused("only_hidden" if is_hidden else "empty")


def _header_of(sheet: CalamineSheet, first: list[list[str]], request: Request) -> Header:
    """The headings among the first rows, else far below them. Raises ReportRefused."""
    try:
        return find_header(first, request.columns, request.required)
    except ReportRefused as none_above:
        if none_above.code != "no_header" or sheet.height <= ROWS_LOOKED_AT:
            raise
        try:
            deep = _first_rows(sheet, _depth(sheet) + ROWS_LOOKED_THROUGH)
            return find_header(deep, request.columns, request.required)
        except ReportRefused:
            raise none_above from None


def _first_rows(sheet: CalamineSheet, count: int) -> list[list[str]]:
    aside = [""] * _left(sheet)
    return [[*aside, *map(text_of, row)] for row in islice(sheet.iter_rows(), count)]


def _batches(sheet: CalamineSheet, header: Header, spans: Sequence[_Span]) -> Iterator[Batch]:
    rows = islice(sheet.iter_rows(), header.row + 1, None)
    line, left = header.row + 2, _left(sheet)
    waiting, reaching = deque(spans), list[tuple[_Span, Any]]()
    while batch := list(islice(rows, ROWS_A_BATCH)):
        begins, ends = line - 1, line - 1 + len(batch)
        while waiting and waiting[0].first < ends:
            span = waiting.popleft()
            reaching.append((span, batch[span.first - begins][span.place - left]))
        for span, value in reaching:
            for row in range(max(span.first + 1, begins), min(span.last + 1, ends)):
                batch[row - begins][span.place - left] = value
        reaching = [(span, value) for span, value in reaching if span.last >= ends]
        cells = list(zip(*batch, strict=True))
        empty = [""] * len(batch)
        columns = [
            empty
            if place is None
            else [cell.strip() if type(cell) is str else text_of(cell) for cell in cells[place - left]]
            for place in header.places
        ]
        yield list(range(line, line + len(batch))), columns
        line += len(batch)


def _spans_below(ranges: Sequence[Range], header: Header) -> list[_Span]:
    """The merged cells that span several rows of data, in the order of their rows."""
    wanted = {place for place in header.places if place is not None}
    return sorted(
        _Span(first, last, place)
        for (first, place), (last, _) in ranges
        if header.row < first < last and place in wanted
    )


def _rows_below(sheet: CalamineSheet, header: Header) -> int:
    begins = sheet.start[0] if sheet.start is not None else 0
    return max(begins + sheet.height - header.row - 1, 0)


def _left(sheet: CalamineSheet) -> int:
    """Empty columns before its first: its rows come without them, its merged cells are counted with them."""
    return sheet.start[1] if sheet.start is not None else 0


def _depth(sheet: CalamineSheet) -> int:
    """How many rows to look at: a sheet may begin far below its first row."""
    return ROWS_LOOKED_AT + (sheet.start[0] if sheet.start is not None and sheet.start[0] < 1000 else 0)
