"""P_EMPLEADOS: internal numbers of the cooperative (step 4251000.2 of the procedure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from systems import shapes
from systems.connection import SystemClient


@dataclass(frozen=True, slots=True)
class Extension:
    """`extension` is the internal number, or the telephone of somebody who has none."""

    name: str
    unit: str
    extension: str


class PEmpleados(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused."""

    system = "p_empleados"

    def search(self, *, words: str) -> tuple[Extension, ...]:
        """By name, unit or internal number."""
        return self._connection.ask("search", {"words": words}, _extensions)


def _extensions(raw: Mapping[str, Any]) -> tuple[Extension, ...]:
    return shapes.many(raw, "extensions", _extension)


def _extension(raw: Mapping[str, Any]) -> Extension:
    return Extension(
        name=shapes.text(raw, "name"), unit=shapes.text(raw, "unit"), extension=shapes.text(raw, "extension")
    )
