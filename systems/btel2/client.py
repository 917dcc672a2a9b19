"""Btel2 (Logistic One): balances of long distance and raising a credit (steps 800131313.4–800131313.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from systems import shapes
from systems.connection import Done, SystemClient


@dataclass(frozen=True, slots=True)
class Balance:
    """In Bs; `limit` is how high a credit may be raised."""

    amount: Decimal
    limit: Decimal
    as_of: datetime


class Btel2(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused; the one that writes, OutcomeUnknown too."""

    system = "btel2"

    def balance(self, *, number: str) -> Balance:
        """Raises SystemRefused for a number that is nobody's."""
        return self._connection.ask("balance", {"number": number}, _balance)

    def raise_credit(self, *, key: str, number: str, amount: Decimal) -> Done:
        """What resolves an Error 62."""
        return self._connection.tell("raise_credit", {"number": number, "amount": shapes.amount_text(amount)}, key=key)


def _balance(raw: Mapping[str, Any]) -> Balance:
    return Balance(
        amount=shapes.amount(raw, "amount"), limit=shapes.amount(raw, "limit"), as_of=shapes.moment(raw, "as_of")
    )
