"""What a step may look up: in another system, or in the house's own reading of dates and hours.

`run` returns plain JSON-able values: tuples as lists, amounts as texts ("12.50"), days and moments in ISO form. Where a
system is used by hand the agent fills in the look-up's own fields; `found_by_hand` makes of them the same shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbound.flows.shapes import HOUSE, Field
from inbound.models import PersonInCharge
from inbound.outside import readings

Arguments = Mapping[str, str]
YES_OR_NO = (("true", _("Sí")), ("false", _("No")))
SERVICES = (
    ("FIXED", _("Telefonía fija")), ("INTERNET", _("Internet")), ("TV", _("Televisión")), ("FIJACOM", "Fijacom"),
    ("MIO", "MIO"), ("PUBLIC", _("Telefonía pública")),
)  # fmt: skip
STATES = (
    ("registered", _("Registrada")), ("assigned", _("Asignada")), ("in_execution", _("En ejecución")),
    ("executed", _("Ejecutada")), ("attended", _("Atendida")), ("closed", _("Cerrada")), ("annulled", _("Anulada")),
    ("suspended", _("Producto suspendido")), ("other", _("Otro estado")),
)  # fmt: skip
KINDS_OF_ORDER = (("installation", _("Instalación")), ("transfer", _("Traslado")))
ANNULLED_FOR = (
    ("technical_data", _("Asignación de datos técnicos")), ("subscriber_absent", _("Abonado ausente")),
    ("wrong_address", _("Dirección errónea")), ("other", _("Otra causal")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LookUp:
    """One thing to ask. `needs` are the arguments without which it is not asked.

    `by_hand`: what the agent writes when the system is used by hand; a dotted name is a place in what would have been
    found. `kept_back` names a count of the answer that is for the audit and for nobody's eyes.
    """

    system: str
    words: str | Promise
    run: Callable[[Any, Arguments, datetime], Any]
    needs: tuple[str, ...] = ()
    by_hand: tuple[Field, ...] = ()
    kept_back: str = ""


def as_json(value: Any) -> Any:
    """A client's answer as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    match value:
        case Decimal():
            return f"{value:.2f}"
        case date():  # a datetime is one as well
            return value.isoformat()
        case list() | tuple():
            return [as_json(item) for item in value]
    return value


def found_by_hand(*, name: str, answers: Mapping[str, str]) -> Any:
    """What the agent wrote in the fields of a look-up, in the shape its system would have answered.

    What was left empty is absent; nothing written is nothing found (an empty list where it would be a list, else None).
    """
    root: dict[str, Any] = {}
    for field in LOOK_UPS[name].by_hand:
        written = str(answers.get(field.name) or "").strip()
        if not written:
            continue
        place = root
        *way, last = field.name.split(".")
        for part in way:
            place = place.setdefault(part, {})
        place[last] = written == "true" if field.choices == YES_OR_NO else written
    if not root:
        return [] if LOOK_UPS[name].by_hand[0].name.startswith("0.") else None
    return _with_lists(root)


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _with_lists(item) for key, item in value.items()}
    return [inner[key] for key in sorted(inner)] if all(key.isdigit() for key in inner) else inner


def _field(name: str, label: Any, type_: str = "text", choices: Any = ()) -> Field:
    return Field(name=name, label=label, type="choice" if choices else type_, required=False, choices=choices)


def _asks(
    system: str,
    method: str,
    words: str | Promise,
    *by_hand: Field,
    needs: tuple[str, ...] = (),
    may: tuple[str, ...] = (),
    kept_back: str = "",
) -> LookUp:
    def _run(clients: Any, arguments: Arguments, now: datetime) -> Any:
        said = {name: arguments.get(name, "") for name in (*needs, *may)}
        return as_json(getattr(getattr(clients, system), method)(**said))

    return LookUp(system, words, _run, needs, by_hand, kept_back)


def _reads(name: str, words: str | Promise) -> LookUp:
    """A reading of the house: it asks nobody and always answers, so nothing of it is written by hand."""

    def _run(_clients: Any, arguments: Arguments, now: datetime) -> Any:
        return readings.read(name, arguments, now=now)

    return LookUp(HOUSE.rstrip("."), words, _run)


def _names(charge: str, words: str | Promise) -> LookUp:
    """Who is in charge of something, as the admin says now; nobody is found until a telephone is written there."""

    def _run(_clients: Any, arguments: Arguments, now: datetime) -> Any:
        found = PersonInCharge.objects.filter(charge=charge).exclude(telephone="").values("name", "telephone")
        return found.first()

    return LookUp(HOUSE.rstrip("."), words, _run)


_ENTRY = (
    _field("entries.0.name", _("Nombre")),
    _field("entries.0.address", _("Dirección")),
    _field("entries.0.number", _("Número")),
)

