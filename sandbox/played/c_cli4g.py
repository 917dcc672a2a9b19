"""C_CLI4G: Fijacom lines and their pocket top-up."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.models import FijacomLine
from sandbox.played.balances import raise_balance
from sandbox.refusals import unknown
from sandbox.searching import digits_of


def line(*, number: str) -> dict[str, Any]:
    found = FijacomLine.objects.filter(pk=digits_of(number)).first()
    if found is None:
        return {"line": None}
    return {
        "line": {
            "number": found.number,
            "holder": found.holder,
            "identity_card": found.identity_card,
            "plan": found.plan,
            "balance": f"{found.balance:.2f}",
            "amounts": [f"{amount:.2f}" for amount in found.amounts],
        }
    }


def top_up(*, number: str, amount: str, note: str, reference: str, now: datetime) -> None:
    """By an amount of the plan."""
    found = FijacomLine.objects.select_for_update().filter(pk=digits_of(number)).first()
    if found is None:
        raise unknown("No existe esa línea Fijacom.")
    raise_balance(found, Decimal(amount))
