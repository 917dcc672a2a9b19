"""What a call was about twice stays two things, and one that was corrected stays one: whoever is on the line, whatever
was stolen since, and however a number is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from escalations.working import resolve, take
from inbound.flows.publishing import publish_files
from inbound.models import Footstep, OutsideWrite
from inbound.outside.look_ups import look_ups
from inbound.walks import walking
from inbound.walks.answering import StepRefused
from inbound.walks.cards import ANOTHER, CORRECTED
from inbound.walks.footsteps import WalkRefused
from inbound.walks.heard import HEARD_OF
from inbound.walks.leaving import How
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.page import lay_walk
from inbound.writes.delivering import deliver_due
from inbound.writes.mistaken import NO_LONGER
from inbound.writes.mistaken import STANDS as STANDS_STILL
from telephony import phone_numbers
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import text_of
from tests.inbound.lines_on_file import write_what_is_read_out
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import MONDAY, answers_of, typed
from tests.inbound.walks.test_every_line import by_hand as read_by_hand
from tests.inbound.walks.test_heard_and_gone import leave, typed_telephone, until_the_write
from tests.inbound.walks.test_last_word import by_hand, hand_over_here, types
from tests.inbound.walks.test_outcomes import call
from tests.inbound.walks.test_said_anew import back_to
from tests.inbound.walks.test_two_of_a_kind import refused
from tests.inbound.walks.test_whose_it_is import LATER, number_corrected

__all__ = ["by_hand", "call"]
pytestmark = pytest.mark.django_db
STOLEN, SAFE = "+59170712345", "71212345"
DOWN, UNKNOWN_THERE = (503, {"error": "Caído."}), (422, {"error": "No existe."})


def asked(caller: Caller) -> list[str]:
    """What the page asks, by name."""
    return [one.name for one in lay_walk(here=caller.here, by=caller.by).fields]


def told() -> str:
    """All that supervision reads."""
    cards = Escalation.objects.prefetch_related("changes")
    notes = [change.note for card in cards for change in card.changes.all()]
    return " ".join([*(f"{card.reason} {card.promised} {card.details}" for card in cards), *notes])


def one_step(caller: Caller, ways: Mapping[str, str], nothing_at: tuple[str, ...]) -> None:
    here = caller.here
    if here.step.kind == "look_up":
        caller.look()
        if caller.here.footstep.position == here.footstep.position:
            read = [] if here.step.name in nothing_at else look_ups()[here.step.look_up].by_hand
            caller.by_hand(**{name: text for one in read for name, text in typed(one, caller).items()})
        return
    branches = [one.name for one in here.step.branches]
    goes_on = next((name for name in ("nothing", "paid", "shown", "found") if name in branches), "")
    way = ways.get(here.step.name) or {"choose": "0", "decide": goes_on}.get(here.step.kind, "")
    caller.answer(way, confirmed=True, **answers_of(here.step, caller))
    if here.step.waits and caller.here.footstep.write_id:
        read_by_hand(caller, "done")


def to_step(caller: Caller, name: str, ways: Mapping[str, str] | None = None, nothing_at: tuple[str, ...] = ()) -> None:
    """On to that step, or to the end of the call."""
    for _step in range(25):
        caller.left = None
        if caller.step == name or caller.here.step.kind == name:
            return
        one_step(caller, ways or {}, nothing_at)
    pytest.fail(f"the call does not come to {name}: {caller.step}")


def the_clock_looks(caller: Caller) -> None:
    see_to_the_let_down(now=caller.now + LATER)


# another word about the same number


def test_the_sim_of_a_suspended_line_is_not_forgotten_for_another_word_about_it(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    caller: Caller = said.caller
    back_to(caller, "request")
    caller.answer("other")
    types(caller, seen="Pide cambio de plan", telephone=SAFE)
    back_to(caller, "request")
    until_the_write(said)
    said.answer(caller.here.step)
    caller.outcome()
    assert caller.step == "block_sim"
    leave(caller, How.HUNG_UP)
    the_clock_looks(caller)
    assert "Bloqueo temporal del SIM" in told()
    assert "Pide cambio de plan" in told()


def test_a_theft_whose_system_was_off_is_not_forgotten_for_another_word(call: Any, set_mode: Any) -> None:
    said = call("800130001", "suspend")
    caller: Caller = said.caller
    back_to(caller, "request")
    caller.answer("other")
    types(caller, seen="Pide factura", telephone=SAFE)
    back_to(caller, "request")
    until_the_write(said)
    set_mode("lbc", "off")
    with pytest.raises(WalkRefused):
        said.answer(caller.here.step)
    leave(caller, How.HUNG_UP)
    the_clock_looks(caller)
    assert "Suspensión" in told()


# one request is one card


def test_a_request_corrected_by_going_back_is_one_card(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    caller: Caller = said.caller
    refused(said, side)
    back_to(caller, "pocket")
    caller.answer(**{**answers_of(caller.here.step, caller), "amount": "30,00"})
    until_the_write(said)
    said.answer(caller.here.step)
    caller.outcome()
    said.answer(caller.here.step, "hand_over")
    hand_over_here(caller, telephone="71234567")
    caller.answer()
    the_clock_looks(caller)
    assert [card.details["amount"] for card in Escalation.objects.all()] == ["Bs\xa030,00"]


def test_nobody_tops_up_the_number_that_was_corrected(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    caller: Caller = said.caller
    refused(said, side)
    number_corrected(said, "4251299")
    said.answer(caller.here.step)
    caller.outcome()
    said.answer(caller.here.step, "hand_over")
    hand_over_here(caller, telephone="71234567")
    caller.answer()
    the_clock_looks(caller)
    assert [card.details["number"] for card in Escalation.objects.all()] == ["4251299"]


@pytest.mark.parametrize("hangs_up", [True, False])
def test_the_same_line_handed_over_after_going_back_is_one_card(hangs_up: bool, call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    caller: Caller = said.caller
    side.says["lbc/suspend"] = UNKNOWN_THERE
    said.answer(caller.here.step)
    caller.outcome()
    typed_telephone(caller, "71234567")
    back_to(caller, "suspend")
    said.answer(caller.here.step)
    caller.outcome()
    hand_over_here(caller, telephone="71234567")
    assert not asked(caller)
    leave(caller, How.HUNG_UP) if hangs_up else caller.answer()
    assert Escalation.objects.count() == 1


@pytest.mark.parametrize(
    ("line", "step", "typed_there"),
    [
        (
            "4200224",
            "be_listed",
            {"listed_name": "Ferretería", "listed_number": "4251111", "listed_address": "Plaza 1"},
        ),
        ("800130001", "top_up_for_her", {}),
        ("109", "top_up_for_her", {}),
    ],
)
def test_heard_and_handed_over_one_step_back_is_one_card(
    line: str, step: str, typed_there: dict[str, str], by_hand: Any
) -> None:
    caller: Caller = by_hand(line, step)
    types(caller, telephone="71234567", **typed_there)
    caller.back()
    caller.answer("be_listed" if step == "be_listed" else "hand_over")
    hand_over_here(caller, telephone="71234567", **typed_there)
    leave(caller, How.HUNG_UP)
    assert Escalation.objects.count() == 1


def test_of_two_public_telephones_the_first_is_asked_about(by_hand: Any) -> None:
    caller: Caller = by_hand("4639999", "weekend_fault")
    types(caller, service_number="4251111", description="No da tono", phone_address="Plaza 1")
    back_to(caller, "topic")
    caller.answer("fault")
    to_step(caller, "weekend_fault", {"when": "weekend"})
    hand_over_here(caller, service_number="4252222", description="Roto", phone_address="Plaza 2")
    assert [name for name in asked(caller) if name.startswith(HEARD_OF)]


# what is not needed any more


def test_nothing_follows_from_what_was_said_not_to_be_needed(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    write_what_is_read_out()
    caller: Caller = said.caller
    side.says["lbc/suspend"] = DOWN
    said.answer(caller.here.step)
    caller.outcome()
    typed_telephone(caller, SAFE)
    back_to(caller, "request")
    caller.answer("information")
    to_step(caller, "end", {"about_what": "general"})
    caller.answer(**dict.fromkeys(asked(caller), CORRECTED))
    side.says.clear()
    deliver_due(now=caller.now + timedelta(minutes=10))
    the_clock_looks(caller)
    assert OutsideWrite.objects.get(action="lbc.suspend").state == OutsideWrite.State.DONE
    card = Escalation.objects.get()
    assert "ya no hace falta" in card.reason
    assert (card.telephone, card.promised) == (f"+591{SAFE}", "")


def test_who_meant_both_lines_is_not_hidden(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    caller: Caller = said.caller
    side.says["lbc/suspend"] = DOWN
    said.answer(caller.here.step)
    caller.outcome()
    typed_telephone(caller, SAFE)
    side.says.clear()
    another_line_blocked(said)
    answers = {name: CORRECTED if name.startswith(HEARD_OF) else STANDS_STILL for name in asked(caller)}
    caller.answer(**answers)
    side.says["lbc/suspend"] = UNKNOWN_THERE
    deliver_due(now=caller.now + timedelta(minutes=10))
    the_clock_looks(caller)
    assert Escalation.objects.filter(kind="write_not_done").exists()


def another_line_blocked(said: Any) -> None:
    """Back, and the theft of another line is seen to, as far as the end."""
    caller: Caller = said.caller
    back_to(caller, "mio_number")
    caller.answer(number="79462476")
    until_the_write(said)
    for _write in range(2):
        said.answer(caller.here.step)
        caller.outcome()
    caller.answer(telephone=SAFE)
    to_step(caller, "end")


def test_the_first_of_two_callers_is_not_lost_with_the_card_of_the_second(call: Any, side: OtherSide) -> None:
    side.says["lbc/suspend"] = DOWN
    first = call("800130001", "suspend")
    first.answer(first.caller.here.step)
    leave(first.caller, How.HUNG_UP, telephone="70000001", name="Primera")
    said = call("800130001", "suspend")
    caller: Caller = said.caller
    said.answer(caller.here.step)
    hand_over_here(caller, telephone="70000002")
    assert "700-00001" in told(), "whoever works the card of the second knows of the first"
    side.says.clear()
    another_line_blocked(said)
    caller.answer(**dict.fromkeys(asked(caller), NO_LONGER))
    side.says["lbc/suspend"] = UNKNOWN_THERE
    deliver_due(now=caller.now + timedelta(minutes=10))
    the_clock_looks(caller)
    assert Escalation.objects.filter(telephone="+59170000001").exists()


def test_what_stands_has_a_card_though_one_was_settled(by_hand: Any, elena: Any) -> None:
    caller: Caller = by_hand("102", "unforeseen")
    hand_over_here(caller, seen="Plan sin precio", telephone="70755510")
    card = Escalation.objects.get()
    take(escalation_id=card.pk, by=elena, now=caller.now)
    resolve(escalation_id=card.pk, outcome="Hecho", by=elena, now=caller.now)
    back_to(caller, "topic")
    caller.answer("other")
    types(caller, seen="Plan sin precio", telephone="70755510")
    back_to(caller, "topic")
    caller.answer("amounts")
    to_step(caller, "end")
    caller.answer(**dict.fromkeys(asked(caller), ANOTHER))
    assert Escalation.objects.filter(state__in=Escalation.UNSETTLED).exists()


# where she is called


@pytest.mark.parametrize("step", ["blocked_before", "not_their_line"])
@pytest.mark.parametrize("by_the_dialog", [False, True])
def test_a_line_that_was_stolen_without_a_write_is_not_called(by_the_dialog: bool, step: str, by_hand: Any) -> None:
    caller: Caller = by_hand("800130001", step)
    stolen = caller.here.known["number"]
    hand_over_here(caller, telephone=SAFE)
    back_to(caller, "topic")
    if by_the_dialog:
        with pytest.raises(StepRefused):
            leave(caller, How.HANDED_OVER, reason="Pide su saldo", name="Rosa", telephone=stolen)
    else:
        caller.answer("other")
        with pytest.raises(StepRefused):
            hand_over_here(caller, seen="Pide su saldo", telephone=stolen)
    assert [card.telephone for card in Escalation.objects.all()] == [f"+591{SAFE}"]


@pytest.mark.parametrize("hangs_up", [False, True])
def test_a_telephone_that_was_stolen_since_she_gave_it_is_not_called(hangs_up: bool, by_hand: Any) -> None:
    caller: Caller = by_hand("800130001", "topic")
    caller.answer("other")
    types(caller, seen="Pide factura", telephone="70712345")
    stolen_and_blocked(caller, "five_days")
    if hangs_up:
        typed_telephone(caller, SAFE)
        leave(caller, How.HUNG_UP)
    else:
        caller.answer(telephone=SAFE)
        to_step(caller, "end")
        caller.answer(**dict.fromkeys(asked(caller), ANOTHER))
    assert {card.telephone for card in Escalation.objects.all()} == {f"+591{SAFE}"}


def stolen_and_blocked(caller: Caller, step: str) -> None:
    """Back, and it is said that the line was stolen."""
    back_to(caller, "topic")
    caller.answer("mio")
    caller.answer(number="70712345")
    to_step(caller, step, {"request": "theft", "line_of_contract": "theirs"})


def test_nor_on_a_card_that_is_there_where_another_is_on_file(by_hand: Any) -> None:
    caller: Caller = by_hand("800130001", "topic")
    for passed in caller.walk.footsteps.filter(found__has_key="contract"):
        found = {**passed.found, "telephones": ["70712345", "72555265"]}
        Footstep.objects.filter(pk=passed.pk).update(found=found)
    caller.answer("other")
    hand_over_here(caller, seen="Pide factura", telephone="70712345")
    stolen_and_blocked(caller, "block_sim")
    leave(caller, How.HUNG_UP)
    assert STOLEN not in Escalation.objects.values_list("telephone", flat=True)


# whose it is


@pytest.fixture
def juan_then_berta(by_hand: Any) -> Caller:
    """Juan, of whom nobody knows a contract, heard that his case is looked at; back, and Berta's is asked about."""
    caller: Caller = by_hand("102", "customer")
    nothing_at = ("find", "account", "certificates")
    caller.answer(customer="", customer_name="Juan Pérez")
    to_step(caller, "topic", nothing_at=nothing_at)
    caller.answer("other")
    types(caller, seen="Lo de Juan", telephone="70000001")
    back_to(caller, "customer")
    caller.answer(customer="1019369", customer_name="Berta B")
    to_step(caller, "topic", nothing_at=nothing_at)
    return caller


