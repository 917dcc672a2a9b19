"""What she heard would be done, and the call went back from, is nobody's to forget: whatever else she was served with,
however the call ended, and whoever rings meanwhile.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from escalations.models import Escalation
from escalations.raising import raise_escalation
from escalations.working import take
from inbound.models import Footstep, OutsideWrite, Walk
from inbound.walks.answering import StepRefused
from inbound.walks.cards import ANOTHER, CORRECTED
from inbound.walks.heard import HEARD_OF
from inbound.walks.lane_news import news_of
from inbound.walks.lanes import begin_lane
from inbound.walks.leaving import How, close_left_calls
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.page import lay_walk
from inbound.walks.what_became import BECAME_OF
from inbound.writes.mistaken import NO_LONGER
from inbound.writes.mistaken import STANDS as STANDS_STILL
from inbound.writes.settling import settle
from screens.templatetags.screens import bs
from tests.inbound.a_walk import Caller
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_heard_and_gone import leave, typed_telephone, until_the_write
from tests.inbound.walks.test_last_word import by_hand, hand_over_here, types
from tests.inbound.walks.test_outcomes import call
from tests.inbound.walks.test_said_anew import back_to
from tests.inbound.walks.test_whose_it_is import (
    LATER,
    became_of,
    in_doubt,
    nobody_answered,
    number_corrected,
    on_file,
    passed_on,
)

__all__ = ["by_hand", "call", "nobody_answered"]
pytestmark = pytest.mark.django_db


def asked(caller: Caller) -> dict[str, str]:
    """What the page asks, by name: its words."""
    return {one.name: one.label for one in lay_walk(here=caller.here, by=caller.by).fields}


@pytest.fixture
def claimed(by_hand: Any) -> Caller:
    """The claim of 102 was typed and its words heard; back, and the amounts told instead, of the same contract."""
    caller: Caller = by_hand("102", "claim")
    types(caller, claim="Me cobraron dos veces", telephone="70755510")
    back_to(caller, "topic")
    caller.answer("amounts")
    while caller.here.step.kind != "end":
        branches = {one.name for one in caller.here.step.branches}
        caller.answer(next((name for name in ("nothing", "paid") if name in branches), ""))
    return caller


def test_who_was_served_with_something_else_of_her_contract_is_asked_what_became_of_it(claimed: Caller) -> None:
    [(name, words)] = asked(claimed).items()
    assert "«El personal" in words
    claimed.answer(**{name: ANOTHER})
    card = Escalation.objects.get()
    assert (card.telephone, card.details["claim"]) == ("+59170755510", "Me cobraron dos veces")


def test_who_needs_it_no_more_has_no_card(claimed: Caller) -> None:
    claimed.answer(**dict.fromkeys(asked(claimed), CORRECTED))
    assert not Escalation.objects.exists()


@pytest.mark.parametrize("how", [How.HUNG_UP, How.LEFT])
def test_who_is_gone_before_she_is_asked_has_it(how: How, claimed: Caller) -> None:
    if how == How.LEFT:
        close_left_calls(now=claimed.now + LATER)
    else:
        leave(claimed, how)
    assert Escalation.objects.get().telephone == "+59170755510"


def test_who_is_handed_over_has_it_on_her_card(claimed: Caller) -> None:
    leave(claimed, How.HANDED_OVER, reason="Pide factura", name="Rosa", telephone="70755511")
    card = Escalation.objects.get()
    assert any("se contactará con usted" in note for note in card.changes.values_list("note", flat=True))


def test_of_two_people_nobody_reached_each_is_told(nobody_answered: Caller) -> None:
    caller = nobody_answered
    back_to(caller, "greet")
    caller.answer(words="Otra persona")
    caller.by_hand(**{"0.name": "Otra persona", "0.unit": "Caja", "0.extension": "2199"})
    for branch in ("0", "found", "", "no_answer"):
        caller.answer(branch)
    hand_over_here(caller, caller_name="Rosa", telephone="70000010")
    caller.answer(**dict.fromkeys(asked(caller), ANOTHER))
    assert len({card.details["seen"] for card in Escalation.objects.all()}) == 2


def test_nobody_says_that_she_is_called_without_a_name_and_a_number(by_hand: Any) -> None:
    caller: Caller = by_hand("4251000", "no_answer")
    heard = passed_on(caller, "Otra persona")
    with pytest.raises(StepRefused) as refused:
        caller.answer(**{heard: ANOTHER})
    assert set(refused.value.errors) == {"telephone", "caller_name"}
    caller.answer(**{heard: ANOTHER, "telephone": "70000010", "caller_name": "Rosa"})
    card = Escalation.objects.get()
    assert (card.customer_name, card.telephone) == ("Rosa", "+59170000010")


def test_of_two_questions_that_need_a_telephone_it_is_asked_once(call: Any, side: OtherSide, set_mode: Any) -> None:
    said = call("109", "top_up")
    set_mode("c_cli4g", "off")
    said.caller.answer("refused", reason="Está apagado")
    said.caller.answer("hand_over")  # heard of the first number
    set_mode("c_cli4g", "connected")
    number_corrected(said, "4251298")
    in_doubt(said, side, "c_cli4g/top_up")  # asked for, of the second
    number_corrected(said, "4251299")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    names = [one.name for one in lay_walk(here=said.caller.here, by=said.caller.by).fields]
    assert len(names) == 3
    assert names.count("telephone") == 1


def test_what_is_corrected_after_it_was_heard_is_on_its_card(call: Any, side: OtherSide, set_mode: Any) -> None:
    said = call("109", "top_up")
    set_mode("c_cli4g", "off")
    said.caller.answer("refused", reason="Está apagado")
    said.caller.answer("hand_over")
    before = said.caller.here.known["number"]
    back_to(said.caller, "request")
    types(said.caller, number="4251299")
    leave(said.caller, How.HUNG_UP, telephone="71234567")
    card = Escalation.objects.get()
    assert card.details["number"] == "4251299"
    assert before in card.reason


# a line that was stolen


def test_a_line_that_was_stolen_is_not_where_she_is_called_about_another(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    stolen = said.caller.here.known["number"]
    on_file(said, stolen, "72555265")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    back_to(said.caller, "mio_number")
    said.caller.answer(number="79462476")
    until_the_write(said)
    in_doubt(said, side, "lbc/suspend")
    with pytest.raises(StepRefused, match="línea robada"):
        said.caller.answer(telephone=stolen)
    with pytest.raises(StepRefused, match="línea robada"):
        leave(said.caller, How.HUNG_UP, telephone=stolen)
    typed_telephone(said.caller, stolen)
    leave(said.caller, How.HUNG_UP)
    assert stolen not in Escalation.objects.values_list("telephone", flat=True)


# who rings meanwhile


def test_a_doubt_of_another_call_is_not_a_word_on_a_card_that_is_due_in_five_days(call: Any, side: OtherSide) -> None:
    in_doubt(call("109", "top_up"), side, "c_cli4g/top_up")
    again = call("109", "top_up")
    now, number = again.caller.now, again.caller.here.known["number"]
    late = raise_escalation(
        key="late", kind="sim_block", line=109, reason="Cinco días", details={"number": number}, by=again.caller.by,
        now=now, due_at=now + timedelta(days=5),
    )  # fmt: skip
    Footstep.objects.filter(pk=again.caller.here.trail[0].pk).update(escalation=late)  # it handed that over as well
    again.answer(again.caller.here.step)
    leave(again.caller, How.HUNG_UP, telephone="70000002")
    doubt = Escalation.objects.exclude(pk=late.pk).get()
    assert (doubt.kind_id, doubt.telephone) == ("write_not_done", "+59170000002")
    assert doubt.details["number"] == number
    assert doubt.details["amount"] == bs(Decimal(20))


def test_the_first_caller_is_called_though_a_second_one_has_the_card(call: Any, side: OtherSide) -> None:
    first = call("109", "top_up")
    in_doubt(first, side, "c_cli4g/top_up")
    typed_telephone(first.caller, "70000001")
    second = call("109", "top_up")
    second.answer(second.caller.here.step)
    second.caller.answer(telephone="70000002")
    number_corrected(first, "4251299")
    first.answer(first.caller.here.step)
    first.caller.outcome()
    first.caller.answer(**{became_of(first.caller): STANDS_STILL})
    card = Escalation.objects.get()
    assert card.telephone == "+59170000002"
    assert any("700-00001" in note for note in card.changes.values_list("note", flat=True))


def test_who_asked_by_mistake_says_so_though_a_second_caller_has_the_card(call: Any, side: OtherSide) -> None:
    first = call("109", "top_up")
    in_doubt(first, side, "c_cli4g/top_up")
    second = call("109", "top_up")
    second.answer(second.caller.here.step)
    second.caller.answer(telephone="70000002")
    number_corrected(first, "4251299")
    first.answer(first.caller.here.step)
    first.caller.outcome()
    first.caller.answer(**{became_of(first.caller): NO_LONGER, "telephone": "70000001"})
    assert sorted(Escalation.objects.values_list("telephone", flat=True)) == ["+59170000001", "+59170000002"]
    hers = Escalation.objects.get(telephone="+59170000002")
    assert any("fue un error" in note for note in hers.changes.values_list("note", flat=True))


def test_who_asks_for_what_another_asked_by_mistake_has_a_card_of_her_own(call: Any, side: OtherSide) -> None:
    first = call("109", "top_up")
    in_doubt(first, side, "c_cli4g/top_up")
    number_corrected(first, "4251299")
    first.answer(first.caller.here.step)
    first.caller.outcome()
    first.caller.answer(**{became_of(first.caller): NO_LONGER, "telephone": "70000001"})
    second = call("109", "top_up")
    second.answer(second.caller.here.step)
    second.caller.answer(telephone="70000002")
    mistaken, hers = Escalation.objects.order_by("pk")
    assert (mistaken.telephone, hers.telephone) == ("+59170000001", "+59170000002")
    assert hers.promised


def test_who_calls_again_without_a_number_is_named(call: Any, side: OtherSide) -> None:
    first = call("109", "top_up")
    in_doubt(first, side, "c_cli4g/top_up")
    assert see_to_the_let_down(now=first.caller.now + LATER) == 1
    second = call("109", "top_up")
    second.answer(second.caller.here.step)
    leave(second.caller, How.HUNG_UP)
    [told] = [note for note in Escalation.objects.get().changes.values_list("note", flat=True) if "Volvió" in note]
    assert "—" not in told


# what is not needed any more


@pytest.mark.parametrize("is_open", [True, False])
def test_the_lane_hears_that_it_is_not_needed_any_more(is_open: bool, by_hand: Any, elena: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    hand_over_here(caller, claim="Me cobraron dos veces", telephone="70755510")
    card = Escalation.objects.get()
    take(escalation_id=card.pk, by=elena, now=caller.now)
    if is_open:
        begin_lane(escalation_id=card.pk, by=elena, now=caller.now)
    back_to(caller, "topic")
    caller.answer("amounts")
    while caller.here.step.kind != "end":
        branches = {one.name for one in caller.here.step.branches}
        caller.answer(next((name for name in ("nothing", "paid") if name in branches), ""))
    caller.answer(**{f"{BECAME_OF}{card.pk}": NO_LONGER})
    lane = begin_lane(escalation_id=card.pk, by=elena, now=caller.now)
    assert "Ya no hace falta" in news_of(Walk.objects.get(pk=lane.pk))
    card.refresh_from_db()
    assert "Ya no hace falta" in card.details["withdrawn"]


def test_what_is_not_needed_of_a_number_says_nothing_of_another_thing_asked_for_it(
    call: Any, side: OtherSide, elena: Any
) -> None:
    said = call("109", "top_up")
    back_to(said.caller, "customer_shown")
    said.caller.answer("other")
    typed_telephone(said.caller, "70755512")  # heard: a case for supervision, of the same number
    back_to(said.caller, "customer_shown")
    until_the_write(said)
    in_doubt(said, side, "c_cli4g/top_up")
    assert said.caller.step == "top_up_to_confirm"
    [name] = [one for one in asked(said.caller) if one.startswith(HEARD_OF)]
    said.caller.answer(**{name: CORRECTED, "telephone": "70755512"})
    top_up = OutsideWrite.objects.get(action="c_cli4g.top_up")
    settle(write=top_up, outcome="not_done", reference="", reason="No figura", by=elena, now=said.caller.now)
    assert see_to_the_let_down(now=said.caller.now + LATER) == 1
    assert Escalation.objects.get().details["number"] == "4251234"
