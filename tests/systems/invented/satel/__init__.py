"""What Satel says of itself."""
# ruff: noqa: I001  # where it stands for a test, `systems` is ours too

from __future__ import annotations

from systems.cells import Cell, Limits, Reads, Typed, Writes
from systems.contract import AMOUNT, CODE, MAYBE_WORDS, MONEY, TEXT, perhaps, record, such_as
from systems.satel.client import Satel

STATES = (("tuned", "Sintonizado"), ("dark", "Sin señal"))
DECODER = record("Decoder", number=TEXT, state=such_as("tuned", "dark"), credit=MONEY)

CELL = Cell(
    code="satel",
    name="Satel",
    about="decoders of television by satellite",
    client=Satel,
    limits=Limits(daily_amount=60, largest_amount=50),
    operations=(
        Reads(
            name="decoder",
            words="Decodificador en Satel",
            summary="A decoder; null when there is none of that number.",
            source="900.1",
            asks={"number": CODE},
            answers=record("MaybeDecoder", decoder=perhaps(DECODER)),
            by_hand=(
                Typed("number", "Número del decodificador"),
                Typed("state", "Estado", choices=STATES),
                Typed("credit", "Crédito (Bs)", "amount"),
            ),
        ),
        Writes(
            name="send_signal",
            words="Reenviar la señal de Satel",
            summary="Send the signal again.",
            source="900.2",
            asks={"number": CODE, "note": MAYBE_WORDS},
            reference="SE",
        ),
        Writes(
            name="lend",
            words="Crédito en Satel",
            summary="Lend an amount until the invoice is paid.",
            source="900.3",
            asks={"number": CODE, "amount": AMOUNT},
            accountable=True,
            reference="CR",
        ),
    ),
    labels={"credit": "Crédito"},
)
