"""QBC: the balance of MIO lines."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sandbox.models import MioLine
from sandbox.played.balances import raise_balance
from sandbox.refusals import Refused, unknown
from sandbox.searching import digits_of


def top_up(*, number: str, amount: str, reference: str, now: datetime) -> None:
    """By an amount of the plan; a blocked SIM takes none."""
    found = MioLine.objects.select_for_update().filter(pk=digits_of(number)).first()
    if found is None:
        raise unknown("No existe esa línea MIO.")
    if found.state == "blocked":
        raise Refused("Ese SIM está bloqueado: no recibe saldo.", status=409)
    raise_balance(found, Decimal(amount))
