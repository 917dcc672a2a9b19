"""The clients keep docs/systems.yaml: they ask what it allows and read whatever it lets a system answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case

from systems import wire
from systems.boliviatel.client import Boliviatel
from systems.btel2.client import Btel2
from systems.c_cli4g.client import CCli4g
from systems.cells import Cell, Reads, Writes
from systems.connection import Done
from systems.contract import AMOUNT, Shape
from systems.gsi.client import Gsi
from systems.guia_comercial.client import GuiaComercial
from systems.guiatel.client import Guiatel
from systems.lbc.client import Lbc
from systems.mio.client import Mio
from systems.nocc.client import Nocc
from systems.p_empleados.client import PEmpleados
from systems.pac.client import Pac
from systems.qbc.client import Qbc
from systems.registry import cells
from systems.smartflex.client import Smartflex
from tests.processes.house import ROOT
from tests.systems.misbehaving import Misbehaving, answers, misbehaving

CONTRACT = yaml.safe_load((ROOT / "docs" / "systems.yaml").read_text())
POSTS = {one["post"]["operationId"]: one["post"] for one in CONTRACT["paths"].values() if "post" in one}
TEN = Decimal("10")


def as_declared(cell: Cell, one: Reads | Writes) -> Callable[[str], Any]:
    """The call of an operation with something for each argument its cell names."""

    def something(shape: Shape) -> Any:
        return Decimal("12.5") if shape is AMOUNT else shape.schema.get("enum", ["1"])[0]

    said = {name: something(shape) for name, shape in one.asks.items()}
    key = {"key": "k"} if isinstance(one, Writes) else {}
    return lambda at: getattr(cell.client_at(at, token="", timeout=60), one.name)(**key, **said)


DECLARED = {f"{cell.code}.{one.name}": as_declared(cell, one) for cell in cells().values() for one in cell.operations}
CALLS: dict[str, Callable[[str], Any]] = {
    "smartflex.search": lambda at: Smartflex(at).search(text="Quispe Mamani"),
    "smartflex.customer": lambda at: Smartflex(at).customer(contract="204117"),
    "smartflex.damages": lambda at: Smartflex(at).damages(contract="204117"),
    "smartflex.account": lambda at: Smartflex(at).account(contract="204117"),
    "smartflex.orders": lambda at: Smartflex(at).orders(contract="204117"),
    "smartflex.register_damage": lambda at: Smartflex(at).register_damage(
        key="k", contract="204117", service_number="4251001", component="", cause="Sin tono", description=""
    ),
    "smartflex.reiterate_damage": lambda at: Smartflex(at).reiterate_damage(key="k", damage="D-1", cause="Sin tono"),
    "smartflex.write_interaction": lambda at: Smartflex(at).write_interaction(
        key="k", contract="", line="800131313", result="informed", text=""
    ),
    "smartflex.register_claim": lambda at: Smartflex(at).register_claim(key="k", contract="204117", text="cobro"),
    "lbc.suspend": lambda at: Lbc(at).suspend(key="k", contract="204117", number="70000000", reason="robo"),
    "c_cli4g.line": lambda at: CCli4g(at).line(number="4600000"),
    "c_cli4g.top_up": lambda at: CCli4g(at).top_up(key="k", number="4600000", amount=TEN, note=""),
    "gsi.reiterate": lambda at: Gsi(at).reiterate(key="k", damage="D-1", text=""),
    "gsi.derive": lambda at: Gsi(at).derive(key="k", order="OT-1", text=""),
    "gsi.code": lambda at: Gsi(at).code(origin="booth", destination="mobile"),
    "pac.certificates": lambda at: Pac(at).certificates(contract="204117"),
    "guiatel.search": lambda at: Guiatel(at).search(name="Quispe"),
    "guia_comercial.search": lambda at: GuiaComercial(at).search(words="farmacia"),
    "p_empleados.search": lambda at: PEmpleados(at).search(words="cobranzas"),
    "boliviatel.search": lambda at: Boliviatel(at).search(identity_card="5234567-1F CB"),
    "btel2.balance": lambda at: Btel2(at).balance(number="4251001"),
    "btel2.raise_credit": lambda at: Btel2(at).raise_credit(key="k", number="4251001", amount=Decimal("12.5")),
    "mio.line": lambda at: Mio(at).line(number="70000000"),
    "mio.block_sim": lambda at: Mio(at).block_sim(key="k", number="70000000", reason="robo"),
    "qbc.top_up": lambda at: Qbc(at).top_up(key="k", number="70000000", amount=TEN),
    "nocc.report": lambda at: Nocc(at).report(key="k", number="4251001", text=""),
}
CALLS = {**DECLARED, **CALLS}  # of a system nobody wrote a call for, the one that is declared


@pytest.fixture(autouse=True)
def fresh() -> None:
    wire.forget_wires()


def good_answer(operation: str) -> dict[str, Any]:
    """The schema of what a system answers when all is well."""
    responses = POSTS[operation]["responses"]
    told = responses.get("200") or CONTRACT["components"]["responses"]["Done"]
    schema: dict[str, Any] = told["content"]["application/json"]["schema"]
    return schema


def answers_of_the_contract() -> dict[str, Any]:
    """The contract turned round: what is answered becomes what is asked, so that schemathesis makes it up."""
    paths = {
        f"/{operation}": {
            "post": {
                "operationId": operation,
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": good_answer(operation)}},
                },
                "responses": {"200": {"description": "read"}},
            }
        }
        for operation in POSTS
    }
    turned = {"openapi": "3.1.0", "info": CONTRACT["info"], "paths": paths, "components": CONTRACT["components"]}
    operations = schemathesis.openapi.from_dict(turned).get_all_operations()
    return {found.ok().path.strip("/"): found.ok().as_strategy() for found in operations}


ANSWERS = answers_of_the_contract()


def test_every_operation_of_the_contract_has_its_client_and_the_other_way_round() -> None:
    assert set(CALLS) == set(POSTS)
    asked_after = {f"/{cell.code}/operations/{{key}}" for cell in cells().values() if cell.client and cell.writes}
    assert set(CONTRACT["paths"]) == {f"/{operation.replace('.', '/')}" for operation in POSTS} | asked_after


@pytest.mark.parametrize(
    ("operation", "call"), [*CALLS.items(), *DECLARED.items()], ids=[*CALLS, *(f"{name}-declared" for name in DECLARED)]
)
def test_a_client_asks_what_the_contract_allows(operation: str, call: Callable[[str], Any]) -> None:
    asked = POSTS[operation]["requestBody"]["content"]["application/json"]["schema"]
    validator = jsonschema_rs.Draft202012Validator({**asked, "components": CONTRACT["components"]})
    with misbehaving(answers("500 Oh", {"error": "no"})) as server:
        with pytest.raises(Exception, match="no"):
            call(server.address)
        head, _, body = server.requests[0].decode().partition("\r\n\r\n")
    assert head.startswith(f"POST /{operation.replace('.', '/')} HTTP/1.1")
    validator.validate(json.loads(body))
    needs_key = "parameters" in POSTS[operation]
    assert needs_key == ("idempotency-key: k" in head.lower()), "what changes something carries its key"


@pytest.fixture(scope="module")
def server() -> Any:
    with misbehaving(answers("200 OK", {})) as one:
        yield one


@pytest.mark.sweep
@pytest.mark.parametrize("operation", CALLS)
def test_a_client_reads_whatever_the_contract_lets_a_system_answer(server: Misbehaving, operation: str) -> None:
    @given(case=ANSWERS[operation])
    @settings(
        max_examples=20,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    def read(case: Case) -> None:
        server.behave = answers("200 OK", case.body)
        found = CALLS[operation](server.address)
        if "parameters" in POSTS[operation]:
            assert isinstance(found, Done)

    read()
