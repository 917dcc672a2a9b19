"""Every operation of every system: what it takes, who plays it, whether it changes something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.bodies import Field
from sandbox.played import smartflex

NUMBER = Field(longest=24)
CONTRACT = Field(longest=24)
NAME = Field(longest=120)
WORDS = Field(longest=2000)
AMOUNT = Field(longest=9, is_amount=True)


@dataclass(frozen=True)
class Operation:
    """`play` gets the fields by name; one that writes gets `reference`, which begins with `prefix`, and `now` too."""

    system: str
    verb: str
    fields: Mapping[str, Field]
    play: Callable[..., Any]
    prefix: str = ""

    @property
    def writes(self) -> bool:
        return self.prefix != ""


OPERATIONS = (
    Operation("smartflex", "search", {"text": NAME}, smartflex.search),
    Operation("smartflex", "customer", {"contract": CONTRACT}, smartflex.customer),
    Operation("smartflex", "damages", {"contract": CONTRACT}, smartflex.damages),
    Operation("smartflex", "account", {"contract": CONTRACT}, smartflex.account),
    Operation("smartflex", "orders", {"contract": CONTRACT}, smartflex.orders),
    Operation(
        "smartflex",
        "register_damage",
        {
            "contract": CONTRACT,
            "service_number": NUMBER,
            "cause": Field(longest=200),
            "description": Field(longest=2000, shortest=0),
        },
        smartflex.register_damage,
        "D",
    ),
    Operation(
        "smartflex",
        "reiterate_damage",
        {"damage": NUMBER, "cause": Field(longest=200)},
        smartflex.reiterate_damage,
        "R",
    ),
    Operation(
        "smartflex",
        "write_interaction",
        {
            "contract": Field(longest=24, shortest=0),
            "line": Field(longest=12),
            "result": Field(longest=120),
            "text": Field(longest=4000, shortest=0),
        },
        smartflex.write_interaction,
        "I",
    ),
    Operation("smartflex", "register_claim", {"contract": CONTRACT, "text": WORDS}, smartflex.register_claim, "RE"),
)
SYSTEMS = tuple(dict.fromkeys(operation.system for operation in OPERATIONS))
