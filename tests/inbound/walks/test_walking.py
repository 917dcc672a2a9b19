"""One call from the greeting to its result: nothing erased, nothing twice, nobody left without a next step."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse

from escalations.models import Escalation
from inbound.models import Footstep, OutsideWrite, ServiceLine, Walk
from inbound.outside.reaching import Looked
from inbound.walks import walking
from inbound.walks.answering import StepRefused
from inbound.walks.beginning import begin_walk
from inbound.walks.footsteps import StaleStep, WalkRefused
from inbound.walks.page import lay_walk
from inbound.walks.state import NoFlow
from tests.inbound.a_walk import BILLING, DAMAGE, FLOW, TOP_UP, VISIT, Caller, publish

pytestmark = pytest.mark.django_db
NOON = "2026-11-25 12:00"


@pytest.fixture
def answers(monkeypatch):
    """`answers({"smartflex.damages": [...]})`: what look-ups bring, at the edge of the machine; returns what was asked.

    A value that is a Looked is returned as it is (trouble, by hand).
    """
    asked = []

    def say(found):
        def look_up(*, name, arguments, **_more):
            asked.append({"name": name, **arguments})
            answer = found.get(name)
            return answer if isinstance(answer, Looked) else Looked(answer)

        monkeypatch.setattr(walking, "look_up", look_up)
        return asked

    return say


@pytest.fixture
def line(at):
    return publish(FLOW, at(NOON), line="101")


@pytest.fixture
def call(ana, line, at):
    return Caller(ana, line, at(NOON))


def test_a_call_is_led_to_its_result_and_leaves_one_interaction(call, answers):
    asked = answers({"smartflex.damages": [DAMAGE]})
    call.answer()
    call.answer(customer="1001", customer_name="María Quispe")
    assert call.step == "damages"
    call.look()
    assert asked == [{"name": "smartflex.damages", "contract": "1001"}]
    assert (call.step, call.here.footstep.proposed) == ("state", "open")
    call.answer("open")
    call.answer(note="Desde ayer")
    assert call.step == "done"
    call.answer()
    walk = Walk.objects.get(pk=call.walk.pk)
    assert (walk.result, walk.contract, walk.customer_name) == ("told", "1001", "María Quispe")
    owed = {write.action: write for write in OutsideWrite.objects.filter(walk=walk)}
    assert set(owed) == {"smartflex.reiterate_damage", "smartflex.write_interaction"}
    assert owed["smartflex.reiterate_damage"].payload == {"damage": "D-77", "cause": "Sin señal"}
    interaction = owed["smartflex.write_interaction"].payload
    assert (interaction["line"], interaction["result"], interaction["contract"]) == ("101", "told", "1001")
    assert "Desde ayer" in interaction["text"]
    assert list(Footstep.objects.filter(walk=walk, left_at=None)) == []


def test_what_the_system_says_is_said_of_what_is_proposed_only(ana, answers, at):
    """A state the proposed way does not go by would stand above it as its reason."""
    told = {}
    for when in ("{damages.0.state: registered}", "{damages.0.number: present}"):
        text = FLOW.replace("{damages.0.state: registered}", when)
        caller = Caller(ana, publish(text, at(NOON), line="101"), at(NOON))
        answers({"smartflex.damages": [DAMAGE]})
        caller.answer()
        caller.answer(customer="1001", customer_name="María Quispe")
        caller.look()
        assert caller.here.footstep.proposed == "open"
        told[when] = lay_walk(here=caller.here, by=None).seen
    assert list(told.values()) == ["Registrado", ""]


def test_the_same_button_twice_begins_one_walk(ana, line, at):
    key = uuid.uuid4()
    first, second = (begin_walk(agent=ana, line=line, key=key, now=at(NOON)) for _click in range(2))
    assert first.pk == second.pk
    assert Footstep.objects.filter(walk=first).count() == 1


def test_a_walk_stays_on_its_version(call, at):
    publish(FLOW.replace("Saludo", "Otro saludo").replace("Datos del", "Otros datos del"), at(NOON), line="101")
    assert call.here.step.title == "Saludo"
    call.answer()
    assert call.here.step.title == "Datos del cliente"


def test_a_line_without_a_flow_is_said(ana, at):
    line = ServiceLine.objects.create(number="999", name="Nueva", greeting="x", farewell="x")
    with pytest.raises(NoFlow, match="999"):
        begin_walk(agent=ana, line=line, key=uuid.uuid4(), now=at(NOON))


def test_a_step_is_answered_once_whoever_clicks_twice(call):
    position = call.here.footstep.position
    call.answer(position=position)
    with pytest.raises(StaleStep, match="ya se respondió"):
        call.answer(position=position)
    assert call.step == "customer"


def test_a_customer_is_asked_for_and_what_was_typed_is_not_lost(call):
    call.answer()
    with pytest.raises(StepRefused) as refused:
        call.answer()
    assert refused.value.errors == {"customer": "Falta: Cliente."}
    assert call.step == "customer"


def test_a_system_that_does_not_answer_never_blocks_the_caller(call, answers):
    answers({"smartflex.damages": Looked(None, "Smartflex no responde.", by_hand=True)})
    call.answer()
    call.answer(customer="1001")
    call.look()
    assert (call.step, call.here.footstep.trouble) == ("damages", "Smartflex no responde.")
    call.by_hand(**{"0.number": "D-9", "0.state": "attended", "0.cause": "Corte"})
    assert (call.step, call.here.footstep.proposed) == ("state", "attended")
    assert call.here.known["damages"][0]["number"] == "D-9"
    assert call.here.path[-2].by_hand


def test_whoever_is_asked_again_may_answer_this_time(call, answers):
    answers({"smartflex.damages": Looked(None, "Smartflex no responde.", by_hand=True)})
    call.answer()
    call.answer(customer="1001")
    call.look()
    answers({"smartflex.damages": [DAMAGE]})
    call.look()
    assert call.step == "damages"
    call.look(again=True)
    assert call.step == "state"


def test_the_agent_decides_and_an_override_is_recorded(call, answers):
    answers({"smartflex.damages": [DAMAGE]})
    call.answer()
    call.answer(customer="1001")
    call.look()
    call.answer("attended", reason="El cliente dice que ya vinieron")
    decided = call.here.path[-2]
    assert (decided.proposed, decided.chosen) == ("open", "attended")
    assert decided.reason == "El cliente dice que ya vinieron"


def test_another_state_is_written_down_and_goes_to_the_supervisor(call, answers, at):
    answers({"smartflex.damages": [{**DAMAGE, "state": "frozen"}]})
    call.answer()
    call.answer(customer="1001", customer_name="María Quispe")
    call.look()
    assert call.here.footstep.proposed == "other"
    call.answer("other")
    with pytest.raises(StepRefused, match=r"Falta: Teléfono para llamarle\."):  # no card without a number to call back
        call.answer(seen="Dice «congelado»")
    call.answer(seen="Dice «congelado»", telephone="70712345")
    escalation = Escalation.objects.get()
    assert (escalation.kind_id, escalation.line, escalation.contract) == ("unforeseen_state", "101", "1001")
    assert "congelado" in escalation.reason
    assert escalation.due_at > at(NOON)


def test_what_is_handed_over_says_where_to_call_and_promises_in_words_people_read(ana, answers, at):
    call = Caller(ana, publish(VISIT, at(NOON), line="103"), at(NOON))
    call.answer(customer="1001", customer_name="María Quispe")
    call.answer(visit_day="28/11/2026", visit_hour="9:30", telephone="71712345", waits="Rosa")
    call.answer()
    ticket = Escalation.objects.get()
    assert ticket.promised == "Visita el 28/11/2026 a horas 09:30, aproximadamente."
    assert ticket.telephone == "+59171712345"
    assert ticket.details == {"day": "28/11/2026"}
    assert ticket.reason == "Boleta a supervisión"


def test_what_is_known_already_stands_in_the_field_and_may_be_written_over(ana, answers, at):
    call = Caller(ana, publish(VISIT, at(NOON), line="103"), at(NOON))
    call.answer(customer="1001", customer_name="María Quispe")
    held = {field.name: field.value for field in lay_walk(here=call.here, by=ana.user).fields}
    assert held == {"visit_day": "", "visit_hour": "", "telephone": "", "waits": "María Quispe"}
    call.answer(visit_day="28/11/2026", visit_hour="9:30", telephone="71712345", waits="Rosa")
    call.back()
    held = {field.name: field.value for field in lay_walk(here=call.here, by=ana.user).fields}
    assert held["waits"] == "Rosa"


def test_back_is_a_verb_and_erases_nothing(call, answers):
    answers({"smartflex.damages": [DAMAGE]})
    call.answer()
    call.answer(customer="1001")
    call.look()
    before = Footstep.objects.filter(walk=call.walk).count()
    call.back()
    assert call.step == "customer", "not the machine's question, the one before it"
    assert Footstep.objects.filter(walk=call.walk).count() == before + 1
    assert "damages" not in call.here.known
    call.answer(customer="2002")
    call.look()
    assert call.here.known["customer"]["contract"] == "2002"
    assert Walk.objects.get(pk=call.walk.pk).contract == "2002"


def test_one_can_go_back_to_any_step_that_counts(call, answers):
    answers({"smartflex.damages": [DAMAGE]})
    call.answer()
    call.answer(customer="1001")
    call.look()
    call.back(to=1)
    assert call.step == "greet"
    with pytest.raises(WalkRefused, match="primer paso"):
        call.back()


def test_what_was_done_is_not_done_again_after_going_back(call, answers):
    answers({"smartflex.damages": [DAMAGE]})
    call.answer()
    call.answer(customer="1001")
    call.look()
    call.answer("open")
    call.answer()
    call.back()
    call.answer()
    assert OutsideWrite.objects.filter(walk=call.walk, action="smartflex.reiterate_damage").count() == 1


def test_a_top_up_needs_the_second_word_and_the_requester(ana, at):
    call = Caller(ana, publish(TOP_UP, at(NOON), line="109"), at(NOON))
    with pytest.raises(StepRefused) as refused:
        call.answer(number="4251234", amount="-5", requester_card="x")
    assert set(refused.value.errors) == {"amount", "requester_name", "requester_card", "requester_kinship"}
    call.answer(
        number="425 1234", amount="20,5", requester_name="Ana", requester_card="345678 CB", requester_kinship="child"
    )
    with pytest.raises(StepRefused, match="confirme"):
        call.answer()
    assert not OutsideWrite.objects.exists()
    call.answer(confirmed=True)
    write = OutsideWrite.objects.get()
    assert (str(write.amount), write.requester_name, write.requester_card) == ("20.50", "Ana", "345678 CB")


def test_a_walk_goes_on_as_101_with_the_customer_it_knows(ana, line, at):
    call = Caller(ana, publish(BILLING, at(NOON), line="102"), at(NOON))
    call.answer(customer="1001", customer_name="María Quispe")
    walking.continue_as(by=ana.user, key=call.walk.key, position=call.here.footstep.position, now=at(NOON))
    assert (call.here.flow.line, call.step) == ("101", "damages")
    assert call.here.walk.line.number == "102"
    assert Footstep.objects.filter(walk=call.walk, chosen="continue_as").count() == 1


def test_a_draft_of_an_answered_step_is_refused(call):
    position = call.here.footstep.position
    keep = {
        "by": call.agent.user,
        "key": call.walk.key,
        "position": position,
        "fields": {"note": "a medias"},
        "now": call.now,
    }
    assert walking.keep_draft(**keep)
    call.answer()
    assert not walking.keep_draft(**keep)
    assert Walk.objects.get(pk=call.walk.pk).draft == {}


def test_what_was_typed_stays_where_the_answer_was_refused(call, answers, signed_in, ana):
    """Sent before its draft was: it stands there when she reloads, or comes back from another call."""
    answers({"smartflex.damages": []})
    call.answer()
    call.answer(customer="1001")
    call.look()
    call.answer("other")
    client, address = signed_in(ana), reverse("inbound:walk", args=[call.walk.key])
    sends = {"position": str(call.position), "caller_name": "Rosa Flores", "telephone": "70712345", "seen": ""}
    refused = client.post(f"{address}answer/", sends, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "Falta: Qué se ve." in refused.content.decode()
    again = client.get(address).content.decode()
    assert 'value="Rosa Flores"' in again
    assert "70712345" in re.sub(r"[ -]", "", again)


def test_what_was_typed_of_another_screen_stays_where_it_was_refused(call, answers, signed_in, ana):
    answers({"smartflex.damages": Looked(None, by_hand=True)})
    call.answer()
    call.answer(customer="1001")
    call.look()
    client, address = signed_in(ana), reverse("inbound:walk", args=[call.walk.key])
    sends = {"position": str(call.position), "0.number": "D-9", "0.state": "invented"}
    assert client.post(f"{address}by-hand/", sends, headers={"HX-Request": "true"}).status_code == 422
    assert ">D-9</textarea>" in client.get(address).content.decode()


def test_an_ended_walk_takes_no_answer(call, answers):
    answers({"smartflex.damages": []})
    call.answer()
    call.answer(customer="1001")
    call.look()
    call.answer("other")
    call.answer(seen="nada", caller_name="Rosa", telephone="70712345")
    call.answer()
    with pytest.raises(StaleStep, match="terminó"):
        call.answer()
