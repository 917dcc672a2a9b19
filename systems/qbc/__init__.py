"""What QBC says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell, Limits, Writes
from systems.contract import AMOUNT, CODE
from systems.qbc.client import Qbc

CELL = Cell(
    code="qbc",
    name="QBC",
    place=130,
    about="balances of mobile lines",
    client=Qbc,
    limits=Limits(daily_amount=5000, largest_amount=500),
    operations=(
        Writes(
            name="top_up",
            words=_("Incremento de saldo en QBC"),
            summary="Raise the balance of a MIO line by an amount of its plan.",
            source="800130001.7",
            asks={"number": CODE, "amount": AMOUNT},
            accountable=True,
            reference="RS",
        ),
    ),
)
