"""Who asks is compared with whom it is about: a stranger blocks no SIM, is not the holder, hears no balance."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from agents.models import Agent
from escalations.models import Escalation
from inbound.models import OutsideWrite, ServiceLine, Walk
from inbound.outside.reaching import Looked
from inbound.walks import walking
from inbound.walks.answering import StepRefused, same_card
from inbound.walks.page import lay_walk
from tests.inbound.a_walk import Caller
from tests.inbound.lines_on_file import publish_every_flow

pytestmark = pytest.mark.django_db
STRANGER = {"requester_name": "Juan Ladrón", "requester_card": "1111111", "requester_is": "owner"}
MIO_LINE = {
    "number": "70608236", "holder": "ROSA FLORES", "identity_card": "3456789 CB", "plan": "MIO Joven",
    "state": "active", "balance": "10.00", "amounts": ["10.00"],
}  # fmt: skip
HERS = {"service": "MIO", "service_number": "70608236", "plan": "MIO Joven", "state": "active", "suspended_for": ""}
LONG_DISTANCE = {
    "number": "4251234", "name": "VARGAS ROSA", "identity_card": "3456789", "kind": "prepaid", "error_62": False,
    "last_payment_on": None, "last_payment": "0.00",
}  # fmt: skip


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "mio.line": MIO_LINE,
        "smartflex.customer": {"contract": "1000567", "name": "ROSA FLORES", "products": [HERS], "telephones": []},
        "c_cli4g.line": {**MIO_LINE, "number": "4251234"},
        "boliviatel.search": [LONG_DISTANCE],
        "btel2.balance": {"amount": "12.00", "limit": "100.00", "as_of": "2026-11-25T09:00:00-04:00"},
    }
    monkeypatch.setattr(walking, "look_up", lambda *, name, **_more: Looked(answers[name]))
    return answers


@pytest.fixture
def begin(ana: Agent, now: datetime, found: dict[str, Any]) -> Any:
    publish_every_flow(now=now)
    return lambda line: Caller(ana, ServiceLine.objects.get(number=line), now)


def looked(caller: Caller) -> Caller:
    while caller.here.step.kind == "look_up":
        caller.look()
    return caller


def about_a_theft(caller: Caller) -> Caller:
    caller.answer()
    caller.answer(customer="1000315", customer_name="Juan")
    looked(caller).answer("mio")
    caller.answer(number="70608236")
    looked(caller).answer("theft")
    caller.answer(contract="1000315")
    return looked(caller)


def test_a_line_of_another_contract_goes_to_supervision_and_nothing_is_blocked(
    begin: Any, found: dict[str, Any]
) -> None:
    found["smartflex.customer"] = {"contract": "1000315", "name": "JUAN", "products": [], "telephones": []}
    caller = about_a_theft(begin("800130001"))
    assert (caller.step, caller.here.footstep.proposed) == ("line_of_contract", "not_theirs")
    with pytest.raises(StepRefused, match="no va con lo que muestra el sistema"):
        caller.answer("theirs")
    ways = {way.name: way.is_closed for way in lay_walk(here=caller.here, by=caller.by).ways}
    assert ways["theirs"] is True
    caller.answer("not_theirs")
    caller.answer(requester_name="Juan Ladrón", telephone="70712345", reason="Robo")
    caller.answer()
    assert not OutsideWrite.objects.filter(is_accountable=True).exists()
    card = Escalation.objects.get()
    assert (card.kind.code, card.telephone) == ("write_not_done", "+59170712345")
    assert Walk.objects.get().result == "line_not_suspended"


def test_a_stranger_is_not_taken_for_the_holder_and_is_asked_for_kinship(begin: Any) -> None:
    caller = about_a_theft(begin("800130001"))
    caller.answer("theirs")
    assert caller.step == "requester"
    with pytest.raises(StepRefused) as refused:
        caller.answer(**STRANGER, reason="Robo")
    assert list(refused.value.errors) == ["requester_is"]
    assert "no es el del titular" in refused.value.errors["requester_is"]
    with pytest.raises(StepRefused) as refused:
        caller.answer(**{**STRANGER, "requester_is": "other"}, reason="Robo")
    assert list(refused.value.errors) == ["requester_kinship"]
    with pytest.raises(StepRefused, match="Elija una de las opciones"):
        caller.answer(**{**STRANGER, "requester_is": "other"}, requester_kinship="holder", reason="Robo")
    caller.answer(**{**STRANGER, "requester_is": "other"}, requester_kinship="child", reason="Robo")
    with pytest.raises(StepRefused, match="confirme"):
        caller.answer()


def test_the_holder_is_known_by_her_card(begin: Any) -> None:
    caller = begin("109")
    caller.answer(number="4251234", requester_name="Rosa", requester_card="3456789")
    looked(caller).answer("shown")
    caller.answer(amount="10", requester_is="owner")
    assert caller.step == "top_up"


def test_where_no_system_shows_the_holder_nobody_is_taken_for_her(begin: Any, found: dict[str, Any]) -> None:
    found["c_cli4g.line"] = {"number": "4251234"}
    caller = begin("109")
    caller.answer(number="4251234", requester_name="Rosa", requester_card="3456789")
    looked(caller).answer("shown")
    with pytest.raises(StepRefused, match="El sistema no muestra el carnet del titular"):
        caller.answer(amount="10", requester_is="owner")


@pytest.mark.parametrize("card", ["3456789", ""])
def test_of_a_kinship_nobody_is_asked_for_nothing_is_said(card: str, begin: Any, found: dict[str, Any]) -> None:
    """Of a balance; and without a card to compare, nobody is proposed not to be the holder."""
    found["boliviatel.search"] = [{**LONG_DISTANCE, "identity_card": card}]
    caller = begin("800131313")
    caller.answer()
    caller.answer(number="4251234")
    looked(caller).answer("balance")
    caller.answer(balance_number="4251234")
    looked(caller).answer("known")
    with pytest.raises(StepRefused) as refused:
        caller.answer(balance_card="1111111", asker_is="owner")
    assert refused.value.errors["asker_is"].endswith(": elija «No es el titular».")
    caller.answer(balance_card="1111111", asker_is="other")
    assert caller.here.footstep.proposed == ("not_holder" if card else "not_asked")


def test_a_balance_is_told_to_the_holder_only(begin: Any, found: dict[str, Any]) -> None:
    """*Vargas* finds several; whoever is chosen, her card is asked for before her balance."""
    found["boliviatel.search"] = [LONG_DISTANCE, {**LONG_DISTANCE, "number": "4259999", "name": "VARGAS LUIS"}]
    caller = begin("800131313")
    caller.answer()
    caller.answer(name="Vargas")
    looked(caller).answer("0")
    caller.answer("balance")
    found["boliviatel.search"] = [LONG_DISTANCE]
    assert lay_walk(here=caller.here, by=caller.by).fields[0].value == "4251234"
    caller.answer(balance_number="4251234")
    looked(caller).answer("known")
    with pytest.raises(StepRefused, match="no es el del titular"):
        caller.answer(balance_card="1111111", asker_is="owner")
    caller.answer(balance_card="1111111", asker_is="other")
    with pytest.raises(StepRefused, match="no va con lo que muestra el sistema"):
        caller.answer("holder")
    caller.answer("not_holder")
    assert "12,00" not in lay_walk(here=caller.here, by=caller.by).say
    caller.answer()
    caller.answer()
    assert Walk.objects.get().result == "balance_not_told"


def test_a_number_boliviatel_does_not_know_is_asked_in_btel2(begin: Any, found: dict[str, Any]) -> None:
    found["boliviatel.search"] = []
    caller = begin("800131313")
    caller.answer()
    caller.answer(number="4257777")
    looked(caller).answer("balance")
    caller.answer(balance_number="4257777")
    assert looked(caller).here.footstep.proposed == "unknown"
    caller.answer("unknown")
    assert caller.step == "calls_from"
    other, own = caller.back, caller.answer
    own("other_line")
    assert lay_walk(here=caller.here, by=caller.by).say == "El saldo de una línea se informa solo a su titular."
    other()
    own("own_line")
    looked(caller).answer("found")
    assert lay_walk(here=caller.here, by=caller.by).say.startswith("Su saldo es de Bs")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("3456789", "3456789 CB", True), ("3456789-1F", "3456789-1f LP", True), ("3456789-1F", "3456789", False),
        ("3456789-1F", "3456789-2G", False), ("0345678", "345678", True), ("345678", "3456789", False),
        ("", "", False), ("CB", "3456789", False),
        # a complement without its hyphen, and a department without its space
        ("3456789X", "3456789 CH", False), ("3456789X", "3456789-X CB", True), ("34567891F", "3456789", False),
        ("3456789CB", "3456789", True), ("3456789CB", "3456789 LP", True), ("3456789-CB", "3456789", False),
    ],
)  # fmt: skip
def test_two_cards_are_one_by_their_digits(one: str, other: str, same: bool) -> None:
    assert same_card(one, other) is same
