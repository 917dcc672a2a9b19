"""A site's service tried against the contract: the sandbox keeps it, and whatever does not is told where."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from systems import wire
from systems.conformance import Finding, Service, Verdict, try_service
from systems.registry import cells
from tests.processes.house import ROOT, outside_environment
from tests.sandbox.running import RunningSandbox
from tests.systems.misbehaving import Behaviour, answers, misbehaving, response

EXAMPLES = """
smartflex.customer: {contract: "1000315"}
smartflex.search: {text: "Quispe"}
smartflex.register_claim: {contract: "1000315", text: "Cobro de prueba"}
nocc.report: {number: "4251001", text: "Prueba"}
"""


@pytest.fixture(autouse=True)
def fresh() -> None:
    wire.forget_wires()


def run(address: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As somebody who connects a system runs it: without a database, and without any setting."""
    return subprocess.run(
        [sys.executable, "-m", "systems.conformance", address, "--timeout", "30", *arguments],
        cwd=ROOT,
        env={**outside_environment(), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_sandbox_keeps_the_contract_and_nothing_is_done_there_unasked(sandbox: RunningSandbox) -> None:
    before = sandbox.book()
    done = run(sandbox.address)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in lines if ": mal" in line] == []
    tried = {line.partition(":")[0] for line in lines[:-1]}
    assert tried >= {f"{cell.code}.{one.name}" for cell in cells().values() for one in cell.operations}
    assert "lbc.suspend: hace lo pedido: sin probar: falta --writes" in lines
    assert "lbc.operations: dice que no hizo lo que no se pidió: bien" in lines
    assert sandbox.book() == before


def test_what_has_an_example_is_done_once_however_often_it_is_asked(sandbox: RunningSandbox, tmp_path: Path) -> None:
    before = len(sandbox.book())
    (tmp_path / "examples.yaml").write_text(EXAMPLES)
    done = run(
        sandbox.address, "--writes", "--examples", str(tmp_path / "examples.yaml"), "--only", "smartflex", "nocc"
    )
    assert done.returncode == 0, done.stdout
    for holds in (
        "smartflex.customer: responde con el ejemplo: bien",
        "nocc.report: hace lo pedido: bien",
        "nocc.report: la misma clave no lo hace otra vez: bien",
        "nocc.report: la misma clave no hace otra cosa: bien",
        "nocc.operations: dice que hizo lo que se pidió: bien",
        "smartflex.register_damage: hace lo pedido: sin probar: no hay un ejemplo para ella",
    ):
        assert holds in done.stdout.splitlines(), done.stdout
    deeds = sandbox.book()[: len(sandbox.book()) - before]
    assert sorted(deed["verb"] for deed in deeds) == ["register_claim", "report"]
    assert deeds[0]["asked_by"] == {"agent": "conformance", "requester_name": "Prueba de conformidad"}


def findings(behave: Behaviour, operation: str, **more: Any) -> dict[str, Finding]:
    """What is found of one operation of a service that behaves so, by what was tried."""
    cell = cells()[operation.partition(".")[0]]
    with misbehaving(behave) as server:
        service = Service(server.address, timeout=5, **more)
        return {found.tried: found for found in try_service(service, [cell]) if found.operation == operation}


@pytest.mark.parametrize(
    ("answer", "verdict", "why"),
    [
        ({"line": None}, Verdict.HOLDS, ""),
        ({"linea": None}, Verdict.WRONG, "no es como el contrato en la respuesta (required)"),
        ({"line": {"number": "1", "holder": "Rosa", "identity_card": "1", "plan": "x", "balance": 12.5, "amounts": []}},
         Verdict.UNDERSTOOD, "no es como el contrato en line.balance (type)"),
        ({"line": {"number": "1", "holder": "Rosa", "identity_card": "1", "balance": "1,5", "amounts": []}},
         Verdict.WRONG, "no es como el contrato en line (required), line.balance (pattern)"),
        ({"error": "No existe."}, Verdict.UNDERSTOOD,
         "como un rechazo; no es como el contrato en la respuesta (required)"),
    ],
)  # fmt: skip
def test_of_an_answer_it_says_where_it_is_not_as_written_and_whether_it_is_understood(
    answer: dict[str, Any], verdict: Verdict, why: str
) -> None:
    found = findings(answers("200 OK", answer), "c_cli4g.line")["responde con un dato que no existe"]
    assert (found.verdict, found.why) == (verdict, why)
    assert "Rosa" not in str(found)


def test_one_that_does_it_again_under_the_same_key_is_found() -> None:
    given = iter(range(1, 100))

    def behave(connection: Any, _request: bytes) -> None:
        connection.sendall(response("201 Created", json.dumps({"reference": f"N-{next(given)}"}).encode()))

    found = findings(behave, "nocc.report", examples={"nocc.report": {"number": "1", "text": "x"}}, writes=True)
    assert found["la misma clave no lo hace otra vez"].why == "dio 3 referencias: se hizo más de una vez"
    assert found["la misma clave no hace otra cosa"].why == "respondió 201 y no 409"
    assert found["rechaza un pedido sin clave"].verdict == Verdict.WRONG


@pytest.mark.parametrize(
    ("behave", "why"),
    [
        (answers("200 OK", {"reference": 7}), "quedaría en duda: no es como el contrato en reference (type)"),
        (answers("422 No", {"error": "No se puede."}), "respondió 422: No se puede."),
        (answers("500 Oh", b"<html>", kind="text/html"), "respondió 500: sin una frase"),
    ],
)
def test_of_a_write_it_says_what_would_come_of_it(behave: Behaviour, why: str) -> None:
    found = findings(behave, "nocc.report", examples={"nocc.report": {"number": "1", "text": "x"}}, writes=True)
    assert found["hace lo pedido"].why == why


def test_nobody_there_is_said_and_ends_with_one() -> None:
    done = run("http://127.0.0.1:9", "--only", "mio")
    assert done.returncode == 1
    assert "mio.line: responde con un dato que no existe: mal: no se pudo preguntar (ConnectError)" in done.stdout


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        ("mio.nada: {number: '1'}", "mio.nada is no operation of the contract"),
        ("mio.line: {numero: '1'}", "mio.line: its example is a text for each of number"),
        ("mio.line: {number: 1}", "mio.line: its example is a text for each of number"),
        ("[1]", "the examples are no table of operations"),
        ("mio.line: {number: '1'", "the examples are no YAML in UTF-8: line 1"),
        ("mio.line: [", "the examples are no YAML in UTF-8: line 1"),
        ("\0", "the examples are no YAML in UTF-8"),
    ],
)
def test_examples_that_cannot_be_used_are_told_before_anything_is_asked(
    examples: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "examples.yaml").write_text(examples)
    done = run("http://127.0.0.1:9", "--examples", str(tmp_path / "examples.yaml"))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_who_needs_a_token_lets_nobody_in_without() -> None:
    def behave(connection: Any, request: bytes) -> None:
        is_known = b"Authorization: Bearer secreto" in request
        body = {"line": None} if is_known else {"error": "Falta el permiso."}
        connection.sendall(response("200 OK" if is_known else "401 No", json.dumps(body).encode()))

    found = findings(behave, "mio.line", token="secreto")
    assert found["no deja entrar sin permiso"].verdict == Verdict.HOLDS
    assert found["no deja entrar con otro permiso"].verdict == Verdict.HOLDS


@pytest.mark.parametrize("operation", ["mio.line", "mio.block_sim", "mio.operations"])
def test_one_that_takes_any_token_or_tells_what_was_done_without_is_found(operation: str) -> None:
    def behave(connection: Any, request: bytes) -> None:
        is_let_in = b"Authorization: Bearer " in request or (operation.endswith("s") and request.startswith(b"GET"))
        body = {"line": None, "done": False} if is_let_in else {"error": "Falta el permiso."}
        connection.sendall(response("200 OK" if is_let_in else "401 No", json.dumps(body).encode()))

    found = findings(behave, operation, token="secreto")
    other = found["no deja entrar con otro permiso"]
    assert (other.verdict, other.why) == (Verdict.WRONG, "respondió 200 y no 401")
    without = Verdict.WRONG if operation == "mio.operations" else Verdict.HOLDS
    assert found["no deja entrar sin permiso"].verdict == without


def test_examples_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / "examples.yaml").write_bytes(b"mio.line: {number: \xff}")
    done = run("http://127.0.0.1:9", "--examples", str(tmp_path / "examples.yaml"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "the examples are no YAML in UTF-8" in done.stderr
