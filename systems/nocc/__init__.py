"""What NOCC says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell, Writes
from systems.contract import CODE, MAYBE_WORDS
from systems.nocc.client import Nocc

CELL = Cell(
    code="nocc",
    name="NOCC",
    place=140,
    about="faults of the network",
    client=Nocc,
    operations=(
        Writes(
            name="report",
            words=_("Comunicar al NOCC"),
            summary="Tell who watches over the network of a fault.",
            source="800131313.6",
            asks={"number": CODE, "text": MAYBE_WORDS},
            reference="N",
        ),
    ),
)
