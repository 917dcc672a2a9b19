"""A wrong number that was corrected, in a call that ended before anybody said so: what was done for it is on a card."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.models import Agent
from escalations.models import Escalation
from inbound.models import OutsideSystem, OutsideWrite
from inbound.walks.leaving import leave_call
from inbound.writes.settling import settle
from inbound.writes.states import Verb, take_step
from inbound.writes.writing import give_up
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.a_stolen_line import ANOTHER, JUAN, LINE, REFUSED, ROSA, Robbed, ToppedUp, clock, seen, told

pytestmark = pytest.mark.django_db
NOT_KNOWN = (500, {"error": "x"})


@pytest.fixture
def now(at: Any) -> datetime:
    return at("2026-11-23 10:00")  # type: ignore[no-any-return]


def corrects_to_another(rosa: Robbed, side: OtherSide, number: str = ANOTHER) -> None:
    seen(side, number=number)
    rosa.goes_back_for(number).to_the_suspension()


def about(number: str) -> list[Escalation]:
    cards = Escalation.objects.order_by("pk")
    return [card for card in cards if str(card.details.get("number", "")).replace("-", "").endswith(number[-7:])]


@pytest.mark.parametrize("answer", [REFUSED, NOT_KNOWN])
@pytest.mark.parametrize("is_asked", [False, True])
def test_the_wrong_line_that_stays_suspended_is_on_a_card(
    side: OtherSide, ana: Agent, elena: Any, now: datetime, answer: Any, is_asked: bool
) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    rosa.does(side, answer)
    corrects_to_another(rosa, side)
    if is_asked:
        rosa.does(side)
        rosa.does(side)
    rosa.leaves()
    clock(now, 3, 40)
    block = OutsideWrite.objects.get(action="mio.block_sim", to_whom__endswith=LINE)
    assert block.card in about(LINE), (
        f"{[(c.key, c.reason, c.details) for c in Escalation.objects.all()]} {block.card_id}"
    )
    if block.state == "uncertain":
        settle(
            write=block, outcome="not_done", reference="", reason="no figura", by=elena, now=now + timedelta(hours=1)
        )
    clock(now, 70)
    (card,) = Escalation.objects.filter(key__contains=":gone-on:")
    assert "siguió con otro" in card.reason
    assert "Suspensión administrativa (LBC) REF-1" in card.reason
    assert card.telephone
    assert not [one for one in about(ANOTHER) if one.kind_id == "write_not_done"], (
        "of the other line nothing was refused"
    )


def test_the_wrong_line_that_was_topped_up_is_on_a_card(side: OtherSide, ana: Agent, now: datetime) -> None:
    """The last page asks what became of it, and she hung up before it was answered."""
    seen(side)
    rosa = ToppedUp(ana, now, ROSA)
    rosa.does(side)
    seen(side, number=ANOTHER)
    rosa.goes_back_for(ANOTHER)
    rosa.asks_for_her_top_up()
    rosa.does(side)
    assert rosa.here.step.kind == "end"
    rosa.leaves()
    clock(now, 3, 40)
    (card,) = Escalation.objects.all()
    assert "+591 707-12345 Bs\xa010,00" in card.reason


@pytest.mark.parametrize("on_file", [[LINE], [], [LINE, "4251234"]])
def test_who_has_no_other_telephone_is_not_called_on_the_stolen_line_unsaid(
    side: OtherSide, ana: Agent, now: datetime, on_file: list[str]
) -> None:
    """Whoever stole it answers there."""
    seen(side)
    side.answers["smartflex/customer"]["customer"]["telephones"] = on_file
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    rosa.does(side)
    seen(side, number=ANOTHER)
    side.answers["smartflex/customer"]["customer"]["telephones"] = on_file
    rosa.goes_back_for(ANOTHER).to_the_suspension()
    rosa.leaves()
    (card,) = Escalation.objects.filter(key__contains=":gone-on:")
    has_another = "4251234" in on_file
    assert card.telephone == ("+59144251234" if has_another else f"+591{LINE}")
    assert ("No se conoce otro teléfono que el mismo de que trata" in card.reason) is not has_another


def test_a_mistake_that_nobody_else_can_be_called_about_says_so(side: OtherSide, ana: Agent, now: datetime) -> None:
    seen(side)
    side.answers["smartflex/customer"]["customer"]["telephones"] = [LINE]
    rosa = ToppedUp(ana, now, ROSA)
    rosa.does(side)
    rosa.who = (*ROSA[:2], LINE)
    rosa.says_it_was_for_another(side)
    card = Escalation.objects.get(key__endswith=":mistaken")
    assert card.telephone == f"+591{LINE}"
    assert card.reason.endswith("No se conoce otro teléfono que el mismo de que trata")


def test_who_is_handed_over_has_it_on_that_card(side: OtherSide, ana: Agent, now: datetime) -> None:
    seen(side)
    rosa = ToppedUp(ana, now, ROSA)
    rosa.does(side)
    seen(side, number=ANOTHER)
    rosa.goes_back_for(ANOTHER)
    leave_call(
        by=rosa.by, key=rosa.walk.key, position=rosa.here.footstep.position, how="handed_over", reason="Pide otra cosa",
        name=ROSA[0], telephone=ROSA[2], now=now,
    )  # fmt: skip
    (card,) = Escalation.objects.all()
    assert "siguió con otro" in told(card)


def test_who_went_back_and_asked_for_the_same_has_no_card_of_it(side: OtherSide, ana: Agent, now: datetime) -> None:
    seen(side)
    rosa = ToppedUp(ana, now, ROSA)
    rosa.does(side)
    rosa.goes_back_for()
    rosa.leaves()
    clock(now, 3, 40)
    assert not Escalation.objects.exists()


def test_a_card_of_what_was_not_known_says_that_it_is_done_by_now(side: OtherSide, ana: Agent, now: datetime) -> None:
    """She heard that it is not confirmed, and that she is called; the clock found it done before she hung up."""
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side, "doubt")
    write = OutsideWrite.objects.get(action="lbc.suspend")
    take_step(Verb.CONFIRM, write=write, by=None, now=now + timedelta(minutes=1), reference="LBC-7")
    rosa.now = now + timedelta(minutes=2)
    corrects_to_another(rosa, side, number=LINE)
    rosa.leaves()
    clock(now, 3, 10)
    (card,) = Escalation.objects.filter(key__contains="suspension_unknown")
    assert "ya se hizo en LBC, con la referencia LBC-7" in told(card)


def test_who_works_a_card_reads_that_another_call_had_it_done_before(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime
) -> None:
    """Rosa's doubt was found done; LBC is used by hand by now, and Juan's agent finds it suspended already."""
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side, "doubt")
    rosa.answer(telephone=ROSA[2])
    rosa.leaves()
    hers = OutsideWrite.objects.get(action="lbc.suspend")
    settle(write=hers, outcome="done", reference="LBC-9", reason="visto", by=elena, now=now + timedelta(minutes=5))
    seen(side, smartflex="suspended")
    OutsideSystem.objects.filter(code="lbc").update(mode="by_hand")
    juan = Robbed(luis, now + timedelta(minutes=20), JUAN).to_the_suspension()
    juan.answer(confirmed=True)
    his = OutsideWrite.objects.filter(action="lbc.suspend").latest("pk")
    give_up(write=his, reason="Ya figura suspendida", by=luis.user, now=now + timedelta(minutes=21))
    juan.outcome(leaves=True)
    juan.answer(telephone=JUAN[2])
    juan.answer()
    clock(now, 25, 40)
    card = Escalation.objects.get(telephone=f"+591{JUAN[2]}")
    assert told(card).count("Otra llamada lo hizo antes, el 23/11/2026 10:05") == 1
    assert "LBC-9" in told(card)
