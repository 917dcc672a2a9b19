"""What is known, asked by paths: conditions, proposals, required fields, filled texts."""

from __future__ import annotations

from typing import Any

import pytest

from inbound.flows.conditions import (
    arguments,
    filled,
    holds,
    is_required,
    proposed_branch,
    script,
    unanswered,
    value_at,
)
from inbound.flows.schema import Field, parse_flow
from tests.inbound.flows_to_read import SMALL, flow_of

KNOWN: dict[str, Any] = {
    "customer": {"name": "Ana Quispe", "contract": "100200", "telephones": ["+59170712345", "+59144251000"]},
    "damages": [{"number": "D-1", "state": "registered", "has_service": False, "cause": "Sin tono"}],
    "listing": {"entries": []},
    "term": {"is_inside": True, "days": 3},
    "note": "",
    "number": "707-12345",
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("customer.name", "Ana Quispe"),
        ("damages.0.state", "registered"),
        ("damages.1.state", None),
        ("damages.state", None),
        ("damages.-1.state", None),
        ("damages.99999999999999999999", None),
        ("customer.telephones.1", "+59144251000"),
        ("customer.name.0", None),
        ("nobody", None),
        ("nobody.at.all", None),
        ("term.is_inside.x", None),
    ],
)
def test_a_path_leads_to_a_value_or_to_nothing(path: str, value: Any) -> None:
    assert value_at(KNOWN, path) == value


@pytest.mark.parametrize(
    ("when", "so"),
    [
        ({}, True),
        ({"damages.0.number": "present"}, True),
        ({"damages.0.number": "absent"}, False),
        ({"damages.1.number": "absent"}, True),
        ({"listing.entries": "absent"}, True),
        ({"note": "present"}, False),
        ({"damages.0.state": "registered"}, True),
        ({"damages.0.state": ("in_execution", "registered")}, True),
        ({"damages.0.state": ("in_execution", "closed")}, False),
        ({"damages.0.has_service": False}, True),
        ({"damages.0.has_service": True}, False),
        ({"damages.1.has_service": False}, False),  # not known is not no
        ({"term.is_inside": True}, True),
        ({"term.days": "3"}, True),
        ({"damages.0.state": "registered", "damages.0.has_service": True}, False),  # all of it
        ({"customer.name": "unlike damages.0.cause"}, True),
        ({"customer.name": "unlike customer.name"}, False),
        ({"customer.name": "unlike nobody"}, False),  # what is not known is not another
        ({"nobody": "unlike customer.name"}, False),
        ({"customer.telephones.0": "unlike number"}, False),  # the same telephone, written otherwise
    ],
)
def test_a_condition_holds_when_all_of_it_is_so(when: dict[str, Any], so: bool) -> None:
    assert holds(when, KNOWN) is so


def test_yes_and_no_written_by_hand_count_as_such() -> None:
    assert holds({"x": True}, {"x": "true"})
    assert holds({"x": False}, {"x": "false"})


@pytest.mark.parametrize(
    ("damage", "proposed"),
    [
        ({"state": "registered", "has_service": False}, "open"),
        ({"state": "in_execution", "has_service": True}, "open"),
        ({"state": "attended", "has_service": False}, "attended"),
        ({"state": "attended", "has_service": True}, "other"),
        ({"state": "en revisión"}, "other"),
        ({"state": ""}, None),
        (None, None),
    ],
)
def test_the_first_branch_that_holds_is_proposed_and_an_unknown_state_is_another(damage: Any, proposed: Any) -> None:
    state = parse_flow(SMALL, name="x").steps["state"]
    branch = proposed_branch(state, {"damage": damage})
    assert (branch.name if branch else None) == proposed


