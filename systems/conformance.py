"""Whether a site's service keeps the contract, asked of it operation by operation: what holds, and what is wrong.

    python -m systems.conformance https://bus.example/ [--only lbc mio] [--examples examples.yaml] [--writes]

Nothing is changed there without `--writes`: of a write only that it is refused without a key and with a body nobody
understands, and what is answered of a key never used. With it each write that has an example is done, once; give a test
contract. Examples are YAML, by operation: `smartflex.customer: {contract: "204117"}`. Token and certificates come from
the environment, as those of the call centre (`SYSTEMS_TOKEN`, `SYSTEMS_CERTIFICATE`, `SYSTEMS_KEY`,
`SYSTEMS_AUTHORITIES`). Exit code 1 when something is wrong. What is answered is never shown: it may be of a customer.
"""

from __future__ import annotations

import argparse
import os
import secrets
import ssl
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property, partial
from typing import Any

import httpx
import jsonschema_rs
import yaml

from systems.cells import Cell, Reads, Writes
from systems.contract import AMOUNT, ASKED_BY, DONE, REFUSAL, WAS_DONE, Shape
from systems.contract_page import contract
from systems.errors import SystemRefused, SystemTrouble
from systems.registry import asked_cells
from systems.wire import NO_PAPERS, Papers

TIMEOUT = 2.0  # seconds: what a page waits for a system
STRANGE = {"conformance": "no field of the contract is called so"}
ASKED_HERE = {"agent": "conformance", "requester_name": "Prueba de conformidad"}


class Verdict(StrEnum):
    """How one thing that was tried stands."""

    HOLDS = "bien"
    UNDERSTOOD = "se entiende, aunque el contrato dice otra cosa"
    WRONG = "mal"
    NOT_TRIED = "sin probar"


@dataclass(frozen=True)
class Finding:
    """One thing that was tried of an operation, and what came of it."""

    operation: str
    tried: str
    verdict: Verdict
    why: str = ""

    def __str__(self) -> str:
        return f"{self.operation}: {self.tried}: {self.verdict}" + (f": {self.why}" if self.why else "")


@dataclass(frozen=True)
class Service:
    """The service under trial. `examples`: what is asked, by operation; `writes`: whether anything may be done."""

    address: str
    token: str = ""
    timeout: float = TIMEOUT
    examples: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    writes: bool = False
    papers: Papers = NO_PAPERS

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self.papers.context()

    def post(self, operation: str, body: Any, *, key: str = "", token: str | None = None) -> httpx.Response | str:
        """The answer, or why there is none."""
        return self._send("POST", operation, body, key, self.token if token is None else token)

    def was_done(self, system: str, key: str, *, token: str | None = None) -> httpx.Response | str:
        return self._send("GET", f"{system}/operations/{key}", None, "", self.token if token is None else token)

    def _send(self, method: str, path: str, body: Any, key: str, token: str) -> httpx.Response | str:
        headers = {"Idempotency-Key": key} if key else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        address = f"{self.address.rstrip('/')}/{path.replace('.', '/', 1)}"
        try:
            return httpx.request(
                method, address, json=body, headers=headers,
                timeout=self.timeout, verify=self._context, trust_env=False,
            )  # fmt: skip
        except httpx.TimeoutException:
            return f"no respondió en {self.timeout:g} s"
        except httpx.HTTPError as error:
            return f"no se pudo preguntar ({type(error).__name__})"


def try_service(service: Service, cells: Iterable[Cell]) -> Iterator[Finding]:
    """Try every operation of `cells`; each finding as soon as it is known."""
    for cell in cells:
        for one in cell.operations:
            name = f"{cell.code}.{one.name}"
            yield from _try_read(service, cell, one, name) if isinstance(one, Reads) else _try_write(service, one, name)
        if any(isinstance(one, Writes) for one in cell.operations):
            never = f"nunca-{secrets.token_hex(8)}"
            yield _try_question(service, cell.code, never, None)
            yield from _lets_nobody_in(service, f"{cell.code}.operations", partial(service.was_done, cell.code, never))


def _try_read(service: Service, cell: Cell, one: Reads, name: str) -> Iterator[Finding]:
    asked = {**_something(one.asks), **service.examples.get(name, {})}
    answer = service.post(name, asked)
    known = "con el ejemplo" if name in service.examples else "con un dato que no existe"
    yield _judge_read(service, cell, one, name, asked, answer, tried=f"responde {known}")
    yield _refuses(name, "rechaza un pedido que no se entiende", service.post(name, STRANGE), 400)
    yield from _lets_nobody_in(service, name, partial(service.post, name, asked))


