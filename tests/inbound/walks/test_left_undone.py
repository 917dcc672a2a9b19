"""Calls that end at the worst moment: whoever was told something, or for whom something was begun, has her card."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from inbound.models import Content, OutsideWrite, Walk
from inbound.outside.look_ups import look_ups
from inbound.walks.asked import customer_on_file, fields_of
from inbound.walks.footsteps import WalkRefused
from inbound.walks.leaving import close_left_calls
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.page import lay_walk
from inbound.walks.walking import keep_draft
from inbound.writes.delivering import deliver_due
from inbound.writes.settling import settle
from inbound.writes.states import Verb, take_step
from telephony import phone_numbers
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import typed
from tests.inbound.walks.test_outcomes import call, hang_up

__all__ = ["call"]
pytestmark = [pytest.mark.django_db, pytest.mark.sweep]


def after(said: Any, **passed: float) -> int:
    now = said.caller.now + timedelta(**passed)
    deliver_due(now=now)
    return see_to_the_let_down(now=now)


def kinds() -> list[str]:
    return list(Escalation.objects.order_by("pk").values_list("kind__code", flat=True))


@pytest.mark.parametrize(("step", "kind"), [("suspend", "write_not_done"), ("block_sim", "sim_block")])
@pytest.mark.parametrize("hangs_up", [True, False], ids=["hangs up", "browser closed"])
def test_who_is_gone_while_her_write_is_waited_for_is_seen_to(
    step: str, kind: str, hangs_up: bool, call: Any, side: OtherSide
) -> None:
    """Her line is suspended a moment later, and nobody was left to block the SIM, or to watch the five days."""
    said = call("800130001", step)
    said.answer(said.caller.here.step)
    assert said.caller.step == step
    if hangs_up:
        hang_up(said)
    else:
        assert close_left_calls(now=said.caller.now + timedelta(minutes=61)) == 1
    assert kinds() == []
    assert after(said, minutes=62) == 1
    assert kinds() == [kind]
    card = Escalation.objects.get()
    assert (bool(card.customer_name), bool(card.telephone), card.details["number"]) == (True, True, "+591 707-12345")
    assert "Se había hecho" in card.reason
    assert after(said, minutes=63) == 0
    assert len(kinds()) == 1


def test_who_goes_back_from_a_suspended_line_and_hangs_up_has_her_sim_seen_to(call: Any, side: OtherSide) -> None:
    said = call("800130001", "block_sim")
    said.caller.back(next(one.position for one in said.caller.here.trail if one.step == "mio_number"))
    hang_up(said)
    assert kinds() == ["write_not_done"]
    assert Escalation.objects.get().reason.startswith("800130001.5 Bloqueo temporal del SIM")
    assert after(said, minutes=5) == 0


def test_a_call_that_goes_on_to_its_end_leaves_nothing(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.to_the_end()
    assert kinds() == ["sim_block"]
    assert after(said, minutes=5) == 0


def test_who_heard_what_would_be_done_and_hung_up_has_the_card(call: Any, side: OtherSide, set_mode: Any) -> None:
    """*Supervisión lo verifica y le llama. ¿A qué teléfono?*, and she is gone before it is handed over."""
    said = call("800130001", "suspend")
    set_mode("lbc", "off")
    with pytest.raises(WalkRefused):
        said.answer(said.caller.here.step)
    said.caller.answer("refused", reason="Está apagado")
    assert said.caller.step == "not_suspended"
    hang_up(said)
    card = Escalation.objects.get()
    assert (card.kind.code, bool(card.customer_name), bool(card.telephone)) == ("write_not_done", True, True)
    assert card.promised == "Supervisión verifica el bloqueo y le llama."


def test_who_hung_up_after_it_could_not_even_be_asked_has_a_card(call: Any, side: OtherSide, set_mode: Any) -> None:
    said = call("109", "top_up")
    set_mode("c_cli4g", "off")
    with pytest.raises(WalkRefused):
        said.answer(said.caller.here.step)
    said.caller.answer("refused", reason="Está apagado")
    assert said.caller.step == "not_topped_up"
    hang_up(said)
    card = Escalation.objects.get()
    assert (card.kind.code, card.details["number"]) == ("write_not_done", said.caller.here.known["number"])
    assert "No se hizo: Está apagado" in card.reason


def test_who_was_asked_for_no_name_has_the_holders_on_her_card() -> None:
    clerk, holder = (
        {"name": "Guardia del NOCC", "telephone": "4250000"},
        {"name": "Rosa Flores", "identity_card": "345"},
    )
    assert customer_on_file(Walk(), {"charge": clerk, "subscriber": holder}) == "Rosa Flores"
    assert customer_on_file(Walk(), {"line": {"holder": "Juan Rojas", "identity_card": "346"}}) == "Juan Rojas"
    assert customer_on_file(Walk(caller_name="Ana"), {"subscriber": holder}) == "Ana"
    assert customer_on_file(Walk(), {"charge": clerk}) == ""


def test_a_doubt_is_not_forgotten_because_another_number_was_topped_up(
    call: Any, side: OtherSide, elena: Any, at: Any
) -> None:
    """The first was never answered; she goes back, tops up another line, and the first turns out not done."""
    said = call("109", "top_up")
    side.hangs_up.add("c_cli4g/top_up")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    first = said.write
    side.hangs_up.clear()
    first.refresh_from_db()
    assert first.state == "uncertain"
    another = OutsideWrite.objects.get(pk=first.pk)
    another.pk, another.key, another.to_whom, another.state = None, "another", "4017451", "done"
    another.settled_at, another.reference = another.owed_at, "RB-2"
    another.save(force_insert=True)
    said.to_the_end()
    settle(write=first, outcome="not_done", reference="", reason="No está", by=elena, now=said.caller.now)
    assert after(said, minutes=40) == 1
    assert Escalation.objects.get().details["number"] == first.payload["number"]


@pytest.mark.parametrize("mode", ["by_hand", "off"])
def test_who_hung_up_while_it_waited_for_a_person_or_its_system_is_seen_to(
    mode: str, call: Any, side: OtherSide, set_mode: Any
) -> None:
    """`off`: it was switched off after it was asked."""
    said = call("101", "reiterate")
    if mode == "by_hand":
        set_mode("smartflex", mode)
    Walk.objects.update(caller_number="+59170712345")
    said.answer(said.caller.here.step)
    set_mode("smartflex", mode)
    hang_up(said)
    assert after(said, minutes=30) == 0
    assert after(said, minutes=61) == 1
    card = Escalation.objects.get()
    assert (card.kind.code, bool(card.customer_name), bool(card.telephone)) == ("write_not_done", True, True)


@pytest.mark.parametrize(
    ("line", "step", "system", "goes_on"),
    [("101", "register", "smartflex", "not_registered"), ("800131313", "tell_nocc", "nocc", "nocc_by_mail")],
)
def test_what_is_asked_of_a_system_that_is_off_is_not_said_to_be_on_its_way(
    line: str, step: str, system: str, goes_on: str, call: Any, side: OtherSide, set_mode: Any
) -> None:
    said = call(line, step)
    set_mode(system, "off")
    with pytest.raises(WalkRefused, match="apagado"):
        said.answer(said.caller.here.step)
    said.caller.answer("refused", reason="Está apagado")
    assert said.caller.step == goes_on
    assert not OutsideWrite.objects.exclude(action="smartflex.write_interaction").exists()


def test_who_hung_up_after_a_refusal_has_her_card_at_once(call: Any, side: OtherSide) -> None:
    said = call("101", "register")
    side.says["smartflex/register_damage"] = (422, {"error": "No existe."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    hang_up(said)
    assert after(said, minutes=1) == 1


def test_an_alert_that_never_left_is_seen_to(call: Any, side: OtherSide, set_mode: Any) -> None:
    """The operations centre is told of a reiteration, with GSI off: an hour later somebody does it."""
    said = call("101", "reiterate")
    set_mode("gsi", "off")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.to_the_end()
    assert Walk.objects.get().result == "reiterated"
    assert after(said, minutes=61) == 1
    assert Escalation.objects.get().details["system"] == "GSI"


def test_a_promise_to_call_back_asks_for_a_name_where_nobody_has_one(call: Any, side: OtherSide) -> None:
    said = call("101", "register")
    walk = said.caller.here.walk
    Walk.objects.filter(pk=walk.pk).update(customer_name="", caller_name="")
    side.hangs_up.add("smartflex/register_damage")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "registration_pending"
    here = said.caller.here
    asked = [field.name for field in fields_of(here.step, walk=here.walk, known={})]
    assert asked == ["telephone", "caller_name"]


@pytest.mark.usefixtures("no_cool_down")
def test_what_another_call_asked_for_and_nobody_knows_of_is_not_asked_again(
    call: Any, side: OtherSide, elena: Any
) -> None:
    """She rings again: the first top-up may have been done."""
    first = call("109", "top_up")
    side.hangs_up.add("c_cli4g/top_up")
    first.answer(first.caller.here.step)
    first.caller.outcome()
    first.to_the_end()
    side.hangs_up.clear()
    again = call("109", "top_up")
    again.answer(again.caller.here.step)
    assert again.caller.step == "top_up_to_confirm", "nobody tells her that it is not done"
    assert OutsideWrite.objects.filter(action="c_cli4g.top_up").count() == 1
    write = first.write
    again.caller.answer(telephone="70744444")
    card = Escalation.objects.get()
    assert (card.telephone, card.details["number"]) == ("+59170744444", "4251234")
    assert "No se sabe si se hizo" in card.reason
    settle(write=write, outcome="done", reference="RB-1", reason="Lo vi", by=elena, now=first.caller.now)
    assert card.changes.filter(note__contains="ya se hizo").exists()
    third = call("109", "top_up")
    assert [one.write.pk for one in lay_walk(here=third.caller.here, by=third.caller.by).done_for_her] == [write.pk]
    third.answer(third.caller.here.step)
    third.caller.outcome()
    assert third.caller.step == "topped_up"


def test_each_of_two_numbers_of_a_call_has_what_follows_for_it(call: Any, side: OtherSide) -> None:
    """The first line was suspended; she goes back, and the second one is done to its end."""
    said = call("800130001", "block_sim")
    first = said.caller.here.known["number"]
    said.caller.back(next(one.position for one in said.caller.here.trail if one.step == "mio_number"))
    for _step in range(12):
        here = said.caller.here
        if here.step.kind == "look_up":
            said.caller.look()
            if said.caller.step == here.step.name:
                read = [typed(one, said.caller) for one in look_ups()[here.step.look_up].by_hand]
                said.caller.by_hand(**{name: text for one in read for name, text in one.items()})
        elif here.step.name == "mio_number":
            said.caller.answer(number="70799999")
        elif here.step.name == "five_days":
            break
        else:
            said.answer(here.step, {"request": "theft", "line_of_contract": "theirs"}.get(here.step.name, ""))
            if here.step.waits:
                said.caller.outcome()
    assert said.caller.step == "five_days"
    said.to_the_end()
    assert kinds() == ["sim_block"]
    assert after(said, minutes=5) == 1
    assert Escalation.objects.get(kind__code="write_not_done").details["number"] == phone_numbers.display(first)
    assert after(said, minutes=6) == 0


@pytest.mark.usefixtures("no_cool_down")
def test_whose_line_an_earlier_call_suspended_has_her_sim_blocked(call: Any, side: OtherSide) -> None:
    """She was cut off, rings again, and LBC refuses what is done already: the thief still has an open SIM."""
    first = call("800130001", "suspend")
    first.answer(first.caller.here.step)
    hang_up(first)
    deliver_due(now=first.caller.now)
    again = call("800130001", "suspend")
    side.says["lbc/suspend"] = (422, {"error": "Ese producto ya está suspendido."})
    again.answer(again.caller.here.step)
    again.caller.outcome()
    assert again.caller.step == "block_sim"
    again.answer(again.caller.here.step)
    again.caller.outcome()
    assert again.caller.step == "five_days"


def test_what_was_typed_and_not_sent_is_on_the_card(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    side.says["lbc/suspend"] = (422, {"error": "No se permite."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    here = said.caller.here
    assert here.step.name == "not_suspended"
    typed_so_far = {"telephone": "70755556"}
    assert keep_draft(
        by=said.caller.by, key=here.walk.key, position=here.footstep.position, fields=typed_so_far, now=said.caller.now
    )
    hang_up(said)
    card = Escalation.objects.get()
    assert card.telephone == "+59170755556"
    assert after(said, minutes=40) == 0, "one card for one thing"
    assert said.write.card == card


def test_who_hangs_up_once_all_was_handed_over_has_no_second_card(call: Any, side: OtherSide) -> None:
    """Her five days stand on the board; she does not wait for the offices to be read out."""
    Content.objects.create(topic=Content.Topic.OFFICES, name="Agencia Norte", text="Av. América 1020.")
    said = call("800130001", "block_sim")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.caller.answer(telephone="70733333")
    assert said.caller.step == "which_office"
    hang_up(said)
    assert kinds() == ["sim_block"]
    assert after(said, minutes=5) == 0


def test_a_doubt_that_comes_out_well_before_she_hangs_up_says_so_on_its_card(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    side.hangs_up.add("lbc/suspend")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.caller.answer(telephone="70755511")
    take_step(Verb.CONFIRM, write=said.write, by=None, now=said.caller.now, reference="LBC-1")
    hang_up(said)
    card = Escalation.objects.get()
    assert "Falta: 800130001.5 Bloqueo temporal del SIM" in card.changes.latest("pk").note
    assert said.write.follow_card == card
    assert after(said, minutes=5) == 0
