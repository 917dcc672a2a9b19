"""Guiatel: like the old screen, it shows whoever looks also what is in reserve, and says so."""

from __future__ import annotations

from typing import Any

from sandbox.models import DirectoryEntry
from sandbox.searching import MOST, named


def search(*, name: str, address: str) -> dict[str, Any]:
    """By name; an address, when it is given, must hold what is written."""
    words = named(name)
    if not words:
        return {"entries": [], "more": False}
    found = DirectoryEntry.objects.filter(**words)
    if address.strip():
        found = found.filter(address__icontains=address.strip())
    told = list(found[: MOST + 1])
    entries = [
        {"name": one.name, "address": one.address, "number": one.number, "reserved": one.is_reserved}
        for one in sorted(told[:MOST], key=lambda one: (one.name, one.number))
    ]
    return {"entries": entries, "more": len(told) > MOST}
