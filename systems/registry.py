"""Which outside systems there are: every folder of `systems/` that declares a `CELL` in its `__init__.py` is one."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module

import systems
from systems.cells import Cell, Words


@cache
def cells() -> dict[str, Cell]:
    """Every system by its code, in the order of lists. Read once; `cells.cache_clear()` has the folders read anew."""
    found = sorted(_declared(systems.__path__), key=lambda cell: (cell.place, cell.code))
    return {cell.code: cell for cell in found}


def asked_cells() -> dict[str, Cell]:
    """Those a program asks, by their codes: the ones with a client."""
    return {code: cell for code, cell in cells().items() if cell.client is not None}


def choices() -> list[tuple[str, Words]]:
    """Codes and names, as a column of a model takes them."""
    return [(code, cell.name) for code, cell in cells().items()]


def name_of(system: str) -> str:
    """What people call a system; a code nobody knows is called by itself."""
    cell = cells().get(system)
    return str(cell.name) if cell else system


def _declared(folders: Iterable[str]) -> Iterable[Cell]:
    for folder in pkgutil.iter_modules(folders, "systems."):
        cell: Cell | None = getattr(import_module(folder.name), "CELL", None) if folder.ispkg else None
        if cell is not None:
            if folder.name != f"systems.{cell.code}":
                raise ValueError(f"{folder.name} declares the system {cell.code}: a folder is called as its system")
            yield cell
