"""What the commercial guide says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell, Reads, Typed
from systems.contract import FLAG, NAME, TEXT, many, record
from systems.guia_comercial.client import GuiaComercial

FIRM = record("Firm", name=TEXT, address=TEXT, number=TEXT)

CELL = Cell(
    code="guia_comercial",
    name=_("Guía Comercial"),
    place=80,
    about="the commercial guide (ICONO)",
    client=GuiaComercial,
    operations=(
        Reads(
            name="search",
            words=_("Buscar en la Guía Comercial"),
            summary="Listed firms by name or by what they sell; at most 20.",
            source="4200224.2",
            asks={"words": NAME},
            answers=record("Firms", entries=many(FIRM), more=FLAG),
            by_hand=(
                Typed("entries.0.name", _("Nombre")),
                Typed("entries.0.address", _("Dirección")),
                Typed("entries.0.number", _("Número")),
            ),
            kept_back="reserved",
        ),
    ),
)
