"""The commercial guide, ICONO: who pays to be listed (steps 4200224.2–4200224.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from systems import shapes
from systems.connection import SystemClient


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    address: str
    number: str


@dataclass(frozen=True, slots=True)
class Listing:
    """`reserved` is 0: whoever is in this guide wants to be found."""

    entries: tuple[Entry, ...]
    more: bool
    reserved: int = 0


class GuiaComercial(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused."""

    system = "guia_comercial"

    def search(self, *, words: str) -> Listing:
        """By name or by what is sold."""
        return self._connection.ask("search", {"words": words}, _listing)


def _listing(raw: Mapping[str, Any]) -> Listing:
    return Listing(entries=shapes.many(raw, "entries", _entry), more=shapes.flag(raw, "more"))


def _entry(raw: Mapping[str, Any]) -> Entry:
    return Entry(name=shapes.text(raw, "name"), address=shapes.text(raw, "address"), number=shapes.text(raw, "number"))
