"""Finding the row of headings: titles may stand above it, and a column goes by any of its known names."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from systems.reports.refusals import ReportRefused

ROWS_LOOKED_AT = 60
_WORD = re.compile(r"[a-z0-9]+")
_NOT_LETTERS = re.compile(r"[\u0300-\u036f\u00b0]")  # accents once parted from their letter, and the ring of N°
_SMALL = frozenset({"de", "del", "la", "el", "los", "las"})
_NUMBER = dict.fromkeys(("n", "no", "num", "numero"), "nro")


def heading_key(text: str) -> str:
    """What the spellings of a heading have in common: no accents, case, punctuation, small words; one word for number.

    `N° de Contrato`, `NRO_CONTRATO` and `Número del contrato` have the same key.
    """
    plain = _NOT_LETTERS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    words = _WORD.findall(plain)
    return "".join(_NUMBER.get(word, word) for word in words if word not in _SMALL) or "".join(words)


@dataclass(frozen=True)
class Header:
    """Where the headings stand: row counted from 0, and the column of each field (None: the file has none)."""

    row: int
    places: tuple[int | None, ...]
    heading: dict[str, str]


def find_header(
    rows: Sequence[Sequence[str]], columns: Mapping[str, Collection[str]], required: Collection[str]
) -> Header:
    """The row that names most fields, the first of equals. Raises ReportRefused with what is missing and what is there.

    A field takes the first of its names that the row has, so the preferred heading goes first; a column serves once.
    """
    known = {field: [heading_key(name) for name in names] for field, names in columns.items()}
    best: Header | None = None
    for number, row in enumerate(rows):
        header = _header_of(number, row, known)
        if best is None or len(header.heading) > len(best.heading):
            best = header
    missing = [field for field in required if best is None or field not in best.heading]
    if best is not None and not missing:
        return best
    named = ", ".join(next(iter(columns[field]), field) for field in missing)
    if best is None or len(best.heading) < 2:
        start = [cell for row in rows[:5] for cell in row if cell]
        raise ReportRefused("no_header", missing=named, found=_shortly(start))
    raise ReportRefused("missing_columns", missing=named, found=_shortly([cell for cell in rows[best.row] if cell]))


def _header_of(number: int, row: Sequence[str], known: Mapping[str, Sequence[str]]) -> Header:
    places: dict[str, int] = {}
    for place, cell in enumerate(row[:1000]):
        if cell and len(cell) <= 80:
            places.setdefault(heading_key(cell), place)
    found: dict[str, int] = {}
    for field, names in known.items():
        for name in names:
            if name in places and places[name] not in found.values():
                found[field] = places[name]
                break
    return Header(
        row=number,
        places=tuple(found.get(field) for field in known),
        heading={field: row[place] for field, place in found.items()},
    )


def _shortly(cells: Sequence[str]) -> str:
    text = ", ".join(" ".join(cell.split())[:40] for cell in cells[:20])
    return text or "—"
