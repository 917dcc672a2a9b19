"""What Boliviatel says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.boliviatel.client import Boliviatel
from systems.cells import Cell, Reads, Typed
from systems.contract import FLAG, MAYBE_CODE, MAYBE_DAY, MAYBE_NAME, MONEY, TEXT, many, optional, record, such_as
from systems.words import YES_OR_NO

CUSTOMER = record(
    "LongDistanceCustomer",
    number=TEXT,
    name=TEXT,
    identity_card=TEXT,
    kind=such_as("prepaid", "postpaid"),
    error_62=FLAG,
    last_payment_on=MAYBE_DAY,
    last_payment=MONEY,
)
KINDS = (("prepaid", _("Prepago")), ("postpaid", _("Pospago")))

CELL = Cell(
    code="boliviatel",
    name="Boliviatel",
    place=100,
    about="customers of long distance",
    client=Boliviatel,
    operations=(
        Reads(
            name="search",
            words=_("Buscar al cliente en Boliviatel"),
            summary="Customers of long distance by all of what is given; at most 20.",
            source="800131313.2–3",
            asks={
                "number": optional(MAYBE_CODE),
                "identity_card": optional(MAYBE_CODE),
                "name": optional(MAYBE_NAME),
            },
            answers=record("LongDistanceCustomers", customers=many(CUSTOMER)),
            by_hand=(
                Typed("0.number", _("Número")),
                Typed("0.name", _("Nombre")),
                Typed("0.identity_card", _("Carnet del titular")),
                Typed("0.kind", _("Tipo de cliente"), choices=KINDS),
                Typed("0.error_62", _("¿Tiene Error 62?"), choices=YES_OR_NO),
                Typed("0.last_payment_on", _("Último pago, fecha"), "date"),
                Typed("0.last_payment", _("Último pago (Bs)"), "amount"),
            ),
        ),
    ),
    labels={
        "error_62": _("Error 62"),
        "last_payment_on": _("Fecha del último pago"),
        "last_payment": _("Último pago"),
    },
)
