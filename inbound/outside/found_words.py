"""What other systems say, in the words of the screen: names of fields, states, amounts, days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbound.outside.look_ups import ANNULLED_FOR, KINDS_OF_ORDER, SERVICES, STATES
from screens.templatetags.screens import bs
from telephony import phone_numbers

LABELS = {
    "address": gettext_lazy("Dirección"), "amount": gettext_lazy("Importe"), "amounts": gettext_lazy("Montos del plan"),
    "annulled_for": gettext_lazy("Causal de anulación"), "as_of": gettext_lazy("Al"),
    "balance": gettext_lazy("Saldo"), "cause": gettext_lazy("Causal"), "code": gettext_lazy("Código"),
    "component": gettext_lazy("Componente"), "contract": gettext_lazy("Contrato"), "due_on": gettext_lazy("Vence"),
    "error_62": gettext_lazy("Error 62"), "extension": gettext_lazy("Interno"),
    "has_service": gettext_lazy("¿Tiene servicio?"), "holder": gettext_lazy("Titular"),
    "identity_card": gettext_lazy("Carnet"), "is_paid": gettext_lazy("¿Pagada?"), "kind": gettext_lazy("Tipo"),
    "last_payment": gettext_lazy("Último pago"), "last_payment_on": gettext_lazy("Fecha del último pago"),
    "limit": gettext_lazy("Límite"), "name": gettext_lazy("Nombre"), "number": gettext_lazy("Número"),
    "order_number": gettext_lazy("Orden"), "paid": gettext_lazy("Pagado"), "paid_on": gettext_lazy("Pagada el"),
    "pending": gettext_lazy("Saldo"), "period": gettext_lazy("Mes"), "places": gettext_lazy("Dónde pagar"),
    "plan": gettext_lazy("Plan"), "registered_at": gettext_lazy("Registrado"),
    "reiterations": gettext_lazy("Reiteraciones"), "sector": gettext_lazy("Sector"),
    "segment": gettext_lazy("Segmento"), "service": gettext_lazy("Servicio"),
    "service_number": gettext_lazy("Número de servicio"), "sold_on": gettext_lazy("Vendido el"),
    "state": gettext_lazy("Estado"), "suspended_for": gettext_lazy("Suspendido por"),
    "telephone": gettext_lazy("Teléfono"), "telephones": gettext_lazy("Teléfonos"),
    "unit": gettext_lazy("Unidad"), "words": gettext_lazy("Cómo se marca"),
    "zone": gettext_lazy("Zona"), "days": gettext_lazy("Días"), "limit_on": gettext_lazy("Plazo hasta"),
}  # fmt: skip
VALUES: dict[str, dict[str, Any]] = {
    "state": {**dict(STATES), "active": gettext_lazy("Activo"), "blocked": gettext_lazy("Bloqueado")},
    "service": dict(SERVICES),
    "annulled_for": dict(ANNULLED_FOR),
    "kind": {
        **dict(KINDS_OF_ORDER), "prepaid": gettext_lazy("Prepago"), "postpaid": gettext_lazy("Pospago"),
    },
    "suspended_for": {"debt": gettext_lazy("Falta de pago"), "request": gettext_lazy("Solicitud del cliente")},
}  # fmt: skip
# JSON of the database does not keep an order: what people look for first stands first.
ORDER = (
    *("service", "kind", "name", "number", "service_number", "plan", "state", "suspended_for", "cause", "component"),
    *("has_service", "sold_on", "annulled_for", "registered_at", "reiterations", "order_number", "period", "amount"),
    *("due_on", "is_paid", "paid_on", "paid", "pending", "holder", "identity_card", "balance", "limit", "as_of"),
    *("amounts", "error_62", "last_payment_on", "last_payment", "unit", "extension", "code", "words", "contract"),
    *("segment", "telephone", "telephones", "address", "zone", "sector", "places"),
)
MONEY = {"amount", "amounts", "balance", "last_payment", "limit", "paid", "pending"}
LISTS = {
    "customers": gettext_lazy("Clientes"), "entries": gettext_lazy("Registros"), "invoices": gettext_lazy("Facturas"),
    "products": gettext_lazy("Productos"), "services": gettext_lazy("Servicios"),
}  # fmt: skip
LONGEST = 20  # rows of a list; more are told as a number
LONG_LIST = 60  # letters of a list of texts that still stand on one line


@dataclass(frozen=True)
class Table:
    """A list somebody found: heads, rows, and how many more there are."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    more: int = 0


@dataclass(frozen=True)
class Told:
    """What one look-up found: facts by name and value, then tables. Empty when nothing was found."""

    facts: list[tuple[str, str]]
    tables: list[Table]

    def __bool__(self) -> bool:
        return bool(self.facts or self.tables)


def tell(found: Any) -> Told:
    """What was found, for people."""
    if isinstance(found, list):
        return Told([], list(_tables("", found)))
    if not isinstance(found, Mapping):
        return Told([], [])
    facts: list[tuple[str, str]] = []
    tables: list[Table] = []
    below: list[Table] = []  # long lists of texts: what people look for first stands first
    for name, value in sorted(found.items(), key=_place):
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            tables += _tables(str(LISTS.get(name, label_of(name))), value)
        elif isinstance(value, list) and len(words := words_of(name, value)) > LONG_LIST:
            rows = [[words_of(name, one)] for one in value]
            below.append(Table(label_of(name), [], rows[:LONGEST], max(0, len(rows) - LONGEST)))
        elif words := words_of(name, value):
            facts.append((label_of(name), words))
    return Told(facts, [*tables, *below])


def label_of(name: str) -> str:
    return str(LABELS.get(name, name.replace("_", " ").capitalize()))


def words_of(name: str, value: Any) -> str:
    """One value as it is read aloud; what no list of words knows stays as the other system wrote it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    if isinstance(value, list):
        each = [words_of(name, one) for one in value]
        return ("; " if any("," in one and name not in MONEY for one in each) else ", ").join(each)
    text = str(value)
    if name in MONEY:
        return _money(text)
    if name in ("telephone", "telephones"):
        return phone_numbers.display(text)
    if text in VALUES.get(name, {}):
        return str(VALUES[name][text])
    return _day(text)


def _money(text: str) -> str:
    try:
        return str(bs(Decimal(text)))
    except InvalidOperation:
        return text


def _day(text: str) -> str:
    if not (len(text) >= 10 and text[4:5] == text[7:8] == "-"):
        return text
    try:
        if len(text) == 10:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        return f"{datetime.fromisoformat(text):%d/%m/%Y %H:%M}"
    except ValueError:
        return text


def _tables(title: str, rows: list[Any]) -> Iterator[Table]:
    """One table of a list of mappings; lists inside its rows become tables of their own, named by their row."""
    flat = [row for row in rows if isinstance(row, Mapping)]
    names = [
        name
        for name, _value in sorted({name: None for row in flat for name in row}.items(), key=_place)
        if any(words_of(name, row.get(name)) and not _is_rows(row.get(name)) for row in flat)
    ]
    if names:
        shown = [[words_of(name, row.get(name)) for name in names] for row in flat[:LONGEST]]
        yield Table(title, [label_of(name) for name in names], shown, max(0, len(flat) - LONGEST))
    for row in flat[:LONGEST]:
        for name, value in row.items():
            if _is_rows(value):
                of = " · ".join(filter(None, (words_of(key, row.get(key)) for key in ("service", "service_number"))))
                yield from _tables(f"{LISTS.get(name, label_of(name))} {of}".strip(), value)


def _place(item: tuple[str, Any]) -> int:
    return ORDER.index(item[0]) if item[0] in ORDER else len(ORDER)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
