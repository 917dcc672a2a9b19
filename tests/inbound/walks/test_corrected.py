"""What was refused or left out, and corrected in the same call: one card, of what was meant last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from inbound.walks.let_down import see_to_the_let_down
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_heard_and_gone import until_the_write
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
