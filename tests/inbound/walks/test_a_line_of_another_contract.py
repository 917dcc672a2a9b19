"""Somebody has a line of another contract than hers blocked: it is on the cards, and in the history, of whose it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from agents.models import Agent
from escalations.models import Escalation
from inbound.models import OutsideWrite
from inbound.walks.consequences import INTERACTION
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.a_stolen_line import CUSTOMER, JUAN, LINE, REFUSED, Robbed, clock, seen, told

pytestmark = pytest.mark.django_db
OWNERS = "1000567"
OWNER = {
    **CUSTOMER,
    "name": "Jorge Claros",
    "contract": OWNERS,
    "telephones": ["4567325"],
    "identity_card": "888888 CB",
}


@pytest.fixture
def now(at: Any) -> datetime:
    return at("2026-11-23 10:00")  # type: ignore[no-any-return]


@pytest.fixture
def juan(side: OtherSide, ana: Agent, now: datetime) -> Robbed:
    """He is found as customer 1011018, and says that the stolen line is of the contract of another."""
    seen(side)
    juan = Robbed(ana, now, JUAN)
    juan.answer("theft")
    product = side.answers["smartflex/customer"]["customer"]["products"]
    side.answers["smartflex/customer"] = {"customer": {**OWNER, "products": product}}
    juan.answer(contract=OWNERS)
    juan.look()
    return juan.asks()


def the_card() -> Escalation:
    card = Escalation.objects.get()
    assert (card.contract, card.customer_name) == (OWNERS, "Jorge Claros")
    assert card.details["caller"] == "Titular Uno"
    return card


def interaction_of(juan: Robbed) -> str:
    return str(OutsideWrite.objects.get(walk=juan.walk, action=INTERACTION).payload["contract"])


def test_its_five_days_are_on_the_card_of_whose_it_is(juan: Robbed, side: OtherSide) -> None:
    juan.does(side)
    juan.does(side)
    juan.answer(telephone=JUAN[2])
    card = the_card()
    assert card.kind_id == "sim_block"
    assert (card.details["requester"], card.telephone) == (JUAN[0], f"+591{JUAN[2]}")
    juan.look()
    juan.answer("none")
    while juan.here.step.kind != "end":
        juan.answer()
    juan.ends_by("stands")
    assert interaction_of(juan) == OWNERS


@pytest.mark.parametrize("answer", [REFUSED, "doubt"])
def test_what_does_not_come_about_is_on_it(juan: Robbed, side: OtherSide, answer: Any) -> None:
    juan.does(side, answer)
    juan.answer(telephone=JUAN[2])
    assert the_card().telephone == f"+591{JUAN[2]}"


@pytest.mark.parametrize("done", [1, 2])
def test_who_hangs_up_is_called_where_its_owner_is_found(
    juan: Robbed, side: OtherSide, now: datetime, done: int
) -> None:
    for _step in range(done):
        juan.does(side)
    juan.leaves()
    clock(now, 3, 40)
    assert the_card().telephone == "+59144567325"
    assert interaction_of(juan) == OWNERS


def test_who_hangs_up_after_a_refusal_too(juan: Robbed, side: OtherSide, now: datetime) -> None:
    juan.does(side, REFUSED)
    juan.leaves()
    clock(now, 3, 40)
    assert the_card().telephone == "+59144567325"


def test_a_telephone_said_anew_reaches_its_card(juan: Robbed, side: OtherSide) -> None:
    juan.does(side, REFUSED)
    juan.answer(telephone=JUAN[2])
    juan.back_to("not_suspended")
    juan.answer(telephone="74444444")
    assert the_card().telephone == "+59174444444"
    assert LINE[-4:] in told(the_card()) + str(the_card().details)
