"""LBC: administrative suspensions."""

from __future__ import annotations

from datetime import datetime

from sandbox.models import Product
from sandbox.refusals import Refused, unknown
from sandbox.searching import digits_of


def suspend(*, contract: str, number: str, reason: str, reference: str, now: datetime) -> None:
    """The product is suspended at the customer's request; one that is suspended already is refused."""
    of_the_contract = Product.objects.select_for_update().filter(contract=contract)
    product = of_the_contract.filter(service_number=digits_of(number) or number).first()
    if product is None:
        raise unknown("Ese contrato no tiene ese número de servicio.")
    if product.state == "suspended":
        raise Refused("Ese producto ya está suspendido.", status=409)
    product.state, product.suspended_for = "suspended", "request"
    product.save(update_fields=["state", "suspended_for"])
