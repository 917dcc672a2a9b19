"""MIO: mobile lines, and the temporary block of a SIM (steps 800130001.3, 800130001.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from systems import shapes
from systems.connection import Done, SystemClient


@dataclass(frozen=True, slots=True)
class MioLine:
    """`amounts` in Bs are what the plan may be topped up by, in QBC; `state` is MIO's own word."""

    number: str
    holder: str
    identity_card: str
    plan: str
    state: str
    balance: Decimal
    amounts: tuple[Decimal, ...]


class Mio(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused; the one that writes, OutcomeUnknown too."""

    system = "mio"

    def line(self, *, number: str) -> MioLine | None:
        return self._connection.ask("line", {"number": number}, _line_or_none)

    def block_sim(self, *, key: str, number: str, reason: str) -> Done:
        """For the time being: the customer has five days to make it final at an office."""
        return self._connection.tell("block_sim", {"number": number, "reason": reason}, key=key)


def _line_or_none(raw: Mapping[str, Any]) -> MioLine | None:
    return shapes.one_or_none(raw, "line", _line)


def _line(raw: Mapping[str, Any]) -> MioLine:
    return MioLine(
        number=shapes.text(raw, "number"),
        holder=shapes.text(raw, "holder"),
        identity_card=shapes.text(raw, "identity_card"),
        plan=shapes.text(raw, "plan"),
        state=shapes.text(raw, "state"),
        balance=shapes.amount(raw, "balance"),
        amounts=shapes.amounts(raw, "amounts"),
    )