def _judge_read(
    service: Service, cell: Cell, one: Reads, name: str, asked: Mapping[str, str], answer: httpx.Response | str, *,
    tried: str,
) -> Finding:  # fmt: skip
    if isinstance(answer, str):
        return Finding(name, tried, Verdict.WRONG, answer)
    if answer.status_code == 404 and one.refuses_unknown and name not in service.examples:
        return _refuses(name, tried, answer, 404)
    if answer.status_code != 200:
        return Finding(name, tried, Verdict.WRONG, f"respondió {answer.status_code} y no 200")
    if not (wrong := _unlike(one.answers, answer)):
        return Finding(name, tried, Verdict.HOLDS)
    try:  # as the call centre reads it
        client = cell.client_at(service.address, token=service.token, timeout=service.timeout, papers=service.papers)
        getattr(client, one.name)(**asked)
    except SystemRefused:
        return Finding(name, tried, Verdict.UNDERSTOOD, f"como un rechazo; {wrong}")
    except SystemTrouble:
        return Finding(name, tried, Verdict.WRONG, wrong)
    return Finding(name, tried, Verdict.UNDERSTOOD, wrong)


def _try_write(service: Service, one: Writes, name: str) -> Iterator[Finding]:
    asked = {**_something(one.asks), **service.examples.get(name, {})}
    key = f"conformance-{secrets.token_hex(8)}"
    yield _refuses(name, "rechaza un pedido que no se entiende", service.post(name, STRANGE, key=key), 400)
    if service.writes and name not in service.examples:
        yield Finding(name, "hace lo pedido", Verdict.NOT_TRIED, "no hay un ejemplo para ella")
    elif service.writes:
        # without a key, but complete: one that does not look for the key would do it, so only where it may
        yield _refuses(name, "rechaza un pedido sin clave", service.post(name, asked), 400)
        other = next(field for field, shape in one.asks.items() if "enum" not in shape.schema and shape is not AMOUNT)
        yield from _do(service, name, {**asked, **ASKED_HERE}, key, other=other)
    else:
        yield Finding(name, "hace lo pedido", Verdict.NOT_TRIED, "falta --writes")
    yield from _lets_nobody_in(service, name, partial(service.post, name, STRANGE, key=key))


def _lets_nobody_in(service: Service, name: str, ask: Callable[..., httpx.Response | str]) -> Iterator[Finding]:
    """Ask with no token, and with one that nobody was given; not where the service is asked without any."""
    if service.token:
        yield _refuses(name, "no deja entrar sin permiso", ask(token=""), 401)
        yield _refuses(name, "no deja entrar con otro permiso", ask(token=secrets.token_hex(16)), 401)


def _do(service: Service, name: str, asked: Mapping[str, str], key: str, *, other: str) -> Iterator[Finding]:
    """Ask twice at the same moment, once more, and then with `other` changed under the same key."""
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _nth: service.post(name, asked, key=key), range(2)))
    tried = "hace lo pedido"
    references = set()
    for answer in [*answers, service.post(name, asked, key=key)]:
        if isinstance(answer, str):
            yield Finding(name, tried, Verdict.WRONG, answer)
            return
        if answer.status_code not in (200, 201):
            sentence = _sentence_of(answer)
            yield Finding(name, tried, Verdict.WRONG, f"respondió {answer.status_code}: {sentence or 'sin una frase'}")
            return
        if wrong := _unlike(DONE, answer):
            yield Finding(name, tried, Verdict.WRONG, f"quedaría en duda: {wrong}")
            return
        references.add(answer.json()["reference"])
    yield Finding(name, tried, Verdict.HOLDS)
    tried = "la misma clave no lo hace otra vez"
    if len(references) > 1:
        yield Finding(name, tried, Verdict.WRONG, f"dio {len(references)} referencias: se hizo más de una vez")
    else:
        yield Finding(name, tried, Verdict.HOLDS)
    yield _refuses(
        name, "la misma clave no hace otra cosa", service.post(name, {**asked, other: asked[other] + "9"}, key=key), 409
    )
    yield _try_question(service, name.partition(".")[0], key, references.pop())


def _try_question(service: Service, system: str, key: str, reference: str | None) -> Finding:
    """Ask what was done under `key`: `reference`, or nothing."""
    name, answer = f"{system}.operations", service.was_done(system, key)
    tried = "dice que no hizo lo que no se pidió" if reference is None else "dice que hizo lo que se pidió"
    if isinstance(answer, str):
        return Finding(name, tried, Verdict.WRONG, answer)
    if answer.status_code == 404 and _sentence_of(answer) and answer.json().keys() == {"error"}:  # else a wrong address
        return Finding(name, tried, Verdict.UNDERSTOOD, "no sabe decirlo: cada duda la verifica una persona")
    if answer.status_code != 200:
        return Finding(name, tried, Verdict.WRONG, f"respondió {answer.status_code} y no 200")
    if wrong := _unlike(WAS_DONE, answer):
        return Finding(name, tried, Verdict.WRONG, wrong)
    told = answer.json()
    if told["done"] != (reference is not None) or (reference and told.get("reference") != reference):
        return Finding(name, tried, Verdict.WRONG, "dice otra cosa de lo que pasó")
    return Finding(name, tried, Verdict.HOLDS)


