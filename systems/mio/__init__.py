"""What MIO says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from systems.cells import Cell, Choices, Limits, Reads, Typed, Writes
from systems.contract import CODE, MAYBE_WORDS, MONEY, TEXT, many, perhaps, record, such_as
from systems.mio.client import Mio

LINE = record(
    "MioLine",
    number=TEXT,
    holder=TEXT,
    identity_card=TEXT,
    plan=TEXT,
    state=such_as("active", "inactive", "blocked"),
    balance=MONEY,
    amounts=many(MONEY),
)

STATES: Choices = (("active", _("Activo")), ("inactive", _("Inactivo")), ("blocked", _("Bloqueado")))

CELL = Cell(
    code="mio",
    name="MIO",
    place=120,
    about="mobile lines",
    client=Mio,
    limits=Limits(
        daily_writes=40,
        cool_down_minutes=2,  # a click, not a customer whose call dropped: her SIM is blocked after her line
    ),
    operations=(
        Reads(
            name="line",
            words=_("Línea en MIO"),
            summary="A MIO line; null when there is none of that number.",
            source="800130001.3",
            asks={"number": CODE},
            answers=record("MaybeMioLine", line=perhaps(LINE)),
            by_hand=(
                Typed("number", _("Número")),
                Typed("holder", _("Titular")),
                Typed("identity_card", _("Carnet del titular")),
                Typed("plan", _("Plan")),
                Typed("state", _("Estado"), choices=STATES),
                Typed("balance", _("Saldo (Bs)"), "amount"),
            ),
        ),
        Writes(
            name="block_sim",
            words=_("Bloqueo temporal del SIM"),
            summary="Block a SIM for the time being.",
            source="800130001.5",
            asks={"number": CODE, "reason": MAYBE_WORDS},
            accountable=True,
            reference="BS",
        ),
    ),
    values={"state": dict(STATES)},
)
