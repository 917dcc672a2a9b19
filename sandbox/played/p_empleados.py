"""P_EMPLEADOS: who has which internal number."""

from __future__ import annotations

from typing import Any

from sandbox.models import Employee
from sandbox.searching import digits_of, named


def search(*, words: str) -> dict[str, Any]:
    """By name, unit or internal number; at most 50."""
    number = digits_of(words)
    asked = {"extension": number} if number else named(words)
    found = Employee.objects.filter(**asked).order_by("name", "extension")[:50] if asked else []
    return {"extensions": [{"name": one.name, "unit": one.unit, "extension": one.extension} for one in found]}
