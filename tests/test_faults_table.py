"""`docs/faults.md` and the tests of the faults say the same: each row names one that is there, none is left out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.sources import HOUSE

TABLE = HOUSE / "docs" / "faults.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def rows_of(text: str) -> list[list[str]]:
    """The cells of each row below the heads."""
    rows = [line.strip().strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if row[0].strip() != "fault"]


def wrong_in(text: str, there: dict[str, set[str]]) -> list[str]:
    """Rows without a test, tests that are not there, and tests of `tests/faults` that no row names."""
    found = [f"{row[0]}: four cells" for row in rows_of(text) if len(row) != 4]
    found += [f"{row[0]}: no test" for row in rows_of(text) if not NAMED.search(" ".join(row))]
    found += [f"{row[0]}: nothing measured" for row in rows_of(text) if not row[-1]]
    named = set(NAMED.findall(text))
    found += [f"{path}::{test} is not there" for path, test in sorted(named) if test not in there.get(path, set())]
    of_faults = {(path, test) for path, tests in there.items() if path.startswith("tests/faults/") for test in tests}
    return [*found, *(f"{path}::{test} has no row" for path, test in sorted(of_faults - named))]


def those_there() -> dict[str, set[str]]:
    paths = {HOUSE / path for path, _test in NAMED.findall(TABLE.read_text(encoding="utf-8"))}
    paths |= set((HOUSE / "tests" / "faults").glob("test_*.py"))
    return {path.relative_to(HOUSE).as_posix(): names_in(path) for path in paths if path.exists()}


def test_each_fault_has_its_test_and_each_test_its_row() -> None:
    assert len(rows_of(TABLE.read_text(encoding="utf-8"))) >= 20
    assert wrong_in(TABLE.read_text(encoding="utf-8"), those_there()) == []


def test_each_test_of_a_fault_is_run_at_night_and_in_no_ordinary_run() -> None:
    for path in (HOUSE / "tests" / "faults").glob("test_*.py"):
        assert 'pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]' in path.read_text("utf-8"), path


def test_this_test_would_see_a_breach() -> None:
    row = "| a fault | it holds | `tests/faults/test_x.py::test_y` | 3 s |"
    there = {"tests/faults/test_x.py": {"test_y"}}
    assert wrong_in(row, there) == []
    assert wrong_in(row, {"tests/faults/test_x.py": {"test_y", "test_z"}}) == [
        "tests/faults/test_x.py::test_z has no row"
    ]
    assert wrong_in(row, {"tests/faults/test_x.py": set()}) == ["tests/faults/test_x.py::test_y is not there"]
    assert wrong_in("| a fault | it holds | nothing | 3 s |", {}) == ["a fault: no test"]
