"""`docs/systems.yaml`, made from the cells: what is asked of the outside systems, as OpenAPI 3.1.

What OpenAPI has no word for stands under a name of ours: `x-reference`, how the references begin which the sandbox
gives for what was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from systems.cells import Cell, Reads, Writes
from systems.contract import ASKED_BY, DONE, REFUSAL, WAS_DONE, Schema, Shape, request

HEAD = """\
# The contract between the call centre and the outside systems. No vendor publishes these interfaces: this one is ours,
# and a site maps it onto what it has. It is made from the cells (`systems/<system>/__init__.py`) by
# `manage.py write_docs`; a test fails when it is stale, `tests/systems/test_contract.py` holds the clients to it,
# `tests/sandbox/test_contract.py` the sandbox.
"""
ABOUT = """\
Every operation but the question at the end is a POST with a JSON body to `/<system>/<operation>`: names, identity
cards and telephones stand in no address. Amounts are texts in bolivianos with two decimals, days `YYYY-MM-DD`, moments
RFC 3339 with an offset.

What an answer means, which the callers rely on:

- **2xx**: it was done, or this is what there is.
- **4xx** with a sentence in Spanish for the agent: nothing was done, and the same again is refused again. 401, 403
  and 429 say that nothing was done *yet*; so does a 404 without a sentence, which is a wrong address.
- **503** with a sentence and nothing else: nothing was done; it may be asked again.
- **500, 502, 504**, 3xx, 408, any other 503, another 4xx without a sentence (what stands between the two may have
  answered, and have passed it on), and no answer at all: a read may be repeated; whether a write was done is unknown. A
  program that breaks while it answers may have done it.

Every operation that changes something takes an `Idempotency-Key`. A key seen before returns the same answer and
does nothing, also when both requests arrive at the same moment; with another body or another operation it is 409.
What was refused or failed leaves the key free. Keys are kept for 90 days at least.

It also says who asked: `agent`, the user name in the call centre, and `requester_name`, `requester_card` and
`requester_kinship` of whoever asked for it on the telephone, as far as they are known. They are for the other side's
records and are no part of what a key stands for.

After a doubt `GET /<system>/operations/<key>` is asked: whether a write with that key was done, and its reference.
*Not done* does not make it safe to send again, and nothing is: the first request may still be on its way. While it is
at work on that key it answers 409; one that cannot say, 404 with nothing but why: a person looks then. Whatever else is
no 200 with `done` says nothing, and it is asked again.

A caller gives up after two seconds or as set for the system, and reads at most 1 MiB. Fields it does not know it
passes over. It also reads amounts that are numbers or have fewer decimals (`12.5`), moments without an offset as the
hour of Bolivia, days written as their midnight, Latin-1 in place of UTF-8, and any `Content-Type`; a read that is
answered 200 with nothing but `error` is a refusal. Nothing of this makes something done that may not be: a write whose
answer has no `reference` is in doubt, whatever else it says.
"""
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
REFUSED = {  # how each is called in the document, and what it says
    "400": ("NotUnderstood", "The body or the key is not what the contract says."),
    "401": ("NotLetIn", "The token is missing or wrong."),
    "404": ("Unknown", "There is none of that contract, number or damage."),
    "409": ("AtOdds", "The key was used for something else, it is so already, or it is being done."),
    "413": ("TooLarge", "More than 64 kB."),
    "415": ("NoJson", "The body is no application/json."),
    "422": ("NotAllowed", "The system's own rules are against it."),
    "503": ("Down", "The system cannot answer now; nothing was done."),
}
UNKNOWN, OF_WRITES = "404", ("409", "422")
OF_THE_QUESTION = ("401", "404", "409", "503")


def contract_page(cells: Iterable[Cell]) -> str:
    """The whole document as YAML. Raises ValueError where two shapes of one name differ."""
    text = yaml.dump(
        contract(cells), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None
    )
    return HEAD + str(text)


def contract(cells: Iterable[Cell]) -> dict[str, Any]:
    """The same as plain data. Systems that no program asks are not in it."""
    asked = [cell for cell in cells if cell.client is not None]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Outside systems of the call centre", "version": "1.0", "description": ABOUT},
        "security": [{}, {"bearer": []}],
        "tags": [{"name": cell.code, "description": cell.about} for cell in asked],
        "paths": {
            **{
                f"/{cell.code}/{one.name}": {"post": _operation(cell, one)} for cell in asked for one in cell.operations
            },
            **{f"/{cell.code}/operations/{{key}}": {"get": _was_done(cell)} for cell in asked if cell.writes},
        },
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "parameters": {"IdempotencyKey": KEY},
            "responses": _responses(),
            "schemas": _schemas(asked),
        },
    }


def _operation(cell: Cell, one: Reads | Writes) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": f"{cell.code}.{one.name}",
        "tags": [cell.code],
        "summary": one.summary,
        "description": f"Procedure: {one.source}.",
    }
    good: dict[str, Any]
    if isinstance(one, Writes):
        found["x-reference"] = one.reference
        found["parameters"] = [{"$ref": "#/components/parameters/IdempotencyKey"}]
        good = {"201": {"$ref": "#/components/responses/Done"}}
    else:
        good = {"200": {"description": "What there is.", "content": _json(one.answers.used)}}
    asks = {**one.asks, **ASKED_BY} if isinstance(one, Writes) else one.asks
    found["requestBody"] = {"required": True, "content": _json(request(asks))}
    refused = {status: {"$ref": f"#/components/responses/{REFUSED[status][0]}"} for status in _refusals_of(one)}
    found["responses"] = {**good, **refused}
    return found


def _was_done(cell: Cell) -> dict[str, Any]:
    """The question after a doubt."""
    asked = {"name": "key", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"}}
    told = {"description": "Whether it was done.", "content": _json(WAS_DONE.used)}
    return {
        "operationId": f"{cell.code}.was_done",
        "tags": [cell.code],
        "summary": "Whether a write with this key was done, and its reference.",
        "parameters": [asked],
        "responses": {
            "200": told,
            **{status: {"$ref": f"#/components/responses/{REFUSED[status][0]}"} for status in OF_THE_QUESTION},
        },
    }


def _refusals_of(one: Reads | Writes) -> list[str]:
    """The statuses an operation may refuse with."""
    if isinstance(one, Writes):
        return list(REFUSED)
    never = OF_WRITES if one.refuses_unknown else (UNKNOWN, *OF_WRITES)
    return [status for status in REFUSED if status not in never]


def _responses() -> dict[str, Any]:
    done = {"description": "It was done, now or when the key was first seen.", "content": _json(DONE.used)}
    refused = {name: {"description": words, "content": _json(REFUSAL.used)} for name, words in REFUSED.values()}
    return {"Done": done, **refused}


def _schemas(cells: Iterable[Cell]) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for shape in (REFUSAL, DONE, WAS_DONE, *_shapes(cells)):
        for one in shape.everything():
            if one.name and found.setdefault(one.name, one.schema) != one.schema:
                raise ValueError(f"two systems call different shapes {one.name}")
    return found


def _shapes(cells: Iterable[Cell]) -> Iterator[Shape]:
    for cell in cells:
        for one in cell.operations:
            yield from one.asks.values()
            yield from (one.answers,) if isinstance(one, Reads) else ASKED_BY.values()


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


class _Plain(yaml.SafeDumper):
    """Everything written out where it stands, and texts of several lines as lines."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _as_lines(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _as_lines)
