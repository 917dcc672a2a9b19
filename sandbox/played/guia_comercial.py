"""The commercial guide: who pays to be listed."""

from __future__ import annotations

from typing import Any

from sandbox.models import CommercialEntry
from sandbox.searching import MOST, named


def search(*, words: str) -> dict[str, Any]:
    """By name or what is sold."""
    asked = named(words)
    told = list(CommercialEntry.objects.filter(**asked)[: MOST + 1]) if asked else []
    entries = [
        {"name": one.name, "address": one.address, "number": one.number}
        for one in sorted(told[:MOST], key=lambda one: (one.name, one.number))
    ]
    return {"entries": entries, "more": len(told) > MOST}
