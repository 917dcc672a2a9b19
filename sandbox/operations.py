"""Every operation of every system: what it takes, who plays it, whether it changes something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.bodies import Field
from sandbox.played import (
    boliviatel,
    btel2,
    c_cli4g,
    gsi,
    guia_comercial,
    guiatel,
    lbc,
    mio,
    nocc,
    p_empleados,
    pac,
    qbc,
    smartflex,
)

CODE = Field(longest=24)  # a contract, a number of a service, a damage or an order
NAME = Field(longest=120)
CAUSE = Field(longest=200)
WORDS = Field(longest=4000)
AMOUNT = Field(longest=9, is_amount=True)
MAYBE_CODE = Field(longest=24, shortest=0)
MAYBE_WORDS = Field(longest=4000, shortest=0)
LEFT_OUT_CODE = Field(longest=24, shortest=0, default="")
LEFT_OUT_NAME = Field(longest=120, shortest=0, default="")


@dataclass(frozen=True)
class Operation:
    """`play` gets the fields by name; one that writes gets `reference`, which begins with `prefix`, and `now` too."""

    system: str
    verb: str
    fields: Mapping[str, Field]
    play: Callable[..., Any]
    prefix: str = ""
    asks_the_hour: bool = False

    @property
    def writes(self) -> bool:
        return self.prefix != ""


OPERATIONS = (
    Operation("smartflex", "search", {"text": NAME}, smartflex.search),
    Operation("smartflex", "customer", {"contract": CODE}, smartflex.customer),
    Operation("smartflex", "damages", {"contract": CODE}, smartflex.damages),
    Operation("smartflex", "account", {"contract": CODE}, smartflex.account),
    Operation("smartflex", "orders", {"contract": CODE}, smartflex.orders),
    Operation(
        "smartflex",
        "register_damage",
        {"contract": CODE, "service_number": CODE, "cause": CAUSE, "description": MAYBE_WORDS},
        smartflex.register_damage,
        "D",
    ),
    Operation("smartflex", "reiterate_damage", {"damage": CODE, "cause": CAUSE}, smartflex.reiterate_damage, "R"),
    Operation(
        "smartflex",
        "write_interaction",
        {"contract": MAYBE_CODE, "line": Field(longest=12), "result": NAME, "text": MAYBE_WORDS},
        smartflex.write_interaction,
        "I",
    ),
    Operation("smartflex", "register_claim", {"contract": CODE, "text": WORDS}, smartflex.register_claim, "RE"),
    Operation("lbc", "suspend", {"contract": CODE, "number": CODE, "reason": MAYBE_WORDS}, lbc.suspend, "LBC"),
    Operation("c_cli4g", "line", {"number": CODE}, c_cli4g.line),
    Operation("c_cli4g", "top_up", {"number": CODE, "amount": AMOUNT, "note": MAYBE_WORDS}, c_cli4g.top_up, "RB"),
    Operation("gsi", "reiterate", {"damage": CODE, "text": MAYBE_WORDS}, gsi.reiterate, "GR"),
    Operation("gsi", "derive", {"order": CODE, "text": MAYBE_WORDS}, gsi.derive, "GD"),
    Operation(
        "gsi",
        "code",
        {"origin": Field(among=gsi.ORIGINS), "destination": Field(among=gsi.DESTINATIONS)},
        gsi.code,
    ),
    Operation("pac", "certificates", {"contract": CODE}, pac.certificates),
    Operation("guiatel", "search", {"name": NAME, "address": LEFT_OUT_NAME}, guiatel.search),
    Operation("guia_comercial", "search", {"words": NAME}, guia_comercial.search),
    Operation("p_empleados", "search", {"words": NAME}, p_empleados.search),
    Operation(
        "boliviatel",
        "search",
        {"number": LEFT_OUT_CODE, "identity_card": LEFT_OUT_CODE, "name": LEFT_OUT_NAME},
        boliviatel.search,
    ),
    Operation("btel2", "balance", {"number": CODE}, btel2.balance, asks_the_hour=True),
    Operation("btel2", "raise_credit", {"number": CODE, "amount": AMOUNT}, btel2.raise_credit, "IC"),
    Operation("mio", "line", {"number": CODE}, mio.line),
    Operation("mio", "block_sim", {"number": CODE, "reason": MAYBE_WORDS}, mio.block_sim, "BS"),
    Operation("qbc", "top_up", {"number": CODE, "amount": AMOUNT}, qbc.top_up, "RS"),
    Operation("nocc", "report", {"number": CODE, "text": MAYBE_WORDS}, nocc.report, "N"),
)
SYSTEMS = tuple(dict.fromkeys(operation.system for operation in OPERATIONS))
