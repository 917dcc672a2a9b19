"""QBC: raising the balance of a MIO line (steps 800130001.6–800130001.7 of the procedure)."""

from __future__ import annotations

from decimal import Decimal

from systems import shapes
from systems.connection import Done, SystemClient


class Qbc(SystemClient):
    """All methods raise SystemUnavailable, SystemRefused and OutcomeUnknown."""

    system = "qbc"

    def top_up(self, *, key: str, number: str, amount: Decimal) -> Done:
        """By an amount of the line's plan."""
        return self._connection.tell("top_up", {"number": number, "amount": shapes.amount_text(amount)}, key=key)
