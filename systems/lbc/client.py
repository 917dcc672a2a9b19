"""LBC: administrative suspensions in Smartflex (step 800130001.4 of the procedure)."""

from __future__ import annotations

from systems.connection import Connection, Done


class Lbc:
    """All methods raise SystemUnavailable, SystemRefused and OutcomeUnknown."""

    def __init__(self, address: str, *, token: str = "", timeout: float = 2.0) -> None:
        self._connection = Connection("lbc", address, token=token, timeout=timeout)

    def suspend(self, *, key: str, contract: str, number: str, reason: str) -> Done:
        """Suspend the product `number` of a contract at the customer's request."""
        return self._connection.tell("suspend", {"contract": contract, "number": number, "reason": reason}, key=key)
