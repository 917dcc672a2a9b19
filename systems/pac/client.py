"""PAC: share certificates, *Certificados de Aportación* (step 102.5 of the procedure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from systems import shapes
from systems.connection import SystemClient


@dataclass(frozen=True, slots=True)
class Certificate:
    """Amounts in Bs; `pending` is what is still to be paid."""

    number: str
    amount: Decimal
    paid: Decimal
    pending: Decimal


@dataclass(frozen=True, slots=True)
class Certificates:
    """`pending` in Bs is the sum of what is still to be paid, None when that is nothing, and `all_paid` says whether it
    is, None where there is no certificate: both are summed here.
    """

    certificates: tuple[Certificate, ...]
    pending: Decimal | None
    all_paid: bool | None


class Pac(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused."""

    system = "pac"

    def certificates(self, *, contract: str) -> Certificates:
        return self._connection.ask("certificates", {"contract": contract}, _certificates)


def _certificates(raw: Mapping[str, Any]) -> Certificates:
    found = shapes.many(raw, "certificates", _certificate)
    pending = sum((one.pending for one in found), Decimal("0.00"))
    return Certificates(found, pending or None, not pending if found else None)


def _certificate(raw: Mapping[str, Any]) -> Certificate:
    return Certificate(
        number=shapes.text(raw, "number"),
        amount=shapes.amount(raw, "amount"),
        paid=shapes.amount(raw, "paid"),
        pending=shapes.amount(raw, "pending"),
    )
