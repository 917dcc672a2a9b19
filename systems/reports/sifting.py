"""Which rows below the header are data: not blank lines, totals, repeated headings or the words at the end.

What a file says of itself in its totals is kept (`totals.py`).
"""

import re
from collections.abc import Iterator, Sequence

from systems.reports.headings import Header, heading_key
from systems.reports.request import Batch, Request
from systems.reports.totals import LONGEST_TOTAL, MOST_TOTALS, is_labelled, is_number, totals_said
from systems.reports.values import identifier, normal

TOTALS = ("total", "subtotal", "grantotal", "sumatotal", "cantidadregistros", "nroregistros")
OF_A_PART = "subtotal"
MOST_CELLS = 6  # of a row of totals
FEW = 2  # cells of a row that may be only a count and a sum
MOST_HELD = 1_000
NUMBERS = ("receipt", "contract", "service_number")  # fields by which a row is known
_NUMBERING = re.compile(r"[A-Za-z]{0,3}-?\d[\d .-]*[A-Za-z]?")
_DAY = re.compile(r"\d{1,4}([.-])\d{1,2}\1\d{1,4}")


class Sifter:
    """Lets data rows through. A row of one or two cells, or of a sum in words of its own (`Importe total`), is data
    only if another row of data comes after it, or if it has a number where rows have theirs: then something is missing
    in it, and somebody must know.
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
        self._numbers = [place for place, field in enumerate(fields) if field in NUMBERS]
        self._rows = 0
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
                self._rows, self.last_line = self._rows + len(lines), lines[-1]
                yield lines, columns
                continue
            kept = list(self._keep(lines, columns))
            if kept:
                self.last_line = kept[-1][0]
                yield [line for line, _ in kept], [list(column) for column in zip(*(r for _, r in kept), strict=True)]

    def _keep(self, lines: Sequence[int], columns: list[list[str]]) -> Iterator[tuple[int, Sequence[str]]]:
        for line, row in zip(lines, zip(*columns, strict=True), strict=True):
            if all(row[place] for place in self._needed) and row[self._first] != self._title:
                yield from self._release(line, row)
                continue
            filled = [cell for cell in row if cell]
            if not filled or self._is_header(row):
                continue
            if self._is_total(filled):
                if not heading_key(filled[0]).startswith(OF_A_PART):
                    said = totals_said(filled) or [[cell[:LONGEST_TOTAL] for cell in filled]]
                    self._totals += said[: MOST_TOTALS - len(self._totals)]
                continue
            if self._is_aside(row, filled) and len(self._held) < MOST_HELD:
                self._held.append((line, row))
                continue
            yield from self._release(line, row)

    def _release(self, line: int, row: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
        """A row of data, and before it what was held."""
        released, self._held = [*self._held, (line, row)], []
        self._rows += len(released)
        yield from released

    def _is_aside(self, row: Sequence[str], filled: Sequence[str]) -> bool:
        if len(filled) > self._few:
            return len(filled) <= MOST_CELLS and is_labelled(filled)
        number = next((row[place] for place in self._numbers if row[place]), "")
        return not _is_numbering(number) or identifier(number) == str(self._rows)  # which counts them

    def _said_at_the_end(self, row: Sequence[str]) -> list[list[str]]:
        filled = [cell for cell in row if cell]
        if self._amount is not None and row[self._amount] and all(map(is_number, filled)):
            return [["", *(cell[:LONGEST_TOTAL] for cell in filled)]]  # numbers below the amounts, and no word
        return totals_said(filled)

    def _is_total(self, filled: Sequence[str]) -> bool:
        return len(filled) <= MOST_CELLS and heading_key(filled[0]).startswith(TOTALS)

    def _is_header(self, row: Sequence[str]) -> bool:
        return [heading_key(cell) for cell in row] == self._headings


def _is_numbering(cell: str) -> bool:
    text = normal(cell)
    return _NUMBERING.fullmatch(text) is not None and not _DAY.fullmatch(text)
