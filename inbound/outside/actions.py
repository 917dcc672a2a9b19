"""What a step may do in another system: the words for it, what it needs, and whether money or a SIM is touched.

Names of `needs` and `may` are those of a step's `with`, and the arguments of the client's method. A requester (109.4.2
and READING.md) is whoever asked for it on the telephone: `requester_name`, `requester_card` and `requester_kinship` go
beside them in the payload of an accountable one and are kept on the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REQUESTER = ("requester_name", "requester_card", "requester_kinship")
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. `send` makes the one request and returns the client's `Done` or raises its error.

    `to_whom` names the argument that says for whom it is: a service number or a contract.
    """

    system: str
    words: str | Promise
    accountable: bool
    send: Callable[[Any, str, Payload], Any]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    to_whom: str = ""

    @property
    def moves_money(self) -> bool:
        return "amount" in self.needs


def amount_of(payload: Payload) -> Decimal | None:
    """The amount of a payload in bolivianos; None when it has none or it is not a positive amount of whole cents."""
    try:
        amount = Decimal(str(payload.get("amount", "")))
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount <= 0 or amount != round(amount, 2):
        return None
    return amount


def note_of(payload: Payload) -> str:
    """The observations of a top-up: what was typed, and who asked for it with card and kinship (109.4.2)."""
    asked = [str(payload.get(name) or "").strip() for name in ("note", *REQUESTER)]
    return ", ".join(text for text in asked if text)


def _does(
    system: str,
    method: str,
    words: str | Promise,
    *,
    needs: tuple[str, ...],
    may: tuple[str, ...] = (),
    to_whom: str = "",
    accountable: bool = False,
) -> Action:
    def send(clients: Any, key: str, payload: Payload) -> Any:
        said: dict[str, Any] = {name: str(payload.get(name) or "") for name in (*needs, *may)}
        if "amount" in said:
            said["amount"] = amount_of(payload)
        if "note" in said:
            said["note"] = note_of(payload)
        return getattr(getattr(clients, system), method)(key=key, **said)

    return Action(system, words, accountable, send, needs, may, to_whom or needs[0])


ACTIONS: dict[str, Action] = {
    "smartflex.register_damage": _does(
        "smartflex", "register_damage", _("Registrar un daño a producto"),
        needs=("contract", "service_number", "cause"), may=("description",), to_whom="service_number",
    ),
    "smartflex.reiterate_damage": _does(
        "smartflex", "reiterate_damage", _("Reiterar el daño con la misma causal"), needs=("damage", "cause")
    ),
    "smartflex.write_interaction": _does(
        "smartflex", "write_interaction", _("Escribir la interacción"),
        needs=("line", "result"), may=("contract", "text"), to_whom="contract",
    ),
    "smartflex.register_claim": _does(
        "smartflex", "register_claim", _("Registrar el reclamo económico"), needs=("contract", "text")
    ),
    "gsi.reiterate": _does("gsi", "reiterate", _("Avisar la reiteración en GSI"), needs=("damage",), may=("text",)),
    "gsi.derive": _does("gsi", "derive", _("Derivar la orden en GSI"), needs=("order",), may=("text",)),
    "lbc.suspend": _does(
        "lbc", "suspend", _("Suspensión administrativa (LBC)"),
        needs=("contract", "number"), may=("reason",), to_whom="number", accountable=True,
    ),
    "mio.block_sim": _does(
        "mio", "block_sim", _("Bloqueo temporal del SIM"), needs=("number",), may=("reason",), accountable=True
    ),
    "qbc.top_up": _does("qbc", "top_up", _("Incremento de saldo en QBC"), needs=("number", "amount"), accountable=True),
    "c_cli4g.top_up": _does(
        "c_cli4g", "top_up", _("Recarga de bolsillo Fijacom"),
        needs=("number", "amount"), may=("note",), accountable=True,
    ),
    "btel2.raise_credit": _does(
        "btel2", "raise_credit", _("Incremento de crédito en Btel2"), needs=("number", "amount"), accountable=True
    ),
    "nocc.report": _does("nocc", "report", _("Comunicar al NOCC"), needs=("number",), may=("text",)),
}  # fmt: skip
