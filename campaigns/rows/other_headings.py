"""A row of headings below the first, in another order: what stands below it is in other columns."""

from __future__ import annotations

from collections.abc import Mapping

from systems.reports import known_headings
from systems.reports.headings import heading_key

LONGEST_HEADING = 80
FEWEST_HEADINGS = 3  # in a row that is taken for one of headings
# The fields a heading may be of, by its key, in either report.
_FIELDS_OF: dict[str, set[str]] = {}
for _headings in known_headings.HEADINGS.values():
    for _field, _names in _headings.items():
        for _name in _names:
            _FIELDS_OF.setdefault(heading_key(_name), set()).add(_field)


def is_heading(field: str, cell: str) -> bool:
    """Whether a cell is a heading of the field of its own column."""
    return 0 < len(cell) <= LONGEST_HEADING and field in _FIELDS_OF.get(heading_key(cell), ())


def are_headings_in_another_order(row: Mapping[str, str]) -> bool:
    """Whether cells, by the field of their column, are headings, and some stand in the column of another."""
    own, others = 0, 0
    for field, cell in row.items():
        fields = _FIELDS_OF.get(heading_key(cell), ()) if 0 < len(cell) <= LONGEST_HEADING else ()
        own, others = own + (field in fields), others + bool(fields and field not in fields)
    return others > 0 and own + others >= FEWEST_HEADINGS
