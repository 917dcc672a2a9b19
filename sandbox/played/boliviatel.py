"""Boliviatel: customers of long distance."""

from __future__ import annotations

from typing import Any

from sandbox.models import LongDistanceCustomer
from sandbox.searching import MOST, card_of, digits_of, named


def search(*, number: str, identity_card: str, name: str) -> dict[str, Any]:
    """By all of what is given; what is given and can be nobody's finds nobody."""
    asked: dict[str, Any] = {}
    if number.strip():
        asked["pk"] = digits_of(number)
    if identity_card.strip():
        digits, complement = card_of(identity_card)
        asked["card_digits"] = digits
        if complement:
            asked["identity_card__startswith"] = digits + complement
    if name.strip():
        asked |= named(name) or {"pk": ""}
    found = LongDistanceCustomer.objects.filter(**asked).order_by("name", "pk")[:MOST] if asked else []
    return {"customers": [_customer(one) for one in found]}


def _customer(one: LongDistanceCustomer) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "identity_card": one.identity_card,
        "kind": one.kind,
        "error_62": one.error_62,
        "last_payment_on": one.last_payment_on.isoformat() if one.last_payment_on else None,
        "last_payment": f"{one.last_payment:.2f}",
    }
