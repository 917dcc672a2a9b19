"""PAC: share certificates."""

from __future__ import annotations

from typing import Any

from sandbox.models import Certificate


def certificates(*, contract: str) -> dict[str, Any]:
    found = Certificate.objects.filter(contract=contract).order_by("number")[:50]
    return {
        "certificates": [
            {
                "number": one.number,
                "amount": f"{one.amount:.2f}",
                "paid": f"{one.paid:.2f}",
                "pending": f"{one.amount - one.paid:.2f}",
            }
            for one in found
        ]
    }
