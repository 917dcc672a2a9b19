"""Rows of a workbook as columns of text, a batch at a time."""

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from systems.reports.headings import ROWS_LOOKED_AT, Header, find_header
from systems.reports.refusals import ReportRefused
from systems.reports.request import Batch, Request

ROWS_A_BATCH = 512  # stays in the processor's cache


def text_of(cell: Any) -> str:
    """A cell as text that loses no digit: 4251000.0 is '4251000', a midnight is its day, dates are ISO."""
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
        return text if "e" not in text else f"{cell:f}"
    if isinstance(cell, dt.datetime):
        if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
            return cell.date().isoformat()
        return cell.isoformat(" ", "seconds")
    return "" if cell is None else str(cell)


class WorkbookTable:
    """The first sheet that has the headings. Raises ReportRefused when none has them, or the file cannot be read."""

    def __init__(self, path: Path, request: Request) -> None:
        try:
            self._sheet, self.header = self._find(CalamineWorkbook.from_path(path), request)
        except PasswordError as error:
            raise ReportRefused("encrypted") from error
        except CalamineError as error:
            raise ReportRefused("damaged", detail=type(error).__name__) from error  # its words may quote a cell
        self.rows_expected = max(self._sheet.height - self.header.row - 1, 0)
        if self._sheet.start is not None:
            self.rows_expected = max(self._sheet.start[0] + self._sheet.height - self.header.row - 1, 0)

    def _find(self, book: CalamineWorkbook, request: Request) -> tuple[CalamineSheet, Header]:
        refusal: ReportRefused | None = None
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            first = [[text_of(cell) for cell in row] for row in islice(sheet.iter_rows(), _depth(sheet))]
            try:
                return sheet, find_header(first, request.columns, request.required)
            except ReportRefused as found:
                # of several sheets without the headings the one that came nearest is spoken of
                if refusal is None or (refusal.code == "no_header" and found.code != "no_header"):
                    refusal = found
        raise refusal or ReportRefused("empty")

    def batches(self) -> Iterator[Batch]:
        rows = islice(self._sheet.iter_rows(), self.header.row + 1, None)
        line = self.header.row + 2
        while batch := list(islice(rows, ROWS_A_BATCH)):
            cells = list(zip(*batch, strict=True))
            empty = [""] * len(batch)
            columns = [
                empty
                if place is None
                else [cell.strip() if type(cell) is str else text_of(cell) for cell in cells[place]]
                for place in self.header.places
            ]
            yield list(range(line, line + len(batch))), columns
            line += len(batch)


def _depth(sheet: CalamineSheet) -> int:
    """How many rows to look at: a sheet may begin far below its first row."""
    return ROWS_LOOKED_AT + (sheet.start[0] if sheet.start is not None and sheet.start[0] < 1000 else 0)
