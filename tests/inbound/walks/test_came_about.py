"""What a card asks for, and came about after all, it says, whenever and however it was done; and one request has one
card, whatever became of the asking before it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from inbound.models import OutsideWrite
from inbound.walks.footsteps import WalkRefused
from inbound.walks.leaving import How
from inbound.walks.let_down import see_to_the_let_down
from inbound.writes.delivering import deliver_due
from inbound.writes.mistaken import NO_LONGER, STANDS
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import flow_of
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import answers_of
from tests.inbound.walks.test_heard_and_gone import leave, until_the_write
from tests.inbound.walks.test_last_word import by_hand, hand_over_here
from tests.inbound.walks.test_outcomes import call
from tests.inbound.walks.test_said_anew import back_to
from tests.inbound.walks.test_two_things import asked, the_clock_looks, to_step, told

__all__ = ["by_hand", "call"]
pytestmark = pytest.mark.django_db
REFUSED, DOWN, DOUBT, DONE = "refused", "down", "doubt", "done"
MONEY = [("109", "c_cli4g.top_up"), ("800130001", "qbc.top_up"), ("800131313", "btel2.raise_credit")]
DAMAGES = [("101", "smartflex.register_damage"), ("4639999", "smartflex.register_damage")]
LATE = timedelta(minutes=10)


def step_of(line: str, action: str) -> str:
    return next(step.name for step in flow_of(line).steps.values() if step.action == action)


def ask(said: Any, side: OtherSide, becomes: str) -> None:
    """Press the write the call stands on; what the other side makes of it."""
    where = said.caller.here.step.action.replace(".", "/")
    side.says.clear()
    side.hangs_up.clear()
    if becomes == DOUBT:
        side.hangs_up.add(where)
    elif becomes != DONE:
        side.says[where] = (422, {"error": "No existe."}) if becomes == REFUSED else (503, {"error": "Caído."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.caller.left = None


def cannot_ask(said: Any, set_mode: Any) -> None:
    """Its system is off, so the agent goes on without it."""
    system = said.caller.here.step.action.split(".")[0]
    set_mode(system, "off")
    with pytest.raises(WalkRefused):
        said.answer(said.caller.here.step)
    said.caller.answer("refused", reason="Está apagado")
    said.caller.left = None
    set_mode(system, "connected")


def notes(card: Escalation) -> list[str]:
    return [change.note for change in card.changes.order_by("pk") if change.note]


def done_after_all(card: Escalation) -> list[str]:
    return [note for note in notes(card) if note.startswith("Otra llamada pidió lo mismo") and "Se hizo" in note]


# a card is told, whatever it came of


@pytest.mark.parametrize(("line", "action"), MONEY + DAMAGES)
def test_who_called_again_was_served_before_her_card_was_raised(
    line: str, action: str, call: Any, side: OtherSide
) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, REFUSED)
    leave(said.caller, How.HUNG_UP)
    again = call(line, step_of(line, action))
    ask(again, side, DONE)
    leave(again.caller, How.HUNG_UP)
    the_clock_looks(again.caller)
    the_clock_looks(again.caller)
    cards = Escalation.objects.filter(writes__action=action)
    assert [len(done_after_all(card)) for card in cards] == [1]


@pytest.mark.parametrize(("line", "action"), MONEY + DAMAGES)
def test_a_card_hears_of_what_another_call_had_done_late(line: str, action: str, call: Any, side: OtherSide) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, REFUSED)
    said.caller.answer("hand_over")
    hand_over_here(said.caller, telephone="72222222")
    card = Escalation.objects.get()
    leave(said.caller, How.HUNG_UP)
    again = call(line, step_of(line, action))
    ask(again, side, DOWN)
    leave(again.caller, How.HUNG_UP, telephone="72222222")
    side.says.clear()
    deliver_due(now=again.caller.now + LATE)
    assert OutsideWrite.objects.filter(action=action, state="done").count() == 1
    see_to_the_let_down(now=again.caller.now + LATE)
    see_to_the_let_down(now=again.caller.now + LATE)
    assert len(done_after_all(card)) == 1


@pytest.mark.parametrize(("line", "action"), MONEY)
def test_a_card_of_what_could_not_be_asked_for_hears_of_it_too(
    line: str, action: str, call: Any, side: OtherSide, set_mode: Any
) -> None:
    said = call(line, step_of(line, action))
    cannot_ask(said, set_mode)
    said.caller.answer("hand_over")
    hand_over_here(said.caller, telephone="72222222")
    said.caller.answer()
    again = call(line, step_of(line, action))
    ask(again, side, DONE)
    again.caller.answer()
    the_clock_looks(again.caller)
    the_clock_looks(again.caller)
    assert len(done_after_all(Escalation.objects.get(key__contains=str(said.caller.here.walk.key)))) == 1


def test_another_number_or_amount_is_another_thing(call: Any, side: OtherSide, set_mode: Any) -> None:
    said = call("109", "top_up")
    cannot_ask(said, set_mode)
    said.caller.answer("hand_over")
    hand_over_here(said.caller, telephone="72222222")
    said.caller.answer()
    card = Escalation.objects.get()
    card.details = {**card.details, "amount": "Bs\xa030,00"}
    card.save()
    again = call("109", "top_up")
    ask(again, side, DONE)
    the_clock_looks(again.caller)
    assert not done_after_all(card)


def test_a_claim_that_says_something_else_may_be_another_one(call: Any, side: OtherSide) -> None:
    said = call("101", "register")
    ask(said, side, REFUSED)
    said.caller.answer("hand_over")
    hand_over_here(said.caller, telephone="72222222")
    leave(said.caller, How.HUNG_UP)
    again = call("101", "register")
    ask(again, side, DONE)
    done = OutsideWrite.objects.get(action="smartflex.register_damage", state="done")
    done.payload = {**done.payload, "component": "Otra cosa"}
    done.save()
    the_clock_looks(again.caller)
    assert ": vea si es lo mismo" in told()


def test_two_calls_that_were_refused_know_of_each_other(call: Any, side: OtherSide) -> None:
    cards = []
    for telephone in ("72222222", "73333333"):
        said = call("109", "top_up")
        ask(said, side, REFUSED)
        said.caller.answer("hand_over")
        hand_over_here(said.caller, telephone=telephone)
        cards.append(said.caller.here.trail[-2].escalation)
        leave(said.caller, How.HUNG_UP)
    the_clock_looks(said.caller)
    the_clock_looks(said.caller)
    first, second = cards
    for card, other in ((first, second), (second, first)):
        assert [note for note in notes(card) if f"Es la derivación #{other.pk}." in note] == notes(card)[-1:]


# one request is one card


@pytest.mark.parametrize(("line", "action"), MONEY)
def test_refused_corrected_and_not_taken_is_one_request(
    line: str, action: str, call: Any, side: OtherSide, set_mode: Any
) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, REFUSED)
    said.caller.answer("correct")
    said.caller.left = None
    until_the_write(said)
    cannot_ask(said, set_mode)
    leave(said.caller, How.HUNG_UP, telephone="71234567")
    the_clock_looks(said.caller)
    assert Escalation.objects.count() == 1


@pytest.mark.parametrize(("line", "action"), MONEY + DAMAGES)
@pytest.mark.parametrize("becomes", [DONE, DOUBT, DOWN])
def test_what_was_corrected_and_asked_for_anew_is_not_also_undone(
    becomes: str, line: str, action: str, call: Any, side: OtherSide
) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, REFUSED)
    said.caller.answer("correct")
    said.caller.left = None
    until_the_write(said)
    ask(said, side, becomes)
    leave(said.caller, How.HANDED_OVER, reason="Pide una factura", name="Rosa", telephone="71234567")
    assert "Tampoco se hizo" not in told()


@pytest.mark.parametrize(("line", "action"), MONEY + DAMAGES)
def test_what_was_corrected_and_is_in_doubt_has_one_card(line: str, action: str, call: Any, side: OtherSide) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, REFUSED)
    said.caller.answer("correct")
    said.caller.left = None
    until_the_write(said)
    ask(said, side, DOUBT)
    leave(said.caller, How.HUNG_UP, telephone="71234567")
    the_clock_looks(said.caller)
    the_clock_looks(said.caller)
    assert Escalation.objects.count() == 1


# of two customers, and of what was gone back to


@pytest.mark.parametrize(("line", "action"), [*DAMAGES, ("800130001", "lbc.suspend")])
def test_the_second_customer_has_not_the_line_of_the_first(line: str, action: str, call: Any, side: OtherSide) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, REFUSED)
    back_to(said.caller, "customer")
    said.caller.answer(customer="1019369", customer_name="Berta B")
    leave(said.caller, How.HANDED_OVER, reason="Pide una factura", name="", telephone="74444444")
    assert "number" not in Escalation.objects.get(contract="1019369").details


def test_a_blocked_sim_has_no_card_that_it_is_not(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    ask(said, side, DONE)
    ask(said, side, DONE)
    hand_over_here(said.caller, telephone="71212345")
    back_to(said.caller, "suspend")
    ask(said, side, DONE)
    assert said.caller.step == "block_sim"
    leave(said.caller, How.HUNG_UP)
    the_clock_looks(said.caller)
    assert not Escalation.objects.filter(kind="write_not_done").exists()


# what a card asks for, and whose it is


def amount_of(said: Any, text: str) -> None:
    """Refused, *correct*, and another amount: on the write again."""
    caller: Caller = said.caller
    caller.answer("correct")
    caller.left = None
    until_the_write(said)
    back_to(caller, "top_up_data" if said.line == "800130001" else "pocket")
    caller.answer(**{**answers_of(caller.here.step, caller), "amount": text})
    caller.left = None
    until_the_write(said)


def number_of(said: Any, number: str, **who: str) -> None:
    """Back, and another number: on the write again."""
    back_to(said.caller, "request")
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "number": number, **who})
    said.caller.left = None
    until_the_write(said)


def minutes(caller: Caller, *each: int) -> None:
    for one in each:
        see_to_the_let_down(now=caller.now + timedelta(minutes=one))


def test_what_was_withdrawn_and_done_before_is_not_to_be_undone(call: Any, side: OtherSide) -> None:
    """*Ya no hace falta*, for it was done: of a line that is suspended as she asked."""
    said = call("800130001", "suspend")
    caller: Caller = said.caller
    ask(said, side, DOWN)
    hand_over_here(caller, telephone="71212345")
    side.says.clear()
    caller.now += LATE
    deliver_due(now=caller.now)
    back_to(caller, "suspend")
    ask(said, side, DONE)
    ask(said, side, DONE)
    hand_over_here(caller, telephone="71212345")
    to_step(caller, "end", {})
    caller.answer(**dict.fromkeys(asked(caller), NO_LONGER))
    the_clock_looks(caller)
    assert "deshágalo" not in told()


def test_another_number_done_in_the_call_leaves_the_card_of_the_first_as_it_was(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    ask(said, side, REFUSED)
    said.caller.answer("hand_over")
    hand_over_here(said.caller, telephone="72222222")
    card = Escalation.objects.get()
    number_of(said, "4251299")
    ask(said, side, DONE)
    assert ["vea si era un error o son dos" in note for note in notes(card)] == [True]
    said.caller.answer(**dict.fromkeys(asked(said.caller), STANDS))
    again = call("109", "top_up")
    ask(again, side, DONE)
    the_clock_looks(again.caller)
    assert len(done_after_all(card)) == 1


@pytest.mark.parametrize("third", [DONE, DOWN, DOUBT])
def test_of_three_tries_the_last_one_is_what_is_not_done(third: str, call: Any, side: OtherSide) -> None:
    said = call("800130001", "top_up")
    ask(said, side, REFUSED)
    amount_of(said, "30,00")
    ask(said, side, REFUSED)
    amount_of(said, "10,00")
    ask(said, side, third)
    leave(said.caller, How.HANDED_OVER, reason="Pide factura", name="Rosa", telephone="71234567")
    assert "Tampoco se hizo" not in told()


@pytest.mark.parametrize("second", [REFUSED, "off", "not pressed"])
def test_refused_twice_and_handed_over_asks_for_it_once(second: str, call: Any, side: OtherSide, set_mode: Any) -> None:
    said = call("800130001", "top_up")
    ask(said, side, REFUSED)
    amount_of(said, "30,00")
    if second == "off":
        cannot_ask(said, set_mode)
    elif second == REFUSED:
        ask(said, side, REFUSED)
    leave(said.caller, How.HANDED_OVER, reason="Pide factura", name="Rosa", telephone="71234567")
    the_clock_looks(said.caller)
    card = Escalation.objects.get()
    assert card.details["amount"] == "Bs\xa030,00" or card.details["amount"].startswith("30")
    assert not notes(card)


@pytest.mark.parametrize(("line", "action"), MONEY + DAMAGES)
def test_a_correction_that_is_refused_late_has_no_second_card(
    line: str, action: str, call: Any, side: OtherSide
) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, REFUSED)
    said.caller.answer("correct")
    said.caller.left = None
    until_the_write(said)
    ask(said, side, DOWN)
    leave(said.caller, How.HUNG_UP, telephone="71234567")
    minutes(said.caller, 20, 40)
    side.says[action.replace(".", "/")] = (422, {"error": "No existe."})
    deliver_due(now=said.caller.now + timedelta(minutes=45))
    minutes(said.caller, 46, 80)
    assert Escalation.objects.count() == 1


@pytest.mark.parametrize(("first", "second"), [("off", "off"), (REFUSED, "off"), ("off", REFUSED)])
def test_two_calls_while_a_system_is_off_know_of_each_other(
    first: str, second: str, call: Any, side: OtherSide, set_mode: Any
) -> None:
    for mood, telephone in ((first, "72222222"), (second, "73333333")):
        said = call("109", "top_up")
        if mood == "off":
            cannot_ask(said, set_mode)
        else:
            ask(said, side, mood)
        said.caller.answer("hand_over")
        hand_over_here(said.caller, telephone=telephone)
        said.caller.answer()
    the_clock_looks(said.caller)
    assert all(any("hágalo una vez" in note for note in notes(card)) for card in Escalation.objects.all())


def test_who_else_asks_for_another_number_has_her_own_card(call: Any, side: OtherSide, set_mode: Any) -> None:
    said = call("109", "top_up")
    ask(said, side, REFUSED)
    number_of(said, "4251299", requester_name="Pedro Paz", requester_card="5556667 CB")
    cannot_ask(said, set_mode)
    leave(said.caller, How.HUNG_UP, telephone="73333333")
    the_clock_looks(said.caller)
    assert {card.details["number"] for card in Escalation.objects.all()} == {"4251234", "4251299"}


def test_both_numbers_of_one_caller_are_said_where_she_is_handed_over(call: Any, side: OtherSide) -> None:
    """Whether the first was mistyped or is wanted as well only she knows."""
    said = call("109", "top_up")
    ask(said, side, REFUSED)
    number_of(said, "4251299")
    ask(said, side, DONE)
    leave(said.caller, How.HANDED_OVER, reason="Falta el otro", name="Rosa", telephone="71234567")
    assert "Antes se pidió, y no se hizo: " in told()
    assert "Confirme con quien llamó" in told()


def test_a_card_hears_of_what_it_was_corrected_to(call: Any, side: OtherSide) -> None:
    """It asks for 30, for it was corrected to that before she was gone; the write says 20."""
    said = call("800130001", "top_up")
    ask(said, side, REFUSED)
    amount_of(said, "30,00")
    leave(said.caller, How.HUNG_UP, telephone="72222222")
    minutes(said.caller, 60)
    card = Escalation.objects.get()
    again = call("800130001", "top_up")
    back_to(again.caller, "top_up_data")
    again.caller.answer(**{**answers_of(again.caller.here.step, again.caller), "amount": "30,00"})
    again.caller.left = None
    until_the_write(again)
    ask(again, side, DONE)
    minutes(again.caller, 61)
    assert len(done_after_all(card)) == 1


def test_a_system_that_was_off_and_is_on_again_in_one_call_is_told_once(
    call: Any, side: OtherSide, set_mode: Any
) -> None:
    said = call("109", "top_up")
    cannot_ask(said, set_mode)
    said.caller.answer("hand_over")
    hand_over_here(said.caller, telephone="72222222")
    card = Escalation.objects.get()
    back_to(said.caller, "top_up")
    ask(said, side, DONE)
    minutes(said.caller, 1, 60)
    assert len([note for note in notes(card) if "Se hizo" in note]) == 1
