"""Which rows below the header are data: not blank lines, totals, repeated headings or the words at the end.

What a file says of itself in its totals is kept (`totals.py`).
"""

from collections.abc import Iterator, Sequence

from systems.reports.headings import Header, heading_key
from systems.reports.request import Batch, Request
from systems.reports.totals import LONGEST_TOTAL, MOST_TOTALS, is_labelled, is_number, totals_said

TOTALS = ("total", "subtotal", "grantotal", "sumatotal", "cantidadregistros", "nroregistros")
OF_A_PART = "subtotal"
MOST_CELLS = 6  # of a row of totals
FEW = 2  # cells of a row that may be only a count and a sum
MOST_HELD = 1_000


class Sifter:
    """Lets data rows through. A row of one or two cells, or of a sum in words of its own (`Importe total`), is data
    only if another row of data comes after it.
    """

    def __init__(self, request: Request, header: Header) -> None:
        fields = request.fields
        self._needed = [fields.index(field) for field in request.required]
        self._few = min(FEW, max(len(fields) // 3, 1))
        first = self._needed[0] if self._needed else 0
        self._first, self._title = first, header.heading.get(fields[first], "")
        self._headings = [heading_key(header.heading.get(field, "")) for field in fields]
        self._amount = fields.index("amount") if "amount" in fields else None
        self._held: list[tuple[int, Sequence[str]]] = []
        self._totals: list[list[str]] = []
        self.last_line = 0  # of the rows that were let through

    @property
    def totals(self) -> list[list[str]]:
        """What rows say of the whole, label first, once all were sifted: as such, or as the words at the end."""
        at_the_end = [said for _, row in self._held for said in self._said_at_the_end(row)]
        return [*self._totals, *at_the_end][:MOST_TOTALS]

    def sift(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        for lines, columns in batches:
            whole = all(all(columns[place]) for place in self._needed) and self._title not in columns[self._first]
            if whole and not self._held:
                self.last_line = lines[-1]
                yield lines, columns
                continue
            kept = list(self._keep(lines, columns))
            if kept:
                self.last_line = kept[-1][0]
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
                if not heading_key(filled[0]).startswith(OF_A_PART) and len(self._totals) < MOST_TOTALS:
                    self._totals.append([cell[:LONGEST_TOTAL] for cell in filled])
                continue
            is_aside = len(filled) <= self._few or (len(filled) <= MOST_CELLS and is_labelled(filled))
            if is_aside and len(self._held) < MOST_HELD:
                self._held.append((line, row))
                continue
            yield from self._release()
            yield line, row

    def _release(self) -> Iterator[tuple[int, Sequence[str]]]:
        held, self._held = self._held, []
        yield from held

    def _said_at_the_end(self, row: Sequence[str]) -> list[list[str]]:
        filled = [cell for cell in row if cell]
        if self._amount is not None and row[self._amount] and all(map(is_number, filled)):
            return [["", *(cell[:LONGEST_TOTAL] for cell in filled)]]  # numbers below the amounts, and no word
        return totals_said(filled)

    def _is_total(self, filled: Sequence[str]) -> bool:
        return len(filled) <= MOST_CELLS and heading_key(filled[0]).startswith(TOTALS)

    def _is_header(self, row: Sequence[str]) -> bool:
        return [heading_key(cell) for cell in row] == self._headings
