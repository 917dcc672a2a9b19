"""Finding the row of headings: titles may stand above it, and a column goes by any of its known names."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as factory

from systems.reports.refusals import ReportRefused

ROWS_LOOKED_AT = 60
ROWS_LOOKED_THROUGH = 2_000  # of a sheet in which none were found there: what stands above may be long
MOST_NAMED = 20  # columns in a sentence
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
    """Where the headings stand: row counted from 0, and the column of each field (None: the file has none).

    `above`: the cells of the rows above, where titles may be.
    `twice`: fields for which another column stands there too, with the one that was read, so that somebody must say
    which one is meant.
    """

    row: int
    places: tuple[int | None, ...]
    heading: dict[str, str]
    twice: Mapping[str, int] = factory(default_factory=dict)
    above: Sequence[Sequence[str]] = ()

    def twice_read(self) -> dict[str, str]:
        """Those fields, each with the letters of the column that was read."""
        return {name: letters_of(place) for name, place in self.twice.items()}


def find_header(
    rows: Sequence[Sequence[str]], columns: Mapping[str, Collection[str]], required: Collection[str]
) -> Header:
    """The row that names most fields, the first of equals. Raises ReportRefused with what is missing.

    The refusal is mailed and stands on pages: it says headings that we know and the places of those we do not, and
    never what is in a cell. In a file without headings the first row is a customer.

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
        return replace(best, above=rows[: best.row])
    named = ", ".join(next(iter(columns[field]), field) for field in missing)
    if best is None or len(best.heading) < 2:
        raise ReportRefused("no_header", missing=named)
    strange = [place for place, cell in enumerate(rows[best.row]) if cell and place not in best.places]
    raise ReportRefused(
        "missing_columns",
        missing=named,
        row=best.row + 1,
        found=", ".join(_known_name(columns[field], best.heading[field]) for field in columns if field in best.heading),
        strange=", ".join(map(letters_of, strange[:MOST_NAMED])) or "—",
    )


def _known_name(names: Collection[str], heading: str) -> str:
    """A heading in our words: what stands in the file may be anything, what we know of it may be said."""
    return next(name for name in names if heading_key(name) == heading_key(heading))


def letters_of(place: int) -> str:
    """A column as a spreadsheet names it: 0 is A, 26 is AA."""
    letters = ""
    while place >= 0:
        place, letter = divmod(place, 26)
        letters, place = chr(ord("A") + letter) + letters, place - 1
    return letters


def _header_of(number: int, row: Sequence[str], known: Mapping[str, Sequence[str]]) -> Header:
    places: dict[str, int] = {}
    times: Counter[str] = Counter()
    for place, cell in enumerate(row[:1000]):
        if cell and len(cell) <= 80:
            key = heading_key(cell)
            places.setdefault(key, place)
            times[key] += 1
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
        twice={
            name: place
            for name, place in found.items()
            if sum(times[other] for other in _free(name, known, found, places)) > 1
        },
    )


def _free(
    field: str, known: Mapping[str, Sequence[str]], found: Mapping[str, int], places: Mapping[str, int]
) -> Iterator[str]:
    """The names of a field that no other field goes by in this row."""
    others = {place for name, place in found.items() if name != field}
    yield from (name for name in dict.fromkeys(known[field]) if name in places and places[name] not in others)
