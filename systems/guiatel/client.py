"""Guiatel: subscribers' numbers (steps 104.2–104.5). A number in reserve goes no further than this module."""

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
    """`reserved`: how many more there were whose number is in reserve; whose they are is told to nobody."""

    entries: tuple[Entry, ...]
    more: bool
    reserved: int


class Guiatel(SystemClient):
    """All methods raise SystemUnavailable and SystemRefused."""

    system = "guiatel"

    def search(self, *, name: str, address: str = "") -> Listing:
        """By name, and address when it is known."""
        return self._connection.ask("search", {"name": name, "address": address}, _listing)


def _listing(raw: Mapping[str, Any]) -> Listing:
    """An entry that does not say whether it is in reserve makes the answer misshapen: it is never taken for a no.

    A number that stands twice, once in reserve, is in reserve.
    """
    found = shapes.many(raw, "entries", _entry_and_reserve)
    hidden = {_digits(entry) for entry, reserved in found if reserved}
    told = tuple(entry for entry, reserved in found if not reserved and _digits(entry) not in hidden)
    return Listing(entries=told, more=shapes.flag(raw, "more"), reserved=len(found) - len(told))


def _entry_and_reserve(raw: Mapping[str, Any]) -> tuple[Entry, bool]:
    entry = Entry(name=shapes.text(raw, "name"), address=shapes.text(raw, "address"), number=shapes.text(raw, "number"))
    return entry, shapes.flag(raw, "reserved")


def _digits(entry: Entry) -> str:
    """The seven digits of a line, however the number is written."""
    return "".join(filter(str.isdigit, entry.number))[-7:]
