"""What Guiatel says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell, Reads, Typed
from systems.contract import FLAG, MAYBE_NAME, NAME, TEXT, flag, many, optional, record
from systems.guiatel.client import Guiatel

SUBSCRIBER = record("Subscriber", name=TEXT, address=TEXT, number=TEXT, reserved=flag("in reserve, told to nobody"))

CELL = Cell(
    code="guiatel",
    name="Guiatel",
    place=70,
    about="subscribers' numbers",
    client=Guiatel,
    operations=(
        Reads(
            name="search",
            words=_("Buscar en Guiatel"),
            summary="Subscribers by name, and address when it is given; those in reserve say so. At most 20.",
            source="104.2–104.3",
            asks={"name": NAME, "address": optional(MAYBE_NAME)},
            answers=record("Subscribers", entries=many(SUBSCRIBER), more=FLAG),
            by_hand=(
                Typed("entries.0.name", _("Nombre")),
                Typed("entries.0.address", _("Dirección")),
                Typed("entries.0.number", _("Número (vacío si está en reserva: no se escribe ni se dice)")),
            ),
            kept_back="reserved",
        ),
    ),
)
