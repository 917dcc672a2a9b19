"""Which ways on stand open, and which is proposed, where little was read; and the words that go with them."""

from __future__ import annotations

from typing import Any

import pytest

from inbound.flows.conditions import script
from tests.inbound.flows.test_what_is_said import ways
from tests.inbound.flows_to_read import flow_of


@pytest.mark.parametrize(
    ("owner", "line", "proposed", "is_open_to"),
    [
        (None, None, "", {"checked_by_hand", "correct", "not_theirs"}),
        ({"contract": "1"}, None, "not_theirs", {"checked_by_hand", "correct", "not_theirs"}),
        ({"contract": "1", "products": []}, None, "not_theirs", {"correct", "not_theirs"}),
        ({"contract": "1", "products": [{}]}, {"service_number": "707"}, "theirs", {"theirs", "correct"}),
    ],
)
def test_a_line_that_was_seen_is_not_said_to_be_unverified(
    owner: Any, line: Any, proposed: str, is_open_to: set[str]
) -> None:
    assert ways("800130001", "line_of_contract", {"owner": owner, "line": line}) == (proposed, is_open_to)


def test_that_a_line_is_anothers_is_not_said_of_one_nobody_saw() -> None:
    """The same words where Smartflex was silent, where nothing was read, and where it shows other lines."""
    step = flow_of("800130001").steps["not_their_line"]
    assert step.say.startswith("No pude verificar que la línea sea de ese contrato, y por eso no la bloqueo")
    assert "no figura" not in step.say
    assert step.title == "Línea por verificar"


@pytest.mark.parametrize(
    ("row", "proposed", "is_open_to"),
    [
        ({"name": "ROSA", "identity_card": "3456789"}, "without_number", {"without_number"}),
        ({"number": "4251234", "name": "ROSA"}, "known", {"known"}),
    ],
)
def test_a_line_read_without_its_number_has_a_way_on(row: dict[str, str], proposed: str, is_open_to: set[str]) -> None:
    assert ways("800131313", "is_known", {"found_lines": [row], "line": row}) == (proposed, is_open_to)
    step = flow_of("800131313").steps["is_known"]
    assert step.way("without_number") == "unforeseen"


@pytest.mark.parametrize(
    ("damages", "damage", "proposed", "is_open_to"),
    [
        (None, None, "", {"seen_none", "other"}),
        ([], None, "none", {"none", "other"}),
        ([{"number": "D-1", "state": "closed"}], None, "none", {"none", "other"}),
        ([{"state": "registered"}], {"state": "registered"}, "", {"other"}),  # open, its number was not read
        ([{"number": "D-1"}], {"number": "D-1"}, "registered", {"registered", "another_fault", "other"}),
    ],
)
def test_a_new_damage_is_made_where_there_is_none_or_another_thing_fails(
    damages: Any, damage: Any, proposed: str, is_open_to: set[str]
) -> None:
    product = {"service_number": "4251234", "state": "active"}
    known = {"customer": {"contract": "1"}, "product": product, "damages": damages, "damage": damage}
    assert ways("101", "exists", known) == (proposed, is_open_to)
    steps = flow_of("101").steps
    onward = [steps["exists"].way(name) for name in ("none", "another_fault", "seen_none")]
    assert onward == ["new_damage", "new_damage", "seen_elsewhere"]
    assert steps["seen_elsewhere"].next == "new_damage"


STATES_OF_A_DAMAGE = {
    "open": ("registered", "assigned", "in_execution"), "suspended": ("suspended",),
    "attended": ("executed", "attended"), "": ("closed", "diferido", None),
}  # fmt: skip
STATES_OF_AN_ORDER = {
    "registered": ("registered",), "assigned": ("assigned", "in_execution"), "done": ("executed", "attended"),
    "annulled": ("annulled",), "": ("paralizada", None),
}  # fmt: skip


@pytest.mark.parametrize(("way", "state"), [(way, one) for way, states in STATES_OF_A_DAMAGE.items() for one in states])
def test_a_damage_is_told_in_the_state_it_is_shown_in(way: str, state: str | None) -> None:
    known = {"product": {"state": "active"}, "damage": {"number": "D-1", "state": state}}
    assert ways("101", "state", known)[1] == {way, "other"} - {""}


@pytest.mark.parametrize(("way", "state"), [(way, one) for way, states in STATES_OF_AN_ORDER.items() for one in states])
def test_an_order_is_told_in_the_state_it_is_shown_in(way: str, state: str | None) -> None:
    order = {"number": "OT-1", "sold_on": "2026-11-20", "state": state, "has_service": False}
    told = ways("103", "order_state", {"orders": [order], "order": order})[1] - {"another"}
    assert told == {way, "other"} - {""}