def test_the_card_of_who_has_no_contract_is_not_the_next_ones(juan_then_berta: Caller) -> None:
    leave(juan_then_berta, How.HUNG_UP)
    card = Escalation.objects.get()
    assert (card.customer_name, card.contract) == ("Juan Pérez", "")


def test_both_have_a_card(juan_then_berta: Caller) -> None:
    juan_then_berta.answer("other")
    types(juan_then_berta, seen="Lo de Berta", telephone="70000002")
    back_to(juan_then_berta, "topic")
    leave(juan_then_berta, How.HUNG_UP)
    assert sorted(card.details["seen"] for card in Escalation.objects.all()) == ["Lo de Berta", "Lo de Juan"]


def test_the_first_is_asked_about_though_the_second_was_handed_over(juan_then_berta: Caller) -> None:
    juan_then_berta.answer("other")
    hand_over_here(juan_then_berta, seen="Lo de Berta", telephone="70000002")
    assert [name for name in asked(juan_then_berta) if name.startswith(HEARD_OF)]


def test_who_is_handed_over_leaves_the_other_a_card_of_his_own(juan_then_berta: Caller) -> None:
    leave(juan_then_berta, How.HANDED_OVER, reason="Pide factura", name="Berta B", telephone="70000002")
    told_of = {(card.customer_name, card.telephone) for card in Escalation.objects.all()}
    assert told_of == {("Juan Pérez", "+59170000001"), ("Berta B", "+59170000002")}


