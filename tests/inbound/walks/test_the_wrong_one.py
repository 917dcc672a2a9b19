"""Where what was found is not what the caller means: a contract nobody has, the one hit another's, no line at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from agents.models import Agent
from escalations.models import Escalation
from inbound.models import OutsideWrite, ServiceLine
from inbound.outside.reaching import Looked
from inbound.walks import walking
from inbound.walks.answering import StepRefused
from inbound.walks.page import WalkPage, lay_walk
from tests.inbound.a_walk import Caller
from tests.inbound.lines_on_file import publish_every_flow

pytestmark = pytest.mark.django_db
DOWN = Looked(None, "No responde.", by_hand=True)
NOBODYS = {"contract": "9999999", "is_nobodys": True}
ROSA = {"contract": "1001", "name": "ROSA FLORES", "products": [], "telephones": ["70712345"]}
OF_NOBODY: dict[str, Any] = {  # what the systems answer of a contract nobody has
    "smartflex.customer": NOBODYS, "smartflex.damages": [], "smartflex.orders": [],
    "smartflex.account": {"services": [], "places": ["Oficinas"], "owed": None, "due_on": None},
    "pac.certificates": {"certificates": [], "pending": None, "all_paid": None},
}  # fmt: skip


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What look-ups bring, by name; a system that is not here is down."""
    found: dict[str, Any] = {}

    def look_up(*, name: str, **_more: Any) -> Looked:
        return Looked(found[name]) if name in found else DOWN

    monkeypatch.setattr(walking, "look_up", look_up)
    return found


@pytest.fixture
def begin(ana: Agent, now: datetime, answers: dict[str, Any]) -> Callable[[str], Caller]:
    publish_every_flow(now=now)
    return lambda line: Caller(ana, ServiceLine.objects.get(number=line), now)


def page_of(caller: Caller) -> WalkPage:
    return lay_walk(here=caller.here, by=caller.by)


def open_ways(caller: Caller) -> set[str]:
    return {way.name for way in page_of(caller).ways if not way.is_closed}


def press_on(caller: Caller) -> None:
    """*Seguir* through every look-up there is, with nothing written."""
    while caller.here.step.kind == "look_up":
        asked = caller.step
        caller.look()
        if caller.step == asked:
            caller.by_hand()


def about(caller: Caller, contract: str) -> Caller:
    """The call as far as its first decision."""
    if caller.here.step.kind == "say":
        caller.answer()
    caller.answer(customer=contract, customer_name="Rosa Flores")
    press_on(caller)
    return caller


@pytest.mark.parametrize(
    ("line", "ways"),
    [
        ("101", {"correct_contract", "other"}),
        ("102", {"correct_contract", "paid_without_service", "other"}),
        ("103", {"correct_contract", "other"}),
        ("4522222", {"correct_contract", "no_service", "decoder", "commercial", "other"}),
        ("4639999", {"correct_contract", "other"}),
    ],
)
def test_of_a_contract_nobody_has_nothing_is_said_as_of_the_callers(
    line: str, ways: set[str], begin: Callable[[str], Caller], answers: dict[str, Any]
) -> None:
    answers |= OF_NOBODY
    caller = about(begin(line), "9999999")
    assert (caller.here.footstep.proposed, open_ways(caller)) == ("correct_contract", ways)
    assert caller.here.walk.customer_name == "Rosa Flores", "how she said she is called"
    caller.answer("correct_contract")
    answers["smartflex.customer"] = ROSA
    caller.answer(customer="1001", customer_name="Rosa Flores")
    press_on(caller)
    assert "correct_contract" not in open_ways(caller)
    assert (caller.here.walk.contract, caller.here.known["customer"]) == ("1001", ROSA)


@pytest.mark.parametrize(("line", "proposed"), [("101", "none"), ("102", ""), ("103", "no_order"), ("4639999", "")])
def test_a_contract_nobody_could_be_asked_for_stays_the_callers(
    line: str, proposed: str, begin: Callable[[str], Caller], answers: dict[str, Any]
) -> None:
    answers |= {name: found for name, found in OF_NOBODY.items() if name != "smartflex.customer"}
    caller = about(begin(line), "9999999")
    assert "correct_contract" not in open_ways(caller)
    assert caller.here.footstep.proposed == proposed


def test_a_line_of_a_contract_nobody_has_was_not_seen_there(
    begin: Callable[[str], Caller], answers: dict[str, Any]
) -> None:
    answers |= {"smartflex.customer": NOBODYS, "mio.line": {"number": "70712345", "state": "active"}}
    caller = about(begin("800130001"), "9999999")
    caller.answer("mio")
    caller.answer(number="70712345")
    press_on(caller)
    caller.answer("theft")
    caller.answer(contract="9999999")
    press_on(caller)
    assert open_ways(caller) == {"correct", "not_theirs"}


def found_one(caller: Caller, words: str) -> Caller:
    caller.answer(words=words)
    press_on(caller)
    return caller


