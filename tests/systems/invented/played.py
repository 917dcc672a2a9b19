"""Satel: one decoder, which the book knows of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.models import Deed
from sandbox.refusals import unknown

NUMBER = "77001"


def decoder(*, number: str) -> dict[str, Any]:
    """Its credit is what the book lent."""
    if number != NUMBER:
        return {"decoder": None}
    lent = sum(float(deed.payload["amount"]) for deed in Deed.objects.filter(system="satel", verb="lend"))
    return {"decoder": {"number": number, "state": "dark", "credit": f"{lent:.2f}"}}


def send_signal(*, number: str, note: str, reference: str, now: datetime) -> None:
    if number != NUMBER:
        raise unknown("No existe ese decodificador.")


def lend(*, number: str, amount: str, reference: str, now: datetime) -> None:
    if number != NUMBER:
        raise unknown("No existe ese decodificador.")