LOOK_UPS: dict[str, LookUp] = {
    "smartflex.search": _asks(
        "smartflex", "search", _("Buscar al cliente"),
        _field("customers.0.contract", _("Contrato"), "contract"), _field("customers.0.name", _("Nombre")),
        needs=("text",),
    ),
    "smartflex.customer": _asks(
        "smartflex", "customer", _("Datos del cliente en Punto Único (CNCRM_FVE)"),
        _field("contract", _("Contrato"), "contract"), _field("name", _("Nombre")), _field("segment", _("Segmento")),
        _field("zone", _("Zona")),
        needs=("contract",),
    ),
    "smartflex.damages": _asks(
        "smartflex", "damages", _("Daños a Producto"),
        _field("0.number", _("Número del último daño (vacío si no hay)")),
        _field("0.state", _("Estado de su orden de trabajo"), choices=STATES), _field("0.cause", _("Causal")),
        _field("0.service_number", _("Número de servicio")),
        _field("0.has_service", _("¿Tiene servicio?"), choices=YES_OR_NO),
        needs=("contract",),
    ),
    "smartflex.account": _asks(
        "smartflex", "account", _("Estado de Cuentas"),
        _field("services.0.service", _("Servicio"), choices=SERVICES),
        _field("services.0.invoices.0.number", _("Factura")),
        _field("services.0.invoices.0.amount", _("Monto adeudado (Bs)"), "amount"),
        _field("services.0.invoices.0.due_on", _("Vence"), "date"), _field("places.0", _("Dónde pagar")),
        needs=("contract",),
    ),
    "smartflex.orders": _asks(
        "smartflex", "orders", _("Órdenes de trabajo"),
        _field("0.number", _("Número de la orden (vacío si no hay)")),
        _field("0.kind", _("Trámite"), choices=KINDS_OF_ORDER), _field("0.sold_on", _("Fecha de la venta"), "date"),
        _field("0.state", _("Estado"), choices=STATES),
        _field("0.has_service", _("¿Tiene servicio?"), choices=YES_OR_NO),
        _field("0.annulled_for", _("Causal de anulación"), choices=ANNULLED_FOR), _field("0.zone", _("Zona")),
        _field("0.sector", _("Sector")),
        needs=("contract",),
    ),
    "pac.certificates": _asks(
        "pac", "certificates", _("Certificados de Aportación"),
        _field("0.number", _("Número del certificado")), _field("0.amount", _("Importe (Bs)"), "amount"),
        _field("0.paid", _("Pagado (Bs)"), "amount"), _field("0.pending", _("Saldo (Bs)"), "amount"),
        needs=("contract",),
    ),
    "guiatel.search": _asks(
        "guiatel", "search", _("Buscar en Guiatel"), *_ENTRY[:2],
        _field("entries.0.number", _("Número (vacío si está en reserva: no se escribe ni se dice)")),
        needs=("name",), may=("address",), kept_back="reserved",
    ),
    "guia_comercial.search": _asks(
        "guia_comercial", "search", _("Buscar en la Guía Comercial"), *_ENTRY, needs=("words",), kept_back="reserved"
    ),
    "p_empleados.search": _asks(
        "p_empleados", "search", _("Buscar un interno en P_EMPLEADOS"),
        _field("0.name", _("Nombre")), _field("0.unit", _("Unidad")), _field("0.extension", _("Interno")),
        needs=("words",),
    ),
    "boliviatel.search": _asks(
        "boliviatel", "search", _("Buscar al cliente en Boliviatel"),
        _field("0.number", _("Número")), _field("0.name", _("Nombre")),
        _field("0.kind", _("Tipo de cliente"), choices=(("prepaid", _("Prepago")), ("postpaid", _("Pospago")))),
        _field("0.error_62", _("¿Tiene Error 62?"), choices=YES_OR_NO),
        _field("0.last_payment_on", _("Último pago, fecha"), "date"),
        _field("0.last_payment", _("Último pago (Bs)"), "amount"),
        may=("number", "identity_card", "name"),
    ),
    "btel2.balance": _asks(
        "btel2", "balance", _("Saldo en Btel2 (Logistic One)"),
        _field("amount", _("Saldo (Bs)"), "amount"), _field("limit", _("Límite (Bs)"), "amount"), needs=("number",),
    ),
    "mio.line": _asks(
        "mio", "line", _("Línea en MIO"),
        _field("number", _("Número")), _field("holder", _("Titular")), _field("plan", _("Plan")),
        _field("state", _("Estado")), _field("balance", _("Saldo (Bs)"), "amount"), needs=("number",),
    ),
    "c_cli4g.line": _asks(
        "c_cli4g", "line", _("Datos de cliente 4G (C_CLI4G)"),
        _field("number", _("Número Fijacom")), _field("holder", _("Titular")), _field("plan", _("Plan")),
        _field("balance", _("Saldo (Bs)"), "amount"), needs=("number",),
    ),
    "gsi.code": _asks(
        "gsi", "code", _("Código de marcación en GSI"),
        _field("code", _("Código")), _field("words", _("Cómo se marca")), needs=("origin", "destination"),
    ),
    "house.installation_term": _reads("house.installation_term", _("Plazo de la instalación")),
    "house.public_phone_window": _reads("house.public_phone_window", _("Fin de semana de telefonía pública")),
    "house.shopper_seller": _names(PersonInCharge.Charge.SHOPPER_SALES, _("Encargado de Venta Shopper")),
}  # fmt: skip
