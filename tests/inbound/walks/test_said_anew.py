"""What is said anew after something was handed over or asked for: none of it is lost, and none of it is claimed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from escalations.letters import write_letter
from escalations.models import Escalation, UnitAddress
from escalations.raising import due_by
from escalations.working import reject, take
from inbound.models import OutsideWrite
from inbound.walks.answering import StepRefused
from inbound.walks.asked_otherwise import STANDS
from inbound.walks.cards import ANOTHER, CORRECTED
from inbound.walks.lanes import begin_lane
from inbound.walks.leaving import How
from inbound.walks.page import lay_walk
from inbound.writes.mistaken import NO_LONGER
from inbound.writes.mistaken import STANDS as STANDS_STILL
from inbound.writes.writing import write_by_hand
from notices.models import Notice
from service_level.days import LA_PAZ
from tests.inbound.a_walk import Attending, Caller
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import answers_of
from tests.inbound.walks.test_heard_and_gone import leave
from tests.inbound.walks.test_last_word import by_hand, hand_over_here, types
from tests.inbound.walks.test_once_more import to_another_contract
from tests.inbound.walks.test_outcomes import Said, call

__all__ = ["by_hand", "call"]
pytestmark = pytest.mark.django_db
FIRST_VISIT = {"visit_day": "2026-12-01", "visit_hour": "10:00", "visit_address": "Calle Uno 1"}
SECOND_VISIT = {"visit_day": "03/12", "visit_hour": "09:00", "visit_address": "Calle Dos 2"}


def back_to(caller: Caller, step: str) -> None:
    caller.back(next(one.position for one in reversed(caller.here.path) if one.step == step))
    assert caller.step == step


# the visit of a ticket


@pytest.fixture
def ticketed(by_hand: Any) -> Caller:
    """A ticket was raised for a visit, and the call is back where its day and address are asked."""
    caller: Caller = by_hand("103", "visit")
    caller.answer(**FIRST_VISIT)
    assert caller.step == "ticket"
    hand_over_here(caller, telephone="71234567")
    back_to(caller, "visit")
    return caller


@pytest.mark.parametrize("how", [How.HUNG_UP, How.HANDED_OVER])
def test_a_visit_that_is_typed_anew_is_on_the_ticket_though_the_call_ended_there(how: How, ticketed: Caller) -> None:
    first = Escalation.objects.get()
    types(ticketed, **SECOND_VISIT)
    leave(ticketed, how, reason="Insiste", name="Rosa Flores", telephone="71234567")
    card = Escalation.objects.get(pk=first.pk)
    assert (card.details["day"], card.details["hour"]) == ("03/12/2026", "09:00")
    assert card.details["address"] == "Calle Dos 2"
    assert "03/12/2026" in card.promised
    assert "Calle Dos 2 (antes Calle Uno 1)" in card.changes.filter(note__contains="Corregido").get().note


def test_a_visit_that_is_earlier_now_is_due_earlier(ticketed: Caller) -> None:
    before = Escalation.objects.get().due_at
    types(ticketed, visit_day="2026-11-23", visit_hour="16:00", visit_address="Calle Dos 2")
    leave(ticketed, How.HUNG_UP)
    due = Escalation.objects.get().due_at
    assert due < before
    assert due <= datetime(2026, 11, 23, 16, tzinfo=LA_PAZ)


def test_a_ticket_that_was_gone_back_from_and_left_as_it_was_is_as_it_was(ticketed: Caller) -> None:
    before = Escalation.objects.values().get()
    leave(ticketed, How.HUNG_UP)
    assert Escalation.objects.values().get() == before


def test_the_lane_of_the_ticket_hears_of_the_visit(ticketed: Caller, elena: Any) -> None:
    card = take(escalation_id=Escalation.objects.get().pk, by=elena, now=ticketed.now)
    lane = begin_lane(escalation_id=card.pk, by=elena, now=ticketed.now)
    types(ticketed, **SECOND_VISIT)
    leave(ticketed, How.HUNG_UP)
    lane.refresh_from_db()
    assert (lane.brought["visit_day"], lane.brought["visit_address"]) == ("2026-12-03", "Calle Dos 2")


def test_a_visit_that_is_typed_anew_once_its_ticket_was_settled_has_a_card(ticketed: Caller, elena: Any) -> None:
    first = take(escalation_id=Escalation.objects.get().pk, by=elena, now=ticketed.now)
    reject(escalation_id=first.pk, reason="No corresponde", by=elena, now=ticketed.now)
    types(ticketed, **SECOND_VISIT)
    leave(ticketed, How.HUNG_UP)
    assert Escalation.objects.exclude(pk=first.pk).get().details["address"] == "Calle Dos 2"


# the lane of a card that is corrected while it is walked


@pytest.fixture
def claimed(by_hand: Any, elena: Any) -> tuple[Caller, Attending]:
    """A claim that was handed over, whose lane a supervisor walks at once; the call still stands after it."""
    caller: Caller = by_hand("102", "claim")
    hand_over_here(caller, claim="Factura de octubre", telephone="71234567")
    card = take(escalation_id=Escalation.objects.get().pk, by=elena, now=caller.now)
    return caller, Attending(elena, card, caller.now)


def register(lane: Attending) -> OutsideWrite:
    """Up to the end of a claim that applies, its number read on the other screen."""
    lane.answer()
    lane.look()
    lane.by_hand(owed="0")
    lane.answer("applies")
    lane.answer()
    write = OutsideWrite.objects.exclude(action="smartflex.write_interaction").latest("pk")
    write_by_hand(write=write, reference="R-1", by=lane.by, now=lane.now)
    lane.outcome()
    lane.answer()
    assert lane.here.step.kind == "end"
    return write


def claim_anew(caller: Caller, claim: str) -> None:
    back_to(caller, "claim")
    hand_over_here(caller, claim=claim, telephone="71234567", same_card=CORRECTED)


def test_a_claim_corrected_after_it_was_registered_is_not_settled_until_that_is_told(claimed: Any) -> None:
    caller, lane = claimed
    register(lane)
    claim_anew(caller, "No octubre: septiembre")
    page = lay_walk(here=lane.here, by=lane.by)
    assert "No octubre: septiembre (antes Factura de octubre)" in page.news
    with pytest.raises(StepRefused, match="Cómo lo sabe la otra área"):
        lane.answer()
    assert Escalation.objects.get().state != "resolved"
    lane.answer(**{page.fields[0].name: "Anotado en Smartflex"})
    card = Escalation.objects.get()
    assert card.state == "resolved"
    assert card.outcome.endswith("Lo corregido: Anotado en Smartflex")


def test_a_claim_corrected_before_it_was_registered_ends_as_ever(claimed: Any) -> None:
    caller, lane = claimed
    claim_anew(caller, "No octubre: septiembre")
    assert lay_walk(here=lane.here, by=lane.by).news
    lane.now += timedelta(minutes=1)
    assert register(lane).payload["text"] == "No octubre: septiembre"
    lane.answer()
    assert Escalation.objects.get().state == "resolved"


def test_a_visit_corrected_after_its_mail_is_not_settled_until_that_is_told(ticketed: Caller, elena: Any) -> None:
    card = take(escalation_id=Escalation.objects.get().pk, by=elena, now=ticketed.now)
    UnitAddress.objects.create(
        unit=card.kind.unit, sector="Norte", name="Jefa", email="norte@comteco.test", valid_from=ticketed.now.date()
    )
    lane = Attending(elena, card, ticketed.now)
    lane.answer()
    lane.answer(sector="Norte")
    Notice.objects.update(state="sent", sent_at=lane.now)
    types(ticketed, **SECOND_VISIT)
    leave(ticketed, How.HUNG_UP)
    with pytest.raises(StepRefused, match="Cómo lo sabe la otra área"):
        lane.answer()
    lane.now += timedelta(minutes=1)
    write_letter(escalation_id=card.pk, subject="Otra visita", text="El 03/12.", sector="Norte", by=elena, now=lane.now)
    Notice.objects.update(state="sent", sent_at=lane.now)
    lane.answer()
    assert Escalation.objects.get().state == "resolved"


def test_a_lane_is_of_the_contract_its_card_was_moved_to(claimed: Any) -> None:
    caller, lane = claimed
    to_another_contract(caller, "102", "claim")
    hand_over_here(caller, claim="Factura de octubre", telephone="71234567", same_card=CORRECTED)
    card = Escalation.objects.get()
    assert card.contract == "1000294"
    walk = lane.here.walk
    assert (walk.contract, walk.customer_name) == ("1000294", "Luis Rojas")
    assert lay_walk(here=lane.here, by=lane.by).say.startswith("Reclama Luis Rojas. Contrato 1000294.")
    assert "contrato 1000294 (antes 1011018), Luis Rojas" in card.changes.latest("pk").note


# a write that was asked for, and other words for it


def asked_anew(said: Said, step: str, **fields: str) -> None:
    """Back to where it is asked, other words, and on past the write."""
    back_to(said.caller, step)
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), **fields})
    assert said.caller.step == said.step
    said.answer(said.caller.here.step)
    said.caller.outcome()


def test_a_damage_described_anew_after_it_was_registered_goes_to_supervision(call: Any, side: OtherSide) -> None:
    said = call("101", "register")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    back_to(said.caller, "new_damage")
    fields = answers_of(said.caller.here.step, said.caller)
    said.caller.answer(**{**fields, "cause": "Cable cortado"})
    page = lay_walk(here=said.caller.here, by=said.caller.by)
    assert (page.say, page.differs) == (STANDS, "Cable cortado (antes Algo)")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert lay_walk(here=said.caller.here, by=said.caller.by).say.endswith(STANDS)
    card = Escalation.objects.get()
    assert "Smartflex no sabe: Cable cortado (antes Algo)" in card.reason
    assert (card.contract, bool(card.customer_name), card.telephone) == ("1011018", True, "+59144251234")
    assert OutsideWrite.objects.filter(action="smartflex.register_damage").count() == 1
    asked_anew(said, "new_damage", cause="Cable cortado")
    assert Escalation.objects.count() == 1
    assert card.changes.count() == 1, "said once"


def test_what_was_asked_for_and_is_passed_again_as_it_was_goes_to_nobody(call: Any, side: OtherSide) -> None:
    said = call("101", "register")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    asked_anew(said, "new_damage")
    assert STANDS not in lay_walk(here=said.caller.here, by=said.caller.by).say
    assert not Escalation.objects.exists()


def test_a_fault_told_anew_after_the_nocc_has_it_stands_on_its_card(call: Any, side: OtherSide) -> None:
    said = call("800131313", "tell_nocc")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    hand_over_here(said.caller, telephone="71234567")
    assert said.caller.step == "fault_reported"
    asked_anew(said, "fault", fault="No hay eco: no puede llamar a Chile")
    hand_over_here(said.caller, telephone="71234567")
    assert STANDS in lay_walk(here=said.caller.here, by=said.caller.by).say
    card = Escalation.objects.get()
    notes = [one for one in card.changes.values_list("note", flat=True) if "NOCC no sabe" in one]
    assert ["no puede llamar a Chile (antes Algo)" in one for one in notes] == [True]


def test_a_second_note_to_operations_goes_to_supervision(call: Any, side: OtherSide) -> None:
    said = call("101", "reiterate")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "gsi"
    said.caller.answer(note="Hay un enfermo en casa")
    said.caller.back()
    said.caller.answer(note="El perro muerde")
    assert "El perro muerde" in Escalation.objects.get().reason


# a card that was answered otherwise


@pytest.mark.parametrize(("said", "words"), [(NO_LONGER, "Ya no hace falta"), (STANDS_STILL, "Sigue en pie")])
def test_the_end_asks_what_became_of_a_card_that_was_answered_otherwise(said: str, words: str, by_hand: Any) -> None:
    caller: Caller = by_hand("101", "priority")
    hand_over_here(caller)
    back_to(caller, "works")
    caller.answer("works")
    assert caller.step == "service_restored"
    (field,) = lay_walk(here=caller.here, by=caller.by).fields
    assert "Atención prioritaria" in field.label
    with pytest.raises(StepRefused, match="Falta"):
        caller.answer()
    caller.answer(**{field.name: said})
    notes = Escalation.objects.get().changes.values_list("note", flat=True)
    assert [note for note in notes if "terminó en «El servicio ya funciona»" in note and words in note]


def test_a_claim_gone_back_from_for_another_case_is_asked_about(by_hand: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    hand_over_here(caller, telephone="71234567")
    back_to(caller, "topic")
    caller.answer("other")
    hand_over_here(caller, telephone="71234567")
    assert ["Derivar el reclamo" in one.label for one in lay_walk(here=caller.here, by=caller.by).fields] == [True]


def test_a_card_of_another_contract_is_not_asked_about(by_hand: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    hand_over_here(caller, telephone="71234567")
    to_another_contract(caller, "102", "claim")
    hand_over_here(caller, telephone="71234567", same_card=ANOTHER)
    assert lay_walk(here=caller.here, by=caller.by).fields == []


# who is handed over from the step of a card


def test_who_is_handed_over_from_a_claim_has_it_as_a_claim_with_its_lane(by_hand: Any, elena: Any) -> None:
    caller: Caller = by_hand("102", "claim")
    leave(caller, How.HANDED_OVER, reason="Octubre está doble", name="Rosa Flores", telephone="71234567")
    card = Escalation.objects.get()
    assert card.kind.code == "billing_claim"
    assert card.promised == caller.here.flow.steps["claim"].promised
    assert (card.details["claim"], card.telephone) == ("Octubre está doble", "+59171234567")
    assert card.due_at <= due_by(now=caller.now, working_hours=4)
    take(escalation_id=card.pk, by=elena, now=caller.now)
    lane = Attending(elena, card, caller.now)
    assert "Dice: Octubre está doble" in lay_walk(here=lane.here, by=elena).say
