"""Every operation of every system, as `docs/systems.yaml` has it: what it takes, who plays it, what it changes.

Who plays `/<system>/<operation>` is found by its name: the function `<operation>` of `sandbox/played/<system>.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from sandbox.bodies import Field

CONTRACT = Path(__file__).resolve().parents[1] / "docs" / "systems.yaml"
ON_THE_WORD_OF = ("agent", "requester_name", "requester_card", "requester_kinship")  # told in every write, for the book
REFERENCE = "x-reference"  # how the references of what was done begin; only what changes something has it

Schema = Mapping[str, Any]


class NobodyPlays(Exception):
    """The contract has an operation that no function plays."""


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

    @property
    def asks_the_hour(self) -> bool:
        """Whether who plays a read wants to know what time it is."""
        return not self.writes and "now" in inspect.signature(self.play).parameters


def operations_of(contract: Mapping[str, Any]) -> Iterator[Operation]:
    """All that is asked of the systems. Raises NobodyPlays."""
    schemas = contract["components"]["schemas"]
    for path, methods in contract["paths"].items():
        if "post" not in methods:  # the question after a doubt is answered from the book
            continue
        system, verb = path.strip("/").split("/")
        asked = methods["post"]
        body = asked["requestBody"]["content"]["application/json"]["schema"]
        yield Operation(system, verb, _fields(body, schemas), _who_plays(system, verb), asked.get(REFERENCE, ""))


def _fields(body: Schema, schemas: Mapping[str, Schema]) -> dict[str, Field]:
    needed = body.get("required", ())
    return {name: _field(_meant(schema, schemas), needed=name in needed) for name, schema in body["properties"].items()}


def _field(schema: Schema, *, needed: bool) -> Field:
    """What the contract says of one text; one that may be left out is empty then."""
    return Field(
        longest=schema.get("maxLength", Field.longest),
        shortest=schema.get("minLength", 0),
        among=tuple(schema.get("enum", ())),
        pattern=schema.get("pattern", ""),
        example=str(next(iter(schema.get("examples", ())), "")),
        default=None if needed else "",
    )


def _meant(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    """The schema itself, or the one it refers to by name."""
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _who_plays(system: str, verb: str) -> Callable[..., Any]:
    nobody = NobodyPlays(f"{system}.{verb}: there is no function {verb} in sandbox/played/{system}.py")
    try:
        player = import_module(f"sandbox.played.{system}")
    except ModuleNotFoundError as missing:
        if missing.name != f"sandbox.played.{system}":  # what the player itself imports
            raise
        raise nobody from None
    if not callable(play := getattr(player, verb, None)):
        raise nobody
    return play


def _read_contract() -> dict[str, Any]:
    safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where the library brings it
    loader = safe(CONTRACT.read_text(encoding="utf-8"))
    try:
        contract: dict[str, Any] = loader.get_single_data()
        return contract
    finally:
        loader.dispose()


OPERATIONS = tuple(operations_of(_read_contract()))
SYSTEMS = tuple(dict.fromkeys(operation.system for operation in OPERATIONS))
