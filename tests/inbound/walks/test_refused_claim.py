"""The supervisor's lane of a billing claim that Smartflex refuses (102.10): what happened, and the ways on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from agents.models import Agent, User
from escalations import working
from escalations.models import Change, Escalation
from inbound.flows.conditions import is_open
from inbound.models import OutsideSystem, OutsideWrite, ServiceLine
from inbound.walks.answering import StepRefused
from inbound.walks.page import lay_walk
from tests.inbound.a_walk import Attending, Caller
from tests.inbound.lines_on_file import publish_every_flow
from tests.inbound.other_side import OtherSide

pytestmark = pytest.mark.django_db
CUSTOMER = {
    "contract": "1001", "name": "PEDRO ROJAS", "identity_card": "3456789", "segment": "B", "address": "Av. América",
    "zone": "Norte", "telephones": ["4251234"], "products": [],
}  # fmt: skip
NO_SUCH_CONTRACT = (404, {"error": "No existe ese contrato."})


@pytest.fixture
def refused(ana: Agent, elena: User, now: datetime, side: OtherSide, set_mode: Callable[..., None]) -> Attending:
    """Her lane, at the step after the claim was refused: the contract was typed while Smartflex was by hand."""
    lane = received(ana, elena, now)
    lane.answer()
    lane.look()
    lane.by_hand()
    set_mode("smartflex", "connected")
    side.says["smartflex/register_claim"] = NO_SUCH_CONTRACT
    lane.answer("applies")
    lane.answer()
    lane.outcome()
    return lane


def received(ana: Agent, elena: User, now: datetime) -> Attending:
    """Her lane, where it begins, every system by hand."""
    publish_every_flow(now=now)
    OutsideSystem.objects.update(mode="by_hand")
    caller = Caller(ana, ServiceLine.objects.get(number="102"), now)
    caller.answer()
    caller.answer(customer="9999999", customer_name="Rosa Flores")
    while caller.here.step.kind == "look_up":
        caller.look()
        caller.by_hand()
    caller.answer("overcharge")
    caller.answer(claim="La de octubre", telephone="70712345")
    card = working.take(escalation_id=Escalation.objects.get().pk, by=elena, now=now)
    return Attending(elena, card, now)


def notes() -> list[str]:
    """What was noted on the card."""
    return list(Change.objects.filter(verb="note").order_by("pk").values_list("note", flat=True))


def open_ways(lane: Attending) -> set[str]:
    return {way.name for way in lane.here.step.ways if is_open(way, lane.here.known)}


def claims() -> list[tuple[str, Any]]:
    made = OutsideWrite.objects.filter(action="smartflex.register_claim").order_by("pk")
    return [(write.state, write.payload["contract"]) for write in made]


def test_what_happened_is_said_with_its_reason(refused: Attending, elena: User) -> None:
    page = lay_walk(here=refused.here, by=elena)
    assert page.say.startswith("El reclamo no se registró, y la tarjeta sigue abierta.")
    assert "No existe ese contrato." in page.say
    assert page.here.step.title == "El reclamo no se registró. ¿Cómo sigue?"
    assert {way.name for way in page.ways if not way.is_closed} == {"correct", "leave_open", "does_not_apply"}


def test_the_contract_is_corrected_and_the_claim_registered(refused: Attending, elena: User, side: OtherSide) -> None:
    refused.answer("correct")
    held = {field.name: field.value for field in lay_walk(here=refused.here, by=elena).fields}
    assert held == {"claimed_contract": "9999999", "claim": "La de octubre"}
    side.says.clear()
    side.answers["smartflex/customer"] = {"customer": CUSTOMER}
    refused.answer(claimed_contract="1001", claim="La de octubre")
    refused.look()
    assert lay_walk(here=refused.here, by=elena).say.startswith("El contrato 1001 es de PEDRO ROJAS.")
    assert open_ways(refused) == {"another", "correct", "leave_open"}
    refused.answer("another")
    told = "El reclamo se registra en el contrato 1001. Es de PEDRO ROJAS."
    refused.answer()
    assert notes() == [told]
    refused.answer()
    refused.outcome()
    assert refused.step == "claim_procedure"
    assert claims() == [("refused", "9999999"), ("done", "1001")]
    refused.answer()
    refused.answer()
    card = Escalation.objects.get()
    assert (card.contract, refused.here.walk.contract) == ("1001", "1001")
    assert "Contrato 1001 (antes 9999999)." in card.changes.values_list("note", flat=True)
    assert "en el contrato 1001. Es de PEDRO ROJAS" in Escalation.objects.get().outcome


def test_no_claim_is_registered_in_a_contract_of_which_nobody_knows_whose_it_is(
    refused: Attending, side: OtherSide
) -> None:
    side.answers["smartflex/customer"] = {"customer": None}
    refused.answer("correct")
    refused.answer(claimed_contract="1001", claim="La de octubre")
    refused.look()
    assert open_ways(refused) == {"correct", "leave_open"}
    refused.answer("correct")
    refused.answer(claimed_contract="9999999", claim="La de octubre, y la de noviembre")
    refused.look()
    assert open_ways(refused) == {"same", "correct", "leave_open"}


def test_whether_it_applies_is_seen_in_the_account_of_that_moment(
    ana: Agent, elena: User, now: datetime, side: OtherSide, set_mode: Callable[..., None]
) -> None:
    """A payment that came in since the call is there, and where nobody answers she reads it on the other screen."""
    lane = received(ana, elena, now)
    set_mode("smartflex", "connected")
    side.answers["smartflex/account"] = {"account": {"services": [], "places": ["Banco Unión"]}}
    lane.answer()
    assert lane.step == "claimed_account"
    lane.look()
    page = lay_walk(here=lane.here, by=elena)
    assert (lane.step, page.just_found and page.just_found.title) == ("claim_applies", "Estado de Cuentas de hoy")
    lane.back(to=lane.here.path[-2].position)
    set_mode("smartflex", "by_hand")
    lane.look()
    assert lane.here.footstep.by_hand
    lane.by_hand(owed="0")
    assert (lane.step, lane.here.known["account"]["owed"]) == ("claim_applies", "0.00")


def test_the_card_stays_open_with_the_reason_why(refused: Attending) -> None:
    refused.answer("leave_open")
    with pytest.raises(StepRefused, match="Por qué queda abierta"):
        refused.answer()
    refused.answer(open_because="El cliente busca su contrato")
    assert (refused.step, Escalation.objects.get().closed_at) == ("claim_refused", None)
    assert notes() == ["El reclamo no se registró, y la tarjeta queda abierta: El cliente busca su contrato"]
    refused.answer("does_not_apply")
    refused.answer()
    refused.answer()
    assert "El cliente busca su contrato" in Escalation.objects.get().outcome


def test_what_does_not_apply_is_explained_to_the_customer(refused: Attending) -> None:
    refused.answer("does_not_apply")
    refused.answer()
    refused.answer()
    assert (refused.here.walk.result, Escalation.objects.get().state) == ("bill_explained", "informed")
