"""Whoever heard that she is called back is called back: where the agent went back, corrected, or asked for more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from inbound.flows.conditions import filled
from inbound.flows.paths import Way, every_path
from inbound.flows.publishing import publish_files
from inbound.models import FlowVersion, Footstep, OutsideSystem, OutsideWrite, ServiceLine, Walk
from inbound.outside.look_ups import look_ups
from inbound.walks.asked import who_asks
from inbound.walks.call_words import words_of_the_call
from inbound.walks.customers import is_somebody_elses
from inbound.walks.footsteps import WalkRefused
from inbound.walks.leaving import How, close_left_calls, leave_call
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.page import lay_walk
from inbound.walks.state import WalkState, read_state
from inbound.walks.undone import Undone
from inbound.walks.undone_cards import raise_card_of
from inbound.walks.walking import keep_draft
from inbound.writes.delivering import deliver_due
from inbound.writes.states import Verb, take_step
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import LINES, flow_of, text_of
from tests.inbound.lines_on_file import write_what_is_read_out
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import MONDAY, answers_of, hour_of, is_open, typed, walk_to_the_end
from tests.inbound.walks.test_outcomes import Said, call, hang_up

__all__ = ["call"]
pytestmark = [pytest.mark.django_db, pytest.mark.sweep]


def up_to(line: str, step: str) -> tuple[Way, bool]:
    """The shortest way to a step, and whether the agent reads on the old screens on it: where she can, she does."""
    ways = [way for way in every_path(flow_of(line)) if step in [name for name, _branch in way]]
    seen = any(is_open(way, seen=True) for way in ways)
    way = min((way for way in ways if is_open(way, seen=seen)), key=len)
    return way[: [name for name, _branch in way].index(step)], seen


PROMISED = [
    (line, step.name)
    for line in LINES
    for step in flow_of(line).steps.values()
    if step.kind == "hand_over" and step.lane == "agent" and step.say
]


def typed_telephone(caller: Caller, text: str) -> None:
    keep_draft(
        by=caller.by, key=caller.walk.key, position=caller.here.footstep.position, fields={"telephone": text},
        now=caller.now,
    )  # fmt: skip


def leave(caller: Caller, how: str, **more: str) -> None:
    told = {"reason": "", "name": "", "telephone": "", **more}
    leave_call(
        by=caller.by, key=caller.walk.key, position=caller.here.footstep.position, how=how, now=caller.now, **told
    )


@pytest.mark.parametrize(("line", "step"), PROMISED)
def test_a_promise_that_was_heard_is_kept_though_the_agent_went_back_and_she_is_gone(
    line: str, step: str, ana: Any, at: Any
) -> None:
    publish_files(texts={line: text_of(line)}, now=at(MONDAY))
    write_what_is_read_out()
    OutsideSystem.objects.update(mode="by_hand")
    way, seen = up_to(line, step)
    caller = Caller(ana, ServiceLine.objects.get(number=line), at(hour_of(way)))
    walk_to_the_end(caller, way, seen=seen)
    here = caller.here
    assert here.step.name == step
    promised = filled(here.step.promised, words_of_the_call(here, here.known))
    before = set(Escalation.objects.values_list("pk", flat=True))
    typed_telephone(caller, "71234567")
    caller.back()
    leave(caller, How.WRONG_LINE if line == "109" else How.HUNG_UP)
    cards = Escalation.objects.exclude(pk__in=before).filter(kind__code=here.step.escalation)
    assert cards.count() == 1
    assert cards.get().telephone == "+59171234567"
    assert cards.get().promised == promised[:200]


def test_a_sim_that_was_to_be_blocked_after_its_line_has_one_card_with_the_safe_number(
    call: Any, side: OtherSide, set_mode: Any
) -> None:
    """The line is suspended, MIO is off, she is told that supervision calls; the agent goes back, and she is gone."""
    said = call("800130001", "block_sim")
    set_mode("mio", "off")
    with pytest.raises(WalkRefused):
        said.answer(said.caller.here.step)
    said.caller.answer("refused", reason="Está apagado")
    assert said.caller.step == "not_blocked"
    said.caller.back()
    close_left_calls(now=said.caller.now + timedelta(minutes=61))
    card = Escalation.objects.get()
    assert (card.kind.code, card.details["number"]) == ("write_not_done", "+591 707-12345")
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=3)) == 0


def test_the_number_given_after_a_theft_is_the_one_that_is_called(call: Any, side: OtherSide) -> None:
    said = call("800130001", "block_sim")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "five_days"
    typed_telephone(said.caller, "71234567")
    hang_up(said)
    card = Escalation.objects.get()
    assert (card.kind.code, card.telephone) == ("sim_block", "+59171234567")
    assert "No se conoce otro teléfono" not in card.reason


def test_where_only_the_stolen_number_is_known_the_card_says_so(call: Any, side: OtherSide) -> None:
    said = call("800130001", "block_sim")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    hang_up(said)
    card = Escalation.objects.get()
    assert card.telephone == "+59170712345"
    assert "No se conoce otro teléfono que el mismo de que trata" in card.reason


def test_what_is_typed_where_the_call_is_ended_counts(call: Any, side: OtherSide) -> None:
    said = call("800130001", "block_sim")
    leave(said.caller, How.HUNG_UP, name="Marta Rojas", telephone="71239999")
    card = Escalation.objects.get()
    assert card.telephone == "+59171239999"
    said.caller.walk.refresh_from_db()
    assert said.caller.walk.caller_name == "Marta Rojas"


def test_of_two_requests_the_first_that_was_promised_a_call_has_it(call: Any, side: OtherSide, at: Any) -> None:
    """Refused for one number and told that supervision calls; then another number is topped up, and it is done."""
    said = call("109", "top_up")
    side.says["c_cli4g/top_up"] = (422, {"error": "No se permite."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    first = said.write
    assert first.state == "refused"
    said.answer(said.caller.here.step, "hand_over")
    assert said.caller.step == "top_up_for_her"
    del side.says["c_cli4g/top_up"]
    another = OutsideWrite.objects.get(pk=first.pk)
    another.pk, another.key, another.to_whom, another.position = None, "another", "4017451", 99
    another.state, another.settled_at, another.reference, another.last_error = "done", said.caller.now, "RB-2", ""
    another.save(force_insert=True)
    said.caller.back()
    said.caller.walk.refresh_from_db()
    leave(said.caller, How.WRONG_LINE)
    see_to_the_let_down(now=said.caller.now + timedelta(minutes=40))
    assert [card.details["number"] for card in Escalation.objects.all()] == [said.caller.here.known["number"]]


@pytest.fixture
def unforeseen(ana: Any, at: Any) -> Caller:
    publish_files(texts={"103": text_of("103")}, now=at(MONDAY))
    OutsideSystem.objects.update(mode="by_hand")
    caller = Caller(ana, ServiceLine.objects.get(number="103"), at(MONDAY))
    walk_to_the_end(caller, up_to("103", "unforeseen")[0])
    return caller


def test_a_telephone_that_is_corrected_is_corrected_on_the_card(unforeseen: Caller) -> None:
    caller = unforeseen
    step = caller.here.step
    caller.answer(**{**answers_of(step, caller), "telephone": "71111111"})
    caller.back()
    caller.answer(**{**answers_of(step, caller), "telephone": "72222222"})
    card = Escalation.objects.get()
    assert card.telephone == "+59172222222"
    assert "Corregido en la misma llamada: +59172222222" in card.changes.latest("pk").note
    caller.back()
    caller.answer(**{**answers_of(step, caller), "telephone": "72222222"})
    assert card.changes.count() == 2, "what is said again corrects nothing"


def test_who_corrects_her_telephone_and_hangs_up_before_it_is_sent_has_one_card(unforeseen: Caller) -> None:
    caller = unforeseen
    caller.answer(**{**answers_of(caller.here.step, caller), "telephone": "71111111"})
    caller.back()
    typed_telephone(caller, "72222222")
    leave(caller, How.HUNG_UP)
    assert Escalation.objects.get().telephone == "+59172222222"


def test_who_is_handed_over_after_a_refusal_has_one_card(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    side.says["c_cli4g/top_up"] = (422, {"error": "No se permite."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    leave(said.caller, How.HANDED_OVER, reason="Pide hablar con supervisión", name="Rosa Flores", telephone="71234567")
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=2)) == 0
    assert Escalation.objects.get().telephone == "+59171234567"
    assert OutsideWrite.objects.get(action="c_cli4g.top_up").card == Escalation.objects.get()


def test_who_is_handed_over_between_two_writes_has_one_card_that_says_what_is_missing(
    call: Any, side: OtherSide
) -> None:
    said = call("800130001", "block_sim")
    leave(said.caller, How.HANDED_OVER, reason="Llora", name="Rosa Flores", telephone="71234567")
    card = Escalation.objects.get()
    assert (card.kind.code, card.telephone) == ("unforeseen_state", "+59171234567")
    assert "Falta: 800130001.5 Bloqueo temporal del SIM" in card.changes.latest("pk").note
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=2)) == 0


def test_a_doubt_that_comes_out_well_says_on_its_card_what_is_still_to_be_done(call: Any, side: OtherSide) -> None:
    """Suspended after all, and nobody blocked the SIM: whoever works the card of the doubt is told."""
    said = doubted(call, side, "suspend", "lbc/suspend")
    card = Escalation.objects.get()
    take_step(Verb.CONFIRM, write=said.write, by=None, now=said.caller.now, reference="LBC-1")
    assert see_to_the_let_down(now=said.caller.now + timedelta(minutes=6)) == 1
    assert Escalation.objects.get() == card
    assert "Falta: 800130001.5 Bloqueo temporal del SIM" in card.changes.latest("pk").note
    assert see_to_the_let_down(now=said.caller.now + timedelta(minutes=7)) == 0


def test_a_sim_that_was_blocked_after_all_has_its_five_days_watched(call: Any, side: OtherSide) -> None:
    said = doubted(call, side, "block_sim", "mio/block_sim")
    take_step(Verb.CONFIRM, write=said.write, by=None, now=said.caller.now, reference="MIO-1")
    assert see_to_the_let_down(now=said.caller.now + timedelta(minutes=6)) == 1
    assert sorted(Escalation.objects.values_list("kind__code", flat=True)) == ["sim_block", "write_not_done"]
    assert see_to_the_let_down(now=said.caller.now + timedelta(minutes=7)) == 0


def doubted(call: Any, side: OtherSide, step: str, operation: str) -> Said:
    """A call that ended while nobody knew whether its write was done, and whose card was raised."""
    said: Said = call("800130001", step)
    side.hangs_up.add(operation)
    said.answer(said.caller.here.step)
    hang_up(said)
    assert said.write.state in ("waiting", "uncertain")
    deliver_due(now=said.caller.now)
    assert said.write.state == "uncertain"
    assert see_to_the_let_down(now=said.caller.now + timedelta(minutes=3)) == 1
    return said


def test_a_card_of_who_asks_for_anothers_line_names_her_and_not_its_holder(ana: Any, at: Any) -> None:
    step = flow_of("800130001").steps["not_their_line"]
    walk = Walk(contract="1007448", customer_name="Grover Maldonado")
    assert who_asks(step, walk, {"requester_name": "Cinthia Iriarte"}) == "Cinthia Iriarte"
    assert who_asks(step, walk, {}) == "Grover Maldonado"


def test_a_contract_she_only_names_does_not_become_the_customer_of_the_call(
    ana: Any, at: Any, side: OtherSide, set_mode: Any
) -> None:
    flow = flow_of("800130001")
    look_up = next(one for one in flow.steps.values() if one.kind == "look_up" and one.as_ == "owner")
    hers = {"customer": {"contract": "1011018", "name": "Rosa Flores"}}
    walk = Walk(contract="1011018", customer_name="Rosa Flores")
    asked = Footstep(step=look_up.name, found={"contract": "1007448", "name": "Grover Maldonado"})
    here = WalkState(walk, flow, look_up, asked, hers, [asked], [asked])
    assert is_somebody_elses(here, {**hers, "owner": asked.found})
    assert not is_somebody_elses(here, {"owner": asked.found})


@pytest.mark.usefixtures("no_cool_down")
def test_a_line_that_is_in_service_again_is_not_told_as_suspended(call: Any, side: OtherSide) -> None:
    """Another call had it suspended an hour ago; it was given back meanwhile, and now LBC refuses for a reason."""
    first = call("800130001", "suspend")
    first.answer(first.caller.here.step)
    first.caller.outcome()
    hang_up(first)
    again = call("800130001", "suspend")
    passed = next(one for one in reversed(again.caller.here.trail) if isinstance(one.found, dict))
    number = again.caller.here.known["line"]["service_number"]
    passed.found = {**passed.found, "service_number": number, "state": "active"}
    passed.save()
    Footstep.objects.update(by_hand=False)  # as a system shows it
    side.says["lbc/suspend"] = (422, {"error": "Ese contrato no tiene ese número."})
    again.answer(again.caller.here.step)
    again.caller.outcome()
    assert again.caller.step == "not_suspended"


def test_what_another_call_asked_for_and_is_still_to_be_done_is_told(call: Any, side: OtherSide, ana: Any) -> None:
    first = call("101", "register")
    side.says["smartflex/register_damage"] = (503, {"error": "Caído."})
    first.answer(first.caller.here.step)
    first.caller.outcome()
    hang_up(first)
    again = call("101", "register")
    page = lay_walk(here=again.caller.here, by=ana.user)
    assert [one.write.to_whom for one in page.done_for_her] == [first.write.to_whom]


def test_who_hung_up_when_her_system_turned_out_to_be_off_has_a_card(call: Any, side: OtherSide, set_mode: Any) -> None:
    said = call("109", "top_up")
    set_mode("c_cli4g", "off")
    with pytest.raises(WalkRefused):
        said.answer(said.caller.here.step)
    hang_up(said)
    card = Escalation.objects.get()
    assert card.reason.startswith("109.4")
    assert "No se hizo: C_CLI4G está apagado" in card.reason


def test_who_asked_once_more_and_was_served_has_none(call: Any, side: OtherSide, set_mode: Any) -> None:
    said = call("109", "top_up")
    set_mode("c_cli4g", "off")
    with pytest.raises(WalkRefused):
        said.answer(said.caller.here.step)
    set_mode("c_cli4g", "connected")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.to_the_end()
    see_to_the_let_down(now=said.caller.now + timedelta(hours=2))
    assert not Escalation.objects.exists()
    assert not Footstep.objects.exclude(reason="").exists()


def test_of_two_numbers_that_were_promised_a_call_each_has_its_card(call: Any, side: OtherSide, set_mode: Any) -> None:
    said = call("109", "top_up")
    number = said.caller.here.known["number"]
    set_mode("c_cli4g", "off")
    for place, asked in enumerate((number, "4251299")):
        if place:
            said.caller.back(next(one.position for one in said.caller.here.trail if one.step == "request"))
            said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "number": asked})
            until_the_write(said)
        with pytest.raises(WalkRefused):
            said.answer(said.caller.here.step)
        said.caller.answer("refused", reason="Está apagado")
        said.caller.answer("hand_over")
        assert said.caller.step == "top_up_for_her"
    said.caller.back()
    hang_up(said)
    assert sorted(Escalation.objects.values_list("details__number", flat=True)) == sorted([number, "4251299"])


def until_the_write(said: Said) -> None:
    for _step in range(8):
        here = said.caller.here
        if here.step.name == said.step:
            return
        if here.step.kind == "look_up":
            said.caller.look()
            if said.caller.step == here.step.name:
                read = [typed(one, said.caller) for one in look_ups()[here.step.look_up].by_hand]
                said.caller.by_hand(**{name: text for one in read for name, text in one.items()})
        else:
            said.answer(here.step, dict(said.before).get(here.step.name, ""))
    pytest.fail(f"the call does not come to its write: {said.caller.step}")


def test_a_sim_nobody_blocked_is_seen_to_though_the_call_went_on_to_another_end(
    call: Any, side: OtherSide, set_mode: Any
) -> None:
    """Suspended, MIO off, told that supervision calls; back to the first question, information, goodbye."""
    said = call("800130001", "block_sim")
    set_mode("mio", "off")
    with pytest.raises(WalkRefused):
        said.answer(said.caller.here.step)
    said.caller.answer("refused", reason="Está apagado")
    assert said.caller.step == "not_blocked"
    walk = said.caller.walk
    walk.refresh_from_db()
    walk.ended_at, walk.result, walk.result_label = said.caller.now, "told", "Información dada"
    walk.save()
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=2)) == 1
    assert Escalation.objects.get().details["number"] == "+591 707-12345"
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=3)) == 0


def test_who_is_handed_over_after_the_block_was_left_out_has_what_is_missing_on_her_card(
    call: Any, side: OtherSide, set_mode: Any
) -> None:
    said = call("800130001", "block_sim")
    set_mode("mio", "off")
    with pytest.raises(WalkRefused):
        said.answer(said.caller.here.step)
    said.caller.answer("refused", reason="Está apagado")
    leave(said.caller, How.HANDED_OVER, reason="x", name="Rosa Flores", telephone="71234567")
    assert "Falta: 800130001.5 Bloqueo temporal del SIM" in Escalation.objects.get().changes.latest("pk").note


def test_the_customer_who_was_promised_a_call_is_called_and_not_the_next_one(ana: Any, at: Any) -> None:
    step = flow_of("102").steps["claim"]
    hers = {"contract": "1010689", "name": "Rosa Flores", "telephones": ["72912444"]}
    version, line = published("102", at), ServiceLine.objects.get(number="102")
    walk = Walk.objects.create(
        line=line, version_id=version, contract="1010710", customer_name="Mario Almanza", agent=ana,
        began_at=at(MONDAY), last_sign_at=at(MONDAY), position=2,
    )  # fmt: skip
    passed = {"walk": walk, "version_id": version, "entered_at": at(MONDAY)}
    Footstep.objects.create(
        **passed, position=1, step="customer", kind="ask", answer={"customer": hers}, left_at=at(MONDAY)
    )
    Footstep.objects.create(**passed, position=2, step="claim", kind="hand_over")
    here = read_state(walk=walk)
    card = raise_card_of(Undone(step, here, "Lo oyó."), how="El cliente colgó", now=at(MONDAY))
    assert card is not None
    assert (card.contract, card.customer_name, card.telephone) == ("1010689", "Rosa Flores", "+59172912444")


def published(line: str, at: Any) -> int:
    publish_files(texts={line: text_of(line)}, now=at(MONDAY))
    return FlowVersion.objects.get(line__number=line).pk
