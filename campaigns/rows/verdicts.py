"""Which rows of a batch cannot be used, why, and what stood in them: pure, in the process that reads the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from campaigns.rows.column_cleaning import NULL, OTHER, WRONG, Column
from campaigns.rows.other_headings import is_heading
from systems.reports.copying import copy_text

Verdict = tuple[Column, Column, Column]  # why a row cannot be used, what stood there, and its cells


SHIFTED = "shifted"  # what stands in its cells is of their neighbours
A_DAY = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:[ T][\d:.]+)?")
MISREAD = f"{WRONG}bad_date"  # something stands there, and it is no day


@dataclass(frozen=True)
class Check:
    """A column a row cannot do without: its clean values, the reason when there is none, and how long one may be."""

    field: str
    values: Column
    missing: str = ""
    longest: int = 0


def verdict_of(checks: Sequence[Check], cells: Mapping[str, Column], *, excused: Column, beyond: Column) -> Verdict:
    """The columns reason, detail and cells. A row of another product is excused: nobody has to mend it.

    Unless it has cells `beyond` the headings, or what stands there for a day is none: then nobody knows whether
    what stands below `product` is one.
    """
    count = len(next(iter(cells.values())))
    wrong: dict[int, tuple[str, str]] = {}
    for check in checks:
        for place, reason in _failures(check):
            wrong.setdefault(place, (reason, check.field))
    reasons, details, kept = [NULL] * count, [NULL] * count, [NULL] * count
    misread = {
        place
        for check in checks
        if excused and MISREAD in check.values
        for place, value in enumerate(check.values)
        if value == MISREAD and _is_shifted(cells, place, check.field, excused[place])
    }
    wrong |= dict.fromkeys(misread, (SHIFTED, "product"))
    wrong |= {place: ("too_many_cells", "") for place, text in enumerate(beyond) if text}
    for place, (reason, field) in wrong.items():
        if field and excused and excused[place] == OTHER and place not in misread:
            continue
        reasons[place] = reason
        details[place] = copy_text((cells[field] if field else beyond)[place][:160])
        kept[place] = kept_cells(cells, place)
    return reasons, details, kept


def _is_shifted(cells: Mapping[str, Column], place: int, field: str, service: str) -> bool:
    """Of a row with something else where its day should be: whether a day stands elsewhere, or its product is none of
    ours.
    """
    if is_heading("product", cells["product"][place]):
        return False
    return service in ("", OTHER) or any(
        A_DAY.fullmatch(column[place]) for name, column in cells.items() if name != field
    )


def kept_cells(cells: Mapping[str, Column], place: int) -> str:
    """The cells of a row as they were."""
    row = {name: column[place].replace("\x00", "") for name, column in cells.items()}
    return copy_text(json.dumps(row, ensure_ascii=False))


def _failures(check: Check) -> Iterator[tuple[int, str]]:
    if check.missing and not all(check.values):
        yield from ((place, check.missing) for place, value in enumerate(check.values) if not value)
    if check.longest and max(map(len, check.values)) > check.longest:
        yield from ((place, "too_long") for place, value in enumerate(check.values) if len(value) > check.longest)
    if not check.longest and WRONG in "".join(check.values):
        yield from ((place, value[1:]) for place, value in enumerate(check.values) if value.startswith(WRONG))
