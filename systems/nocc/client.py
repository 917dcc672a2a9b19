"""NOCC: who watches over the network is told of a fault (step 800131313.6 of the procedure)."""

from __future__ import annotations

from systems.connection import Done, SystemClient


class Nocc(SystemClient):
    """All methods raise SystemUnavailable, SystemRefused and OutcomeUnknown."""

    system = "nocc"

    def report(self, *, key: str, number: str, text: str) -> Done:
        """`number` is the customer's, dictated as 800131313.6.1 has it."""
        return self._connection.tell("report", {"number": number, "text": text}, key=key)
