"""Boliviatel: customers of long distance and how they pay (steps 800131313.2–800131313.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from systems import shapes
from systems.connection import SystemClient


@dataclass(frozen=True, slots=True)
class LongDistanceCustomer:
    """`kind` is prepaid, postpaid or what else Boliviatel says; `error_62`: the credit does not suffice for calls.

    `last_payment` in Bs, 0 for who never paid; then `last_payment_on` is None.
    """

    number: str
    name: str
    identity_card: str
    kind: str
    error_62: bool
    last_payment_on: date | None
    last_payment: Decimal


class Boliviatel(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused."""

    system = "boliviatel"

    def search(self, *, number: str = "", identity_card: str = "", name: str = "") -> tuple[LongDistanceCustomer, ...]:
        """By all of what is given; with nothing given, nobody."""
        body = {"number": number, "identity_card": identity_card, "name": name}
        return self._connection.ask("search", body, _customers)


def _customers(raw: Mapping[str, Any]) -> tuple[LongDistanceCustomer, ...]:
    return shapes.many(raw, "customers", _customer)


def _customer(raw: Mapping[str, Any]) -> LongDistanceCustomer:
    return LongDistanceCustomer(
        number=shapes.text(raw, "number"),
        name=shapes.text(raw, "name"),
        identity_card=shapes.text(raw, "identity_card"),
        kind=shapes.text(raw, "kind"),
        error_62=shapes.flag(raw, "error_62"),
        last_payment_on=shapes.day_or_none(raw, "last_payment_on"),
        last_payment=shapes.amount(raw, "last_payment"),
    )
