"""One line, several calls: what one had done is true for the other only while it is so, and what one undoes the other
may want.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent
from callcenter.customers.standing import Standing, part_of
from escalations.models import Escalation
from escalations.working import merge, reject, resolve, take
from inbound.models import OutsideWrite
from inbound.walks.page import lay_walk
from inbound.writes.settling import settle
from tests.audit import behind_the_audit
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.a_stolen_line import (
    ANOTHER,
    CONTRACT,
    CUSTOMER,
    DOWN,
    JUAN,
    LINE,
    REFUSED,
    ROSA,
    Robbed,
    clock,
    seen,
    suspended_and_blocked,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at: Any) -> datetime:
    return at("2026-11-23 10:00")  # type: ignore[no-any-return]


# what was done before is not what is so now


def test_a_sim_that_mio_shows_in_service_is_not_told_to_be_blocked(side: OtherSide, ana: Agent, now: datetime) -> None:
    """Smartflex still shows the line suspended, so that is true; MIO, asked in this call, gave the SIM back."""
    suspended_and_blocked(ana, side, now)
    seen(side, smartflex="suspended", mio="active")
    juan = Robbed(ana, now + timedelta(hours=5), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    assert "quedó suspendida" in juan.said
    juan.does(side, REFUSED)
    assert "queda bloqueado" not in juan.said
    assert OutsideWrite.objects.filter(action="mio.block_sim", state="refused").count() == 1


def test_a_sim_that_mio_shows_blocked_is_told_so(side: OtherSide, ana: Agent, now: datetime) -> None:
    suspended_and_blocked(ana, side, now)
    seen(side, smartflex="suspended", mio="suspended")
    juan = Robbed(ana, now + timedelta(minutes=5), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    juan.does(side, REFUSED)
    assert "queda bloqueado" in juan.said


def test_where_the_line_was_read_by_hand_mio_says_whether_it_was_given_back(
    side: OtherSide, ana: Agent, now: datetime
) -> None:
    suspended_and_blocked(ana, side, now)
    seen(side)
    side.says["smartflex/customer"] = DOWN
    juan = Robbed(ana, now + timedelta(hours=5), JUAN, knows_contract=False)
    juan.answer("theft")
    juan.answer(contract=CONTRACT)
    juan.look()
    read = {"products.0.service_number": LINE, "products.0.state": "active"}
    juan.by_hand(contract=CONTRACT, name="Titular Uno", **read)
    juan.asks().does(side, REFUSED)
    assert "quedó suspendida" not in juan.said


# what one undoes, and another wants


def test_the_card_of_a_mistake_says_whose_line_it_was_suspended_for(side: OtherSide, ana: Agent, now: datetime) -> None:
    """His call did nothing: to undo it would put Rosa's stolen line back in service."""
    suspended_and_blocked(ana, side, now)
    seen(side, smartflex="suspended")
    juan = Robbed(ana, now + timedelta(minutes=20), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    card = juan.suspends_another_and_says_the_first_was_a_mistake(side)
    assert "Esta llamada no hizo nada" in told(card)
    assert "Rosa Flores" in told(card)
    clock(juan.now, 1, 3)
    assert told(card).count("Esta llamada no hizo nada") == 1, "once"


def test_done_a_second_time_it_is_not_undone_for_who_had_it_done_first(
    side: OtherSide, ana: Agent, now: datetime
) -> None:
    suspended_and_blocked(ana, side, now)
    juan = Robbed(ana, now + timedelta(minutes=20), JUAN).to_the_suspension()
    juan.does(side)
    card = juan.suspends_another_and_says_the_first_was_a_mistake(side)
    assert "Otra llamada pide que siga hecho" in told(card)
    assert "Rosa Flores" in told(card)


def test_the_card_of_a_mistake_hears_of_a_call_that_comes_later(side: OtherSide, ana: Agent, now: datetime) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    assert "Otra llamada" not in told(card)
    seen(side, smartflex="suspended")
    juan = Robbed(ana, now + timedelta(minutes=20), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    assert "quedó suspendida" in juan.said
    assert "Juan Pérez" in told(card), "at once: somebody may be about to undo it"


def test_two_mistakes_want_nothing_of_each_other(side: OtherSide, ana: Agent, now: datetime) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    first = Escalation.objects.get(key__endswith=":mistaken")
    Escalation.objects.filter(pk=first.pk).update(key="set aside")
    seen(side)
    juan = Robbed(ana, now + timedelta(minutes=20), JUAN).to_the_suspension()
    juan.does(side)
    second = juan.suspends_another_and_says_the_first_was_a_mistake(side)
    before = told(second)
    mistaken = OutsideWrite.objects.filter(action="lbc.suspend", to_whom=f"+591{LINE}").earliest("pk")
    Escalation.objects.filter(pk=first.pk).update(key=f"write:{mistaken.pk}:mistaken")
    with behind_the_audit():
        second.changes.filter(note__contains="Otra llamada").delete()
    assert "Rosa Flores" in before
    clock(juan.now, 1)
    assert "Rosa Flores" not in told(second)


def test_a_call_that_was_shown_the_sim_blocked_by_a_mistake_is_told_of(
    side: OtherSide, ana: Agent, now: datetime
) -> None:
    """She has a card and no write: what she wants is so already."""
    seen(side)
    juan = Robbed(ana, now, JUAN).to_the_suspension()
    juan.does(side)
    juan.does(side)
    seen(side, smartflex="suspended", mio="blocked")
    rosa = Robbed(ana, now + timedelta(minutes=5), ROSA)
    rosa.answer("blocked")
    rosa.answer(telephone=ROSA[2])
    rosa.leaves()
    (hers,) = Escalation.objects.filter(telephone=f"+591{ROSA[2]}")
    juan.now += timedelta(minutes=10)
    juan.suspends_another_and_says_the_first_was_a_mistake(side)
    for card in Escalation.objects.filter(key__endswith=":mistaken"):
        assert f"#{hers.pk}" in told(card)
    assert "se pidió por error en otra llamada" in told(hers)


@pytest.mark.usefixtures("no_cool_down")
def test_a_call_refused_while_the_mistake_was_made_is_told_of(side: OtherSide, ana: Agent, now: datetime) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    juan = Robbed(ana, now, JUAN).to_the_suspension()
    juan.does(side)
    rosa.does(side, REFUSED)
    assert "quedó suspendida" not in rosa.said
    rosa.answer(telephone=ROSA[2])
    rosa.answer()
    hers = Escalation.objects.get()
    card = juan.suspends_another_and_says_the_first_was_a_mistake(side)
    assert f"#{hers.pk}" in told(card)
    assert f"#{card.pk}" in told(hers)


@pytest.mark.parametrize("ends", ["refused", "left"])
def test_a_top_up_of_the_line_that_came_to_nothing_does_not_want_it_suspended(
    side: OtherSide, ana: Agent, now: datetime, ends: str
) -> None:
    """Her card has the same number and the same kind: to be told of it would stop whoever puts the line in service."""
    seen(side)
    rosa = Robbed(ana, now, ROSA)
    rosa.answer("balance")
    rosa.answer(
        amount="10.00", requester_name=ROSA[0], requester_card=ROSA[1], requester_is="other", requester_kinship="spouse"
    )
    rosa.does(side, REFUSED)
    if ends == "refused":
        rosa.answer("hand_over")
        rosa.answer(telephone=ROSA[2])
        rosa.answer()
    else:
        rosa.leaves()
        clock(rosa.now, 40)
    (hers,) = Escalation.objects.all()
    juan = Robbed(ana, now + timedelta(minutes=50), JUAN).to_the_suspension()
    juan.does(side)
    card = juan.suspends_another_and_says_the_first_was_a_mistake(side)
    clock(juan.now, 1)
    assert f"#{hers.pk}" not in told(card)
    assert f"#{card.pk}" not in told(hers)


def test_a_mistake_that_supervision_undid_is_not_done_any_more(
    side: OtherSide, ana: Agent, elena: Any, now: datetime
) -> None:
    """As somebody read by hand it is in service, which alone would say nothing."""
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    take(escalation_id=card.pk, by=elena, now=now)
    resolve(escalation_id=card.pk, outcome="Línea repuesta", by=elena, now=now)
    seen(side)
    side.says["smartflex/customer"] = DOWN
    juan = Robbed(ana, now + timedelta(hours=1), JUAN, knows_contract=False)
    juan.answer("theft")
    juan.answer(contract=CONTRACT)
    juan.look()
    read = {"products.0.service_number": LINE, "products.0.state": "active"}
    juan.by_hand(contract=CONTRACT, name="Titular Uno", **read)
    juan.asks().does(side, REFUSED)
    assert "quedó suspendida" not in juan.said


def test_a_mistake_whose_card_was_rejected_was_none(
    side: OtherSide, ana: Agent, elena: Any, now: datetime, signed_in: Any
) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    take(escalation_id=card.pk, by=elena, now=now)
    reject(escalation_id=card.pk, reason="Era suya", by=elena, now=now)
    seen(side)
    page = words_of(Robbed(ana, now + timedelta(minutes=20), JUAN).to_the_suspension(), signed_in)
    assert "fue un error" not in page.lower()
    assert "En otra llamada ya se pidió esto" in page


def test_cards_of_mistakes_that_were_united_are_told_on_the_one_that_goes_on(
    side: OtherSide, ana: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    rosa.does(side)
    rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    first, second = Escalation.objects.filter(key__endswith=":mistaken").order_by("pk")
    for card in (first, second):
        take(escalation_id=card.pk, by=elena, now=now)
    merge(escalation_id=first.pk, into_id=second.pk, by=elena, now=now)
    seen(side, smartflex="suspended")
    juan = Robbed(ana, now + timedelta(minutes=20), JUAN).to_the_suspension()
    juan.does(side, REFUSED)
    assert told(second).count("Juan Pérez") == 1


# what follows, and which card asks


@pytest.mark.parametrize("days", [1, 3, 20])
@pytest.mark.parametrize("step", ["suspend", "block_sim"])
def test_what_follows_is_seen_to_however_late_it_was_found_done(
    step: str, days: int, side: OtherSide, ana: Agent, elena: Any, at: Any
) -> None:
    friday = at("2026-11-20 18:30")
    seen(side)
    rosa = Robbed(ana, friday, ROSA).to_the_suspension()
    if step == "block_sim":
        rosa.does(side)
    rosa.does(side, "doubt")
    rosa.answer(telephone=ROSA[2])
    rosa.leaves()
    clock(friday, 3)
    then = friday + timedelta(days=days)
    (write,) = OutsideWrite.objects.filter(state="uncertain")
    settle(write=write, outcome="done", reference="HAND-1", reason="visto", by=elena, now=then)
    clock(then, 1, 3)
    write.refresh_from_db()
    assert write.follow_card is not None


def test_a_card_of_something_else_does_not_ask_for_what_she_needs_no_more(
    side: OtherSide, ana: Agent, now: datetime, set_mode: Any
) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    set_mode("lbc", "off")
    rosa.answer("refused", reason="Apagado")
    rosa.answer(telephone=ROSA[2])
    rosa.answer()
    juan = Robbed(ana, now, JUAN).to_the_suspension()
    juan.answer("refused", reason="Apagado")
    juan.back_to("request")
    juan.answer("other")
    juan.answer(seen="Pide el plan", telephone=JUAN[2])
    asked = lay_walk(here=juan.here, by=juan.by).fields
    juan.answer(**{field.name: "corrected" for field in asked if field.options})
    clock(now, 3)
    first, other = Escalation.objects.order_by("pk")
    assert other.kind.code == "unforeseen_state"
    assert f"#{other.pk}" not in told(first)


def test_the_card_that_goes_on_for_two_asks_for_both(side: OtherSide, ana: Agent, elena: Any, now: datetime) -> None:
    cards = []
    for number in (LINE, ANOTHER):
        seen(side, number=number)
        robbed = Robbed(ana, now, ROSA)
        if number == ANOTHER:
            robbed.goes_back_for(ANOTHER)
        robbed.to_the_suspension().does(side, REFUSED)
        robbed.answer(telephone=ROSA[2])
        robbed.answer()
        cards.append(Escalation.objects.latest("pk"))
    for card in cards:
        take(escalation_id=card.pk, by=elena, now=now)
    merge(escalation_id=cards[0].pk, into_id=cards[1].pk, by=elena, now=now)
    seen(side)
    juan = Robbed(ana, now + timedelta(minutes=20), JUAN).to_the_suspension()
    juan.does(side)
    assert "+591 707-12345" in told(cards[1])
    assert "Se hizo" in told(cards[1])


# the customer's page


def test_what_her_number_has_open_is_found_however_it_is_written(
    side: OtherSide, ana: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA, knows_contract=False)
    rosa.answer("other")
    rosa.answer(seen="Pide", telephone=ROSA[2], caller_name=ROSA[0])
    rosa.answer()
    assert Escalation.objects.get().details["number"] == "+591 707-12345"
    assert part_of(name="customer", contract=CONTRACT, user=elena, now=now).pending


def test_what_another_customer_asked_for_her_line_waits_on_her_page(
    side: OtherSide, ana: Agent, elena: Any, now: datetime
) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA)
    side.answers["smartflex/customer"] = {
        "customer": {
            **side.answers["smartflex/customer"]["customer"], **CUSTOMER, "contract": "2022027", "name": "Otro",
        }
    }  # fmt: skip
    rosa.answer("theft")
    rosa.answer(contract="2022027")
    rosa.look()
    rosa.asks().does(side, DOWN)
    rosa.answer(telephone=ROSA[2])
    rosa.leaves()
    assert Standing(contract="2022027", user=elena, now=now + timedelta(minutes=4)).pending


# what the next call is shown


def test_what_supervision_settled_is_shown_to_the_call_that_asks_again(
    side: OtherSide, ana: Agent, elena: Any, now: datetime, signed_in: Any
) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side, REFUSED)
    rosa.answer(telephone=ROSA[2])
    rosa.answer()
    card = Escalation.objects.get()
    take(escalation_id=card.pk, by=elena, now=now)
    resolve(escalation_id=card.pk, outcome="Suspendida a mano", by=elena, now=now)
    juan = Robbed(ana, now + timedelta(minutes=20), JUAN).to_the_suspension()
    page = words_of(juan, signed_in)
    assert f"supervisión lo resolvió después (derivación #{card.pk}: Suspendida a mano)" in page
    assert "Vea si ya está hecho." in page
    late = Robbed(ana, now + timedelta(days=2), JUAN).to_the_suspension()
    assert "supervisión lo resolvió" not in words_of(late, signed_in)


def test_a_mistake_is_not_shown_as_asked_for_her(side: OtherSide, ana: Agent, now: datetime, signed_in: Any) -> None:
    seen(side)
    rosa = Robbed(ana, now, ROSA).to_the_suspension()
    rosa.does(side)
    card = rosa.suspends_another_and_says_the_first_was_a_mistake(side)
    seen(side)
    juan = Robbed(ana, now + timedelta(minutes=20), JUAN).to_the_suspension()
    page = words_of(juan, signed_in)
    assert f"supervisión lo deshace (derivación #{card.pk})" in page
    assert "+591 707-12345" in page
    assert "dígale que ya está pedido" not in page


def words_of(robbed: Robbed, signed_in: Any) -> str:
    client: Client = signed_in(robbed.by)
    page = client.get(reverse("inbound:walk", args=[robbed.walk.key])).content.decode()
    return " ".join(page.split())
