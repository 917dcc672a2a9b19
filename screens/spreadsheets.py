"""Workbooks that leave the centre: typed cells, a frozen head, and never a formula or a link out of somebody's data.

Rows may be a generator: they are written one after another to a temporary file, whatever their number.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone
from django.utils.text import slugify

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HARDENED = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "dd/mm/yyyy",
}
ROWS_A_SHEET = 1_048_576 - 2  # Excel's limit, less head and foot; what is more goes on in the next sheet
CELL_LENGTH = 32_767
TITLE_LENGTH = 31
FORBIDDEN_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
IN_MEMORY = 4 * 2**20  # bytes before a workbook being sent goes to disk
WIDTHS_FROM = 200  # rows looked at to choose the widths of the columns
FORMATS: dict[str, dict[str, Any]] = {
    "text": {"num_format": "@"},
    "whole": {"num_format": "#,##0"},
    "plain": {"num_format": "0"},
    "money": {"num_format": "#,##0.00"},
    "fraction": {"num_format": "0.00"},
    "day": {"num_format": "dd/mm/yyyy"},
    "month": {"num_format": "mm/yyyy"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm"},
    "clock": {"num_format": "hh:mm"},
}
HEAD = {"bold": True, "bg_color": "#E9EEF2", "bottom": 1, "text_wrap": True, "valign": "vcenter", "num_format": "@"}

Row = Sequence[Any]


class Month(date):
    """A month, by its first day: `12/2026`, and a date to whoever sorts or counts with it."""

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month, 1)


@dataclass(frozen=True)
class Sheet:
    """One sheet: a head, rows of plain Python values, and optionally a row of totals.

    `int` is written as a count (1.234), `Decimal` as money, `float` with two decimals, `date`, `Month`,
    aware `datetime` (in La Paz time) and `time` as themselves, anything else as text, never interpreted.
    `codes` names the columns (from 0) whose whole numbers are codes, not counts: written without grouping.
    """

    title: str
    headers: Sequence[str]
    rows: Iterable[Row]
    foot: Row | None = None
    codes: Sequence[int] = field(default=())


def write_workbook(sheets: Iterable[Sheet], target: IO[bytes]) -> int:
    """Write the sheets into an open binary file; return the number of rows written, heads and feet apart."""
    book = xlsxwriter.Workbook(target, HARDENED)
    pen = _Pen(book)
    written = 0
    titles: set[str] = set()
    for sheet in sheets:
        written += pen.write(sheet, titles)
    if not titles:
        book.add_worksheet()
    book.close()
    return written


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The workbook as bytes, for an attachment."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as target:
        write_workbook(sheets, target)
        target.seek(0)
        return target.read()


def workbook_response(name: str, sheets: Sequence[Sheet], *, today: date) -> FileResponse:
    """The workbook as a download called `name` with today's date: for what is bounded, as it is made here. Larger
    ones are on disk while they are sent.
    """
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the response closes it when sent
    write_workbook(sheets, target)
    target.seek(0)
    filename = f"{slugify(name) or 'centro'}-{today:%Y-%m-%d}.xlsx"
    return FileResponse(target, as_attachment=True, filename=filename, content_type=XLSX)


class _Pen:
    """Writes sheets into one workbook, with its formats."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        bold = {"bold": True, "top": 1}
        self.foot = {name: book.add_format({**look, **bold}) for name, look in FORMATS.items()}
        self.head = book.add_format(
            {
                "bold": True,
                "bg_color": "#E9EEF2",
                "bottom": 1,
                "text_wrap": True,
                "valign": "vcenter",
                "num_format": "@",
            }
        )

    def write(self, sheet: Sheet, titles: set[str]) -> int:
        rows = iter(sheet.rows)
        total = 0
        more = True
        while more:
            page, count, more = self._page(sheet, rows, titles)
            total += count
        if sheet.foot is not None:
            for column, value in enumerate(sheet.foot):
                self._cell(page, count + 1, column, value, self.foot, plain=False)
        return total

    def _page(self, sheet: Sheet, rows: Any, titles: set[str]) -> tuple[Any, int, bool]:
        """Write one sheet of Excel; the last value tells whether rows are left for another."""
        first = list(islice(rows, min(WIDTHS_FROM, ROWS_A_SHEET)))
        page = self.book.add_worksheet(_title(sheet.title, titles))
        for column, header in enumerate(sheet.headers):
            page.set_column(column, column, _width(header, first, column))
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        for column, header in enumerate(sheet.headers):
            page.write_string(0, column, str(header)[:CELL_LENGTH], self.head)
        line = 0
        for line, row in enumerate(chain(first, rows), start=1):
            for column, value in enumerate(row):
                self._cell(page, line, column, value, self.formats, plain=column in sheet.codes)
            if line == ROWS_A_SHEET:
                break
        if sheet.headers:
            page.autofilter(0, 0, line, len(sheet.headers) - 1)
        return page, line, line == ROWS_A_SHEET

    def _cell(self, page: Any, line: int, column: int, value: Any, formats: dict[str, Any], *, plain: bool) -> None:
        match value:
            case None | "":
                if formats is self.foot:
                    page.write_blank(line, column, None, formats["text"])
            case bool():
                page.write_boolean(line, column, value, formats["plain"])
            case int():
                page.write_number(line, column, value, formats["plain" if plain else "whole"])
            case Decimal() if value.is_finite():
                page.write_number(line, column, float(value), formats["money"])
            case float() if math.isfinite(value):
                page.write_number(line, column, value, formats["fraction"])
            case datetime():
                local = timezone.localtime(value) if timezone.is_aware(value) else value
                page.write_datetime(line, column, local.replace(tzinfo=None), formats["moment"])
            case Month():
                page.write_datetime(line, column, value, formats["month"])
            case date():
                page.write_datetime(line, column, value, formats["day"])
            case time():
                page.write_datetime(line, column, value, formats["clock"])
            case _:
                page.write_string(line, column, str(value)[:CELL_LENGTH], formats["text"])


def _title(wanted: str, titles: set[str]) -> str:
    """A name Excel takes: without its forbidden signs, 31 characters at most, once in the workbook."""
    plain = FORBIDDEN_IN_TITLE.sub(" ", str(wanted)).strip("' ") or "Hoja"
    title, turn = plain[:TITLE_LENGTH], 1
    while title.lower() in titles:
        turn += 1
        title = f"{plain[: TITLE_LENGTH - len(str(turn)) - 3]} ({turn})"
    titles.add(title.lower())
    return title


def _width(header: str, first: Sequence[Row], column: int) -> int:
    longest = max((len(_seen(row[column])) for row in first if column < len(row)), default=0)
    return max(8, min(60, max(longest, len(str(header)) * 3 // 4) + 3))


def _seen(value: Any) -> str:
    match value:
        case datetime():
            return "dd/mm/yyyy hh:mm"
        case Month():
            return "mm/yyyy"
        case date():
            return "dd/mm/yyyy"
        case Decimal() | float():
            return f"{value:,.2f}"
        case None:
            return ""
    return str(value)
