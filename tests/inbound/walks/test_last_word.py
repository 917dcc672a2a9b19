"""What was typed last counts: where the caller is gone, and where the call had handed something over before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from inbound.flows.publishing import publish_files
from inbound.models import OutsideSystem, ServiceLine, Walk
from inbound.walks.answering import StepRefused
from inbound.walks.footsteps import WalkRefused
from inbound.walks.leaving import How
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.naming import name_the_caller
from inbound.walks.page import lay_walk
from inbound.walks.shown import ways_of
from inbound.walks.walking import keep_draft
from screens.templatetags.screens import bs
from telephony import phone_numbers
from telephony.models import QueueCall, Switchboard
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import flow_of, text_of
from tests.inbound.lines_on_file import write_what_is_read_out
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import MONDAY, answers_of, hour_of, walk_to_the_end
from tests.inbound.walks.test_heard_and_gone import leave, until_the_write, up_to
from tests.inbound.walks.test_outcomes import call, hang_up

__all__ = ["call"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def by_hand(ana: Any, at: Any) -> Any:
    """A call that stands on a step, every system by hand."""

    def stands_on(line: str, step: str) -> Caller:
        publish_files(texts={line: text_of(line)}, now=at(MONDAY))
        write_what_is_read_out()
        OutsideSystem.objects.update(mode="by_hand")
        way, seen = up_to(line, step)
        caller = Caller(ana, ServiceLine.objects.get(number=line), at(hour_of(way)))
        walk_to_the_end(caller, way, seen=seen)
        assert caller.step == step
        return caller

    return stands_on


def types(caller: Caller, **fields: str) -> None:
    position = caller.here.footstep.position
    assert keep_draft(by=caller.by, key=caller.walk.key, position=position, fields=fields, now=caller.now)


def hand_over_here(caller: Caller, **more: str) -> None:
    caller.answer(**{**answers_of(caller.here.step, caller), **more})


@pytest.mark.parametrize(
    ("line", "step", "typed"),
    [
        ("102", "claim", {"claim": "Me cobraron dos veces"}),
        ("102", "unforeseen", {"seen": "Plan sin precio"}),
        ("4200224", "be_listed", {"listed_name": "Ferretería Ana", "listed_address": "Av. Heroínas 12"}),
    ],
)
def test_what_was_typed_about_the_case_is_on_the_card_of_who_hung_up(
    line: str, step: str, typed: dict[str, str], by_hand: Any
) -> None:
    caller = by_hand(line, step)
    types(caller, **typed, telephone="71234567")
    leave(caller, How.HUNG_UP)
    card = Escalation.objects.get()
    assert card.kind.code == flow_of(line).steps[step].escalation
    assert set(typed.values()) <= set(card.details.values())
    assert card.telephone == "+59171234567"


def test_what_is_not_in_its_form_is_on_the_card_as_it_was_typed(by_hand: Any) -> None:
    caller = by_hand("4200224", "be_listed")
    types(caller, listed_name="Ferretería Ana", listed_number="44-5", telephone="71234567")
    leave(caller, How.HUNG_UP)
    card = Escalation.objects.get()
    assert "Teléfono que se publica: 44-5" in card.reason
    assert "listed_number" not in card.details or not card.details["listed_number"]


def test_a_number_that_is_to_be_published_reaches_who_gave_no_other(by_hand: Any) -> None:
    caller = by_hand("4200224", "be_listed")
    types(caller, listed_name="Ferretería Ana", listed_number="4251000")
    leave(caller, How.HUNG_UP)
    assert Escalation.objects.get().telephone == "+59144251000"


def test_the_card_of_a_booth_that_was_hung_up_on_says_which(by_hand: Any) -> None:
    """Its mail is written from these."""
    caller = by_hand("4639999", "weekend_fault")
    types(caller, service_number="4251000", phone_address="Plaza Colón", description="Sin tono")
    leave(caller, How.HUNG_UP)
    card = Escalation.objects.get()
    assert card.kind.code == "public_phone_fault"
    assert card.details["service_number"] == "4251000"
    assert (card.details["address"], card.details["description"]) == ("Plaza Colón", "Sin tono")


def test_a_telephone_given_where_the_call_ends_corrects_the_card_that_is_there(by_hand: Any) -> None:
    caller = by_hand("103", "unforeseen")
    hand_over_here(caller, telephone="71111111")
    leave(caller, How.HUNG_UP, telephone="72222222")
    card = Escalation.objects.get()
    assert card.telephone == "+59172222222"
    assert "Corregido en la misma llamada: +59172222222" in card.changes.latest("pk").note


def test_who_calls_written_down_late_corrects_the_card_that_had_no_other_number(by_hand: Any) -> None:
    caller = by_hand("103", "unforeseen")
    named = {"by": caller.by, "key": caller.walk.key, "name": "Rosa", "now": caller.now}
    name_the_caller(telephone="71111111", **named)
    caller.walk.refresh_from_db()
    hand_over_here(caller, telephone="71111111")
    name_the_caller(telephone="73333333", **named)
    assert Escalation.objects.get().telephone == "+59173333333"


def test_the_number_a_switchboard_told_is_nobodys_to_write(by_hand: Any) -> None:
    """A holder hears her balance because she calls from her own line."""
    caller = by_hand("103", "unforeseen")
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    call = QueueCall.objects.create(
        switchboard=board,
        queue="103",
        uid="1.1",
        number="+59172222222",
        state="talking",
        agent=caller.walk.agent,
        joined_at=caller.now,
        answered_at=caller.now,
    )
    Walk.objects.filter(pk=caller.walk.pk).update(call=call, caller_number="+59172222222")
    named = {"by": caller.by, "key": caller.walk.key, "name": "Rosa", "now": caller.now}
    for other in ("71111111", ""):
        with pytest.raises(WalkRefused, match="no se cambia"):
            name_the_caller(telephone=other, **named)
    name_the_caller(telephone="72222222", **named)
    caller.walk.refresh_from_db()
    assert (caller.walk.caller_number, caller.walk.caller_name) == ("+59172222222", "Rosa")


def test_of_a_number_that_was_withheld_none_is_written_as_if_it_had_been_told(by_hand: Any) -> None:
    caller = by_hand("103", "unforeseen")
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    times = {"joined_at": caller.now, "answered_at": caller.now}
    call = QueueCall.objects.create(
        switchboard=board, queue="103", uid="1.1", number="", state="talking", agent=caller.walk.agent, **times
    )
    Walk.objects.filter(pk=caller.walk.pk).update(call=call, caller_number="")
    with pytest.raises(WalkRefused, match="no dijo de qué número llama.*Pídale uno donde llamarle"):
        name_the_caller(by=caller.by, key=caller.walk.key, name="Rosa", telephone="71111111", now=caller.now)
    caller.walk.refresh_from_db()
    assert caller.walk.caller_number == ""


def test_a_number_she_gave_besides_stays_when_who_calls_is_written_down(by_hand: Any) -> None:
    caller = by_hand("103", "unforeseen")
    hand_over_here(caller, telephone="71111111")
    name_the_caller(by=caller.by, key=caller.walk.key, name="Rosa", telephone="73333333", now=caller.now)
    assert Escalation.objects.get().telephone == "+59171111111"


def test_who_is_handed_over_after_her_card_has_one(by_hand: Any) -> None:
    caller = by_hand("103", "unforeseen")
    hand_over_here(caller, telephone="71111111")
    leave(caller, How.HANDED_OVER, reason="Insiste", name="Rosa Flores", telephone="72222222")
    card = Escalation.objects.get()
    assert card.telephone == "+59172222222"
    assert any("Insiste" in note for note in card.changes.values_list("note", flat=True))
    assert caller.walk.footsteps.latest("position").escalation == card


def test_who_is_handed_over_while_her_card_waits_for_days_is_called_before(by_hand: Any, at: Any) -> None:
    """The office is to hear of it in days; what she asks a supervisor for does not wait so long."""
    caller = by_hand("103", "unforeseen")
    hand_over_here(caller, telephone="71111111")
    Escalation.objects.update(due_at=at(MONDAY) + timedelta(days=5))
    leave(caller, How.HANDED_OVER, reason="Insiste", name="Rosa Flores", telephone="72222222")
    assert Escalation.objects.count() == 2
    assert Escalation.objects.earliest("due_at").reason.endswith("Insiste")


def test_who_is_handed_over_after_a_refusal_has_the_line_and_the_amount_on_her_card(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    side.says["c_cli4g/top_up"] = (422, {"error": "No se permite."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    leave(said.caller, How.HANDED_OVER, reason="Pide hablar", name="Rosa Flores", telephone="71234567")
    details = Escalation.objects.get().details
    assert phone_numbers.parse(details["number"]) == said.write.to_whom
    assert details["amount"] == bs(said.write.amount)


def test_the_stolen_line_is_no_telephone_to_call_her_on(call: Any, side: OtherSide) -> None:
    said = call("800130001", "block_sim")
    side.says["mio/block_sim"] = (422, {"error": "No existe."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "not_blocked"
    with pytest.raises(StepRefused, match="Es la línea robada"):
        said.caller.answer(telephone="70712345")
    with pytest.raises(StepRefused, match="Es la línea robada"):
        leave(said.caller, How.HANDED_OVER, reason="x", name="Rosa", telephone="70712345")
    said.caller.answer(telephone="71212345")
    assert Escalation.objects.get().telephone == "+59171212345"


def test_who_calls_from_a_line_that_was_stolen_is_called_on_file(call: Any, side: OtherSide) -> None:
    said = call("800130001", "block_sim")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "five_days"
    walk = said.caller.walk
    name_the_caller(by=said.caller.by, key=walk.key, name="Rosa", telephone="70712345", now=said.caller.now)
    walk.refresh_from_db()
    step = next(one for one in said.caller.here.path if isinstance(one.found, dict) and one.found.get("contract"))
    step.found = {**step.found, "telephones": ["70712345", "4251777"]}
    step.save()
    hang_up(said)
    assert Escalation.objects.get().telephone == "+59144251777"
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=3)) == 0


def test_a_way_no_system_answered_for_is_not_said_to_be_contradicted(ana: Any, at: Any) -> None:
    publish_files(texts={"109": text_of("109")}, now=at(MONDAY))
    OutsideSystem.objects.update(mode="by_hand")
    caller = Caller(ana, ServiceLine.objects.get(number="109"), at(MONDAY))
    caller.answer(**answers_of(caller.here.step, caller))
    caller.look()
    caller.by_hand()
    assert caller.step == "customer_shown"
    closed = [way for way in ways_of(caller.here) if way.is_closed]
    assert closed
    assert all(way.is_unknown for way in closed)


@pytest.mark.parametrize(("what", "cards"), [("another", 1), ("corrected", 0)])
def test_a_number_that_was_only_corrected_has_no_card(
    what: str, cards: int, call: Any, side: OtherSide, set_mode: Any
) -> None:
    """Told that supervision calls about one number, back, and another one is topped up: the agent says which it was."""
    said = call("109", "top_up")
    number = said.caller.here.known["number"]
    set_mode("c_cli4g", "off")
    with pytest.raises(WalkRefused):
        said.answer(said.caller.here.step)
    said.caller.answer("refused", reason="Está apagado")
    said.caller.answer("hand_over")
    assert said.caller.step == "top_up_for_her"
    set_mode("c_cli4g", "connected")
    said.caller.back(next(one.position for one in said.caller.here.trail if one.step == "request"))
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "number": "4251299"})
    until_the_write(said)
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "topped_up"
    asked = lay_walk(here=said.caller.here, by=said.caller.by)
    heard, called = asked.fields
    assert heard.label.startswith(f"Oyó de {phone_numbers.display(phone_numbers.parse(number))}: «Supervisión revisa")
    assert called.name == "telephone"
    assert "teléfono" not in asked.say
    with pytest.raises(StepRefused, match="Falta"):
        said.caller.answer()
    if cards:
        with pytest.raises(StepRefused, match="teléfono para llamarle"):
            said.caller.answer(**{heard.name: what})
    said.caller.answer(**{heard.name: what, "telephone": "71234567" if cards else ""})
    assert list(Escalation.objects.values_list("telephone", flat=True)) == ["+59171234567"] * cards
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=3)) == 0
