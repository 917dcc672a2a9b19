"""What the lines with a balance have in common: topping them up by an amount of their plan."""

from __future__ import annotations

from decimal import Decimal

from sandbox.models import FijacomLine, MioLine
from sandbox.refusals import Refused


def raise_balance(line: FijacomLine | MioLine, amount: Decimal) -> None:
    """Raise the balance of a line whose row is held. Raises Refused for an amount its plan does not have."""
    if amount not in line.amounts:
        known = ", ".join(f"{one:.2f}" for one in line.amounts)
        raise Refused(f"El plan {line.plan} se recarga con uno de estos importes: {known}.")
    line.balance += amount
    line.save(update_fields=["balance"])
