"""Which one is meant: the rows of something that was found, among which the agent chooses what the caller speaks of, or
of which she is told before she asks for one more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Any

from inbound.flows.conditions import NOTHING, holds, known_first, same_value, value_at
from inbound.flows.shapes import Step

NONE = "none"  # what is chosen when it is none of them


def offered(step: Step, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows a `choose` step offers, in the order they were found.

    `of` leaves those whose field has the value that is known, where one is known at all; a row that says nothing of the
    field stays, as what an agent wrote by hand may. `unless` leaves out those for which it holds; where that is all of
    what was asked for, as a number that was retired, the others are offered.
    """
    rows, of_it = _rows(step, known)
    those = [row for row in of_it if not _is_left_out(step, row)]
    return [row for row in rows if not _is_left_out(step, row)] if _in_vain(rows, of_it, those) else those


def is_asked_in_vain(step: Step, known: Mapping[str, Any]) -> bool:
    """Whether there is what was asked for, and it is none that can be chosen: then whatever is offered is another."""
    rows, of_it = _rows(step, known)
    return _in_vain(rows, of_it, [row for row in of_it if not _is_left_out(step, row)])


def there_already(step: Step, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a `do` step that may be what it asks for, done before: of what it is about and nothing besides."""
    return [row for row in _rows(step, known)[1] if not _is_left_out(step, row)] if step.among else []


def _in_vain(rows: Sized, of_it: Sized, offered: Sized) -> bool:
    return 0 < len(of_it) < len(rows) and not offered


def _rows(step: Step, known: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All that was found, and those of it that are what is known already."""
    found = value_at(known, step.among)
    rows = [dict(row) for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
    wanted = {name: value for name, path in step.of.items() if (value := known_first(path, known))}
    of_it = [
        row
        for row in rows
        if all(row.get(name) in NOTHING or same_value(str(row[name]), value) for name, value in wanted.items())
    ]
    return rows, of_it


def _is_left_out(step: Step, row: Mapping[str, Any]) -> bool:
    return bool(step.unless) and holds(step.unless, row)


def chosen_of(step: Step, known: Mapping[str, Any], choice: str) -> tuple[bool, dict[str, Any] | None]:
    """Whether `choice` is one there is, and its row; the row of *none of them* is None."""
    if choice == NONE and step.none:
        return True, None
    rows = offered(step, known)
    if choice.isascii() and choice.isdigit() and int(choice[:4]) < len(rows):
        return True, rows[int(choice[:4])]
    return False, None
