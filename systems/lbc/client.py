"""LBC: administrative suspensions in Smartflex (step 800130001.4 of the procedure)."""

from __future__ import annotations

from systems.connection import Done, SystemClient


class Lbc(SystemClient):
    """All methods raise SystemUnavailable, SystemRefused and OutcomeUnknown."""

    system = "lbc"

    def suspend(self, *, key: str, contract: str, number: str, reason: str) -> Done:
        """Suspend the product `number` of a contract at the customer's request."""
        return self._connection.tell("suspend", {"contract": contract, "number": number, "reason": reason}, key=key)
