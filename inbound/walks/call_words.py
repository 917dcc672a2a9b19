"""What the texts of a flow may name on a call: what is known, read aloud, and the words of protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inbound.flows.conditions import filled, script
from inbound.outside.found_words import words_of
from inbound.walks.state import WalkState
from telephony.phone_numbers import as_said


def words_of_the_call(here: WalkState, known: Mapping[str, Any]) -> dict[str, Any]:
    """The words by their names; days as 28/11/2026, money as Bs 20,50."""
    walk = here.walk
    agent, name = str(walk.by), walk.customer_name.title()
    protocol = {"agente": agent, "cliente": name, "contrato": walk.contract, "linea": walk.line.name}
    return {
        **{key: _read_aloud(key, value) for key, value in known.items()},
        **protocol,
        "saludo": filled(walk.line.greeting, protocol),
        "despedida": filled(walk.line.farewell, protocol),
    }


def said_to_her(text: str, words: Mapping[str, Any]) -> str:
    """A script of those words, with telephones as one says them here."""
    return as_said(script(text, words))


def _read_aloud(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _read_aloud(key, inner) for key, inner in value.items()}
    if isinstance(value, list) and any(isinstance(inner, Mapping) for inner in value):
        return [_read_aloud(name, inner) for inner in value]
    return words_of(name, value)
