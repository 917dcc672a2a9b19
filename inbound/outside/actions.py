"""What a step may do in another system, as the systems' cells declare it: `systems/<system>/__init__.py`.

Names of `needs` and `may` are those of a step's `with`, and the arguments of the client's method. A requester (step
109.4.2) is whoever asked for it on the telephone: `requester_name`, `requester_card` and `requester_kinship` go
beside them in the payload of an accountable one and are kept on the row. Every write says who asked for it, and the
`agent` who sent it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise

from systems.cells import Cell, Writes
from systems.connection import AskedBy
from systems.registry import cells

AGENT = "agent"
REQUESTER = ("requester_name", "requester_card", "requester_kinship")
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. `send` makes the one request and returns the client's `Done` or raises its error.

    `to_whom` names the argument that says for whom it is: a service number or a contract. Of a `silent` one the caller
    is told nothing, so nobody waits for it.
    """

    system: str
    words: str | Promise
    accountable: bool
    send: Callable[[Any, str, Payload], Any]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    to_whom: str = ""
    silent: bool = False

    @property
    def moves_money(self) -> bool:
        return "amount" in self.needs


def amount_of(payload: Payload) -> Decimal | None:
    """The amount of a payload in bolivianos; None when it has none or it is not a positive amount of whole cents."""
    try:
        amount = Decimal(str(payload.get("amount", "")))
        is_right = amount.is_finite() and amount > 0 and amount == round(amount, 2)
    except InvalidOperation:  # no number, or more of one than can be rounded
        return None
    return amount if is_right else None


def note_of(payload: Payload) -> str:
    """The observations of a top-up: what was typed, and who asked for it with card and kinship (109.4.2)."""
    asked = [str(payload.get(name) or "").strip() for name in ("note", *REQUESTER)]
    return ", ".join(text for text in asked if text)


def actions() -> dict[str, Action]:
    """All that can be done, by the names flows use: `<system>.<operation>`."""
    return _actions_of(tuple(cells().values()))


@lru_cache(maxsize=1)
def _actions_of(systems: tuple[Cell, ...]) -> dict[str, Action]:
    return {name: _action(system.code, one) for system in systems for name, one in system.writes.items()}


def _action(system: str, one: Writes) -> Action:
    def send(clients: Any, key: str, payload: Payload) -> Any:
        said: dict[str, Any] = {name: str(payload.get(name) or "") for name in one.asks}
        if "amount" in said:
            said["amount"] = amount_of(payload)
        if "note" in said:
            said["note"] = note_of(payload)
        asked_by = AskedBy(**{name: str(payload.get(name) or "").strip() for name in (AGENT, *REQUESTER)})
        return getattr(getattr(clients, system).on_the_word_of(asked_by), one.name)(key=key, **said)

    return Action(
        system, one.words, one.accountable, send, one.needs, one.may, one.for_whom or one.needs[0], one.silent
    )
