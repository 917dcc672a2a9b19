"""Whose a line, a card and a telephone are: however a number is written, and whatever the call went on to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from inbound.models import Footstep, OutsideWrite, Walk
from inbound.walks.answering import StepRefused
from inbound.walks.asked_otherwise import STANDS
from inbound.walks.cards import ANOTHER, CORRECTED
from inbound.walks.heard import HEARD_OF
from inbound.walks.leaving import How
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.page import lay_walk
from inbound.walks.walking import keep_draft
from inbound.writes.delivering import deliver_due
from inbound.writes.mistaken import MISTAKEN, NO_LONGER
from inbound.writes.mistaken import STANDS as STANDS_STILL
from telephony import phone_numbers
from tests.inbound.a_walk import Caller
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_done_after_all import until_found
from tests.inbound.walks.test_every_line import answers_of
from tests.inbound.walks.test_heard_and_gone import leave, typed_telephone, until_the_write
from tests.inbound.walks.test_last_word import by_hand, hand_over_here
from tests.inbound.walks.test_outcomes import Said, call
from tests.inbound.walks.test_said_anew import back_to
from tests.inbound.walks.test_two_of_a_kind import refused

__all__ = ["by_hand", "call"]
pytestmark = pytest.mark.django_db
LATER = timedelta(hours=3)


def in_doubt(said: Said, side: OtherSide, action: str) -> None:
    """Asked for, perhaps done, and nobody knows."""
    side.hangs_up.add(action)
    said.answer(said.caller.here.step)
    said.caller.outcome()
    side.hangs_up.clear()


def on_file(said: Said, *telephones: str) -> None:
    """The customer of the call has these telephones on file."""
    for passed in said.caller.walk.footsteps.filter(found__has_key="contract"):
        Footstep.objects.filter(pk=passed.pk).update(found={**passed.found, "telephones": list(telephones)})


def number_corrected(said: Said, number: str) -> None:
    back_to(said.caller, "request")
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "number": number})
    until_the_write(said)


# one line is one line


@pytest.mark.parametrize("written", ["44251234", "425-1234"])
def test_a_line_in_doubt_is_the_same_line_however_it_is_written(written: str, call: Any, side: OtherSide) -> None:
    in_doubt(call("109", "top_up"), side, "c_cli4g/top_up")
    again = call("109", "top_up")
    number_corrected(again, written)
    again.answer(again.caller.here.step)
    assert again.caller.step == "top_up_to_confirm"
    assert [operation for operation, _key, _body in side.book].count("c_cli4g/top_up") == 1


def test_the_same_line_written_otherwise_in_one_call_is_asked_for_once(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    number_corrected(said, "44251234")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert OutsideWrite.objects.filter(action="c_cli4g.top_up").count() == 1


def test_a_doubt_of_another_call_is_told_also_where_the_system_is_off_since(
    call: Any, side: OtherSide, set_mode: Any
) -> None:
    in_doubt(call("109", "top_up"), side, "c_cli4g/top_up")
    set_mode("c_cli4g", "off")
    again = call("109", "top_up")
    again.answer(again.caller.here.step)
    assert again.caller.step == "top_up_to_confirm"


def test_a_doubt_of_last_week_is_a_doubt(call: Any, side: OtherSide) -> None:
    in_doubt(call("109", "top_up"), side, "c_cli4g/top_up")
    OutsideWrite.objects.update(owed_at=OutsideWrite.objects.get().owed_at - timedelta(days=7))
    again = call("109", "top_up")
    again.answer(again.caller.here.step)
    assert again.caller.step == "top_up_to_confirm"


@pytest.mark.usefixtures("no_cool_down")
def test_a_sim_that_another_call_had_blocked_is_blocked(call: Any, side: OtherSide) -> None:
    first = call("800130001", "block_sim")
    first.answer(first.caller.here.step)
    first.caller.outcome()
    side.says["lbc/suspend"] = (409, {"error": "La línea ya está suspendida."})
    again = call("800130001", "block_sim")
    side.says["mio/block_sim"] = (409, {"error": "El SIM ya está bloqueado."})
    again.answer(again.caller.here.step)
    again.caller.outcome()
    assert again.write.state == OutsideWrite.State.DONE
    assert again.write.reference == first.write.reference


@pytest.mark.usefixtures("no_cool_down")
def test_what_was_undone_and_begun_anew_in_this_call_is_not_done_by_another(call: Any, side: OtherSide) -> None:
    """The line was in service again: suspended anew, and its SIM is not blocked because it was, yesterday."""
    first = call("800130001", "block_sim")
    first.answer(first.caller.here.step)
    first.caller.outcome()
    again = call("800130001", "block_sim")  # with a suspension of its own
    side.says["mio/block_sim"] = (422, {"error": "No existe esa línea."})
    OutsideWrite.objects.filter(walk=first.caller.walk, action="lbc.suspend").update(reference="DE-AYER")
    again.answer(again.caller.here.step)
    again.caller.outcome()
    assert again.write.state == OutsideWrite.State.REFUSED


# whose card


def test_a_card_names_the_customer_it_was_asked_for_and_not_the_last_of_the_call(call: Any, side: OtherSide) -> None:
    said = call("101", "register")
    side.says["smartflex/register_damage"] = (503, {"error": "Caído."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    asked = (said.caller.here.walk.contract, said.caller.here.walk.customer_name)
    assert asked[0]
    back_to(said.caller, "customer")
    said.caller.answer(customer="1019369", customer_name="Otra Persona")
    assert said.caller.here.walk.contract == "1019369"
    leave(said.caller, How.HUNG_UP, telephone="71234567")
    assert see_to_the_let_down(now=said.caller.now + LATER) == 1
    card = Escalation.objects.get(kind__code="write_not_done")
    assert (card.contract, card.customer_name, card.telephone) == (*asked, "+59171234567")


# where she is called


def test_a_telephone_typed_at_an_end_that_is_gone_back_from_is_hers(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    in_doubt(said, side, "c_cli4g/top_up")
    assert said.caller.here.step.kind == "end"
    typed_telephone(said.caller, "71234567")
    back_to(said.caller, "request")
    leave(said.caller, How.HUNG_UP)
    assert see_to_the_let_down(now=said.caller.now + LATER) == 1
    assert Escalation.objects.get().telephone == "+59171234567"


@pytest.mark.parametrize("leaves", [False, True])
def test_a_telephone_said_after_the_clock_raised_the_card_is_on_it(leaves: bool, call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    in_doubt(said, side, "c_cli4g/top_up")
    assert see_to_the_let_down(now=said.caller.now + LATER) == 1
    if leaves:
        leave(said.caller, How.HUNG_UP, telephone="71234567")
    else:
        said.caller.answer(telephone="71234567")
    assert Escalation.objects.get().telephone == "+59171234567"


def test_of_two_calls_the_first_may_give_her_telephone_last(call: Any, side: OtherSide) -> None:
    first = call("109", "top_up")
    in_doubt(first, side, "c_cli4g/top_up")
    again = call("109", "top_up")
    again.answer(again.caller.here.step)
    again.caller.answer(telephone="72222222")
    first.caller.answer(telephone="71111111")
    card = Escalation.objects.get()
    assert card.telephone == "+59172222222"
    assert any("711-11111" in note for note in card.changes.values_list("note", flat=True))


def test_who_joined_a_doubt_and_went_back_is_called_all_the_same(call: Any, side: OtherSide) -> None:
    in_doubt(call("109", "top_up"), side, "c_cli4g/top_up")
    again = call("109", "top_up")
    again.answer(again.caller.here.step)
    typed_telephone(again.caller, "72222222")
    back_to(again.caller, "request")
    leave(again.caller, How.HUNG_UP)
    assert Escalation.objects.get().telephone == "+59172222222"


@pytest.fixture
def joined_and_gone_on(call: Any, side: OtherSide) -> Said:
    """She heard that it is not known yet of a line another call had asked for, and had another topped up."""
    in_doubt(call("109", "top_up"), side, "c_cli4g/top_up")
    again: Said = call("109", "top_up")
    again.answer(again.caller.here.step)
    typed_telephone(again.caller, "72222222")
    number_corrected(again, "4251299")
    again.answer(again.caller.here.step)
    again.caller.outcome()
    return again


def test_who_joined_a_doubt_and_had_another_line_topped_up_is_asked_for(joined_and_gone_on: Said) -> None:
    caller = joined_and_gone_on.caller
    caller.answer(**{became_of(caller): STANDS_STILL})
    assert Escalation.objects.get().telephone == "+59172222222"


def test_who_joined_a_doubt_by_mistake_has_no_card_of_it(joined_and_gone_on: Said) -> None:
    caller = joined_and_gone_on.caller
    caller.answer(**{became_of(caller): NO_LONGER})
    assert not Escalation.objects.exists()


def test_who_joined_a_doubt_and_hangs_up_before_she_is_asked_has_her_card(joined_and_gone_on: Said) -> None:
    leave(joined_and_gone_on.caller, How.HUNG_UP)
    assert Escalation.objects.get().telephone == "+59172222222"


def test_a_telephone_given_for_a_second_line_is_on_the_card_of_the_first(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    in_doubt(said, side, "lbc/suspend")
    assert see_to_the_let_down(now=said.caller.now + LATER) == 1
    on_file(said, "72555265")
    back_to(said.caller, "mio_number")
    said.caller.answer(number="79462476")
    until_the_write(said)
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.answer(said.caller.here.step)
    said.caller.outcome()
    while said.caller.here.step.kind != "end":
        said.caller.answer(telephone="70033333")
    fields = lay_walk(here=said.caller.here, by=said.caller.by).fields
    said.caller.answer(**{one.name: ANOTHER if one.name.startswith(HEARD_OF) else STANDS_STILL for one in fields})
    assert {card.telephone for card in Escalation.objects.filter(kind__code="write_not_done")} == {"+59170033333"}


@pytest.fixture
def nobody_answered(by_hand: Any) -> Caller:
    """She heard that her call is told to who did not answer, and is passed on to somebody else."""
    caller: Caller = by_hand("4251000", "no_answer")
    keep_draft(
        by=caller.by,
        key=caller.walk.key,
        position=caller.position,
        fields={"caller_name": "Rosa", "telephone": "70000010"},
        now=caller.now,
    )
    return caller


def passed_on(caller: Caller, name: str) -> str:
    """To somebody else, until the call is at its end; the name of what is asked there, if anything is."""
    back_to(caller, "greet")
    caller.answer(words=name)
    caller.by_hand(**{"0.name": name, "0.unit": "Caja", "0.extension": "2199"})
    for branch in ("0", "found", "", "passed_on"):
        caller.answer(branch)
    assert caller.here.step.kind == "end"
    return next((one.name for one in lay_walk(here=caller.here, by=caller.by).fields), "")


def test_who_heard_that_she_is_called_and_was_passed_to_another_has_what_she_was_promised(
    nobody_answered: Caller,
) -> None:
    asked = passed_on(nobody_answered, "Otra persona")
    with pytest.raises(StepRefused):
        nobody_answered.answer()
    nobody_answered.answer(**{asked: ANOTHER})
    card = Escalation.objects.get()
    assert (card.customer_name, card.telephone) == ("Rosa", "+59170000010")
    assert "avisa de su llamada" in card.promised


def test_who_heard_it_by_mistake_has_no_card(nobody_answered: Caller) -> None:
    asked = passed_on(nobody_answered, "Otra persona")
    nobody_answered.answer(**{asked: CORRECTED})
    assert not Escalation.objects.exists()


# what was done after all, or is not needed any more


def test_a_refused_number_that_was_only_corrected_has_no_card(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    refused(said, side)
    said.answer(said.caller.here.step, "hand_over")
    side.says.clear()
    number_corrected(said, "4251299")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    fields = lay_walk(here=said.caller.here, by=said.caller.by).fields
    said.caller.answer(**{one.name: CORRECTED for one in fields if one.name.startswith(HEARD_OF)})
    assert see_to_the_let_down(now=said.caller.now + LATER) == 0
    assert Escalation.objects.count() == 0


def test_a_card_says_what_another_call_had_done_before_it_was_raised(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    refused(said, side)
    said.answer(said.caller.here.step, "hand_over")
    side.says.clear()
    other = call("109", "top_up")
    other.answer(other.caller.here.step)
    other.caller.outcome()
    hand_over_here(said.caller, telephone="71234567")
    see_to_the_let_down(now=said.caller.now)
    see_to_the_let_down(now=said.caller.now)
    notes = Escalation.objects.get().changes.values_list("note", flat=True)
    assert len([note for note in notes if note.startswith("Otra llamada pidió lo mismo")]) == 1


# what was a mistake


@pytest.fixture
def asked_for_a_wrong_one(call: Any, side: OtherSide) -> Said:
    said = call("109", "top_up")
    side.says["c_cli4g/top_up"] = (503, {"error": "Caído."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    side.says.clear()
    number_corrected(said, "4251299")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    return said


def became_of(caller: Caller) -> str:
    fields = lay_walk(here=caller.here, by=caller.by).fields
    return next(one.name for one in fields if one.name.startswith("became_of_write_"))


def test_who_is_told_that_she_is_called_says_where(asked_for_a_wrong_one: Said) -> None:
    caller = asked_for_a_wrong_one.caller
    with pytest.raises(StepRefused) as refused:
        caller.answer(**{became_of(caller): NO_LONGER})
    assert "telephone" in refused.value.errors
    caller.answer(**{became_of(caller): NO_LONGER, "telephone": "71234567"})
    assert Escalation.objects.get().telephone == "+59171234567"


def test_who_meant_both_is_asked_for_no_telephone_after_the_farewell(asked_for_a_wrong_one: Said) -> None:
    caller = asked_for_a_wrong_one.caller
    assert "teléfono" not in lay_walk(here=caller.here, by=caller.by).say


def test_a_mistake_that_was_chosen_and_not_sent_is_a_card_when_she_hangs_up(asked_for_a_wrong_one: Said) -> None:
    caller = asked_for_a_wrong_one.caller
    fields = {became_of(caller): NO_LONGER}
    keep_draft(by=caller.by, key=caller.walk.key, position=caller.position, fields=fields, now=caller.now)
    leave(caller, How.HUNG_UP, telephone="71234567")
    deliver_due(now=caller.now + LATER)
    card = Escalation.objects.get(reason__contains="por error")
    assert card.telephone == "+59171234567"


def test_nothing_follows_from_a_line_that_was_suspended_by_mistake(call: Any, side: OtherSide) -> None:
    """Its SIM is not to be blocked as well."""
    said = call("800130001", "suspend")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    wrong = said.write
    back_to(said.caller, "mio_number")
    said.caller.answer(number="70799999")
    for _step in range(14):
        here = said.caller.here
        if here.step.kind == "end":
            break
        if here.step.kind == "look_up":
            until_found(said)
        elif here.step.name == "contract_of_line":
            said.caller.answer(contract="1000888")
        else:
            said.answer(here.step, {"request": "theft", "line_of_contract": "checked_by_hand"}.get(here.step.name, ""))
            if here.step.waits:
                said.caller.outcome()
    said.caller.answer(**{became_of(said.caller): NO_LONGER, "telephone": "71234567"})
    see_to_the_let_down(now=said.caller.now + LATER)
    assert Escalation.objects.filter(key=MISTAKEN % wrong.pk).count() == 1
    cards = Escalation.objects.exclude(key=MISTAKEN % wrong.pk)
    about = phone_numbers.display(wrong.to_whom)
    assert [
        card.key for card in cards if about in str(card.details) or wrong.payload["number"] in str(card.details)
    ] == []
    assert not Escalation.objects.filter(changes__note__startswith="Falta:").exists()


def test_what_was_refused_meanwhile_is_not_said_to_stand(call: Any, side: OtherSide) -> None:
    said = call("101", "register")
    side.says["smartflex/register_damage"] = (503, {"error": "Caído."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    back_to(said.caller, "new_damage")
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "description": "Se cortó el cable"})
    until_the_write(said)
    said.answer(said.caller.here.step)
    OutsideWrite.objects.filter(pk=said.write.pk).update(state=OutsideWrite.State.REFUSED)
    said.caller.outcome()
    assert said.caller.step == "not_registered"
    assert STANDS not in lay_walk(here=said.caller.here, by=said.caller.by).say


# who calls


def test_a_customer_is_looked_for_by_the_number_she_calls_from_until_one_is_known(by_hand: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    back_to(caller, "customer")
    Walk.objects.update(caller_number="+59144251234")
    (field,) = (one for one in lay_walk(here=caller.here, by=caller.by).fields if one.kind == "customer")
    assert (bool(field.value), field.search) == (True, "")
    caller.answer(customer="", customer_name="Rosa")
    fresh = by_hand("102", "customer")
    Walk.objects.update(caller_number="+59144251234")
    (field,) = (one for one in lay_walk(here=fresh.here, by=fresh.by).fields if one.kind == "customer")
    assert (field.value, field.search) == ("", "4251234")