def test_a_decision_the_caller_makes_proposes_nothing() -> None:
    asks = SMALL.replace("when: {damage.state: [registered, in_execution]}, ", "")
    state = parse_flow(asks, name="x").steps["state"]
    assert proposed_branch(state, {"damage": {"state": "closed"}}) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Buenas. Su reclamo {damages.4.number} sigue. ¿Algo más?", "Buenas. ¿Algo más?"),
        ("Su saldo es de {balance.amount}. Su límite es de {balance.limit}.", ""),
        ("Señora {customer.name}, debe {balance.amount}. Gracias.", "Gracias."),
        ("{customer.name} {balance.amount}", "Ana Quispe"),  # places that stand alone
        ("Es el {line.number | number}. ¿Es correcto?", "Es el 707-12345. ¿Es correcto?"),  # the first there is
        ("Es el {line.number | entry.number}. ¿Es correcto?", "¿Es correcto?"),
        ("{entry.name}. El teléfono es {customer.contract}.", "El teléfono es 100200."),  # and their full stop
        ("{saludo} ¿Qué necesita? {despedida}", "¿Qué necesita?"),  # a line that greets in no words of its own
    ],
)
def test_a_sentence_of_which_something_is_not_known_is_not_said(text: str, said: str) -> None:
    assert script(text, KNOWN) == said


@pytest.mark.parametrize(
    ("field", "known", "required"),
    [
        (Field("a", "A", "text"), {}, True),
        (Field("a", "A", "text", required=False), {}, False),
        (Field("a", "A", "text", required_unless={"who": "owner"}), {"who": "owner"}, False),
        (Field("a", "A", "text", required_unless={"who": "owner"}), {"who": "other"}, True),
        (Field("a", "A", "text", required_unless={"who": "owner"}), {}, True),
        (Field("a", "A", "text", required_unless={"b": "present", "c": "present"}), {"c": "1"}, False),
        (Field("a", "A", "text", required_unless={"b": "present", "c": "present"}), {"b": ""}, True),
    ],
)
def test_a_field_is_required_unless_something_spares_it(field: Field, known: dict[str, Any], required: bool) -> None:
    assert is_required(field, known) is required


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sr. {customer.name}, contrato {customer.contract}.", "Sr. Ana Quispe, contrato 100200."),
        ("Su reclamo {damages.0.number} sigue.", "Su reclamo D-1 sigue."),
        ("Su reclamo {damages.4.number} sigue, {nobody}.", "Su reclamo sigue,."),
        ("{customer}", "Ana Quispe"),
        ("{customer.telephones}", "+59170712345, +59144251000"),
        ("Sin lugares { x } {}", "Sin lugares { x } {}"),
    ],
)
def test_a_script_is_filled_in(text: str, said: str) -> None:
    assert filled(text, KNOWN) == said


def test_arguments_are_paths_or_filled_texts() -> None:
    with_ = {"damage": "damages.0.number", "text": "Reitera {damages.0.number}. {note}", "zone": "customer.zone"}
    assert arguments(with_, KNOWN) == {"damage": "D-1", "text": "Reitera D-1.", "zone": ""}


@pytest.mark.parametrize(
    ("what", "given"),
    [("customer.contract | contract", "100200"), ("nobody.contract | customer.contract", "100200"), ("a | b", "")],
)
def test_the_first_of_several_paths_that_leads_somewhere_counts(what: str, given: str) -> None:
    assert arguments({"contract": what}, KNOWN) == {"contract": given}


@pytest.mark.parametrize(
    ("line", "step", "known", "branch"),
    [
        ("104", "registered", {"listing": None, "entry": None}, None),
        ("104", "registered", {"listing": {"entries": []}, "entry": None}, "not_registered"),
        ("4200224", "registered", {"listing": None, "entry": None}, None),
        ("4251000", "found", {"extensions": None, "extension": None}, None),
        ("4251000", "found", {"extensions": [], "extension": None}, "not_found"),
        ("101", "exists", {"customer": {"contract": "1"}, "damages": None, "damage": None}, None),
        ("101", "exists", {"customer": {"contract": "1"}, "damages": [], "damage": None}, "none"),
        ("800130001", "has_seller", {"seller": None}, "nobody"),
    ],
)
def test_that_nobody_could_be_asked_is_not_that_there_is_nothing(
    line: str, step: str, known: dict[str, Any], branch: str | None
) -> None:
    flow = flow_of(line)
    proposed = proposed_branch(flow.steps[step], known, unanswered(flow, known))
    assert (proposed.name if proposed else None) == branch
