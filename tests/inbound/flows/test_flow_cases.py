"""What the procedure's lines decide by data: who tops up, which codes, five days, the reserve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from escalations.raising import due_by
from inbound.flows.choosing import offered
from inbound.flows.conditions import arguments, filled, is_open, is_required, proposed_branch, script, unanswered
from inbound.flows.shapes import Step
from inbound.outside.actions import REQUESTER
from tests.inbound.flows_to_read import LINES, flow_of

At = Callable[..., datetime]
MONEY_AND_SIMS = [
    (line, step.name) for line in LINES for step in flow_of(line).steps.values() if step.action and step.accountable
]


def test_money_and_sims_are_touched_in_five_places() -> None:
    assert set(MONEY_AND_SIMS) == {
        ("109", "top_up"),
        ("800130001", "suspend"),
        ("800130001", "block_sim"),
        ("800130001", "top_up"),
        ("800131313", "raise_credit"),
    }


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({}, {"requester_name", "requester_card", "requester_is", "requester_kinship"}),
        ({"requester_name": "Ana Quispe", "requester_card": "1234567", "requester_is": "owner"}, set()),
        (
            {"requester_name": "Luis Quispe", "requester_card": "7654321", "requester_is": "other"},
            {"requester_kinship"},
        ),
        (
            {
                "requester_name": "Luis Quispe",
                "requester_card": "7654321",
                "requester_is": "other",
                "requester_kinship": "hijo",
            },
            set(),
        ),
        ({"requester_name": "Luis Quispe", "requester_is": "owner"}, {"requester_card"}),
        ({"requester_card": "7654321", "requester_is": "owner"}, {"requester_name"}),
        ({"requester_name": "Luis Quispe", "requester_card": "1"}, {"requester_is", "requester_kinship"}),
    ],
)
@pytest.mark.parametrize(("line", "name"), MONEY_AND_SIMS)
def test_who_asks_is_named_with_card_and_with_kinship_when_not_the_owner(
    line: str, name: str, answers: dict[str, str], missing: set[str]
) -> None:
    flow = flow_of(line)
    asked = [field for step in flow.steps.values() for field in step.fields if field.name.startswith("requester")]
    assert {field.name for field in asked if is_required(field, answers) and not answers.get(field.name)} == missing
    given = arguments(flow.steps[name].with_, answers)
    assert {who: given[who] for who in REQUESTER} == {who: answers.get(who, "") for who in REQUESTER}


def test_what_is_topped_up_is_within_the_plan() -> None:
    among = {
        (line, field.among)
        for line in LINES
        for step in flow_of(line).steps.values()
        for field in step.fields
        if field.type == "amount"
    }
    assert among == {("109", "fijacom.amounts"), ("800130001", "mio.amounts"), ("800131313", "")}


CODES = [
    (origin, destination, reach)
    for origin in ("fixed", "mobile", "booth")
    for destination in ("fixed", "mobile")
    for reach in ("national", "abroad")
]


@pytest.mark.parametrize(("origin", "destination", "reach"), CODES)
def test_a_code_is_asked_by_where_from_and_where_to(origin: str, destination: str, reach: str) -> None:
    flow = flow_of("800131313")
    asked = {field.name: dict(field.choices) for field in flow.steps["telephones"].fields}
    assert set(asked["origin"]) == {"fixed", "mobile", "booth"}
    assert set(asked["destination"]) == {"fixed", "mobile"}
    known: dict[str, Any] = {"origin": origin, "destination": destination, "reach": reach}
    look_up = flow.steps["code"]
    assert (look_up.look_up, arguments(look_up.with_, known)) == ("gsi.code", known)
    known |= {"code": {"code": "0-14", "words": "Luego el código."}, "despedida": "Gracias."}
    way = proposed_branch(flow.steps["code_known"], known)
    called = "country" if reach == "abroad" else "mobile" if destination == "mobile" else "city"
    assert way is not None
    assert way.name == called
    assert [one.name for one in flow.steps["code_known"].branches if is_open(one, known)] == [called, "not_known"]
    if called == "mobile":
        told = "Le digo cómo se marca a un móvil. Antes del número va 0-14. Luego el código. Gracias."
        assert script(flow.steps[way.next].say, known) == told
        known["code"] = {"code": "", "words": "Marque los ocho números."}  # nothing stands before it
        told = "Le digo cómo se marca a un móvil. Marque los ocho números. Gracias."
        assert script(flow.steps[way.next].say, known) == told
    else:
        known["place_code"] = {"name": "Santa Cruz", "code": "3"}
        told = "Llama a Santa Cruz. Se marca con el código 3. Debe marcar 0-14. Luego el código. Gracias."
        assert script(dialled(known).say, known) == told
        known["code"] = {"code": "0-14"}  # the code alone was read: in which order is ours to say
        told = "Llama a Santa Cruz. Debe marcar primero 0-14, después 3 y después el número. Gracias."
        assert script(dialled(known).say, known) == told


def dialled(known: dict[str, Any]) -> Step:
    """Where the call goes once the place is found."""
    flow = flow_of("800131313")
    proposed = proposed_branch(flow.steps["place_found"], known)
    assert proposed is not None
    return flow.steps[proposed.next]


@pytest.mark.parametrize(
    ("blocked", "until"),
    [
        ("2026-11-25 00:00:00", "2026-11-30 23:59:59"),
        ("2026-11-25 10:00:00", "2026-11-30 23:59:59"),
        ("2026-11-25 23:59:59", "2026-11-30 23:59:59"),
        ("2026-11-27 18:00:00", "2026-12-02 23:59:59"),  # weekends count: they are the customer's days
        ("2026-12-29 09:00:00", "2027-01-03 23:59:59"),
        ("2028-02-25 09:00:00", "2028-03-01 23:59:59"),
    ],
)
def test_a_blocked_sim_has_five_whole_days(at: At, blocked: str, until: str) -> None:
    due = flow_of("800130001").steps["five_days"].due
    assert due is not None
    assert due_by(now=at(blocked), days=due.days) == at(until)


def test_a_number_in_reserve_is_answered_as_not_registered() -> None:
    """What is in reserve never left the client: nothing in the flow could tell it from what is not there."""
    flow, listing = flow_of("104"), {"entries": [], "more": False}
    rows = offered(flow.steps["which"], {"listing": listing})
    assert rows == []
    proposed = proposed_branch(flow.steps["registered"], {"listing": listing, "entry": None})
    assert proposed is not None
    assert (proposed.name, proposed.next) == ("not_registered", "tell_not_registered")
    words = " ".join(str(step) for step in flow.steps.values()).lower()
    assert "reserv" not in words


def test_a_registered_number_is_told() -> None:
    flow = flow_of("104")
    known = {"entry": {"name": "Farmacia Boston", "number": "+59144251000", "address": "Heroínas"}}
    proposed = proposed_branch(flow.steps["registered"], known)
    assert proposed is not None
    assert filled(flow.steps[proposed.next].say, known) == (
        "El número registrado es el +59144251000. Es de Farmacia Boston."
    )


@pytest.mark.parametrize(
    ("answers", "required"),
    [
        ({}, True),
        ({"identity_card": "123"}, False),
        ({"name": "Ana"}, False),
        ({"identity_card": "", "name": ""}, True),
    ],
)
def test_boliviatel_takes_any_one_of_number_card_or_name(answers: dict[str, str], required: bool) -> None:
    data = flow_of("800131313").steps["data"]
    number, *others = data.fields
    assert is_required(number, answers) is required
    assert not any(field.required for field in others)


@pytest.mark.parametrize(
    ("line", "decision", "known", "proposed"),
    [
        ("101", "exists", {"customer": {"contract": "1"}, "damages": [], "damage": None}, "none"),
        ("101", "exists", {"customer": None, "damage": None}, None),  # nobody of that name: the agent says what is seen
        ("101", "exists", {"damage": {"number": "1", "state": "registered"}}, "registered"),
        ("101", "exists", {"product": {"state": "suspended"}, "damage": {"number": "1"}}, "suspended"),
        ("101", "exists", {"customer": {"contract": "1"}, "product": {"state": "suspended"}}, "suspended"),
        ("101", "state", {"damage": {"state": "in_execution"}}, "open"),
        ("101", "state", {"damage": {"state": "assigned"}}, "open"),
        ("101", "state", {"damage": {"state": "suspended"}}, "suspended"),
        ("101", "state", {"damage": {"state": "attended"}}, "attended"),
        ("101", "state", {"damage": {"state": "executed"}}, "attended"),
        ("101", "state", {"damage": {"state": "diferido"}}, "other"),
        ("101", "works", {"damage": {"has_service": False}}, "without_service"),
        ("101", "works", {"damage": {"has_service": True}}, None),  # that it works is the caller's to say
        ("103", "order_state", {"order": {"state": "registered", "sold_on": "2026-11-20"}}, "registered"),
        ("103", "order_state", {"orders": [{}], "order": {"state": "registered"}}, "no_date"),
        # a row that was read without its number is one all the same
        ("103", "order_state", {"orders": [{"kind": "x"}], "order": {"kind": "x"}}, None),
        ("103", "inside_term", {"term": {"is_inside": True}}, "inside"),
        ("103", "inside_term", {"term": {"is_inside": False}}, "overdue"),
        ("800130001", "may_hear", {"asker_is": "other", "mio": {"identity_card": "3456789"}}, "not_holder"),
        ("800130001", "may_hear", {"asker_is": "other", "mio": {"number": "70712345"}}, "not_asked"),
        ("800130001", "may_hear", {"asker_is": "other", "mio": None}, "not_asked"),
        ("800131313", "may_be_told", {"asker_is": "other", "line": {"identity_card": "3456789"}}, "not_holder"),
        ("800131313", "may_be_told", {"asker_is": "other", "line": {"number": "4251234"}}, "not_asked"),
        ("103", "order_state", {"order": {"state": "assigned"}}, "assigned"),
        ("103", "order_state", {"order": {"state": "in_execution"}}, "assigned"),
        ("103", "order_state", {"order": {"state": "closed", "has_service": False}}, "closed_without_service"),
        ("103", "order_state", {"order": {"state": "closed", "has_service": True}}, "done"),
        ("103", "order_state", {"order": {"state": "closed"}}, "done"),  # nobody read of its service: that is asked
        ("103", "works", {"order": {"state": "closed"}}, None),
        ("103", "works", {"order": {"state": "executed", "has_service": False}}, "without_service"),
        ("103", "order_state", {"order": {"state": "executed"}}, "done"),
        ("103", "order_state", {"orders": [{"state": "x"}], "order": {"number": "1", "state": "x"}}, "other"),
        ("103", "order_state", {"orders": [], "order": None}, "no_order"),
        (
            "103",
            "order_state",
            {"orders": [{"number": "1"}], "order": None},
            "another",
        ),  # none of them is not that there is none
        ("103", "order_state", {"orders": None, "order": None}, None),
        ("103", "annulled_for", {"order": {"annulled_for": "wrong_address"}}, "wrong_address"),
        ("103", "annulled_for", {"order": {"annulled_for": "deuda"}}, "other"),
        ("800131313", "topic", {"subscriber": {"number": "4251234", "error_62": True}}, "credit"),
        ("800131313", "topic", {"subscriber": {"error_62": False}}, None),
        ("800130001", "request", {"mio": {"state": "active"}}, None),
        ("109", "customer_shown", {"fijacom": {"number": "+59144000000"}}, "shown"),
        ("4251000", "found", {"extension": {"extension": "1203"}}, "found"),
        ("4251000", "found", {"extensions": [], "extension": None}, "not_found"),
        ("4251000", "found", {"extensions": None, "extension": None}, None),  # nobody was asked
        ("4200224", "registered", {"entry": {"number": "1"}}, "registered"),
        ("4200224", "registered", {"listing": {"entries": []}, "entry": None}, "not_registered"),
        ("4200224", "registered", {"listing": {"entries": [{}], "more": True}, "entry": None}, "too_many"),
        ("4200224", "registered", {"listing": None, "entry": None}, None),
    ],
)
def test_what_was_found_proposes_the_branch(line: str, decision: str, known: dict[str, Any], proposed: Any) -> None:
    flow = flow_of(line)
    branch = proposed_branch(flow.steps[decision], known, unanswered(flow, known))
    assert (branch.name if branch else None) == proposed