def test_the_one_that_stands_in_the_guide_may_be_another_one(
    begin: Callable[[str], Caller], answers: dict[str, Any]
) -> None:
    answers["guia_comercial.search"] = {"entries": [{"name": "Farmacia Sur", "number": "4251000"}], "more": False}
    caller = found_one(begin("4200224"), "Farmacia Norte")
    assert [choice.words for choice in page_of(caller).choices] == ["Farmacia Sur"]
    assert page_of(caller).say == "Le digo lo que figura. ¿Es el que busca?"
    caller.answer("none")
    assert (caller.here.footstep.proposed, open_ways(caller)) == ("not_registered", {"not_registered", "not_asked"})
    caller.back()
    caller.answer("0")
    assert (caller.here.footstep.proposed, open_ways(caller)) == ("registered", {"registered", "not_asked"})


def test_the_one_who_works_here_may_be_another_one(begin: Callable[[str], Caller], answers: dict[str, Any]) -> None:
    answers["p_empleados.search"] = [{"name": "Rosa Flores", "unit": "Cobros", "extension": "1020"}]
    caller = found_one(begin("4251000"), "Rosa Rojas")
    assert page_of(caller).say == "¿Me confirma con qué persona o unidad desea hablar?"
    caller.answer("none")
    assert caller.here.footstep.proposed == "not_found"
    assert open_ways(caller) == {"not_found", "again", "not_asked"}
    caller.answer("not_asked")
    assert "No puedo consultar" not in page_of(caller).say, "it was asked, and it answered"
    caller.answer(caller_name="Ana", telephone="70712345")
    caller.answer()
    assert (caller.walk.line.number, Escalation.objects.get().details["seen"]) == ("4251000", "Rosa Rojas")


def test_of_two_numbers_for_the_guide_each_has_its_card(
    begin: Callable[[str], Caller], answers: dict[str, Any]
) -> None:
    """After the first is handed over the caller is asked whether she needs anything else."""
    answers["guia_comercial.search"] = {"entries": [], "more": False}
    caller = found_one(begin("4200224"), "Ferretería")
    caller.answer("not_registered")
    caller.answer()
    wanted = {"listed_name": "Ferretería Ana", "listed_address": "Heroínas 1", "caller_name": "Ana"}
    for number in ("4251111", "4252222"):
        caller.answer("be_listed")
        caller.answer(**wanted, listed_number=number, telephone="70712345")
        assert page_of(caller).say == "¿Tiene otro requerimiento?"
        if number == "4251111":
            caller.answer("again")
            found_one(caller, "Otra")
            caller.answer("not_registered")
            caller.answer()
    caller.answer("nothing")
    caller.answer()
    assert Escalation.objects.count() == 2
    assert caller.here.walk.result == "listing_requested"


def test_of_two_searches_that_are_handed_over_none_is_lost(begin: Callable[[str], Caller]) -> None:
    """The guide is down; she needs two of it, and is called about both."""
    caller = found_one(begin("4200224"), "Farmacia")
    for words in ("Farmacia", "Notario"):
        caller.answer("not_asked")
        caller.answer(caller_name="Ana", telephone="70712345")
        if words == "Farmacia":
            caller.answer("again")
            found_one(caller, "Notario")
    caller.answer("nothing")
    caller.answer()
    assert sorted(card.details["seen"] for card in Escalation.objects.all()) == ["Farmacia", "Notario"]
    assert caller.here.walk.result == "not_asked"


def with_a_card_nobody_has(caller: Caller) -> Caller:
    caller.answer()
    caller.answer(identity_card="3456789")
    press_on(caller)
    return caller


def test_no_credit_is_raised_without_a_line(begin: Callable[[str], Caller], answers: dict[str, Any]) -> None:
    """Whom Boliviatel does not know by her card is asked for the number first."""
    answers["boliviatel.search"] = []
    caller = with_a_card_nobody_has(begin("800131313"))
    with pytest.raises(StepRefused, match="no va con lo que muestra"):
        caller.answer("credit")
    caller.answer("credit_of")
    assert page_of(caller).say == "¿De qué número desea incrementar el crédito?"
    answers["boliviatel.search"] = [{"number": "4251234", "name": "ROSA", "error_62": True}]
    caller.answer(number="4251234")
    press_on(caller)
    assert caller.here.footstep.proposed == "credit"
    caller.answer("credit")
    asked = {"requester_name": "Rosa", "requester_card": "3456789", "requester_is": "other"}
    caller.answer(amount="20", requester_kinship="child", **asked)
    assert "al número 4251234. ¿Es correcto?" in page_of(caller).say
    caller.answer(confirmed=True)
    assert OutsideWrite.objects.get().payload["number"] == "4251234"


def test_a_number_that_was_given_is_enough_for_the_credit(
    begin: Callable[[str], Caller], answers: dict[str, Any]
) -> None:
    caller = begin("800131313")
    caller.answer()
    caller.answer(number="4251234")
    press_on(caller)
    assert {"credit", "credit_of"} & open_ways(caller) == {"credit"}
