"""Cards that were united, reopened or raised twice of one mistake: whoever undoes it hears of all of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.models import Agent
from escalations.models import Escalation
from escalations.working import merge, reject, reopen, resolve, take
from inbound.models import OutsideWrite
from inbound.writes.mistaken import NO_LONGER
from inbound.writes.states import Verb, take_step
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.a_stolen_line import (
    CONTRACT,
    JUAN,
    REFUSED,
    ROSA,
    Robbed,
    ToppedUp,
    clock,
    seen,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at: Any) -> datetime:
    return at("2026-11-23 10:00")  # type: ignore[no-any-return]


def settled(card: Escalation, elena: Any, now: datetime, *, outcome: str) -> None:
    take(escalation_id=card.pk, by=elena, now=now)
    resolve(escalation_id=card.pk, outcome=outcome, by=elena, now=now)


def united(card: Escalation, into: Escalation, elena: Any, now: datetime) -> None:
    Escalation.objects.filter(pk__in=(card.pk, into.pk)).update(contract=CONTRACT)  # as the calls may have said
    take(escalation_id=card.pk, by=elena, now=now)
    merge(escalation_id=card.pk, into_id=into.pk, by=elena, now=now)


def refused_and_handed_over(luis: Agent, side: OtherSide, now: datetime) -> tuple[Robbed, Escalation]:
    juan = Robbed(luis, now, JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    juan.answer(telephone=JUAN[2])
    juan.answer()
    return juan, Escalation.objects.get(telephone=f"+591{JUAN[2]}")


def suspended_by_mistake(ana: Agent, side: OtherSide, now: datetime) -> Escalation:
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    return rosa.suspends_another_and_says_the_first_was_a_mistake(side)


@pytest.mark.usefixtures("no_cool_down")
def test_what_is_undone_while_he_is_on_the_line_is_asked_for_anew(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime
) -> None:
    """He heard that it is done, for Rosa's was; then hers is undone, and he goes back to it."""
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    seen(side, smartflex="suspended")
    juan = Robbed(luis, now + timedelta(minutes=1), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    assert "quedó suspendida" in juan.said
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    settled(card, elena, now + timedelta(minutes=3), outcome="Deshecho en LBC")
    seen(side)
    juan.now = now + timedelta(minutes=5)
    juan.goes_back_for().to_the_suspension()
    before = len(juan.heard)
    juan.does(side)
    assert "quedó suspendida" in " ".join(juan.heard[before:])
    his = OutsideWrite.objects.filter(walk=juan.walk, action="lbc.suspend").order_by("pk")
    assert [one.state for one in his] == ["done", "done"]
    assert his[0].reference != his[1].reference, "the second one was asked for"


@pytest.mark.usefixtures("no_cool_down")
def test_what_is_undone_while_he_is_on_the_line_is_not_told_to_be_so(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    seen(side, smartflex="suspended")
    juan = Robbed(luis, now + timedelta(minutes=1), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    settled(card, elena, now + timedelta(minutes=3), outcome="Deshecho en LBC")
    seen(side)
    juan.now = now + timedelta(minutes=5)
    juan.goes_back_for().to_the_suspension()
    before = len(juan.heard)
    juan.does(side, REFUSED)
    assert "No pude suspender" in " ".join(juan.heard[before:])
    juan.answer(telephone=JUAN[2])
    assert Escalation.objects.filter(telephone=f"+591{JUAN[2]}").exists()


@pytest.mark.usefixtures("no_cool_down")
def test_a_mistake_that_was_undone_and_reopened_is_not_done_again(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime
) -> None:
    """She rang again, so its card is open; what became of the line only its system knows."""
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    seen(side, smartflex="suspended")
    juan = Robbed(luis, now + timedelta(minutes=1), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    settled(card, elena, now + timedelta(minutes=3), outcome="Deshecho en LBC")
    reopen(escalation_id=card.pk, reason="Volvió a llamar", by=elena, now=now + timedelta(minutes=4))
    seen(side)
    juan.now = now + timedelta(minutes=6)
    juan.goes_back_for().to_the_suspension()
    before = len(juan.heard)
    juan.does(side, REFUSED)
    assert "quedó suspendida" not in " ".join(juan.heard[before:])


def test_the_card_of_its_sim_hears_that_it_is_a_mistake_after_all(
    side: OtherSide, ana: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    card = suspended_by_mistake(ana, side, now)
    take(escalation_id=card.pk, by=elena, now=now + timedelta(minutes=2))
    reject(escalation_id=card.pk, reason="Es la robada", by=elena, now=now + timedelta(minutes=2))
    clock(now, 3)
    (follows,) = Escalation.objects.filter(key__contains="block_sim:left")
    assert told(follows).endswith(f"supervisión no lo deshizo (derivación #{card.pk}: Es la robada).")
    reopen(escalation_id=card.pk, reason="Llamó otra vez", by=elena, now=now + timedelta(minutes=4))
    clock(now, 5, 6)
    assert told(follows).endswith(f"lo deshace la derivación #{card.pk}: véala antes de seguir.")
    resolve(escalation_id=card.pk, outcome="Deshecho", by=elena, now=now + timedelta(minutes=7))
    clock(now, 8, 9)
    assert told(follows).endswith(f"la derivación #{card.pk} se resolvió: «Deshecho» Véala antes de seguir.")
    assert told(follows).count("dijo que fue un error") == 3, "each once"


def test_a_card_that_was_united_with_one_of_another_line_is_followed(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    _juan, his = refused_and_handed_over(luis, side, now)
    seen(side, number="70788888")
    other = Robbed(luis, now + timedelta(minutes=1), JUAN)
    other.goes_back_for("70788888").to_the_suspension()
    other.does(side, REFUSED)
    other.answer(telephone="74444444")
    other.answer()
    about_another = Escalation.objects.exclude(pk=his.pk).get()
    united(his, about_another, elena, now + timedelta(minutes=2))
    seen(side)
    card = suspended_by_mistake(ana, side, now + timedelta(minutes=3))
    clock(now, 6, 7)
    assert told(card).count(f"derivación #{about_another.pk}, Juan Pérez") == 1
    assert f"la derivación #{card.pk} lo deshace" in told(about_another)


@pytest.mark.parametrize("into", ["mistake", "wanting"])
def test_a_mistake_that_was_united_with_the_card_that_wants_it_says_so(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime, into: str
) -> None:
    seen(side)
    _juan, his = refused_and_handed_over(luis, side, now)
    card = suspended_by_mistake(ana, side, now + timedelta(minutes=2))
    one, other = (his, card) if into == "mistake" else (card, his)
    united(one, other, elena, now + timedelta(minutes=4))
    clock(now, 6, 7)
    words = "Aquí se unió lo de otra llamada que quiere +591 707-12345 así: Juan Pérez"
    assert told(other).count(words) == 1


def test_that_it_was_a_mistake_and_that_it_may_be_done_twice_know_of_each_other(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime
) -> None:
    """Juan joined Rosa's doubt, and his card of it was closed by hand; then it goes out, and she says it was a slip."""
    seen(side)
    rosa = ToppedUp(ana, now, ROSA)
    rosa.does(side, "doubt")
    juan = ToppedUp(luis, now + timedelta(minutes=1), JUAN)
    juan.does(side)
    juan.answer(telephone=JUAN[2])
    his = Escalation.objects.get()
    settled(his, elena, now + timedelta(minutes=2), outcome="Recargado a mano")
    write = OutsideWrite.objects.earliest("pk")
    take_step(Verb.CONFIRM, write=write, by=None, now=now + timedelta(minutes=3), reference="QBC-7")
    clock(now, 4)
    twice = Escalation.objects.get(key__endswith=":twice")
    rosa.now = now + timedelta(minutes=5)
    rosa.says_it_was_for_another(side)
    clock(now, 6, 7)
    card = Escalation.objects.get(key__endswith=":mistaken")
    assert told(card).count(f"la derivación #{twice.pk}: deshágalo una sola vez") == 1
    assert told(twice).count(f"lo deshace la derivación #{card.pk}") == 1


def test_a_doubt_that_was_withdrawn_and_is_done_after_all_is_to_be_undone(
    side: OtherSide, ana: Agent, now: datetime
) -> None:
    """Of a suspension nobody needs any more its SIM is not blocked as well."""
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side, "doubt")
    rosa.answer(telephone=ROSA[2])
    hers = Escalation.objects.get()
    rosa.goes_back_for()
    rosa.answer("balance")
    while rosa.here.step.kind != "end":
        before = rosa.here.footstep.position
        if rosa.here.step.kind == "decide":
            rosa.answer(rosa.here.step.ways[-1].name)
        else:
            rosa.answer(
                amount="10.00", requester_name=ROSA[0], requester_card=ROSA[1], requester_is="other",
                requester_kinship="spouse",
            )  # fmt: skip
            if rosa.here.step.waits:
                rosa.does(side)
        assert rosa.here.footstep.position > before
    rosa.ends_by(NO_LONGER)
    hers.refresh_from_db()
    assert "withdrawn" in hers.details
    write = OutsideWrite.objects.get(action="lbc.suspend")
    take_step(Verb.CONFIRM, write=write, by=None, now=now + timedelta(minutes=3), reference="LBC-7")
    clock(now, 4, 5, 60)
    (card,) = Escalation.objects.filter(key__endswith=":mistaken")
    assert "ya no hace falta: verifique si salió y deshágalo" in card.reason
    assert "LBC-7" in card.reason
    assert not Escalation.objects.filter(key__contains="block_sim").exists()
