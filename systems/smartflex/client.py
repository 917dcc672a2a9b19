"""Smartflex: Punto Único (CNCRM_FVE), Daños a Producto, Estado de Cuentas, work orders, interactions, claims.

Steps 101.3–101.12, 102.3–102.10, 103.3–103.9, 4522222.2–4, 4639999.2–8 and 109.2 of the procedure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from systems import shapes
from systems.connection import Done, SystemClient


@dataclass(frozen=True, slots=True)
class Product:
    """`service` is FIXED, INTERNET, TV, FIJACOM, MIO or PUBLIC; `suspended_for` is '', debt or request."""

    service: str
    service_number: str
    plan: str
    state: str
    suspended_for: str


@dataclass(frozen=True, slots=True)
class Customer:
    contract: str
    name: str
    identity_card: str
    segment: str
    address: str
    zone: str
    telephones: tuple[str, ...]
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """At most 20 customers; `more` when there would have been others."""

    customers: tuple[Customer, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Damage:
    """A fault. `state` is its work order's, or `suspended` when the product is, or what else Smartflex says."""

    number: str
    service_number: str
    component: str
    cause: str
    registered_at: datetime
    reiterations: int
    state: str
    has_service: bool
    order_number: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """`period` is YYYY-MM; `amount` in Bs."""

    number: str
    period: str
    amount: Decimal
    due_on: date
    is_paid: bool
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    service: str
    service_number: str
    invoices: tuple[Invoice, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Estado de Cuentas; `places` are where one may pay.

    `owed` in Bs is the sum of what is not paid, `owed_…` what of it is owed of one kind of service, None when that is
    nothing, and `due_on` the day the oldest of it falls due, None when nothing is owed: all are summed here.
    """

    services: tuple[ServiceAccount, ...]
    places: tuple[str, ...]
    owed: Decimal | None
    due_on: date | None
    owed_fixed: Decimal | None = None
    owed_internet: Decimal | None = None
    owed_tv: Decimal | None = None
    owed_public: Decimal | None = None
    owed_other: Decimal | None = None


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """An installation or a transfer. `annulled_for` is '' unless it was annulled."""

    number: str
    kind: str
    service: str
    sold_on: date
    state: str
    has_service: bool
    annulled_for: str
    zone: str
    sector: str


class Smartflex(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused; those that write, OutcomeUnknown too."""

    system = "smartflex"

    def search(self, *, text: str) -> Found:
        """By service number, contract, identity card or name."""
        return self._connection.ask("search", {"text": text}, _found)

    def customer(self, *, contract: str) -> Customer | None:
        return self._connection.ask("customer", {"contract": contract}, _customer_or_none)

    def damages(self, *, contract: str) -> tuple[Damage, ...]:
        """Newest first."""
        found = self._connection.ask("damages", {"contract": contract}, _damages)
        return tuple(sorted(found, key=lambda damage: damage.registered_at, reverse=True))

    def account(self, *, contract: str) -> Account:
        return self._connection.ask("account", {"contract": contract}, _account)

    def orders(self, *, contract: str) -> tuple[WorkOrder, ...]:
        """Newest first."""
        found = self._connection.ask("orders", {"contract": contract}, _orders)
        return tuple(sorted(found, key=lambda order: order.sold_on, reverse=True))

    def register_damage(
        self, *, key: str, contract: str, service_number: str, component: str, cause: str, description: str
    ) -> Done:
        """The reference is the damage's number; `component` of the product is empty while nobody knows it."""
        body = {
            "contract": contract,
            "service_number": service_number,
            "component": component,
            "cause": cause,
            "description": description,
        }
        return self._connection.tell("register_damage", body, key=key)

    def reiterate_damage(self, *, key: str, damage: str, cause: str) -> Done:
        return self._connection.tell("reiterate_damage", {"damage": damage, "cause": cause}, key=key)

    def write_interaction(self, *, key: str, contract: str, line: str, result: str, text: str) -> Done:
        """`contract` is empty when the caller is no customer that was found."""
        body = {"contract": contract, "line": line, "result": result, "text": text}
        return self._connection.tell("write_interaction", body, key=key)

    def register_claim(self, *, key: str, contract: str, text: str) -> Done:
        """A billing claim (FIN-FAC-P03)."""
        return self._connection.tell("register_claim", {"contract": contract, "text": text}, key=key)


def _found(raw: Mapping[str, Any]) -> Found:
    return Found(customers=shapes.many(raw, "customers", _customer), more=shapes.flag(raw, "more"))


def _customer_or_none(raw: Mapping[str, Any]) -> Customer | None:
    return shapes.one_or_none(raw, "customer", _customer)


def _damages(raw: Mapping[str, Any]) -> tuple[Damage, ...]:
    return shapes.many(raw, "damages", _damage)


def _orders(raw: Mapping[str, Any]) -> tuple[WorkOrder, ...]:
    return shapes.many(raw, "orders", _order)


def _customer(raw: Mapping[str, Any]) -> Customer:
    return Customer(
        contract=shapes.text(raw, "contract"),
        name=shapes.text(raw, "name"),
        identity_card=shapes.text(raw, "identity_card"),
        segment=shapes.text(raw, "segment"),
        address=shapes.text(raw, "address"),
        zone=shapes.text(raw, "zone"),
        telephones=shapes.texts(raw, "telephones"),
        products=shapes.many(raw, "products", _product),
    )


def _product(raw: Mapping[str, Any]) -> Product:
    return Product(
        service=shapes.text(raw, "service"),
        service_number=shapes.text(raw, "service_number"),
        plan=shapes.text(raw, "plan"),
        state=shapes.text(raw, "state"),
        suspended_for=shapes.text(raw, "suspended_for"),
    )


def _damage(raw: Mapping[str, Any]) -> Damage:
    return Damage(
        number=shapes.text(raw, "number"),
        service_number=shapes.text(raw, "service_number"),
        component=shapes.text(raw, "component"),
        cause=shapes.text(raw, "cause"),
        registered_at=shapes.moment(raw, "registered_at"),
        reiterations=shapes.count(raw, "reiterations"),
        state=shapes.text(raw, "state"),
        has_service=shapes.flag(raw, "has_service"),
        order_number=shapes.text(raw, "order_number"),
    )


def _account(raw: Mapping[str, Any]) -> Account:
    account = shapes.record(raw.get("account"))
    services = shapes.many(account, "services", _service)
    unpaid = [invoice for service in services for invoice in service.invoices if not invoice.is_paid]
    return Account(
        services=services,
        places=shapes.texts(account, "places"),
        owed=sum((invoice.amount for invoice in unpaid), Decimal("0.00")) if services else None,
        due_on=min((invoice.due_on for invoice in unpaid), default=None),
        owed_fixed=_owed_of(services, "FIXED"),
        owed_internet=_owed_of(services, "INTERNET"),
        owed_tv=_owed_of(services, "TV"),
        owed_public=_owed_of(services, "PUBLIC"),
        owed_other=_owed_of(services, "FIJACOM", "MIO"),
    )


def _owed_of(services: tuple[ServiceAccount, ...], *kinds: str) -> Decimal | None:
    owed = (one.amount for of in services if of.service in kinds for one in of.invoices if not one.is_paid)
    return sum(owed, Decimal("0.00")) or None


def _service(raw: Mapping[str, Any]) -> ServiceAccount:
    return ServiceAccount(
        service=shapes.text(raw, "service"),
        service_number=shapes.text(raw, "service_number"),
        invoices=shapes.many(raw, "invoices", _invoice),
    )


def _invoice(raw: Mapping[str, Any]) -> Invoice:
    return Invoice(
        number=shapes.text(raw, "number"),
        period=shapes.text(raw, "period"),
        amount=shapes.amount(raw, "amount"),
        due_on=shapes.day(raw, "due_on"),
        is_paid=shapes.flag(raw, "is_paid"),
        paid_on=shapes.day_or_none(raw, "paid_on"),
    )


def _order(raw: Mapping[str, Any]) -> WorkOrder:
    return WorkOrder(
        number=shapes.text(raw, "number"),
        kind=shapes.text(raw, "kind"),
        service=shapes.text(raw, "service"),
        sold_on=shapes.day(raw, "sold_on"),
        state=shapes.text(raw, "state"),
        has_service=shapes.flag(raw, "has_service"),
        annulled_for=shapes.text(raw, "annulled_for"),
        zone=shapes.text(raw, "zone"),
        sector=shapes.text(raw, "sector"),
    )
