"""What C_CLI4G says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.c_cli4g.client import CCli4g
from systems.cells import Cell, Limits, Reads, Typed, Writes
from systems.contract import AMOUNT, CODE, MAYBE_WORDS, MONEY, TEXT, many, perhaps, record

LINE = record(
    "FijacomLine",
    number=TEXT,
    holder=TEXT,
    identity_card=TEXT,
    plan=TEXT,
    balance=MONEY,
    amounts=many(MONEY),
)

CELL = Cell(
    code="c_cli4g",
    name="C_CLI4G",
    place=30,
    about="Fijacom lines in Smartflex",
    client=CCli4g,
    limits=Limits(daily_amount=5000, largest_amount=500),
    operations=(
        Reads(
            name="line",
            words=_("Datos de cliente 4G (C_CLI4G)"),
            summary="A Fijacom line; null when there is none of that number.",
            source="109.2",
            asks={"number": CODE},
            answers=record("MaybeFijacomLine", line=perhaps(LINE)),
            by_hand=(
                Typed("number", _("Número Fijacom")),
                Typed("holder", _("Titular")),
                Typed("identity_card", _("Carnet del titular")),
                Typed("plan", _("Plan")),
                Typed("balance", _("Saldo (Bs)"), "amount"),
            ),
        ),
        Writes(
            name="top_up",
            words=_("Recarga de bolsillo Fijacom"),
            summary="Recarga de Bolsillo, by an amount of the line's plan.",
            source="109.3–109.4",
            asks={"number": CODE, "amount": AMOUNT, "note": MAYBE_WORDS},
            accountable=True,
            reference="RB",
        ),
    ),
)