def _refuses(name: str, tried: str, answer: httpx.Response | str, status: int) -> Finding:
    if isinstance(answer, str):
        return Finding(name, tried, Verdict.WRONG, answer)
    if answer.status_code != status:
        return Finding(name, tried, Verdict.WRONG, f"respondió {answer.status_code} y no {status}")
    if not _sentence_of(answer):
        return Finding(name, tried, Verdict.WRONG, "no dice por qué: falta «error» con una frase")
    return Finding(name, tried, Verdict.HOLDS)


def _sentence_of(answer: httpx.Response) -> str:
    return "" if _unlike(REFUSAL, answer) else " ".join(answer.json()["error"].split())[:200]


def _unlike(shape: Shape, answer: httpx.Response) -> str:
    """Where an answer is not what the contract says, without a word of what it holds; '' when it is."""
    try:
        body = answer.json()
    except ValueError:
        return "no es JSON en UTF-8"
    validator = jsonschema_rs.validator_for({**shape.used, "components": _components()}, validate_formats=True)
    errors = (told for error in validator.iter_errors(body) for told in _within(error))
    wrong = sorted({f"{_place(error.instance_path)} ({error.schema_path[-1]})" for error in errors})
    return f"no es como el contrato en {', '.join(wrong[:5])}" + (" y más" if len(wrong) > 5 else "") if wrong else ""


def _within(error: Any) -> Iterator[Any]:
    """Of what is neither a thing nor null, what is wrong with the thing."""
    inner = error.kind.context[0] if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AnyOf) else ()
    yield from (told for one in inner for told in _within(one)) if inner else (error,)


def _place(path: Iterable[str | int]) -> str:
    """`invoices.amount`: which of a list does not matter, and may be a customer's."""
    return ".".join(part for part in path if isinstance(part, str)) or "la respuesta"


@cache
def _components() -> dict[str, Any]:
    found: dict[str, Any] = contract(asked_cells().values())["components"]
    return found


def _something(asks: Mapping[str, Shape]) -> dict[str, str]:
    """Something harmless for each argument: nobody's contract, a name nobody has."""
    return {name: _harmless(shape) for name, shape in asks.items()}


def _harmless(shape: Shape) -> str:
    if among := shape.schema.get("enum"):
        return str(among[0])
    if examples := shape.schema.get("examples"):
        return str(examples[0])
    return "" if shape.may_be_empty else "0"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        "python -m systems.conformance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("--only", nargs="+", choices=sorted(asked_cells()), default=[], metavar="SYSTEM")
    parser.add_argument("--examples", type=argparse.FileType(encoding="utf-8"))
    parser.add_argument("--writes", action="store_true", help="do what the examples of writes say")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, metavar="SECONDS")
    chosen = parser.parse_args(arguments)
    examples = _examples(parser, chosen.examples)
    named = ("token", "certificate", "key", "authorities")
    told = {name: os.environ.get(f"SYSTEMS_{name.upper()}", "") for name in named}
    token, papers = told.pop("token"), Papers(**told)
    try:
        papers.context()
    except ValueError as unusable:
        parser.error(str(unusable))
    service = Service(chosen.url, token, chosen.timeout, examples, chosen.writes, papers)
    counts = dict.fromkeys(Verdict, 0)
    tried = [cell for code, cell in asked_cells().items() if code in (chosen.only or asked_cells())]
    for finding in try_service(service, tried):
        counts[finding.verdict] += 1
        print(finding, flush=True)
    print(" · ".join(f"{verdict}: {count}" for verdict, count in counts.items()))
    return 1 if counts[Verdict.WRONG] else 0


def _examples(parser: argparse.ArgumentParser, file: Any) -> dict[str, dict[str, str]]:
    known = {f"{cell.code}.{one.name}": one for cell in asked_cells().values() for one in cell.operations}
    try:
        told = (yaml.safe_load(file) if file else None) or {}
    except (UnicodeDecodeError, yaml.YAMLError) as wrong:
        mark = getattr(wrong, "problem_mark", None)
        parser.error("the examples are no YAML in UTF-8" + (f": line {mark.line + 1}" if mark else ""))
    if not isinstance(told, dict):
        parser.error("the examples are no table of operations")
    for name, asked in told.items():
        if name not in known:
            parser.error(f"{name} is no operation of the contract")
        strange = set(asked) - {*known[name].asks, *ASKED_BY} if isinstance(asked, dict) else {"what it asks"}
        if strange or not all(isinstance(value, str) for value in asked.values()):
            parser.error(f"{name}: its example is a text for each of {', '.join(known[name].asks)}")
    return told


if __name__ == "__main__":
    from django.conf import settings

    settings.configure(USE_I18N=False)
    sys.exit(main())
