"""Btel2: balances of long distance. Raising a credit is what takes an Error 62 away."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.models import LongDistanceCustomer
from sandbox.refusals import Refused, unknown
from sandbox.searching import digits_of


def balance(*, number: str, now: datetime) -> dict[str, Any]:
    found = LongDistanceCustomer.objects.filter(pk=digits_of(number)).first()
    if found is None:
        raise unknown("Ese número no tiene larga distancia.")
    return {
        "amount": f"{found.balance:.2f}",
        "limit": f"{found.credit_limit:.2f}",
        "as_of": now.isoformat(timespec="seconds"),
    }


def raise_credit(*, number: str, amount: str, reference: str, now: datetime) -> None:
    """Up to the customer's limit."""
    found = LongDistanceCustomer.objects.select_for_update().filter(pk=digits_of(number)).first()
    if found is None:
        raise unknown("Ese número no tiene larga distancia.")
    raised = found.balance + Decimal(amount)
    if raised > found.credit_limit:
        raise Refused(f"Pasaría el límite de crédito, Bs {found.credit_limit:.2f}.")
    if raised == found.balance:
        raise Refused("El importe debe ser mayor que cero.")
    found.balance, found.error_62 = raised, False
    found.save(update_fields=["balance", "error_62"])
