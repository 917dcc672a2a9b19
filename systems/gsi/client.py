"""GSI: the operations centre's alerts, and how a call is dialled (steps 101.9, 103.7.1, 800131313.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from systems import shapes
from systems.connection import Done, SystemClient

Origin = Literal["fixed", "mobile", "booth"]
Destination = Literal["fixed", "mobile"]
Reach = Literal["national", "abroad"]


@dataclass(frozen=True, slots=True)
class DialCode:
    """`code` is what is dialled before the number, empty where nothing is; `words` are how one says it."""

    code: str
    words: str


class Gsi(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused; those that write, OutcomeUnknown too."""

    system = "gsi"

    def reiterate(self, *, key: str, damage: str, text: str) -> Done:
        """The alert that a damage was reiterated."""
        return self._connection.tell("reiterate", {"damage": damage, "text": text}, key=key)

    def derive(self, *, key: str, order: str, text: str) -> Done:
        """Hand a work order over to the operations centre."""
        return self._connection.tell("derive", {"order": order, "text": text}, key=key)

    def code(self, *, origin: Origin, destination: Destination, reach: Reach | Literal[""] = "") -> DialCode:
        """How one dials from one kind of telephone to another, in Bolivia unless the `reach` is abroad."""
        asked = {"origin": origin, "destination": destination, "reach": reach or "national"}
        return self._connection.ask("code", asked, _code)


def _code(raw: Mapping[str, Any]) -> DialCode:
    return DialCode(code=shapes.text(raw, "code"), words=shapes.text(raw, "words"))
