"""The sources of the house as trees.

They are parsed while tests are collected: CPython 3.11 counts how deep it parses in one place for all threads, and
answers with SystemError when another thread of the tests (a browser, a server) parses something at the same moment.
"""

from __future__ import annotations

import ast
from pathlib import Path

HOUSE = Path(__file__).parents[1]
ROOMS = (
    *("agents", "api", "callcenter", "campaigns", "control_room", "escalations", "inbound", "notices"),
    *("sandbox", "screens", "service_level", "systems", "telephony", "work"),
)


TREES: dict[str, ast.Module]  # every module of the rooms, by its path from the root; migrations stay as they are


def __getattr__(name: str) -> dict[str, ast.Module]:
    """The trees, once a test asks for them by name: parsing the house takes seconds, and most tests read none."""
    if name != "TREES":
        raise AttributeError(name)
    found = (path for room in ROOMS for path in sorted((HOUSE / room).rglob("*.py")) if "migrations" not in path.parts)
    globals()[name] = {path.relative_to(HOUSE).as_posix(): ast.parse(path.read_text("utf-8")) for path in found}
    return globals()[name]
