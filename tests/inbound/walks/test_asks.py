"""What an open card asks for is compared with what is done, or may be: whoever asked for it, whenever it was done, and
whatever made the card.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from escalations.models import Escalation
from escalations.working import resolve, take
from inbound.models import OutsideWrite
from inbound.walks.asks import INSTEAD
from inbound.walks.lane_news import WITHDRAWN
from inbound.walks.leaving import How
from inbound.walks.let_down import see_to_the_let_down
from inbound.writes.delivering import deliver_due
from inbound.writes.mistaken import NO_LONGER, STANDS
from inbound.writes.settling import settle
from inbound.writes.writing import write_by_hand
from screens.templatetags.screens import bs
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_came_about import (
    DAMAGES,
    DONE,
    DOUBT,
    DOWN,
    MONEY,
    REFUSED,
    ask,
    cannot_ask,
    notes,
    number_of,
    step_of,
)
from tests.inbound.walks.test_every_line import answers_of
from tests.inbound.walks.test_heard_and_gone import leave, until_the_write
from tests.inbound.walks.test_last_word import by_hand, hand_over_here
from tests.inbound.walks.test_outcomes import call
from tests.inbound.walks.test_said_anew import back_to
from tests.inbound.walks.test_two_things import asked

__all__ = ["by_hand", "call"]
pytestmark = pytest.mark.django_db
SUSPENSION = ("800130001", "lbc.suspend")
AMOUNT_AT = {"109": "pocket", "800130001": "top_up_data", "800131313": "credit"}


def told(card: Escalation) -> str:
    return " | ".join(notes(card))


def clock(caller: Any, *minutes: int) -> None:
    for one in minutes:
        see_to_the_let_down(now=caller.now + timedelta(minutes=one))


def to_card(said: Any, telephone: str = "72222222") -> Escalation:
    """Hand over what could not be done, and end the call."""
    before = set(Escalation.objects.values_list("pk", flat=True))
    if said.caller.here.step.kind == "decide":
        said.caller.answer("hand_over")
    hand_over_here(said.caller, telephone=telephone)
    leave(said.caller, How.HUNG_UP, telephone=telephone)
    return Escalation.objects.exclude(pk__in=before).get()


def in_a_while(said: Any, minutes: int = 15) -> Any:
    said.caller.now += timedelta(minutes=minutes)
    return said


def other_amount(said: Any, text: str) -> None:
    """Go back, say another amount, and come to the write again."""
    back_to(said.caller, AMOUNT_AT[said.line])
    said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "amount": text})
    said.caller.left = None
    until_the_write(said)


def in_the_book(side: OtherSide, action: str) -> int:
    return [operation for operation, _key, _body in side.book].count(action.replace(".", "/"))


# what may be done yet


@pytest.mark.parametrize(("line", "action"), [*MONEY, *DAMAGES, SUSPENSION])
@pytest.mark.parametrize("second", [DOUBT, DOWN])
def test_a_refused_card_and_a_later_call_that_may_have_it_done(
    second: str, line: str, action: str, call: Any, side: OtherSide
) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, REFUSED)
    first = to_card(said)
    again = in_a_while(call(line, step_of(line, action)))
    ask(again, side, second)
    leave(again.caller, How.HUNG_UP, telephone="72222222")
    clock(again.caller, 1)
    assert told(first)  # at once, and not only when the other has its card
    clock(again.caller, 3, 70)
    other = Escalation.objects.exclude(pk=first.pk).get()
    assert f"#{other.pk}" in told(first)
    assert f"#{first.pk}" in told(other)


@pytest.mark.parametrize(("line", "action"), MONEY)
@pytest.mark.parametrize("second", [DOUBT, DOWN])
def test_a_card_of_what_was_off_and_a_later_call_that_may_have_it_done(
    second: str, line: str, action: str, call: Any, side: OtherSide, set_mode: Any
) -> None:
    said = call(line, step_of(line, action))
    cannot_ask(said, set_mode)
    first = to_card(said)
    again = in_a_while(call(line, step_of(line, action)))
    ask(again, side, second)
    leave(again.caller, How.HUNG_UP, telephone="72222222")
    clock(again.caller, 3, 70)
    other = Escalation.objects.exclude(pk=first.pk).get()
    assert f"#{other.pk}" in told(first)


@pytest.mark.parametrize(("line", "action"), MONEY)
def test_what_waits_says_that_it_goes_out_by_itself_and_is_looked_at_when_it_did(
    line: str, action: str, call: Any, side: OtherSide, elena: Any
) -> None:
    """Nobody stops it: who did it by hand and closed the card learns that it went out as well."""
    said = call(line, step_of(line, action))
    ask(said, side, DOWN)
    leave(said.caller, How.HUNG_UP, telephone="72222222")
    clock(said.caller, 70)
    card = Escalation.objects.get()
    assert "El programa lo sigue intentando" in card.reason
    later = said.caller.now + timedelta(minutes=80)
    take(escalation_id=card.pk, by=elena, now=later)
    resolve(escalation_id=card.pk, outcome="Hecho a mano en la otra pantalla", by=elena, now=later)
    side.says.clear()
    deliver_due(now=said.caller.now + timedelta(minutes=120))
    clock(said.caller, 130, 140)
    assert in_the_book(side, action) == 1
    twice = Escalation.objects.exclude(pk=card.pk).get()
    assert "Vea si se hizo dos veces" in twice.reason
    assert (twice.telephone, twice.details["number"]) == (card.telephone, card.details["number"])


# done in the same call, late


@pytest.mark.parametrize(("line", "action"), MONEY)
@pytest.mark.parametrize("how", ["hangs up", "end"])
def test_off_and_handed_over_then_asked_for_and_done_late(
    how: str, line: str, action: str, call: Any, side: OtherSide, set_mode: Any
) -> None:
    said = call(line, step_of(line, action))
    cannot_ask(said, set_mode)
    said.caller.answer("hand_over")
    hand_over_here(said.caller, telephone="72222222")
    card = Escalation.objects.get()
    back_to(said.caller, step_of(line, action))
    ask(said, side, DOWN)
    if how == "end":
        said.caller.answer(**{**dict.fromkeys(asked(said.caller), STANDS), "telephone": "72222222"})
    else:
        leave(said.caller, How.HUNG_UP)
    side.says.clear()
    deliver_due(now=said.caller.now + timedelta(minutes=10))
    clock(said.caller, 11, 70)
    assert in_the_book(side, action) == 1
    assert "Se hizo" in told(card)


@pytest.mark.parametrize(("line", "action"), MONEY)
def test_off_and_handed_over_then_a_doubt_that_was_found_done(
    line: str, action: str, call: Any, side: OtherSide, set_mode: Any, elena: Any
) -> None:
    said = call(line, step_of(line, action))
    cannot_ask(said, set_mode)
    said.caller.answer("hand_over")
    hand_over_here(said.caller, telephone="72222222")
    card = Escalation.objects.get()
    back_to(said.caller, step_of(line, action))
    ask(said, side, DOUBT)
    said.caller.answer(**{**dict.fromkeys(asked(said.caller), STANDS), "telephone": "72222222"})
    clock(said.caller, 3)
    write, later = OutsideWrite.objects.get(action=action), said.caller.now + timedelta(minutes=20)
    settle(write=write, outcome="done", reference="R-9", reason="Visto", by=elena, now=later)
    clock(said.caller, 21, 70)
    assert "R-9" in told(card)


# other words for what was asked for already


@pytest.mark.parametrize(("line", "action"), MONEY)
@pytest.mark.parametrize("first", [DONE, DOWN])
def test_an_amount_corrected_and_taken_back_is_not_asked_for_any_more(
    first: str, line: str, action: str, call: Any, side: OtherSide
) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, first)
    side.says.clear()
    other_amount(said, "30,00")
    said.answer(said.caller.here.step)
    card = Escalation.objects.get()
    assert card.details[INSTEAD] == bs(Decimal(30))
    other_amount(said, "20,00")
    said.answer(said.caller.here.step)
    card.refresh_from_db()
    assert "ya no hace falta" in card.details[WITHDRAWN]
    other_amount(said, "40,00")
    said.answer(said.caller.here.step)
    card = Escalation.objects.get()
    assert WITHDRAWN not in card.details
    assert card.details[INSTEAD] == bs(Decimal(40))
    assert "40.00 (antes 20.00)" in card.reason


@pytest.mark.parametrize(("line", "action"), DAMAGES)
def test_words_of_a_damage_corrected_and_taken_back(line: str, action: str, call: Any, side: OtherSide) -> None:
    said = call(line, step_of(line, action))
    before = next(passed for passed in reversed(said.caller.here.path) if passed.kind == "ask")
    ask(said, side, DONE)
    for text in ("Sin tono en toda la casa", "Algo"):
        back_to(said.caller, before.step)
        said.caller.answer(**{**answers_of(said.caller.here.step, said.caller), "description": text})
        said.caller.left = None
        until_the_write(said)
        said.answer(said.caller.here.step)
        said.caller.left = None
    assert all(card.details.get(WITHDRAWN) for card in Escalation.objects.all())


@pytest.mark.parametrize(("line", "action"), MONEY)
def test_another_amount_that_a_later_call_had_done_is_told_to_the_card_of_it(
    line: str, action: str, call: Any, side: OtherSide
) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, DONE)
    other_amount(said, "30,00")
    said.answer(said.caller.here.step)
    leave(said.caller, How.HUNG_UP)
    card = Escalation.objects.get()
    again = in_a_while(call(line, step_of(line, action)))
    other_amount(again, "30,00")
    ask(again, side, DONE)
    leave(again.caller, How.HUNG_UP)
    clock(again.caller, 3, 70)
    assert in_the_book(side, action) == 2
    assert "Otra llamada pidió lo mismo" in told(card)


# asked for earlier, done later; handed over unasked; what follows


@pytest.mark.parametrize(("line", "action"), [*MONEY, *DAMAGES, SUSPENSION])
def test_of_two_refused_the_first_is_written_by_hand(
    line: str, action: str, call: Any, side: OtherSide, elena: Any
) -> None:
    cards = []
    for telephone in ("72222222", "73333333"):
        said = call(line, step_of(line, action))
        ask(said, side, REFUSED)
        cards.append(to_card(said, telephone))
    clock(said.caller, 3)
    write = OutsideWrite.objects.filter(action=action).order_by("pk").first()
    assert write is not None
    write_by_hand(write=write, reference="R-77", by=elena, now=said.caller.now + timedelta(minutes=20))
    clock(said.caller, 21, 70)
    assert "R-77" in told(cards[1])


@pytest.mark.parametrize(("line", "action"), DAMAGES)
def test_the_first_call_waits_the_second_is_refused_and_the_first_goes_out(
    line: str, action: str, call: Any, side: OtherSide
) -> None:
    said = call(line, step_of(line, action))
    ask(said, side, DOWN)
    leave(said.caller, How.HUNG_UP, telephone="72222222")
    again = in_a_while(call(line, step_of(line, action)), 5)
    ask(again, side, REFUSED)
    card = to_card(again, "73333333")
    side.says.clear()
    deliver_due(now=said.caller.now + timedelta(minutes=40))
    clock(again.caller, 45, 80)
    assert OutsideWrite.objects.get(action=action, state="done").reference in told(card)


@pytest.mark.parametrize(("line", "action"), [*MONEY, SUSPENSION])
def test_handed_over_before_it_was_asked_for_and_done_by_another_call(
    line: str, action: str, call: Any, side: OtherSide
) -> None:
    said = call(line, step_of(line, action))
    leave(said.caller, How.HANDED_OVER, reason="El cliente insiste", name="Rosa", telephone="72222222")
    card = Escalation.objects.get()
    again = in_a_while(call(line, step_of(line, action)))
    ask(again, side, DONE)
    leave(again.caller, How.HUNG_UP, telephone="72222222")
    clock(again.caller, 3, 70)
    assert "Otra llamada pidió lo mismo" in told(card)


def test_a_sim_that_another_call_blocked_is_told_to_the_card_that_it_is_lacking(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    ask(said, side, DONE)
    leave(said.caller, How.HUNG_UP, telephone="71212345")
    clock(said.caller, 3)
    card = Escalation.objects.get()
    again = in_a_while(call("800130001", "suspend"))
    ask(again, side, DONE)
    ask(again, side, DONE)
    hand_over_here(again.caller, telephone="71212345")
    leave(again.caller, How.HUNG_UP, telephone="71212345")
    clock(again.caller, 3, 70)
    assert OutsideWrite.objects.get(action="mio.block_sim").reference in told(card)


def test_what_a_card_was_told_is_done_and_is_to_be_undone_is_told_too(call: Any, side: OtherSide) -> None:
    said = call("109", step_of("109", "c_cli4g.top_up"))
    ask(said, side, REFUSED)
    first = to_card(said)
    again = in_a_while(call("109", step_of("109", "c_cli4g.top_up")))
    ask(again, side, DONE)
    number_of(again, "4251299")
    ask(again, side, DONE)
    again.caller.answer(**{**dict.fromkeys(asked(again.caller), NO_LONGER), "telephone": "73333333"})
    clock(again.caller, 3, 70)
    mistaken = Escalation.objects.get(key__endswith=":mistaken")
    assert f"se deshace (derivación #{mistaken.pk})" in told(first)
