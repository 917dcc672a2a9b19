"""MIO: mobile lines and the block of a SIM."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.models import MioLine
from sandbox.refusals import Refused, unknown
from sandbox.searching import digits_of


def line(*, number: str) -> dict[str, Any]:
    found = MioLine.objects.filter(pk=digits_of(number)).first()
    if found is None:
        return {"line": None}
    return {
        "line": {
            "number": found.number,
            "holder": found.holder,
            "identity_card": found.identity_card,
            "plan": found.plan,
            "state": found.state,
            "balance": f"{found.balance:.2f}",
            "amounts": [f"{amount:.2f}" for amount in found.amounts],
        }
    }


def block_sim(*, number: str, reason: str, reference: str, now: datetime) -> None:
    """A SIM that is blocked already is refused."""
    found = MioLine.objects.select_for_update().filter(pk=digits_of(number)).first()
    if found is None:
        raise unknown("No existe esa línea MIO.")
    if found.state == "blocked":
        raise Refused("Ese SIM ya está bloqueado.", status=409)
    found.state = "blocked"
    found.save(update_fields=["state"])
