"""NOCC: who watches over the network is told of a fault (step 800131313.6 of the procedure)."""

from __future__ import annotations

from systems.connection import Connection, Done


class Nocc:
    """All methods raise SystemUnavailable, SystemRefused and OutcomeUnknown."""

    def __init__(self, address: str, *, token: str = "", timeout: float = 2.0) -> None:
        self._connection = Connection("nocc", address, token=token, timeout=timeout)

    def report(self, *, key: str, number: str, text: str) -> Done:
        """`number` is the customer's, dictated as 800131313.6.1 has it."""
        return self._connection.tell("report", {"number": number, "text": text}, key=key)