@pytest.mark.parametrize(
    ("has_service", "is_open_to"), [(False, {"closed_without_service", "done"}), (True, {"done"}), (None, {"done"})]
)
def test_a_closed_order_is_without_service_where_that_is_shown(has_service: Any, is_open_to: set[str]) -> None:
    order = {"number": "OT-1", "state": "closed", "has_service": has_service}
    known = {"orders": [order], "order": order}
    assert ways("103", "order_state", known)[1] - {"another"} == {*is_open_to, "other"}


@pytest.mark.parametrize("cause", ["technical_data", "subscriber_absent", "wrong_address", "at_request", "deuda", ""])
def test_an_order_is_annulled_for_the_cause_that_is_shown(cause: str) -> None:
    known = {"order": {"number": "OT-1", "state": "annulled", "annulled_for": cause}}
    named = {one.name for one in flow_of("103").steps["annulled_for"].branches}
    assert ways("103", "annulled_for", known)[1] == {cause if cause in named else "other", "other"}


@pytest.mark.parametrize("damage", [None, {"number": "D-1", "state": "registered"}])
def test_a_suspended_service_is_told_so_whether_or_not_there_is_a_damage(damage: Any) -> None:
    product = {"service_number": "4251234", "state": "suspended", "suspended_for": "debt"}
    known = {"customer": {"contract": "1"}, "product": product, "damages": [damage] if damage else [], "damage": damage}
    assert ways("101", "exists", known) == ("suspended", {"suspended", "other"})


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ({"number": "D-1", "cause": "Sin tono"}, "Es el D-1. La causal es: Sin tono. Voy"),
        ({"number": "D-1"}, "Es el D-1. Voy"),
        ({"cause": "Sin tono"}, "La causal es: Sin tono. Voy"),
    ],
)
def test_a_damage_is_read_back_before_it_is_reiterated(damage: dict[str, str], told: str) -> None:
    said = script(flow_of("101").steps["reiterate"].say, {"damage": damage})
    assert said == f"Su reclamo ya está registrado. {told} a reiterarlo para que se atienda. ¿Es correcto?"


@pytest.mark.parametrize(
    ("term", "is_open_to"),
    [({"is_inside": True}, {"inside"}), ({"is_inside": False}, {"overdue", "overdue_told"}), (None, set())],
)
def test_of_a_term_nothing_is_told_but_what_is_so(term: Any, is_open_to: set[str]) -> None:
    assert ways("103", "inside_term", {"term": term})[1] == is_open_to


@pytest.mark.parametrize(
    ("order", "way"), [({"number": "OT-1", "sold_on": "2026-11-20"}, "registered"), ({"number": "OT-1"}, "no_date")]
)
def test_without_the_day_of_the_sale_the_term_is_not_come_to(order: dict[str, str], way: str) -> None:
    known = {"orders": [order], "order": {**order, "state": "registered"}}
    proposed, open_ways = ways("103", "order_state", known)
    assert (proposed, open_ways & {"registered", "no_date"}) == (way, {way})
    assert flow_of("103").steps["order_state"].way("no_date") == "unforeseen"


@pytest.mark.parametrize(
    ("line", "step"), [("102", "another_invoice"), ("4522222", "another_plan"), ("800130001", "shopper")]
)
def test_what_the_caller_decides_she_is_asked(line: str, step: str) -> None:
    assert flow_of(line).steps[step].say.startswith("¿Desea ")


@pytest.mark.parametrize(
    ("line", "step", "way"), [("800130001", "shown_in_mio", "not_shown"), ("800131313", "balance_found", "not_found")]
)
def test_what_nobody_saw_is_not_said_to_be_missing(line: str, step: str, way: str) -> None:
    (label,) = [one.label for one in flow_of(line).steps[step].branches if one.name == way]
    assert label.startswith("No se ve")


@pytest.mark.parametrize(
    ("subscriber", "number"), [({"number": "4251234"}, "4251234"), ({"number": "4251234"}, ""), (None, "4251234")]
)
def test_the_number_whose_credit_is_raised_is_said_once(subscriber: Any, number: str) -> None:
    """The one that is written, whichever brought it."""
    step = flow_of("800131313").steps["raise_credit"]
    known = {"subscriber": subscriber, "number": number, "amount": "Bs 20,00"}
    assert script(step.say, known) == "Voy a incrementar Bs 20,00 al número 4251234. ¿Es correcto?"
    assert f"{{{step.with_['number']}}}" in step.say


def test_the_number_of_a_credit_that_was_refused_can_be_corrected() -> None:
    steps = flow_of("800131313").steps
    asked = steps[steps["credit_refused"].way("correct_number")]
    assert (asked.kind, [field.name for field in asked.fields]) == ("ask", ["number"])
    looked = steps[asked.next]
    assert (looked.look_up, looked.with_, looked.as_) == ("boliviatel.search", {"number": "number"}, "customers")
    chosen = steps[looked.next]
    assert (chosen.kind, chosen.as_, chosen.next) == ("choose", "subscriber", "credit")
