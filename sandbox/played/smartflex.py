"""Smartflex: who a customer is, what is broken, owed and being installed; damages, interactions, claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from sandbox.models import Customer, Damage, Invoice, Product, WorkOrder
from sandbox.refusals import Refused, unknown
from sandbox.searching import MOST, card_of, digits_of, named

PLACES = (
    "Oficina Central, Av. Ballivián esq. La Paz, de 8:00 a 16:30",
    "Agencia Norte, Av. América 1020, de 8:30 a 18:00",
    "Agencia Sur, Av. 6 de Agosto 2250, de 8:30 a 18:00",
    "Agencia Quillacollo, Plaza 15 de Agosto, de 8:30 a 16:00",
    "Bancos y billeteras móviles, a toda hora",
)
NUMBER_OR_CARD = """
    SELECT contract FROM sandbox_product WHERE service_number = %(number)s
    UNION SELECT contract FROM sandbox_customer WHERE contract = %(number)s
    UNION SELECT contract FROM sandbox_customer
        WHERE card_digits = %(card)s AND (%(complement)s = '' OR identity_card LIKE %(card)s || %(complement)s || '%%')
    LIMIT %(limit)s
"""
CAN_BE_REITERATED = ("registered", "assigned", "in_execution", "executed", "attended", "suspended")


def search(*, text: str) -> dict[str, Any]:
    """At most 20 customers by service number, contract, identity card or name."""
    number, (card, complement) = digits_of(text), card_of(text)
    found: list[Customer] = []
    if number or card:
        values: dict[str, str | int] = {
            "number": number,
            "card": card or number,
            "complement": complement,
            "limit": MOST + 1,
        }
        with connection.cursor() as cursor:
            cursor.execute(NUMBER_OR_CARD, values)
            contracts = [row[0] for row in cursor.fetchall()]
        found = list(Customer.objects.filter(pk__in=contracts))
    elif words := named(text):
        if len(text.split()) == 2:  # two surnames have more hits than an answer as they are; one word, or four, do not
            found = list(Customer.objects.filter(**named(text, whole=True))[: MOST + 1])
        if len(found) <= MOST:
            found = list(Customer.objects.filter(**words)[: MOST + 1])
    told = sorted(found[:MOST], key=lambda customer: (customer.name, customer.contract))
    return {"customers": _told(told), "more": len(found) > MOST}


def customer(*, contract: str) -> dict[str, Any]:
    found = _told(Customer.objects.filter(pk=contract))
    return {"customer": found[0] if found else None}


def damages(*, contract: str) -> dict[str, Any]:
    """Newest first."""
    found = Damage.objects.filter(contract=contract).order_by("-registered_at", "-number")[:50]
    return {"damages": [_damage(damage) for damage in found]}


def account(*, contract: str) -> dict[str, Any]:
    """Estado de Cuentas: each product with its invoices, newest first. Unknown contracts owe nothing."""
    invoices = defaultdict(list)
    for invoice in Invoice.objects.filter(contract=contract).order_by("-due_on", "number"):
        invoices[invoice.service_number].append(_invoice(invoice))
    services = [
        {
            "service": product.service,
            "service_number": product.service_number,
            "invoices": invoices[product.service_number],
        }
        for product in Product.objects.filter(contract=contract).order_by("pk")
    ]
    return {"account": {"services": services, "places": list(PLACES)}}


def orders(*, contract: str) -> dict[str, Any]:
    """Newest first."""
    found = WorkOrder.objects.filter(contract=contract).order_by("-sold_on", "-number")[:50]
    return {"orders": [_order(order) for order in found]}


def register_damage(
    *, contract: str, service_number: str, component: str, cause: str, description: str, reference: str, now: datetime
) -> None:
    """The reference is the damage's number; of a component nobody named it is the plan's."""
    product = Product.objects.filter(contract=contract, service_number=service_number).first()
    if product is None:
        raise unknown("Ese contrato no tiene ese número de servicio.")
    Damage.objects.create(
        number=reference,
        contract=contract,
        service_number=service_number,
        component=component or product.plan,
        cause=cause,
        description=description,
        registered_at=now,
        state="registered",
        has_service=False,
    )


def reiterate_damage(*, damage: str, cause: str, reference: str, now: datetime) -> None:
    """Counts one reiteration more; who waits for the same row counts after us."""
    found = Damage.objects.select_for_update().filter(pk=damage).first()
    if found is None:
        raise unknown("No existe ese daño.")
    if found.state not in CAN_BE_REITERATED:
        raise Refused("Ese daño ya no se puede reiterar: registre uno nuevo.")
    found.reiterations += 1
    found.save(update_fields=["reiterations"])


def write_interaction(*, contract: str, line: str, result: str, text: str, reference: str, now: datetime) -> None:
    """Kept in the book; a contract that is given must exist."""
    if contract and not Customer.objects.filter(pk=contract).exists():
        raise unknown("No existe ese contrato.")


def register_claim(*, contract: str, text: str, reference: str, now: datetime) -> None:
    """Kept in the book."""
    if not Customer.objects.filter(pk=contract).exists():
        raise unknown("No existe ese contrato.")


def _told(customers: Iterable[Customer]) -> list[dict[str, Any]]:
    found = list(customers)
    products = defaultdict(list)
    for product in Product.objects.filter(contract__in=[one.pk for one in found]).order_by("pk"):
        products[product.contract].append(
            {
                "service": product.service,
                "service_number": product.service_number,
                "plan": product.plan,
                "state": product.state,
                "suspended_for": product.suspended_for,
            }
        )
    return [
        {
            "contract": one.contract,
            "name": one.name,
            "identity_card": one.identity_card,
            "segment": one.segment,
            "address": one.address,
            "zone": one.zone,
            "telephones": one.telephones,
            "products": products[one.contract],
        }
        for one in found
    ]


def _damage(damage: Damage) -> dict[str, Any]:
    return {
        "number": damage.number,
        "service_number": damage.service_number,
        "component": damage.component,
        "cause": damage.cause,
        "registered_at": timezone.localtime(damage.registered_at).isoformat(),
        "reiterations": damage.reiterations,
        "state": damage.state,
        "has_service": damage.has_service,
        "order_number": damage.order_number,
    }


def _invoice(invoice: Invoice) -> dict[str, Any]:
    return {
        "number": invoice.number,
        "period": f"{_month_before(invoice.due_on):%Y-%m}",
        "amount": f"{invoice.amount:.2f}",
        "due_on": invoice.due_on.isoformat(),
        "is_paid": invoice.paid_on is not None,
        "paid_on": invoice.paid_on.isoformat() if invoice.paid_on else None,
    }


def _month_before(day: date) -> date:
    return day.replace(day=1) - timedelta(days=1)


def _order(order: WorkOrder) -> dict[str, Any]:
    return {
        "number": order.number,
        "kind": order.kind,
        "service": order.service,
        "sold_on": order.sold_on.isoformat(),
        "state": order.state,
        "has_service": order.has_service,
        "annulled_for": order.annulled_for,
        "zone": order.zone,
        "sector": order.sector,
    }
