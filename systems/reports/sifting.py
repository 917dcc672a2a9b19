"""Which rows below the header are data: not blank lines, totals, repeated headings or the words at the end.

What a file says of itself in its totals is kept: how many rows it has and what they add up to.
"""

from collections.abc import Iterator, Sequence

from systems.reports.headings import Header, heading_key
from systems.reports.request import Batch, Request

TOTALS = ("total", "subtotal", "grantotal", "sumatotal", "cantidadregistros", "nroregistros")
OF_A_PART = "subtotal"
MOST_TOTALS = 20  # of a sheet
LONGEST_TOTAL = 80  # letters of each of their cells
FEW = 2  # cells of a row that may be only a count and a sum
MOST_HELD = 1_000


class Sifter:
    """Lets data rows through. A row of one or two cells is data only if another row of data comes after it."""

    def __init__(self, request: Request, header: Header) -> None:
        fields = request.fields
        self._needed = [fields.index(field) for field in request.required]
        self._few = min(FEW, max(len(fields) // 3, 1))
        first = self._needed[0] if self._needed else 0
        self._first, self._title = first, header.heading.get(fields[first], "")
        self._headings = [heading_key(header.heading.get(field, "")) for field in fields]
        self._held: list[tuple[int, Sequence[str]]] = []
        self.totals: list[list[str]] = []  # the cells of rows that speak of the whole, those that say something

    def sift(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        for lines, columns in batches:
            whole = all(all(columns[place]) for place in self._needed) and self._title not in columns[self._first]
            if whole and not self._held:
                yield lines, columns
                continue
            kept = list(self._keep(lines, columns))
            if kept:
                yield [line for line, _ in kept], [list(column) for column in zip(*(r for _, r in kept), strict=True)]

    def _keep(self, lines: Sequence[int], columns: list[list[str]]) -> Iterator[tuple[int, Sequence[str]]]:
        for line, row in zip(lines, zip(*columns, strict=True), strict=True):
            if all(row[place] for place in self._needed) and row[self._first] != self._title:
                yield from self._release()
                yield line, row
                continue
            filled = [cell for cell in row if cell]
            if not filled or self._is_header(row):
                continue
            if self._is_total(filled):
                if not heading_key(filled[0]).startswith(OF_A_PART) and len(self.totals) < MOST_TOTALS:
                    self.totals.append([cell[:LONGEST_TOTAL] for cell in filled])
                continue
            if len(filled) <= self._few and len(self._held) < MOST_HELD:
                self._held.append((line, row))
                continue
            yield from self._release()
            yield line, row

    def _release(self) -> Iterator[tuple[int, Sequence[str]]]:
        held, self._held = self._held, []
        yield from held

    def _is_total(self, filled: Sequence[str]) -> bool:
        return len(filled) <= 6 and heading_key(filled[0]).startswith(TOTALS)

    def _is_header(self, row: Sequence[str]) -> bool:
        return [heading_key(cell) for cell in row] == self._headings
