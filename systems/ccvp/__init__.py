"""CCVP, what Smartflex says of prepaid contracts. No program asks it: its report is taken in by campaigns."""

from __future__ import annotations

from systems.cells import Cell

CELL = Cell(code="ccvp", name="CCVP", place=40)