def test_a_damage_of_who_has_no_contract_is_not_the_next_ones(by_hand: Any) -> None:
    caller: Caller = by_hand("101", "customer")
    caller.answer(customer="", customer_name="Juan Pérez")
    to_step(caller, "exists", nothing_at=("find", "damages"))
    caller.answer("seen_none")
    to_step(caller, "register")
    caller.answer(confirmed=True)
    caller.outcome(leaves=True)
    typed_telephone(caller, "70000001")
    back_to(caller, "customer")
    caller.answer(customer="1019369", customer_name="Berta B")
    leave(caller, How.HUNG_UP)
    the_clock_looks(caller)
    assert Escalation.objects.get().customer_name == "Juan Pérez"


# two of them, told apart


def refused_and_back(said: Any, side: OtherSide, answer: tuple[int, dict[str, str]], **other: str) -> None:
    """The first was answered so; back to the first question, and another is asked for, as far as its write."""
    side.says["c_cli4g/top_up"] = answer
    said.answer(said.caller.here.step)
    said.caller.outcome()
    back_to(said.caller, "request")
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), **other})
    until_the_write(said)


def test_who_is_handed_over_has_each_of_her_requests_on_her_card(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    refused_and_back(said, side, DOWN, number="4251299")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    leave(said.caller, How.HANDED_OVER, reason="Se va", name="Rosa", telephone="71234567")
    assert "4251234" in told()
    assert "4251299" in told()


def test_who_is_handed_over_at_a_second_line_has_that_one_on_her_card(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    caller: Caller = said.caller
    side.says["lbc/suspend"] = DOWN
    said.answer(caller.here.step)
    caller.outcome()
    hand_over_here(caller, telephone=SAFE)
    back_to(caller, "mio_number")
    caller.answer(number="79462476")
    until_the_write(said)
    leave(caller, How.HANDED_OVER, reason="Llora", name="Rosa", telephone=SAFE)
    assert "794-62476" in told()


def test_two_who_ask_for_their_own_lines_are_two(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    refused_and_back(said, side, UNKNOWN_THERE, number="4251299", requester_name="Pedro Rojas")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.answer(said.caller.here.step, "hand_over")
    hand_over_here(said.caller, telephone="71234567")
    said.caller.answer()
    the_clock_looks(said.caller)
    assert {card.details["number"] for card in Escalation.objects.all()} == {"4251234", "4251299"}


def test_a_number_that_was_only_read_out_was_not_stolen(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    caller: Caller = said.caller
    hers = caller.here.known["number"]
    side.says["lbc/suspend"] = UNKNOWN_THERE
    back_to(caller, "mio_number")  # "no, from that one I call"
    caller.answer(number="79462476")
    until_the_write(said)
    said.answer(caller.here.step)
    caller.outcome()
    hand_over_here(caller, telephone=hers)
    assert Escalation.objects.get().telephone == phone_numbers.parse(hers)


def test_whoever_blocks_the_sim_knows_that_the_call_went_back_from_its_line(call: Any) -> None:
    said = call("800130001", "suspend")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    back_to(said.caller, "mio_number")
    leave(said.caller, How.HUNG_UP, telephone=SAFE)
    the_clock_looks(said.caller)
    assert "confirme que era esta línea" in Escalation.objects.get().reason


def test_steps_of_one_name_in_two_lines_are_two(by_hand: Any, at: Any) -> None:
    caller: Caller = by_hand("102", "unforeseen")
    types(caller, seen="Le cobran un plan", telephone="71234567")
    publish_files(texts={"101": text_of("101")}, now=at(MONDAY))
    back_to(caller, "topic")
    caller.answer("paid_without_service")
    caller.left = walking.continue_as(by=caller.by, key=caller.walk.key, position=caller.position, now=caller.now)
    to_step(caller, "exists", nothing_at=("damages",))
    caller.answer("other")
    types(caller, seen="El técnico no vino", telephone="71234567")
    leave(caller, How.HUNG_UP)
    assert {card.details["seen"] for card in Escalation.objects.all()} == {"Le cobran un plan", "El técnico no vino"}


def test_the_card_of_the_clock_names_who_asked_for_it(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    refused_and_back(said, side, DOWN, number="4251299", requester_name="Pedro Rojas")
    leave(said.caller, How.HUNG_UP, telephone="71234567")
    side.says["c_cli4g/top_up"] = UNKNOWN_THERE
    deliver_due(now=said.caller.now + timedelta(minutes=10))
    the_clock_looks(said.caller)
    card = Escalation.objects.get(details__number="4251234")
    assert card.customer_name != "Pedro Rojas"


@pytest.mark.parametrize("is_refused", [True, False])
def test_one_line_is_topped_up_once_though_the_name_of_who_asks_was_corrected(
    is_refused: bool, call: Any, side: OtherSide
) -> None:
    said = call("109", "top_up")
    refused_and_back(said, side, UNKNOWN_THERE, number="4251234", requester_name="Pedro Rojas")
    if not is_refused:
        side.says.clear()
    said.answer(said.caller.here.step)
    said.caller.outcome()
    if is_refused:
        said.answer(said.caller.here.step, "hand_over")
        hand_over_here(said.caller, telephone="71234567")
    said.caller.answer()
    the_clock_looks(said.caller)
    assert Escalation.objects.count() == is_refused
