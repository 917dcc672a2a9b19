"""A step that hands over, passed once more in a call: corrected, or another thing, and never one over another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalations.models import Escalation
from escalations.working import reject, take
from inbound.flows.publishing import publish_files
from inbound.flows.shapes import SAME_CARD
from inbound.models import OutsideSystem, ServiceLine
from inbound.walks.answering import StepRefused
from inbound.walks.cards import ANOTHER, CORRECTED
from inbound.walks.footsteps import WalkRefused
from inbound.walks.heard import HEARD_OF, gone_back_from
from inbound.walks.lanes import begin_lane
from inbound.walks.leaving import How
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.page import lay_walk
from inbound.walks.walking import keep_draft
from inbound.writes.delivering import deliver_due
from inbound.writes.states import Verb, take_step
from telephony import phone_numbers
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import text_of
from tests.inbound.lines_on_file import write_what_is_read_out
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import MONDAY, answers_of, hour_of, walk_to_the_end
from tests.inbound.walks.test_heard_and_gone import leave, typed_telephone, up_to
from tests.inbound.walks.test_outcomes import call, hang_up

__all__ = ["call"]
pytestmark = pytest.mark.django_db
FIRST = {"telephone": "70755510", "claim": "Factura de agosto, cobro doble"}


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


def hands_over(caller: Caller, **more: str) -> Escalation:
    step = caller.here.step
    caller.answer(**{**answers_of(step, caller), **more})
    return next(passed.escalation for passed in reversed(caller.here.trail) if passed.step == step.name)


def says(card: Escalation) -> tuple[Any, ...]:
    card.refresh_from_db()
    return (card.telephone, card.details, card.reason, card.promised, card.contract, card.changes.count())


def to_another_contract(caller: Caller, line: str, step: str) -> None:
    """Back to who she is, and up to the step again for another contract of hers."""
    caller.back(next(one.position for one in caller.here.trail if one.step == "customer"))
    caller.answer(customer="1000294", customer_name="Luis Rojas")
    way, _seen = up_to(line, step)
    after = [name for name, _branch in way].index("customer") + 1
    walk_to_the_end(caller, way[after:], seen=False)
    assert caller.step == step


@pytest.mark.parametrize("how", [How.HUNG_UP, How.WRONG_LINE])
def test_who_goes_back_to_a_card_and_changes_nothing_has_it_as_it_was(how: How, by_hand: Any) -> None:
    caller = by_hand("102", "claim")
    card = hands_over(caller, **FIRST)
    before = says(card)
    assert before[:2] == ("+59170755510", card.details)
    caller.back()
    leave(caller, how)
    assert says(card) == before
    assert Escalation.objects.count() == 1


def test_what_is_typed_anew_there_is_corrected_and_the_rest_stays(by_hand: Any) -> None:
    caller = by_hand("102", "claim")
    card = hands_over(caller, **FIRST)
    caller.back()
    typed_telephone(caller, "70755599")
    leave(caller, How.HUNG_UP)
    card.refresh_from_db()
    assert card.telephone == "+59170755599"
    assert "ermin" not in card.reason, "she was handed over"


def test_a_card_that_was_settled_meanwhile_is_not_raised_again(by_hand: Any, elena: Any) -> None:
    caller = by_hand("102", "claim")
    card = hands_over(caller, **FIRST)
    take(escalation_id=card.pk, by=elena, now=caller.now)
    reject(escalation_id=card.pk, reason="No corresponde", by=elena, now=caller.now)
    caller.back()
    leave(caller, How.HUNG_UP)
    assert Escalation.objects.count() == 1


def test_two_contracts_of_one_caller_have_each_its_card(by_hand: Any) -> None:
    caller = by_hand("102", "claim")
    first = hands_over(caller, **FIRST)
    to_another_contract(caller, "102", "claim")
    held = {field.name: field.value for field in lay_walk(here=caller.here, by=caller.by).fields}
    assert held[SAME_CARD] == ANOTHER
    assert held["claim"] == "", "what she said of the first is not said of this one"
    second = hands_over(caller, telephone="70755510", claim="Contrato dos")
    first.refresh_from_db()
    assert (first.contract, first.details["claim"]) == ("1011018", FIRST["claim"])
    assert (second.contract, second.customer_name, second.details["claim"]) == ("1000294", "Luis Rojas", "Contrato dos")
    leave(caller, How.HUNG_UP)
    assert Escalation.objects.count() == 2


def test_the_lane_of_each_is_of_its_own_customer(by_hand: Any, elena: Any) -> None:
    caller = by_hand("102", "claim")
    first = hands_over(caller, **FIRST)
    to_another_contract(caller, "102", "claim")
    hands_over(caller, telephone="70755510", claim="Contrato dos")
    leave(caller, How.HUNG_UP)
    take(escalation_id=first.pk, by=elena, now=caller.now)
    lane = begin_lane(escalation_id=first.pk, by=elena, now=caller.now)
    assert lane.contract == "1011018"
    assert lane.brought["claim"] == FIRST["claim"]


def test_what_was_only_heard_for_the_first_contract_is_asked_about_at_the_end(by_hand: Any) -> None:
    caller = by_hand("102", "claim")
    typed_telephone(caller, "70755510")
    to_another_contract(caller, "102", "claim")
    hands_over(caller, telephone="70755511", claim="Contrato dos")
    assert caller.here.step.kind == "end"
    asked = [field for field in lay_walk(here=caller.here, by=caller.by).fields if field.kind == "choice"]
    assert ["Oyó de 1011018" in field.label for field in asked] == [True]
    caller.answer(**{asked[0].name: ANOTHER})
    assert sorted(Escalation.objects.values_list("contract", flat=True)) == ["1000294", "1011018"]


def test_what_was_only_heard_for_the_first_contract_has_its_card_where_she_is_gone(by_hand: Any) -> None:
    caller = by_hand("102", "claim")
    typed_telephone(caller, "70755510")
    to_another_contract(caller, "102", "claim")
    hands_over(caller, telephone="70755511", claim="Contrato dos")
    leave(caller, How.HUNG_UP)
    first = Escalation.objects.get(contract="1011018")
    assert first.customer_name != "Luis Rojas"
    assert first.telephone == "+59170755510", "where she said that she is called about this one"


def test_who_hangs_up_at_her_second_request_has_not_the_first_ones_words_on_its_card(by_hand: Any) -> None:
    caller = by_hand("102", "claim")
    hands_over(caller, **FIRST)
    to_another_contract(caller, "102", "claim")
    leave(caller, How.HUNG_UP)
    second = Escalation.objects.get(contract="1000294")
    assert (second.telephone, second.details["claim"]) == ("+59170755510", "")


@pytest.mark.parametrize(("said", "cards"), [(ANOTHER, 2), (CORRECTED, 1)])
def test_of_two_booths_the_agent_says_whether_the_second_is_another(said: str, cards: int, by_hand: Any) -> None:
    caller = by_hand("4639999", "weekend_fault")
    hands_over(caller, service_number="4251000", phone_address="Plaza Colón", description="Sin tono")
    caller.back()
    held = {field.name: field.value for field in lay_walk(here=caller.here, by=caller.by).fields}
    assert held[SAME_CARD] == CORRECTED
    more = {"service_number": "4251001", "phone_address": "Plaza Sucre", "description": "Roto", SAME_CARD: said}
    hands_over(caller, **more)
    assert Escalation.objects.count() == cards
    caller.back()
    held = {field.name: field.value for field in lay_walk(here=caller.here, by=caller.by).fields}
    assert held[SAME_CARD] == CORRECTED, "what was said of the one before is not said of this"


def test_who_gave_a_number_after_the_write_is_called_there_for_what_must_follow(call: Any, side: OtherSide) -> None:
    """Nobody knew yet whether her SIM was blocked; it was, and her five days are told on the number she gave."""
    said = call("800130001", "block_sim")
    side.hangs_up.add("mio/block_sim")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "block_unknown"
    doubt = hands_over(said.caller, telephone="70712399")
    said.to_the_end()
    take_step(Verb.CONFIRM, write=said.write, by=None, now=said.caller.now, reference="MIO-1")
    assert see_to_the_let_down(now=said.caller.now + timedelta(minutes=6)) == 1
    card = Escalation.objects.get(kind__code="sim_block")
    assert card.telephone == "+59170712399"
    assert "5 días" not in card.promised, "she has not heard it"
    assert "Lo que sigue tiene su propia derivación" in doubt.changes.latest("pk").note


def test_a_fault_that_the_nocc_confirms_later_has_one_card(call: Any, side: OtherSide) -> None:
    said = call("800131313", "tell_nocc")
    side.hangs_up.add("nocc/report")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "nocc_to_confirm"
    said.to_the_end()
    side.hangs_up.clear()
    deliver_due(now=said.caller.now + timedelta(minutes=5))
    assert said.write.state == "done"
    see_to_the_let_down(now=said.caller.now + timedelta(minutes=6))
    see_to_the_let_down(now=said.caller.now + timedelta(hours=2))
    assert Escalation.objects.count() == 1


def test_a_claim_that_was_heard_and_gone_back_from_has_its_lane(by_hand: Any, elena: Any) -> None:
    caller = by_hand("102", "claim")
    typed_telephone(caller, "70755510")
    caller.back()
    leave(caller, How.HUNG_UP)
    card = Escalation.objects.get()
    take(escalation_id=card.pk, by=elena, now=caller.now)
    assert begin_lane(escalation_id=card.pk, by=elena, now=caller.now).contract == "1011018"


@pytest.mark.parametrize(("said", "cards"), [("", 1), (ANOTHER, 1), (CORRECTED, 0)])
def test_who_was_served_another_way_and_hung_up_on_the_last_page_is_called_unless_she_needs_it_no_more(
    said: str, cards: int, by_hand: Any
) -> None:
    caller = by_hand("104", "not_asked")
    typed_telephone(caller, "70755510")
    caller.back()
    way, seen = up_to("104", "tell_number")
    caller.back(next(one.position for one in caller.here.trail if one.step == way[0][0]))
    walk_to_the_end(caller, way, seen=seen)
    assert caller.step == "tell_number"
    caller.answer()
    assert caller.here.step.kind == "end"
    [heard] = [one.name for one in lay_walk(here=caller.here, by=caller.by).fields if one.name.startswith(HEARD_OF)]
    if said:
        position = caller.here.footstep.position
        keep_draft(by=caller.by, key=caller.walk.key, position=position, fields={heard: said}, now=caller.now)
    hang_up_here(caller)
    assert Escalation.objects.count() == cards


def hang_up_here(caller: Caller) -> None:
    leave(caller, How.HUNG_UP)
    assert see_to_the_let_down(now=caller.now + timedelta(hours=3)) == 0


def test_a_sim_left_out_of_the_first_of_two_requests_has_one_card(call: Any, side: OtherSide, set_mode: Any) -> None:
    said = call("800130001", "block_sim")
    set_mode("mio", "off")
    with pytest.raises(WalkRefused):
        said.answer(said.caller.here.step)
    said.caller.answer("refused", reason="Está apagado")
    assert said.caller.step == "not_blocked"
    typed_telephone(said.caller, "70799812")
    said.caller.back(next(one.position for one in said.caller.here.trail if one.step == "mio_number"))
    hang_up(said)
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=3)) == 0
    assert Escalation.objects.get().telephone == "+59170799812"


def test_the_lane_of_a_card_is_its_own_though_the_same_step_was_heard_for_another(by_hand: Any, elena: Any) -> None:
    """Derivar for one contract, then only heard for another of hers: Smartflex is told each claim once."""
    caller = by_hand("102", "claim")
    first = hands_over(caller, **FIRST)
    to_another_contract(caller, "102", "claim")
    types_the_claim(caller, "Contrato dos")
    caller.back()
    leave(caller, How.HUNG_UP)
    second = Escalation.objects.exclude(pk=first.pk).get()
    for card, claim in ((first, FIRST["claim"]), (second, "Contrato dos")):
        take(escalation_id=card.pk, by=elena, now=caller.now)
        lane = begin_lane(escalation_id=card.pk, by=elena, now=caller.now)
        assert (lane.contract, lane.brought["claim"]) == (card.contract, claim)


def test_a_lane_that_is_open_hears_of_a_correction(by_hand: Any, elena: Any) -> None:
    caller = by_hand("102", "claim")
    card = hands_over(caller, **FIRST)
    take(escalation_id=card.pk, by=elena, now=caller.now)
    lane = begin_lane(escalation_id=card.pk, by=elena, now=caller.now)
    caller.back()
    hands_over(caller, telephone="70733333", claim="No es agosto: es abril")
    lane.refresh_from_db()
    assert (lane.brought["claim"], lane.caller_number) == ("No es agosto: es abril", "+59170733333")
    note = card.changes.latest("pk").note
    assert "No es agosto: es abril (antes Factura de agosto, cobro doble)" in note


def test_what_was_heard_for_each_of_two_contracts_has_each_its_card(by_hand: Any) -> None:
    caller = by_hand("102", "claim")
    types_the_claim(caller, "Contrato uno")
    to_another_contract(caller, "102", "claim")
    types_the_claim(caller, "Contrato dos")
    leave(caller, How.HUNG_UP)
    assert {card.contract: card.details["claim"] for card in Escalation.objects.all()} == {
        "1011018": "Contrato uno",
        "1000294": "Contrato dos",
    }


def test_who_heard_for_one_contract_and_is_handed_over_for_another_has_two(by_hand: Any) -> None:
    caller = by_hand("102", "claim")
    types_the_claim(caller, "Contrato uno")
    to_another_contract(caller, "102", "claim")
    leave(caller, How.HANDED_OVER, reason="Insiste", name="Rosa", telephone="70733333")
    assert sorted(Escalation.objects.values_list("contract", flat=True)) == ["1000294", "1011018"]


def test_who_was_told_of_another_contract_is_asked_about_the_first(by_hand: Any) -> None:
    """Nothing was owed by the second: that does not keep what was promised for the first."""
    caller = by_hand("102", "claim")
    types_the_claim(caller, "Contrato uno")
    caller.back(next(one.position for one in caller.here.trail if one.step == "customer"))
    caller.answer(customer="1000294", customer_name="Luis Rojas")
    walk_to_the_end(caller, up_to("102", "topic")[0][2:], seen=False)
    caller.here.walk.refresh_from_db()
    asked = list(gone_back_from(caller.here, came_to_an_end=True))
    assert [one.contract for one in asked] == ["1011018"]


def test_what_was_typed_anew_once_it_was_settled_has_a_card_of_its_own(by_hand: Any, elena: Any) -> None:
    caller = by_hand("102", "claim")
    card = hands_over(caller, **FIRST)
    take(escalation_id=card.pk, by=elena, now=caller.now)
    reject(escalation_id=card.pk, reason="No corresponde", by=elena, now=caller.now)
    caller.back()
    types_the_claim(caller, "Es otra cosa")
    leave(caller, How.HUNG_UP)
    assert Escalation.objects.exclude(pk=card.pk).get().details["claim"] == "Es otra cosa"


def test_who_goes_back_to_her_card_and_is_handed_over_has_one_corrected(by_hand: Any) -> None:
    caller = by_hand("102", "unforeseen")
    card = hands_over(caller, telephone="70711111", seen="Mayo")
    caller.back()
    position = caller.here.footstep.position
    keep_draft(by=caller.by, key=caller.walk.key, position=position, fields={"seen": "Abril"}, now=caller.now)
    leave(caller, How.HANDED_OVER, reason="Insiste", name="Rosa", telephone="70722222")
    card.refresh_from_db()
    assert Escalation.objects.count() == 1
    assert (card.telephone, card.details["seen"]) == ("+59170722222", "Abril")


def test_the_stolen_line_is_refused_before_the_block_is_asked_for(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    said.caller.back(next(one.position for one in said.caller.here.trail if one.step == "requester"))
    with pytest.raises(StepRefused, match="Es la línea robada"):
        leave(said.caller, How.HANDED_OVER, reason="x", name="Rosa", telephone="70712345")
    leave(said.caller, How.HANDED_OVER, reason="x", name="Julia Rojas (hija)", telephone="71212345")
    card = Escalation.objects.get()
    assert phone_numbers.parse(card.details["number"]) == "+59170712345"
    assert card.details["caller"] == "Julia Rojas (hija)"


def types_the_claim(caller: Caller, claim: str) -> None:
    position = caller.here.footstep.position
    fields = {"claim": claim, "telephone": "70755510"}
    assert keep_draft(by=caller.by, key=caller.walk.key, position=position, fields=fields, now=caller.now)
