"""Whoever undoes what a call had done by mistake hears of everybody who would lose it: who joined it, who was handed
over before she could ask, whose damage it became, and those whose own mistake was none.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.models import Agent
from escalations.models import Escalation
from escalations.working import inform, merge, reject, reopen, resolve, take
from inbound.flows.publishing import publish_files
from inbound.models import OutsideWrite, ServiceLine
from inbound.walks.leaving import leave_call
from inbound.walks.page import lay_walk
from inbound.writes.mistaken import NO_LONGER
from inbound.writes.settling import settle
from inbound.writes.states import Verb, take_step
from tests.inbound.flows_to_read import text_of
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.a_stolen_line import (
    CONTRACT,
    CUSTOMER,
    DOWN,
    JUAN,
    LINE,
    REFUSED,
    ROSA,
    Robbed,
    ToppedUp,
    Who,
    clock,
    seen,
    told,
)

pytestmark = pytest.mark.django_db
CARLA = ("Carla Ríos", "2223334 CB", "74444441")


@pytest.fixture
def now(at: Any) -> datetime:
    return at("2026-11-23 10:00")  # type: ignore[no-any-return]


def mistake_of(who: Who, action: str = "lbc.suspend") -> Escalation:
    write = OutsideWrite.objects.filter(requester_name=who[0], action=action, to_whom=f"+591{LINE}").earliest("pk")
    return Escalation.objects.get(key=f"write:{write.pk}:mistaken")


def rejected(card: Escalation, elena: Any, now: datetime, *, is_informed: bool = True) -> None:
    take(escalation_id=card.pk, by=elena, now=now)
    reject(escalation_id=card.pk, reason="Confirma: es la robada", by=elena, now=now)
    if is_informed:
        inform(escalation_id=card.pk, how="telephone", told_at=now, by=elena, now=now)


def both_suspended(ana: Agent, side: OtherSide, now: datetime) -> tuple[Robbed, Robbed]:
    """Rosa had it suspended; Juan's was refused, for it was, and he heard that it is."""
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    seen(side, smartflex="suspended")
    juan = Robbed(ana, now + timedelta(minutes=2), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    assert "quedó suspendida" in juan.said
    return rosa, juan


# a rejection is one, also once the customer was told of it


def test_a_mistake_that_was_rejected_is_none_once_she_was_told(
    side: OtherSide, ana: Agent, elena: Any, now: datetime
) -> None:
    rosa, juan = both_suspended(ana, side, now)
    rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    rejected(mistake_of(ROSA), elena, now + timedelta(minutes=5))
    card = juan.suspends_another_and_says_the_first_was_a_mistake(side)
    clock(now, 6, 60)
    assert "Rosa Flores" in told(card)
    assert "supervisión no lo deshizo" in told(card), "and why: it is for a person to tell who wants it"
    assert "Confirma: es la robada" in told(card)


def test_the_next_caller_hears_that_it_is_suspended(side: OtherSide, ana: Agent, elena: Any, now: datetime) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    rejected(mistake_of(ROSA), elena, now + timedelta(minutes=5))
    seen(side, smartflex="suspended")
    juan = Robbed(ana, now + timedelta(hours=1), JUAN).to_the_suspension()
    assert not any(one.mistake for one in lay_walk(here=juan.here, by=juan.by).done_for_her)
    juan.does(side, REFUSED)
    assert "quedó suspendida" in juan.said


def test_a_card_that_was_rejected_and_told_wants_nothing(
    side: OtherSide, ana: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    juan = Robbed(ana, now, JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    juan.answer(telephone=JUAN[2])
    juan.answer()
    rejected(Escalation.objects.get(), elena, now + timedelta(minutes=5))
    rosa = Robbed(ana, now + timedelta(minutes=10), ROSA).to_the_suspension()
    rosa.does(side)
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    clock(now, 16)
    assert "Otra llamada quiere" not in told(card)


@pytest.mark.parametrize("when", ["2026-11-27 17:20", "2026-11-30 09:00"])
def test_what_follows_is_seen_to_whenever_it_was_found_to_be_no_mistake(
    side: OtherSide, ana: Agent, elena: Any, at: Any, when: str
) -> None:
    """A suspension of Friday, the same evening and after the weekend: her SIM is to be blocked."""
    now = at("2026-11-27 17:00")
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    clock(now, 5)
    rejected(mistake_of(ROSA), elena, at(when), is_informed=False)
    clock(at(when), 1, 60)
    (follows,) = Escalation.objects.filter(key__contains="block_sim:left")
    assert "supervisión no lo deshizo" in told(follows)


def test_what_is_not_so_any_more_is_told_anew(side: OtherSide, ana: Agent, elena: Any, now: datetime) -> None:
    """He says that he does not need it, and supervision finds that he does: the last word is not the first."""
    rosa, juan = both_suspended(ana, side, now)
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    juan.suspends_another_and_says_the_first_was_a_mistake(side)
    assert told(card).endswith("por ella no hace falta.")
    rejected(mistake_of(JUAN), elena, now + timedelta(minutes=6))
    clock(now, 7, 60)
    assert told(card).index("supervisión no lo deshizo") > told(card).index("por ella no hace falta.")
    reopen(escalation_id=mistake_of(JUAN).pk, reason="Llamó otra vez", by=elena, now=now + timedelta(minutes=61))
    clock(now, 62, 63)
    assert told(card).rindex("por ella no hace falta.") > told(card).index("supervisión no lo deshizo")
    assert told(card).count("por ella no hace falta.") == 2, "once each time"


# who has that one alone


def joined_by_juan(ana: Agent, luis: Agent, side: OtherSide, now: datetime) -> tuple[ToppedUp, ToppedUp]:
    seen(side)
    rosa = ToppedUp(ana, now, ROSA)
    rosa.does(side, "doubt")
    juan = ToppedUp(luis, now + timedelta(minutes=1), JUAN)
    juan.does(side)
    assert "si no se hizo, le llamamos" in juan.said
    return rosa, juan


def confirmed(now: datetime) -> None:
    """As the clock does that asks its system."""
    write = OutsideWrite.objects.earliest("pk")
    take_step(Verb.CONFIRM, write=write, by=None, now=now, reference="QBC-7")


@pytest.mark.parametrize("first", ["done", "mistake"])
def test_who_joined_money_that_is_undone_has_a_card(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime, first: str
) -> None:
    """She hears of neither while she says her number."""
    rosa, juan = joined_by_juan(ana, luis, side, now)
    if first == "done":
        confirmed(now + timedelta(minutes=2))
    rosa.says_it_was_for_another(side)
    if first == "mistake":
        confirmed(now + timedelta(minutes=2))
    juan.answer(telephone=JUAN[2])
    (his,) = Escalation.objects.filter(telephone=f"+591{JUAN[2]}")
    assert his.customer_name == JUAN[0]
    assert "lo pidió por error, y se deshace" in f"{his.reason} {told(his)}"


def test_who_joined_and_hung_up_is_named_on_the_card_that_undoes_it(
    side: OtherSide, ana: Agent, luis: Agent, now: datetime
) -> None:
    rosa, juan = joined_by_juan(ana, luis, side, now)
    confirmed(now + timedelta(minutes=2))
    juan.leaves()
    rosa.says_it_was_for_another(side)
    clock(now, 6, 7)
    card = Escalation.objects.get(key__endswith=":mistaken")
    assert "se sumó a este pedido: Juan Pérez" in told(card)
    assert told(card).count("Juan Pérez") == 1


def test_a_card_of_who_joined_and_the_card_that_undoes_it_know_of_each_other(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime
) -> None:
    rosa, juan = joined_by_juan(ana, luis, side, now)
    juan.answer(telephone=JUAN[2])
    (his,) = Escalation.objects.filter(telephone=f"+591{JUAN[2]}")
    rosa.says_it_was_for_another(side)
    write = OutsideWrite.objects.earliest("pk")
    settle(write=write, outcome="done", reference="QBC-7", reason="visto", by=elena, now=now + timedelta(minutes=5))
    clock(now, 6)
    card = Escalation.objects.get(key__endswith=":mistaken")
    assert f"#{his.pk}" in told(card)
    assert f"#{card.pk}" in told(his)


def test_who_joined_by_a_slip_does_not_want_it(side: OtherSide, ana: Agent, now: datetime) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side, "doubt")
    juan = Robbed(ana, now + timedelta(minutes=1), JUAN).to_the_suspension()
    juan.does(side)
    juan.has_another_suspended(side, number="70788888")
    juan.ends_by(NO_LONGER)
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    clock(now, 6)
    assert "se sumó a este pedido" not in told(card)


def test_what_was_joined_and_done_while_she_says_her_number_is_told_on_her_card(
    side: OtherSide, ana: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    juan = Robbed(ana, now, JUAN).to_the_suspension()
    juan.does(side, "doubt")
    rosa = Robbed(ana, now + timedelta(minutes=1), ROSA).to_the_suspension()
    rosa.does(side)
    write = OutsideWrite.objects.get()
    settle(write=write, outcome="done", reference="MANO-1", reason="visto", by=elena, now=now + timedelta(minutes=2))
    rosa.now = now + timedelta(minutes=3)
    rosa.answer(telephone=ROSA[2])
    rosa.answer()
    clock(now, 6)
    hers = Escalation.objects.get(telephone=f"+591{ROSA[2]}")
    assert "MANO-1" in told(hers)


def test_who_was_handed_over_before_she_could_ask_wants_it(side: OtherSide, ana: Agent, now: datetime) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    juan = Robbed(ana, now + timedelta(minutes=2), JUAN).to_the_suspension()
    leave_call(
        by=juan.by, key=juan.walk.key, position=juan.here.footstep.position, how="handed_over", reason="Pide suspender",
        name=JUAN[0], telephone=JUAN[2], now=juan.now,
    )  # fmt: skip
    his = Escalation.objects.get(key__endswith=":handed-over")
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    clock(now, 6)
    assert f"#{his.pk}, Juan Pérez" in told(card)
    assert f"#{card.pk}" in told(his)


@pytest.mark.parametrize("answer", [None, REFUSED])
def test_who_had_the_damage_reiterated_is_named(side: OtherSide, ana: Agent, now: datetime, answer: Any) -> None:
    """Rosa registers it by a slip, Juan of the same service reiterates it: undone, he has no damage at all. Nor where
    it was not done, and his card asks for it.
    """
    publish_files(texts={"101": text_of("101")}, now=now)
    by_mistake, her_own = "4251234", "4259999"
    products = [{"service": "Fija", "service_number": one, "plan": "P", "state": "active", "suspended_for": ""}
                for one in (by_mistake, her_own)]  # fmt: skip
    side.answers["smartflex/customer"] = {"customer": {**CUSTOMER, "products": products}}
    side.answers["smartflex/damages"], side.answers["house/repair_limit"] = {"damages": []}, {}

    def rings(who: Who, minutes: int) -> Robbed:
        call = Robbed.__new__(Robbed)
        call.who, call.heard = who, []
        super(Robbed, call).__init__(ana, ServiceLine.objects.get(number="101"), now + timedelta(minutes=minutes))
        call.answer()
        call.answer(customer=CONTRACT, customer_name="")
        while call.here.step.kind == "look_up":
            before = call.here.footstep.position
            call.look()
            assert call.here.footstep.position > before
        return call

    def registers(call: Robbed, number: str) -> None:
        call.answer(service_number=number, cause="Sin tono", description="No hay tono")
        call.does(side)

    def to_the_end(call: Robbed) -> None:
        for _step in range(6):
            if call.here.step.kind == "end":
                return
            if call.here.step.kind != "look_up":
                asked = {field.name for field in lay_walk(here=call.here, by=call.by).fields}
                call.answer(**dict.fromkeys(asked & {"telephone"}, call.who[2]))
                continue
            call.look()
            if call.here.step.kind == "look_up":
                call.by_hand()

    rosa = rings(ROSA, 0)
    rosa.answer("0")
    for _step in ("which_damage", "exists"):
        if rosa.step != "new_damage":
            rosa.answer("none")
    registers(rosa, by_mistake)
    reference = OutsideWrite.objects.get().reference
    damage = {
        "number": reference, "component": "", "cause": "Sin tono", "state": "registered", "service_number": by_mistake,
        "registered_at": "2026-11-23T10:00:00-04:00", "reiterations": 0, "has_service": False, "order_number": "O-1",
    }  # fmt: skip
    side.answers["smartflex/damages"] = {"damages": [damage]}
    juan = rings(JUAN, 2)
    juan.answer("0")
    juan.answer("registered")
    juan.answer("open")
    juan.does(side, answer)
    if answer is None:
        assert f"{reference} quedó reiterado" in juan.said
        juan.answer()
    to_the_end(juan)
    rosa.back_to("new_damage")
    registers(rosa, her_own)
    to_the_end(rosa)
    rosa.ends_by(NO_LONGER)
    clock(now, 5, 6)
    card = Escalation.objects.get(key__endswith=":mistaken")
    assert reference in card.reason
    assert told(card).count(f"de {reference}") == 1


# what is told of it meanwhile


def test_a_mistake_that_is_found_done_is_not_what_another_card_asks_for(
    side: OtherSide, ana: Agent, luis: Agent, now: datetime
) -> None:
    seen(side)
    rosa, juan = joined_by_juan(ana, luis, side, now)
    juan.answer(telephone=JUAN[2])
    carla = ToppedUp(luis, now + timedelta(minutes=1), CARLA)
    rosa.says_it_was_for_another(side)
    leave_call(
        by=carla.by, key=carla.walk.key, position=carla.here.footstep.position, how="handed_over", reason="Recarga",
        name=CARLA[0], telephone=CARLA[2], now=now + timedelta(minutes=2),
    )  # fmt: skip
    confirmed(now + timedelta(minutes=3))
    clock(now, 4, 60)
    hers = Escalation.objects.get(key__endswith=":handed-over")
    assert "Se hizo (QBC-7)" not in told(hers)


def test_a_mistake_that_goes_out_after_its_card_was_settled_is_to_be_undone(
    side: OtherSide, ana: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side, "doubt")
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    at = now + timedelta(minutes=4)
    take(escalation_id=card.pk, by=elena, now=at)
    resolve(escalation_id=card.pk, outcome="No salió: figura activa", by=elena, now=at)
    confirmed(now + timedelta(minutes=9))
    clock(now, 15, 100)
    assert "Deshágalo" in Escalation.objects.get(key__endswith=":twice").reason
    seen(side, smartflex="suspended")
    juan = Robbed(ana, now + timedelta(minutes=20), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    assert "quedó suspendida" in juan.said


@pytest.mark.usefixtures("no_cool_down")
def test_what_was_shown_before_the_other_had_it_done_is_no_sign_that_it_was_undone(
    side: OtherSide, ana: Agent, now: datetime
) -> None:
    seen(side)
    juan = Robbed(ana, now, JUAN).to_the_suspension()  # shown in service
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.now = now + timedelta(minutes=1)
    rosa.does(side)
    juan.now = now + timedelta(minutes=2)
    juan.does(side, REFUSED)
    assert "quedó suspendida" in juan.said


def test_what_was_withdrawn_asks_for_nothing(side: OtherSide, ana: Agent, now: datetime) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side, REFUSED)
    rosa.answer(telephone=ROSA[2])
    rosa.answer()
    hers = Escalation.objects.get()
    juan = Robbed(ana, now + timedelta(minutes=2), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    juan.answer(telephone=JUAN[2])
    juan.has_another_suspended(side, number="70788888")
    juan.ends_by(NO_LONGER)
    his = Escalation.objects.exclude(pk=hers.pk).get(key__endswith="not_suspended")
    assert "withdrawn" in his.details
    clock(now, 6)
    assert "hágalo una vez" not in told(his)
    assert "hágalo una vez" not in told(hers)


# what comes after it was seen to


def settled(card: Escalation, elena: Any, now: datetime, *, outcome: str) -> None:
    take(escalation_id=card.pk, by=elena, now=now)
    resolve(escalation_id=card.pk, outcome=outcome, by=elena, now=now)


def went_out_after_all(side: OtherSide, ana: Agent, elena: Any, now: datetime) -> None:
    """Rosa's doubt was a mistake, and its card was closed before it was done."""
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side, "doubt")
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    settled(card, elena, now + timedelta(minutes=4), outcome="No salió")


def test_the_card_that_undoes_it_after_all_names_who_wants_it(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime
) -> None:
    went_out_after_all(side, ana, elena, now)
    seen(side)
    juan = Robbed(luis, now + timedelta(minutes=5), JUAN).to_the_suspension()
    juan.does(side)
    juan.answer(telephone=JUAN[2])
    juan.answer()
    confirmed(now + timedelta(minutes=9))
    clock(now, 15, 100)
    card = Escalation.objects.get(key__endswith=":twice")
    assert "Deshágalo" in card.reason
    assert "Juan Pérez" in told(card)


def test_once_it_was_undone_after_all_nobody_hears_that_it_is_so(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime
) -> None:
    """Both systems were read by hand: that says nothing, so what counts is what became of the other call's."""
    went_out_after_all(side, ana, elena, now)
    confirmed(now + timedelta(minutes=9))
    clock(now, 10)
    undoing = Escalation.objects.get(key__endswith=":twice")
    settled(undoing, elena, now + timedelta(minutes=12), outcome="Deshecho en LBC")
    seen(side)
    side.says["smartflex/customer"] = DOWN
    juan = Robbed(luis, now + timedelta(minutes=20), JUAN, knows_contract=False)
    juan.answer("theft")
    juan.answer(contract=CONTRACT)
    juan.look()
    read = {"products.0.service_number": LINE, "products.0.state": "active"}
    juan.by_hand(contract=CONTRACT, name="Titular Uno", **read)
    juan.asks().does(side, REFUSED)
    assert "quedó suspendida" not in juan.said


@pytest.mark.parametrize("second", ["doubt", REFUSED])
def test_the_sim_of_the_line_is_a_mistake_as_its_suspension_is(
    side: OtherSide, ana: Agent, now: datetime, second: Any
) -> None:
    """Of the line she means the suspension is not done, so that its SIM is never come to."""
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    rosa.does(side)
    rosa.answer(telephone=ROSA[2])
    seen(side, number="70799999")
    rosa.goes_back_for("70799999").to_the_suspension()
    rosa.does(side, second)
    rosa.answer(telephone=ROSA[2])
    rosa.ends_by(NO_LONGER)
    undone = Escalation.objects.filter(key__endswith=":mistaken").values_list("reason", flat=True)
    assert any("Bloqueo temporal del SIM" in one for one in undone)
    assert any("Suspensión administrativa" in one for one in undone)


def test_whose_card_was_settled_by_a_top_up_is_named_when_that_is_undone(
    side: OtherSide, ana: Agent, luis: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    juan = ToppedUp(luis, now, JUAN)
    juan.does(side, REFUSED)
    juan.answer("hand_over")
    juan.answer(telephone=JUAN[2])
    his = Escalation.objects.get()
    rosa = ToppedUp(ana, now + timedelta(minutes=1), ROSA)
    rosa.does(side)
    clock(now, 2)
    assert "Otra llamada pidió lo mismo" in told(his)
    settled(his, elena, now + timedelta(minutes=4), outcome="Ya se hizo")
    rosa.now = now + timedelta(minutes=5)
    rosa.says_it_was_for_another(side)
    clock(now, 6, 60)
    card = Escalation.objects.get(key__endswith=":mistaken")
    assert told(card).count(f"A la derivación #{his.pk}, Juan Pérez") == 1


def test_what_was_done_by_hand_on_the_card_it_was_united_with_may_be_done_twice(
    side: OtherSide, ana: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    first = ToppedUp(ana, now, ROSA)
    first.does(side, REFUSED)
    first.answer("hand_over")
    first.answer(telephone=ROSA[2])
    one = Escalation.objects.get()
    again = ToppedUp(ana, now + timedelta(minutes=1), ROSA)
    again.does(side, "doubt")
    again.answer(telephone=ROSA[2])
    clock(now, 5)
    other = Escalation.objects.exclude(pk=one.pk).get()
    Escalation.objects.update(contract=CONTRACT)  # whose line it is, as the calls may have said
    take(escalation_id=other.pk, by=elena, now=now + timedelta(minutes=6))
    merge(escalation_id=other.pk, into_id=one.pk, by=elena, now=now + timedelta(minutes=6))
    settled(one, elena, now + timedelta(minutes=7), outcome="Recargado a mano")
    write = OutsideWrite.objects.get(state="uncertain")
    take_step(Verb.CONFIRM, write=write, by=None, now=now + timedelta(minutes=9), reference="Q-9")
    clock(now, 10, 60)
    assert "Vea si se hizo dos veces" in Escalation.objects.get(key__endswith=":twice").reason


@pytest.mark.usefixtures("no_cool_down")
def test_what_was_refused_and_another_call_had_done_since_is_asked_anew(
    side: OtherSide, ana: Agent, luis: Agent, now: datetime
) -> None:
    seen(side)
    juan = Robbed(luis, now, JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    assert "No pude suspender" in juan.said
    rosa = Robbed(ana, now + timedelta(minutes=1), ROSA).to_the_suspension()
    rosa.does(side)
    seen(side, smartflex="suspended")
    juan.now = now + timedelta(minutes=2)
    juan.goes_back_for().to_the_suspension()
    before = len(juan.heard)
    juan.does(side, REFUSED)
    assert "quedó suspendida" in " ".join(juan.heard[before:])
