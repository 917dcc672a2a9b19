"""The running sandbox keeps docs/systems.yaml: schemathesis asks it what the contract allows, and what it does not."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.generation import GenerationMode

from systems.registry import cells
from tests.processes.house import ROOT
from tests.sandbox.running import RunningSandbox

CONTRACT = schemathesis.openapi.from_path(str(ROOT / "docs" / "systems.yaml"))
OPERATIONS = {found.ok().label: found.ok() for found in CONTRACT.get_all_operations()}


@pytest.mark.parametrize("label", OPERATIONS)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_answers_as_the_contract_says(
    sandbox: RunningSandbox, label: str, mode: GenerationMode
) -> None:
    """What the contract allows is never answered as not understood, what it does not allow always, nothing with 500."""

    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    @settings(
        max_examples=12,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        database=None,
        derandomize=True,
    )
    def asked(case: Case) -> None:
        case.call_and_validate(base_url=sandbox.address)

    asked()


THERE = {  # a thing that is there, for each operation that tells of one
    "smartflex/search": ("text", "SELECT name FROM sandbox_customer LIMIT 1"),
    "smartflex/customer": ("contract", "SELECT contract FROM sandbox_product WHERE suspended_for = 'debt' LIMIT 1"),
    "smartflex/damages": ("contract", "SELECT contract FROM sandbox_damage GROUP BY 1 HAVING count(*) > 2 LIMIT 1"),
    "smartflex/account": ("contract", "SELECT contract FROM sandbox_invoice LIMIT 1"),
    "smartflex/orders": ("contract", "SELECT contract FROM sandbox_workorder WHERE annulled_for <> '' LIMIT 1"),
    "c_cli4g/line": ("number", "SELECT number FROM sandbox_fijacomline LIMIT 1"),
    "pac/certificates": ("contract", "SELECT contract FROM sandbox_certificate LIMIT 1"),
    "guiatel/search": ("name", "SELECT name FROM sandbox_directoryentry WHERE is_reserved LIMIT 1"),
    "guia_comercial/search": ("words", "SELECT name FROM sandbox_commercialentry LIMIT 1"),
    "p_empleados/search": ("words", "SELECT unit FROM sandbox_employee LIMIT 1"),
    "boliviatel/search": ("number", "SELECT number FROM sandbox_longdistancecustomer LIMIT 1"),
    "btel2/balance": ("number", "SELECT number FROM sandbox_longdistancecustomer LIMIT 1"),
    "mio/line": ("number", "SELECT number FROM sandbox_mioline LIMIT 1"),
}


@pytest.mark.parametrize("path", THERE)
def test_what_is_there_is_told_as_the_contract_says(sandbox: RunningSandbox, path: str) -> None:
    """Made-up requests find nothing: these find something."""
    field, sql = THERE[path]
    answer = sandbox.post(path, {field: sandbox.value(sql)})
    assert answer.status_code == 200
    told = answer.json()
    assert all(value not in (None, []) for value in told.values()), told
    OPERATIONS[f"POST /{path}"].validate_response(schemathesis.Response.from_any(answer))


def test_the_sandbox_plays_all_of_the_contract_and_nothing_else(sandbox: RunningSandbox) -> None:
    questions = [label for label in OPERATIONS if label.startswith("GET ")]  # after a doubt, where something is written
    assert len(OPERATIONS) - len(questions) == sum(len(cell.operations) for cell in cells().values()) >= 26
    assert len(questions) == sum(1 for cell in cells().values() if cell.writes)
    for path in ("smartflex/nothing", "nobody/search", "smartflex/search/"):
        assert sandbox.post(path, {}).status_code == 404
