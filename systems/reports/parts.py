"""What of a file is read as one report: the sheets of a workbook that have the headings, or the whole of a text."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from systems.reports.headings import Header
from systems.reports.request import Batch, Request
from systems.reports.totals import is_number
from systems.reports.values import NotReadable, day, identifier

LINES_A_SHEET = 10_000_000  # more than any sheet or text may have: the line of a row tells its sheet as well


@dataclass(frozen=True)
class Part:
    """One sheet that is read, or the whole of separated text, whose name is ''. `batches` carries lines of its own."""

    name: str
    header: Header
    rows_expected: int
    batches: Callable[[], Iterator[Batch]]
    merged: frozenset[int] = frozenset()  # columns of which a cell spans several rows below the header


@dataclass(frozen=True)
class LeftOut:
    """A sheet that is not read although something stands in it.

    `why`: hidden, missing_columns, no_header, or untitled: without headings as well, but of rows like those of the
    report.

    `rows`: those below its headings, or all of them when it has none.
    """

    name: str
    rows: int
    why: str


class Table(Protocol):
    """A file that was opened. `ends_open`: its last line has no end, as when a copy stopped in the middle.

    `short_end`: the line of the last row if it has fewer cells than any other, as when something ended the line after
    such a copy; otherwise 0. Known once the rows were read.
    """

    parts: list[Part]
    left_out: list[LeftOut]
    ends_open: bool

    @property
    def short_end(self) -> int: ...


def go_on_with(rows: Sequence[Sequence[str]], header: Header, request: Request) -> bool:
    """Whether most of the first rows of a sheet have in the columns of `header` what the report cannot do without."""
    filled = [row for row in rows if any(row)]
    places = [(field, header.places[request.fields.index(field)]) for field in request.required]
    alike = [
        all(_may_be(field, row[at] if at is not None and at < len(row) else "") for field, at in places)
        for row in filled
    ]
    return sum(alike) * 2 > len(filled)


def _may_be(field: str, cell: str) -> bool:
    if field == "amount":
        return is_number(cell)
    if field == "product":
        return bool(cell)
    if not field.endswith("_on"):
        return bool(identifier(cell))
    try:
        day(cell)
    except NotReadable:
        return False
    return True


def line_in_report(sheet: int, row: int) -> int:
    """The line of a row, counted over all sheets: `sheet` from 0 in the order of the book, `row` as a person counts."""
    return sheet * LINES_A_SHEET + row


def sheet_and_row(line: int) -> tuple[int, int]:
    """The sheet, counted from 0, and the row a person counts in it."""
    return divmod(line, LINES_A_SHEET)
