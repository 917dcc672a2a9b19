"""What Smartflex says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell, Choices, Reads, Typed, Writes
from systems.contract import CODE, MAYBE_CODE, MAYBE_WORDS, NAME, WORDS, asked_text, optional
from systems.smartflex import answers
from systems.smartflex.client import Smartflex
from systems.words import SERVICES, YES_OR_NO

CAUSE = asked_text("Cause", 200)
LINE = asked_text("Line", 12)
STATES: Choices = (
    ("registered", _("Registrado")), ("assigned", _("Asignado")), ("in_execution", _("En ejecución")),
    ("executed", _("Ejecutado")), ("attended", _("Atendido")), ("closed", _("Cerrado")), ("annulled", _("Anulado")),
    ("suspended", _("Producto suspendido")), ("other", _("Otro estado")),
)  # fmt: skip
STATES_OF_PRODUCT: Choices = (
    ("active", _("Activo")), ("suspended", _("Suspendido")), ("retired", _("Retirado")),
)  # fmt: skip
SUSPENDED_FOR: Choices = (("debt", _("Falta de pago")), ("request", _("Solicitud del cliente")))
KINDS_OF_ORDER: Choices = (("installation", _("Instalación")), ("transfer", _("Traslado")))
ANNULLED_FOR: Choices = (
    ("technical_data", _("Asignación de datos técnicos")), ("subscriber_absent", _("Abonado ausente")),
    ("wrong_address", _("Dirección errónea")), ("at_request", _("A pedido del cliente")), ("other", _("Otra causal")),
)  # fmt: skip

READS = (
    Reads(
        name="search",
        words=_("Buscar al cliente"),
        summary="Customers by service number, contract, identity card or name; at most 20.",
        source="101.3, 102.3, 103.3, 4522222.2, 800130001.2, 4639999.2",
        asks={"text": NAME},
        answers=answers.FOUND,
        by_hand=(
            Typed("customers.0.contract", _("Contrato"), "contract"),
            Typed("customers.0.name", _("Nombre")),
        ),
    ),
    Reads(
        name="customer",
        words=_("Datos del cliente en Punto Único (CNCRM_FVE)"),
        summary="One customer; null when the contract is nobody's.",
        source="101.3",
        asks={"contract": CODE},
        answers=answers.MAYBE_CUSTOMER,
        nobodys="contract",
        by_hand=(
            Typed("contract", _("Contrato"), "contract"),
            Typed("name", _("Nombre")),
            Typed("segment", _("Segmento")),
            Typed("zone", _("Zona")),
            Typed("products.0.service_number", _("Número del servicio por el que llama")),
            Typed("products.0.state", _("Estado de ese servicio"), choices=STATES_OF_PRODUCT),
            Typed("products.0.suspended_for", _("Suspendido por"), choices=SUSPENDED_FOR),
        ),
    ),
    Reads(
        name="damages",
        words=_("Daños a Producto"),
        summary="Daños a Producto, newest first.",
        source="101.4–101.6, 101.11",
        asks={"contract": CODE},
        answers=answers.DAMAGES,
        by_hand=(
            Typed("0.number", _("Número del último daño (vacío si no hay)")),
            Typed("0.state", _("Estado de su orden de trabajo"), choices=STATES),
            Typed("0.cause", _("Causal")),
            Typed("0.service_number", _("Número de servicio")),
            Typed("0.has_service", _("¿Tiene servicio?"), choices=YES_OR_NO),
        ),
    ),
    Reads(
        name="account",
        words=_("Estado de Cuentas"),
        summary="Estado de Cuentas: what was billed and paid, and where one may pay.",
        source="102.4–102.5, 4522222.3, 4639999.4",
        asks={"contract": CODE},
        answers=answers.ACCOUNT_OF_CONTRACT,
        by_hand=(
            Typed("services.0.service", _("Servicio"), choices=SERVICES),
            Typed("services.0.invoices.0.number", _("Factura")),
            Typed("services.0.invoices.0.amount", _("Monto de la factura (Bs)"), "amount"),
            Typed("services.0.invoices.0.due_on", _("Vence"), "date"),
            Typed("services.0.invoices.0.is_paid", _("¿Pagada?"), choices=YES_OR_NO),
            Typed("services.0.invoices.0.paid_on", _("Pagada el"), "date"),
            Typed("owed", _("Total adeudado (Bs)"), "amount"),
            Typed("owed_fixed", _("De ello, de telefonía fija (Bs)"), "amount"),
            Typed("owed_internet", _("De ello, de Internet (Bs)"), "amount"),
            Typed("owed_tv", _("De ello, de televisión (Bs)"), "amount"),
            Typed("owed_public", _("De ello, de telefonía pública (Bs)"), "amount"),
            Typed("owed_other", _("De ello, de otros servicios (Bs)"), "amount"),
            Typed("due_on", _("Vencimiento más antiguo de lo que debe"), "date"),
            Typed("places.0", _("Dónde pagar")),
        ),
    ),
    Reads(
        name="orders",
        words=_("Órdenes de trabajo"),
        summary="Work orders of installations and transfers, newest first.",
        source="103.4",
        asks={"contract": CODE},
        answers=answers.ORDERS,
        by_hand=(
            Typed("0.number", _("Número de la orden (vacío si no hay)")),
            Typed("0.kind", _("Trámite"), choices=KINDS_OF_ORDER),
            Typed("0.sold_on", _("Fecha de la venta"), "date"),
            Typed("0.state", _("Estado"), choices=STATES),
            Typed("0.has_service", _("¿Tiene servicio?"), choices=YES_OR_NO),
            Typed("0.annulled_for", _("Causal de anulación"), choices=ANNULLED_FOR),
            Typed("0.zone", _("Zona")),
            Typed("0.sector", _("Sector")),
        ),
    ),
)
WRITES = (
    Writes(
        name="register_damage",
        words=_("Registrar un daño a producto"),
        summary="Register a damage; the reference is its number.",
        source="101.7, 4639999.6",
        asks={
            "contract": CODE,
            "service_number": CODE,
            "component": optional(MAYBE_CODE),
            "cause": CAUSE,
            "description": MAYBE_WORDS,
        },
        for_whom="service_number",
        reference="D",
    ),
    Writes(
        name="reiterate_damage",
        words=_("Reiterar el daño con la misma causal"),
        summary="Reiterate a damage with its cause.",
        source="101.8",
        asks={"damage": CODE, "cause": CAUSE},
        reference="R",
    ),
    Writes(
        name="write_interaction",
        words=_("Escribir la interacción"),
        summary="Write down how a call ended; the contract is empty when the caller is no customer.",
        source="101.12, 103.8, 4639999.8",
        asks={"contract": MAYBE_CODE, "line": LINE, "result": NAME, "text": MAYBE_WORDS},
        for_whom="contract",
        reference="I",
        silent=True,
    ),
    Writes(
        name="register_claim",
        words=_("Registrar el reclamo económico"),
        summary="Register a billing claim (FIN-FAC-P03).",
        source="102.10",
        asks={"contract": CODE, "text": WORDS},
        reference="RE",
    ),
)

CELL = Cell(
    code="smartflex",
    name="Smartflex",
    place=10,
    about="Punto Único, Daños a Producto, Estado de Cuentas, work orders, interactions, claims",
    client=Smartflex,
    operations=(*READS, *WRITES),
    labels={
        "service": _("Servicio"), "service_number": _("Número de servicio"), "suspended_for": _("Suspendido por"),
        "cause": _("Causal"), "component": _("Componente"), "has_service": _("¿Tiene servicio?"),
        "sold_on": _("Vendido el"), "annulled_for": _("Causal de anulación"), "registered_at": _("Registrado"),
        "reiterations": _("Reiteraciones"), "order_number": _("Orden"), "period": _("Mes"), "due_on": _("Vence"),
        "is_paid": _("¿Pagada?"), "paid_on": _("Pagada el"), "segment": _("Segmento"),
        "telephones": _("Teléfonos"), "zone": _("Zona"), "sector": _("Sector"), "places": _("Dónde pagar"),
        "owed": _("Total adeudado"), "owed_fixed": _("Debe de telefonía fija"), "owed_internet": _("Debe de Internet"),
        "owed_tv": _("Debe de televisión"), "owed_public": _("Debe de telefonía pública"),
        "owed_other": _("Debe de otros servicios"), "products": _("Productos"), "services": _("Servicios"),
        "invoices": _("Facturas"),
    },
    values={
        "state": {"active": _("Activo")},
        "suspended_for": dict(SUSPENDED_FOR),
    },
)  # fmt: skip
