"""GSI: alerts are kept in the book, whatever they speak of; the codes one dials are a table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.models import DialCode
from sandbox.refusals import unknown


def reiterate(*, damage: str, text: str, reference: str, now: datetime) -> None:
    """GSI knows no damages of its own: it writes down what it is told."""


def derive(*, order: str, text: str, reference: str, now: datetime) -> None:
    """Nor work orders."""


def code(*, origin: str, destination: str, reach: str) -> dict[str, Any]:
    found = DialCode.objects.filter(origin=origin, destination=destination, reach=reach).first()
    if found is None:
        raise unknown("No hay un código para esa llamada.")
    return {"code": found.code, "words": found.words}
