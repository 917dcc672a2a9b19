"""C_CLI4G: Fijacom lines and the pocket top-up, *Recarga de Bolsillo* (steps 109.2–109.4.2 of the procedure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from systems import shapes
from systems.connection import Done, SystemClient


@dataclass(frozen=True, slots=True)
class FijacomLine:
    """`amounts` in Bs are what the plan may be topped up by."""

    number: str
    holder: str
    identity_card: str
    plan: str
    balance: Decimal
    amounts: tuple[Decimal, ...]


class CCli4g(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused; the one that writes, OutcomeUnknown too."""

    system = "c_cli4g"

    def line(self, *, number: str) -> FijacomLine | None:
        return self._connection.ask("line", {"number": number}, _line_or_none)

    def top_up(self, *, key: str, number: str, amount: Decimal, note: str) -> Done:
        """`note`: who asks for it, with card and kinship, when it is not the holder."""
        body = {"number": number, "amount": shapes.amount_text(amount), "note": note}
        return self._connection.tell("top_up", body, key=key)


def _line_or_none(raw: Mapping[str, Any]) -> FijacomLine | None:
    return shapes.one_or_none(raw, "line", _line)


def _line(raw: Mapping[str, Any]) -> FijacomLine:
    return FijacomLine(
        number=shapes.text(raw, "number"),
        holder=shapes.text(raw, "holder"),
        identity_card=shapes.text(raw, "identity_card"),
        plan=shapes.text(raw, "plan"),
        balance=shapes.amount(raw, "balance"),
        amounts=shapes.amounts(raw, "amounts"),
    )
