"""What Btel2 says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.btel2.client import Btel2
from systems.cells import Cell, Limits, Reads, Typed, Writes
from systems.contract import AMOUNT, CODE, MOMENT, MONEY, record

CELL = Cell(
    code="btel2",
    name="Btel2 (Logistic One)",
    place=110,
    about="Logistic One: credits of long distance",
    client=Btel2,
    limits=Limits(daily_amount=5000, largest_amount=500),
    operations=(
        Reads(
            name="balance",
            words=_("Saldo en Btel2 (Logistic One)"),
            summary="Balance of a long-distance number; 404 when it has none.",
            source="800131313.5",
            asks={"number": CODE},
            answers=record("Balance", amount=MONEY, limit=MONEY, as_of=MOMENT),
            refuses_unknown=True,
            by_hand=(
                Typed("amount", _("Saldo (Bs)"), "amount"),
                Typed("limit", _("Límite (Bs)"), "amount"),
            ),
        ),
        Writes(
            name="raise_credit",
            words=_("Incremento de crédito en Btel2"),
            summary="Raise a credit, up to its limit; this resolves an Error 62.",
            source="800131313.4",
            asks={"number": CODE, "amount": AMOUNT},
            accountable=True,
            reference="IC",
        ),
    ),
    labels={"limit": _("Límite"), "as_of": _("Al")},
)
