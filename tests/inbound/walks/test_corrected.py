"""What was refused or left out, and corrected in the same call: one card, of what was meant last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from inbound.models import OutsideWrite
from inbound.walks.leaving import How
from inbound.walks.let_down import see_to_the_let_down
from telephony import phone_numbers
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import answers_of
from tests.inbound.walks.test_heard_and_gone import leave, until_the_write
from tests.inbound.walks.test_outcomes import Said, call, hang_up

__all__ = ["call"]
pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
ASKED_ANEW = [("109", "top_up"), ("101", "register"), ("800131313", "raise_credit")]


def left_out_and_asked_anew(said: Said) -> None:
    """*Seguir sin hacerlo*, corrected, and confirmed."""
    said.caller.answer("refused", reason="otro monto")
    said.caller.answer("correct")
    until_the_write(said)
    said.answer(said.caller.here.step)


@pytest.mark.parametrize(("line", "step"), ASKED_ANEW)
def test_what_was_left_out_and_then_asked_for_is_not_told_as_not_done(
    line: str, step: str, call: Any, side: OtherSide
) -> None:
    """Nobody knows yet whether the second was done: the one card is of that, and calls where she said."""
    said = call(line, step)
    side.hangs_up.add(said.caller.here.step.action.replace(".", "/"))
    left_out_and_asked_anew(said)
    said.caller.outcome()
    assert said.caller.here.step.kind == "end"
    said.caller.answer(telephone="70733998")
    assert not Escalation.objects.exists()
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=2)) == 1
    card = Escalation.objects.get()
    assert card.telephone == "+59170733998"
    assert "otro monto" not in card.reason


@pytest.mark.parametrize(("line", "step"), ASKED_ANEW)
def test_who_hangs_up_while_what_was_left_out_is_asked_for_has_no_card_of_it(
    line: str, step: str, call: Any, side: OtherSide
) -> None:
    said = call(line, step)
    left_out_and_asked_anew(said)
    hang_up(said)
    assert not Escalation.objects.exists()


def refused_and_corrected(said: Said, side: OtherSide) -> None:
    """The other system does not know that number, and another is typed."""
    side.says[said.caller.here.step.action.replace(".", "/")] = (422, {"error": "No existe ese número."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.caller.answer("correct_number")
    said.caller.answer(number=RIGHT[said.line])


RIGHT = {"800131313": "4088966", "800130001": "79443489"}
REFUSED = [("800131313", "raise_credit"), ("800130001", "top_up")]


@pytest.mark.parametrize(("line", "step"), REFUSED)
def test_the_card_of_who_corrected_her_number_and_hung_up_is_of_the_right_one(
    line: str, step: str, call: Any, side: OtherSide
) -> None:
    said = call(line, step)
    refused_and_corrected(said, side)
    hang_up(said)
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=2)) == 1
    card, right = Escalation.objects.get(), phone_numbers.parse(RIGHT[line])
    assert phone_numbers.parse(card.details["number"]) == right
    assert f"(antes {said.write.to_whom})" in card.reason
    assert line != "800131313" or card.telephone == right, "no other is known"


def test_who_is_handed_over_after_her_number_was_corrected_has_the_right_one(call: Any, side: OtherSide) -> None:
    said = call("800131313", "raise_credit")
    refused_and_corrected(said, side)
    leave(said.caller, How.HANDED_OVER, reason="No espera", name="Rosa Flores", telephone="71234567")
    card = Escalation.objects.get()
    assert phone_numbers.parse(card.details["number"]) == phone_numbers.parse(RIGHT["800131313"])


def test_what_is_refused_once_more_after_it_was_corrected_has_one_card(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    side.says["c_cli4g/top_up"] = (422, {"error": "No existe ese número."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.caller.answer("correct")
    until_the_write(said)
    said.answer(said.caller.here.step)
    said.caller.outcome()
    hang_up(said)
    first, last = OutsideWrite.objects.filter(action="c_cli4g.top_up").order_by("pk")
    assert first.to_whom != last.to_whom
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=2)) == 1
    card = Escalation.objects.get()
    assert phone_numbers.parse(card.details["number"]) == last.to_whom
    assert set(OutsideWrite.objects.filter(card=card)) == {first, last}


def test_another_number_that_was_gone_back_for_and_is_done_corrects_nothing(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    side.says["c_cli4g/top_up"] = (422, {"error": "No se permite."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.answer(said.caller.here.step, "hand_over")
    side.says.clear()
    said.caller.back(next(one.position for one in said.caller.here.trail if one.step == "request"))
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "number": "4251299"})
    until_the_write(said)
    said.answer(said.caller.here.step)
    said.caller.outcome()
    hang_up(said)
    assert [card.details["number"] for card in Escalation.objects.all()] == ["4251234"]
