"""Satel: decoders of television by satellite, which nobody has (steps 900.1–900.3 of no procedure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from systems import shapes
from systems.connection import Done, SystemClient


@dataclass(frozen=True, slots=True)
class Decoder:
    """`credit` in Bs."""

    number: str
    state: str
    credit: Decimal


class Satel(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused; those that write, OutcomeUnknown too."""

    system = "satel"

    def decoder(self, *, number: str) -> Decoder | None:
        return self._connection.ask("decoder", {"number": number}, _decoder_or_none)

    def send_signal(self, *, key: str, number: str, note: str) -> Done:
        """The decoder finds its channels again."""
        return self._connection.tell("send_signal", {"number": number, "note": note}, key=key)

    def lend(self, *, key: str, number: str, amount: Decimal) -> Done:
        """A credit until the invoice is paid."""
        return self._connection.tell("lend", {"number": number, "amount": shapes.amount_text(amount)}, key=key)


def _decoder_or_none(raw: Mapping[str, Any]) -> Decoder | None:
    return shapes.one_or_none(raw, "decoder", _decoder)


def _decoder(raw: Mapping[str, Any]) -> Decoder:
    return Decoder(
        number=shapes.text(raw, "number"), state=shapes.text(raw, "state"), credit=shapes.amount(raw, "credit")
    )
