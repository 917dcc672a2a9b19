"""What LBC says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell, Limits, Writes
from systems.contract import CODE, MAYBE_WORDS
from systems.lbc.client import Lbc

CELL = Cell(
    code="lbc",
    name="LBC",
    place=20,
    about="administrative suspensions in Smartflex",
    client=Lbc,
    limits=Limits(
        daily_writes=40,
        cool_down_minutes=2,  # a click, not a customer whose call dropped: her SIM is blocked after her line
    ),
    operations=(
        Writes(
            name="suspend",
            words=_("Suspensión administrativa (LBC)"),
            summary="Administrative suspension of a product at the customer's request.",
            source="800130001.4",
            asks={"contract": CODE, "number": CODE, "reason": MAYBE_WORDS},
            for_whom="number",
            accountable=True,
            reference="LBC",
        ),
    ),
)
