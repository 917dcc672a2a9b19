"""What P_EMPLEADOS says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell, Reads, Typed
from systems.contract import NAME, TEXT, many, record
from systems.p_empleados.client import PEmpleados

EXTENSION = record("Extension", name=TEXT, unit=TEXT, extension=TEXT)

CELL = Cell(
    code="p_empleados",
    name="P_EMPLEADOS",
    place=90,
    about="internal numbers",
    client=PEmpleados,
    operations=(
        Reads(
            name="search",
            words=_("Buscar un interno en P_EMPLEADOS"),
            summary="Internal numbers by name, unit or number; at most 50.",
            source="4251000.2",
            asks={"words": NAME},
            answers=record("Extensions", extensions=many(EXTENSION)),
            by_hand=(
                Typed("0.name", _("Nombre")),
                Typed("0.unit", _("Unidad")),
                Typed("0.extension", _("Interno")),
            ),
        ),
    ),
    labels={"unit": _("Unidad"), "extension": _("Interno")},
)
