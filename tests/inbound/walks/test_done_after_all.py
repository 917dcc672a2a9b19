"""What a card asks for and the same call had done afterwards; and the second of two lines: neither is told half."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from inbound.models import OutsideWrite
from inbound.walks.leaving import How
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.page import lay_walk
from inbound.writes.mistaken import NO_LONGER
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import answers_of
from tests.inbound.walks.test_heard_and_gone import leave, typed_telephone, until_the_write
from tests.inbound.walks.test_last_word import by_hand, hand_over_here
from tests.inbound.walks.test_outcomes import Said, call, hang_up
from tests.inbound.walks.test_said_anew import back_to

__all__ = ["by_hand", "call"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def done_after_its_card(call: Any, side: OtherSide) -> Said:
    """A top-up refused for a wrong number and handed over; back, and done for the right one."""
    said = call("109", "top_up")
    side.says["c_cli4g/top_up"] = (422, {"error": "No existe ese número."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.answer(said.caller.here.step, "hand_over")
    hand_over_here(said.caller, telephone="71234567")
    side.says.clear()
    back_to(said.caller, "request")
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "number": "4251299"})
    until_the_write(said)
    said.answer(said.caller.here.step)
    said.caller.outcome()
    return said


def test_the_card_of_a_wrong_number_hears_that_the_right_one_was_done(done_after_its_card: Said) -> None:
    notes = Escalation.objects.get().changes.values_list("note", flat=True)
    (told,) = [note for note in notes if "Se hizo" in note]
    assert told.startswith("La llamada volvió atrás y pidió «Recargar», +591 4 425-1299 Bs\xa030,00. Se hizo: vea si")


def test_the_end_asks_what_becomes_of_that_card(done_after_its_card: Said) -> None:
    caller = done_after_its_card.caller
    assert caller.here.step.kind == "end"
    (field,) = (one for one in lay_walk(here=caller.here, by=caller.by).fields if one.name.startswith("became_of_"))
    caller.answer(**{field.name: NO_LONGER})
    assert "Ya no hace falta" in Escalation.objects.get().changes.latest("pk").note


def test_a_card_of_what_is_asked_for_a_second_time_and_refused_again_hears_nothing(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    side.says["c_cli4g/top_up"] = (422, {"error": "No existe ese número."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.answer(said.caller.here.step, "hand_over")
    hand_over_here(said.caller, telephone="71234567")
    card = Escalation.objects.get()
    back_to(said.caller, "top_up")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert not card.changes.filter(note__contains="Se hizo").exists()


# the second stolen line


@pytest.fixture
def second_line_suspended(call: Any, side: OtherSide) -> Said:
    """The first line to its end, with a telephone to call; back, and the second, of another contract, is suspended."""
    said = call("800130001", "block_sim")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "five_days"
    hand_over_here(said.caller, telephone="71234567")
    back_to(said.caller, "mio_number")
    said.caller.answer(number="70799999")
    for _step in range(12):
        here = said.caller.here
        if here.step.kind == "look_up":
            until_found(said)
        elif here.step.name == "contract_of_line":
            said.caller.answer(contract="1000888")
        elif here.step.name == "block_sim":
            break
        else:
            said.answer(here.step, {"request": "theft", "line_of_contract": "checked_by_hand"}.get(here.step.name, ""))
            if here.step.waits:
                said.caller.outcome()
    assert said.caller.step == "block_sim"
    return said


def until_found(said: Said) -> None:
    name = said.caller.step
    said.caller.look()
    if said.caller.step == name:
        said.caller.by_hand()


def test_who_is_gone_before_her_second_sim_is_blocked_is_called_where_she_said(second_line_suspended: Said) -> None:
    hang_up(second_line_suspended)
    of_the_first = Escalation.objects.get(key__contains=":gone-on:")  # nobody said whether that was an error
    card = Escalation.objects.exclude(pk=of_the_first.pk).get(kind__code="write_not_done")
    assert card.details["number"] == "+591 707-99999"
    assert card.details["contract"] == "1000888"
    assert card.telephone == "+59171234567"


def test_a_second_line_that_was_not_suspended_is_found_by_its_contract(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    side.hangs_up.add("lbc/suspend")
    contract = said.caller.here.known["contract"]
    said.answer(said.caller.here.step)
    hang_up(said)
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=2)) == 1
    assert Escalation.objects.get().details["contract"] == contract


# what is said of what nobody knows


def test_a_card_without_a_telephone_does_not_say_that_it_is_the_number_it_is_about(call: Any, side: OtherSide) -> None:
    said = call("101", "register")
    said.caller.answer("refused", reason="Está apagado")
    hang_up(said)
    card = Escalation.objects.get()
    assert "No se conoce otro teléfono" not in card.reason


def test_what_she_was_told_of_a_write_that_was_never_taken_stands_on_its_card(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    said.caller.answer("refused", reason="Está apagado")
    heard = said.caller.here.step.say
    assert heard
    typed_telephone(said.caller, "71234567")
    leave(said.caller, How.HUNG_UP, name="Rosa Flores", telephone="71234567")
    card = Escalation.objects.get()
    assert card.promised
    assert card.promised in heard
    assert not OutsideWrite.objects.filter(action="c_cli4g.top_up").exists()
