"""Two of a kind in one call, or in two: each has its card, and none is written over another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from escalations.raising import due_by
from escalations.working import merge, take
from inbound.models import OutsideWrite
from inbound.walks.asked_otherwise import STANDS, what_differs
from inbound.walks.cards import CORRECTED
from inbound.walks.lane_news import news_of
from inbound.walks.lanes import begin_lane
from inbound.walks.leaving import How
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.page import lay_walk
from inbound.writes.delivering import deliver_due
from inbound.writes.mistaken import NO_LONGER
from inbound.writes.mistaken import STANDS as ALSO_WANTED
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import flow_of
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import answers_of, walk_to_the_end
from tests.inbound.walks.test_heard_and_gone import leave, until_the_write, up_to
from tests.inbound.walks.test_last_word import by_hand, hand_over_here
from tests.inbound.walks.test_once_more import to_another_contract
from tests.inbound.walks.test_outcomes import Said, call
from tests.inbound.walks.test_said_anew import back_to

__all__ = ["by_hand", "call"]
pytestmark = pytest.mark.django_db


def refused(said: Said, side: OtherSide, number: str = "") -> None:
    """A top-up that is refused, up to the question how it goes on."""
    side.says["c_cli4g/top_up"] = (422, {"error": "No se permite."})
    if number:
        back_to(said.caller, "request")
        said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "number": number})
        until_the_write(said)
    said.answer(said.caller.here.step)
    said.caller.outcome()


def test_of_three_passings_the_first_again_corrects_the_first(by_hand: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    hand_over_here(caller, telephone="71234567", claim="Lo de A")
    to_another_contract(caller, "102", "claim")
    hand_over_here(caller, telephone="71234567", claim="Lo de B", same_card="another")
    first, second = Escalation.objects.order_by("pk")
    back_to(caller, "customer")
    caller.answer(customer=first.contract, customer_name=first.customer_name)
    way, _seen = up_to("102", "claim")
    walk_to_the_end(caller, way[[name for name, _branch in way].index("customer") + 1 :], seen=False)
    page = lay_walk(here=caller.here, by=caller.by)
    held = {field.name: field.value for field in page.fields}
    assert (held["same_card"], held["claim"]) == (CORRECTED, "Lo de A")
    hand_over_here(caller, telephone="71234567", claim="Lo de A, dos veces", same_card=CORRECTED)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.details["claim"], second.details["claim"]) == ("Lo de A, dos veces", "Lo de B")


def test_who_is_handed_over_on_the_words_of_a_second_number_leaves_the_first_its_card(
    call: Any, side: OtherSide
) -> None:
    said = call("109", "top_up")
    refused(said, side)
    said.answer(said.caller.here.step, "hand_over")
    hand_over_here(said.caller, telephone="71234567")
    refused(said, side, "4251299")
    said.answer(said.caller.here.step, "hand_over")
    assert said.caller.step == "top_up_for_her"
    leave(said.caller, How.HANDED_OVER, reason="Insiste", name="Rosa Flores", telephone="71234567")
    assert sorted(Escalation.objects.values_list("details__number", flat=True)) == ["4251234", "4251299"]
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=2)) == 0


def test_one_card_for_all_that_was_refused_says_each_of_it(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    refused(said, side)
    said.answer(said.caller.here.step, "hand_over")
    hand_over_here(said.caller, telephone="71234567")
    refused(said, side, "4251299")
    assert said.caller.here.step.kind == "decide"
    leave(said.caller, How.HANDED_OVER, reason="Insiste", name="Rosa Flores", telephone="71234567")
    card = Escalation.objects.get()
    assert any("Tampoco se hizo" in one and "4251299" in one for one in card.changes.values_list("note", flat=True))


# what is said in other words, and the caller is gone


def test_a_correction_of_what_was_asked_for_is_on_a_card_though_the_caller_hung_up(call: Any, side: OtherSide) -> None:
    said = call("101", "register")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    back_to(said.caller, "new_damage")
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "description": "Se cortó el cable"})
    until_the_write(said)
    assert lay_walk(here=said.caller.here, by=said.caller.by).say == STANDS
    leave(said.caller, How.HUNG_UP, name="Rosa Flores", telephone="71239999")
    card = Escalation.objects.get()
    assert "Se cortó el cable" in card.reason
    assert card.telephone == "+59171239999"


def test_another_amount_than_was_asked_for_goes_on_to_a_person(call: Any, side: OtherSide) -> None:
    """It was pressed for ever, and refused for ever; and what is said afterwards is the amount that was topped up."""
    said = call("109", "top_up")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    before = OutsideWrite.objects.get(action="c_cli4g.top_up").amount
    asks = next(
        one.step
        for one in reversed(said.caller.here.path)
        if any(field.type == "amount" for field in said.caller.here.step_of(one).fields)
    )
    back_to(said.caller, asks)
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "amount": "30,00"})
    until_the_write(said)
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "topped_up"
    assert said.caller.here.known["amount"] == f"{before:.2f}"
    assert "30.00 (antes" in Escalation.objects.get().reason
    assert OutsideWrite.objects.filter(action="c_cli4g.top_up").count() == 1


# whom the call is about


def test_who_is_only_named_is_not_the_customer_of_before(by_hand: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    caller.walk.refresh_from_db()
    assert caller.walk.contract
    back_to(caller, "customer")
    caller.answer(customer="", customer_name="Rosa Mentira Quispe")
    caller.walk.refresh_from_db()
    assert (caller.walk.contract, caller.walk.customer_name) == ("", "Rosa Mentira Quispe")


# where she is called


def test_the_telephone_she_gave_holds_for_the_next_card_of_the_call(by_hand: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    hand_over_here(caller, telephone="71230000")
    back_to(caller, "topic")
    caller.answer("other")
    field = next(one for one in lay_walk(here=caller.here, by=caller.by).fields if one.name == "telephone")
    assert field.value == "+591 712-30000"


def test_the_lane_of_a_card_hears_where_she_is_called(by_hand: Any, elena: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    hand_over_here(caller, telephone="71230000")
    card = take(escalation_id=Escalation.objects.get().pk, by=elena, now=caller.now)
    lane = begin_lane(escalation_id=card.pk, by=elena, now=caller.now)
    leave(caller, How.HUNG_UP, telephone="71239999")
    lane.refresh_from_db()
    assert lane.caller_number == "+59171239999"
    assert "71239999" in news_of(lane)


def test_a_card_that_was_united_with_another_hears_where_she_is_called(by_hand: Any, elena: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    hand_over_here(caller, telephone="71230000")
    double = Escalation.objects.get()
    goes_on = Escalation.objects.get(pk=double.pk)
    goes_on.pk, goes_on.key = None, "another"
    goes_on.save(force_insert=True)
    take(escalation_id=double.pk, by=elena, now=caller.now)
    merge(escalation_id=double.pk, into_id=goes_on.pk, by=elena, now=caller.now)
    leave(caller, How.HUNG_UP, telephone="71239999")
    goes_on.refresh_from_db()
    assert goes_on.telephone == "+59171239999"


# what goes out for a number that was corrected


@pytest.fixture
def asked_for_two(call: Any, side: OtherSide) -> Said:
    """Asked for one number and not known yet; back, and done for another."""
    said = call("109", "top_up")
    side.says["c_cli4g/top_up"] = (503, {"error": "Caído."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    side.says.clear()
    back_to(said.caller, "request")
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "number": "4251299"})
    until_the_write(said)
    said.answer(said.caller.here.step)
    said.caller.outcome()
    return said


@pytest.mark.parametrize(("said", "cards"), [(ALSO_WANTED, 0), (NO_LONGER, 1)])
def test_the_end_asks_about_what_goes_out_for_another_number(said: str, cards: int, asked_for_two: Said) -> None:
    caller = asked_for_two.caller
    (field,) = (one for one in lay_walk(here=caller.here, by=caller.by).fields if one.name.startswith("became_of_"))
    assert "425-1234" in field.label
    caller.answer(**{field.name: said}, telephone="71234567")
    assert Escalation.objects.filter(reason__contains="por error").count() == cards


def test_who_is_handed_over_is_not_said_to_lack_what_may_be_done(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    refused(said, side)
    said.answer(said.caller.here.step, "hand_over")
    hand_over_here(said.caller, telephone="71234567")
    back_to(said.caller, "request")
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "number": "4251299"})
    until_the_write(said)
    side.says.clear()
    side.hangs_up.add("c_cli4g/top_up")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    leave(said.caller, How.HANDED_OVER, reason="Insiste", name="Rosa Flores", telephone="71234567")
    notes = list(Escalation.objects.get().changes.values_list("note", flat=True))
    assert not any("Tampoco" in note for note in notes)
    assert any("4251299" in note and "No se sabe si se hizo" in note for note in notes)


@pytest.mark.parametrize(("before", "now"), [("120.00", "20.00"), ("20.00", "120.00")])
def test_an_amount_is_another_though_its_figures_are_in_the_other(before: str, now: str) -> None:
    step = flow_of("109").steps["top_up"]
    write = OutsideWrite(action="c_cli4g.top_up", payload={"number": "4251234", "amount": before})
    assert now in what_differs(step, {"number": "4251234", "amount": now}, write)


# whose card it is when a call is handed over on a step come back to


def test_a_supervisor_calls_who_is_handed_over_from_a_call_an_agent_promised(by_hand: Any) -> None:
    caller: Caller = by_hand("103", "promise_call")
    hand_over_here(caller, telephone="71234567")
    back_to(caller, "promise_call")
    leave(caller, How.HANDED_OVER, reason="Quiere a supervisión", name="Rosa Flores", telephone="71234567")
    assert sorted(Escalation.objects.values_list("kind__worked_by", flat=True)) == ["agent", "supervisor"]


def test_a_claim_that_is_handed_over_is_called_as_soon_as_any_other(by_hand: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    hand_over_here(caller, telephone="71234567")
    before = Escalation.objects.get().due_at
    back_to(caller, "claim")
    leave(caller, How.HANDED_OVER, reason="Quiere a supervisión", name="Rosa Flores", telephone="71234567")
    assert Escalation.objects.get().due_at <= min(before, due_by(now=caller.now, working_hours=4))


# what another call had done, or may have done


@pytest.fixture
def joined(call: Any, side: OtherSide) -> Said:
    """She rings again about a top-up nobody knows of."""
    first = call("109", "top_up")
    side.hangs_up.add("c_cli4g/top_up")
    first.answer(first.caller.here.step)
    first.caller.outcome()
    first.caller.answer(telephone="71111111")
    side.hangs_up.clear()
    again = call("109", "top_up")
    again.answer(again.caller.here.step)
    return again


@pytest.mark.parametrize("how", [How.HANDED_OVER, How.HUNG_UP])
def test_who_asked_twice_has_one_card_with_both_telephones(how: How, joined: Said) -> None:
    leave(joined.caller, how, reason="Insiste", name="Rosa Flores", telephone="72222222")
    assert see_to_the_let_down(now=joined.caller.now + timedelta(hours=3)) == 0
    card = Escalation.objects.get()
    assert card.telephone == "+59172222222"
    assert [note for note in card.changes.values_list("note", flat=True) if "711-11111" in note]
    assert OutsideWrite.objects.get(action="c_cli4g.top_up").card == card


@pytest.mark.parametrize("how", [How.HANDED_OVER, How.HUNG_UP])
def test_a_line_asked_for_twice_has_one_card(how: How, call: Any, side: OtherSide) -> None:
    first = call("800130001", "suspend")
    side.hangs_up.add("lbc/suspend")
    first.answer(first.caller.here.step)
    leave(first.caller, How.HUNG_UP, telephone="71111111")
    deliver_due(now=first.caller.now)
    side.hangs_up.clear()
    again = call("800130001", "suspend")
    again.answer(again.caller.here.step)
    assert again.caller.step == "suspension_unknown"
    leave(again.caller, how, reason="Insiste", name="Rosa Flores", telephone="72222222")
    assert Escalation.objects.count() == 1


def test_the_card_of_an_earlier_call_hears_that_a_later_one_had_it_done(call: Any, side: OtherSide) -> None:
    first = call("109", "top_up")
    refused(first, side)
    first.answer(first.caller.here.step, "hand_over")
    hand_over_here(first.caller, telephone="71234567")
    side.says.clear()
    later = call("109", "top_up")
    later.answer(later.caller.here.step)
    later.caller.outcome()
    notes = Escalation.objects.get().changes.values_list("note", flat=True)
    assert [note for note in notes if note.startswith("Otra llamada pidió lo mismo")]
