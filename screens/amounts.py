"""Amounts as people type them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_AMOUNT = re.compile(r"(?:Bs\.?\s*)?([\d.,\s]+)", re.IGNORECASE)


def read_amount(text: str) -> Decimal | None:
    """An amount as people type it: `289`, `289,5`, `1.234,50`, `Bs 1,234.50`; None when it is none."""
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        return None
    digits = found[1].replace(" ", "")
    whole, mark, cents = digits.rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
    if mark and len(cents) <= 2:
        digits = f"{re.sub('[.,]', '', whole)}.{cents or 0}"
    else:
        digits = re.sub("[.,]", "", digits)
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None
