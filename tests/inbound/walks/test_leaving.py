"""Calls that end before their flow does: hung up, the wrong line, handed over, or left by their agent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent
from agents.presence import sign_in, sign_out
from escalations.models import Escalation
from escalations.raising import raise_escalation
from inbound.models import OutsideSystem, OutsideWrite, ServiceLine, Walk
from inbound.walks import leaving, walking
from inbound.walks.answering import StepRefused
from inbound.walks.footsteps import StaleStep, WalkRefused
from telephony.models import QueueCall, Switchboard
from tests.inbound.a_walk import FLOW, Caller, publish
from tests.inbound.lines_on_file import publish_every_flow

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(ana: Agent, now: datetime) -> Caller:
    return Caller(ana, publish(FLOW, now, line="101"), now)


def left(call: Caller, how: str, *, reason: str = "", name: str = "", telephone: str = "") -> Any:
    position = call.here.footstep.position
    return leaving.leave_call(
        by=call.by, key=call.walk.key, position=position, how=how, reason=reason, name=name, telephone=telephone,
        now=call.now,
    )  # fmt: skip


@pytest.mark.parametrize("how", ["hung_up", "wrong_line"])
def test_a_call_ends_where_it_stands_and_leaves_its_interaction(call: Caller, how: str) -> None:
    call.answer()
    left(call, how, reason="Se cortó")
    walk = Walk.objects.get()
    assert (walk.result, walk.ended_at) == (how, call.now)
    interaction = OutsideWrite.objects.get()
    assert interaction.payload["result"] == how
    assert "Se cortó" in interaction.payload["text"]
    assert not Escalation.objects.exists()
    with pytest.raises(StaleStep):
        left(call, how)


def test_a_hand_over_from_any_step_takes_a_reason_a_name_and_a_number(call: Caller) -> None:
    call.answer()
    with pytest.raises(StepRefused) as refused:
        left(call, "handed_over")
    assert set(refused.value.errors) == {"reason", "name", "telephone"}
    with pytest.raises(StepRefused, match="Ese teléfono no existe"):
        left(call, "handed_over", reason="Pide hablar", name="Rosa", telephone="12")
    assert Walk.objects.get().ended_at is None, "nothing was done"
    left(call, "handed_over", reason="Pide hablar con supervisión", name="Rosa", telephone="70712345")
    card = Escalation.objects.get()
    assert (card.customer_name, card.telephone) == ("Rosa", "+59170712345")
    assert "Pide hablar con supervisión" in card.reason
    assert card.reason.startswith("101.2")
    assert Walk.objects.get().result == "handed_over"


@pytest.mark.parametrize("how", ["", "left", "reiterated"])
def test_it_ends_in_one_of_the_ways_there_are(call: Caller, how: str) -> None:
    with pytest.raises(StepRefused, match="Elija cómo termina"):
        left(call, how)


def test_who_calls_is_written_down_and_stands_on_the_card_and_the_tab(
    call: Caller, ana: Agent, signed_in: Callable[..., Client], now: datetime
) -> None:
    client = signed_in(ana)
    sends = {"position": "1", "caller_name": "Rosa Flores", "caller_number": "4251000"}
    assert client.post(reverse("inbound:walk_caller", args=[call.walk.key]), sends).status_code == 302
    walk = Walk.objects.get()
    assert (walk.caller_name, walk.caller_number) == ("Rosa Flores", "+59144251000")
    other = Caller(ana, ServiceLine.objects.get(number="101"), now)
    page = client.get(reverse("inbound:walk", args=[other.walk.key])).content.decode()
    assert "101 · Rosa Flores" in page
    assert (
        client.post(reverse("inbound:walk_caller", args=[call.walk.key]), {**sends, "caller_number": "1"}).status_code
        == 409
    )
    left(call, "handed_over", reason="Pide hablar")
    assert Escalation.objects.get().telephone == "+59144251000"


def test_who_calls_typed_and_not_noted_goes_along_with_the_step(
    call: Caller, ana: Agent, signed_in: Callable[..., Client]
) -> None:
    client, walk = signed_in(ana), call.walk
    call.answer()
    sends = {"position": "2", "noted_name": "Rosa Flores", "noted_number": "4251000"}
    client.post(reverse("inbound:walk_back", args=[walk.key]), sends, headers={"HX-Request": "true"})
    walk.refresh_from_db()
    assert (walk.caller_name, walk.caller_number, walk.position) == ("Rosa Flores", "+59144251000", 3)
    sends = {"position": "3", "noted_name": "Rosa Flores", "noted_number": "42"}
    address = reverse("inbound:walk_answer", args=[walk.key])
    page = client.post(address, sends, headers={"HX-Request": "true"}).content.decode()
    walk.refresh_from_db()
    assert (walk.caller_number, walk.position) == ("+59144251000", 4), "half a number stops no call"
    assert 'value="42"' in page
    assert "Ese teléfono no existe" in page


def test_a_telephone_given_on_the_step_is_called_whatever_number_is_noted(
    ana: Agent, signed_in: Callable[..., Client], call: Caller
) -> None:
    OutsideSystem.objects.update(mode="by_hand")
    call.answer()
    call.answer(customer="1001")
    call.look()
    call.by_hand()
    call.answer("other")
    assert call.step == "unforeseen"
    sends = {"position": str(call.here.footstep.position), "seen": "Algo", "noted_name": "", "noted_number": "4251000"}
    sends |= {"caller_name": "Rosa", "telephone": "71234567"}
    address = reverse("inbound:walk_answer", args=[call.walk.key])
    page = signed_in(ana).post(address, sends, headers={"HX-Request": "true"}).content.decode()
    assert Walk.objects.get().caller_number == "+59144251000"
    assert Escalation.objects.get().telephone == "+59171234567"
    assert 'value="+591 4 425-1000"' in page


def test_a_number_that_was_noted_is_corrected_where_it_was_noted(
    call: Caller, ana: Agent, signed_in: Callable[..., Client]
) -> None:
    client, address = signed_in(ana), reverse("inbound:walk_caller", args=[call.walk.key])
    client.post(address, {"position": "1", "caller_name": "Rosa", "caller_number": "4251000"})
    page = client.get(reverse("inbound:walk", args=[call.walk.key])).content.decode()
    assert "Corregir quién llama" in page
    assert 'value="+591 4 425-1000"' in page
    assert 'value="42"' in client.post(address, {"position": "1", "caller_number": "42"}).content.decode()
    client.post(address, {"position": "1", "caller_name": "Rosa", "caller_number": "4251001"})
    assert Walk.objects.get().caller_number == "+59144251001"


def test_why_a_call_is_ended_stays_where_it_is_typed_and_beside_what_the_step_holds(
    call: Caller, ana: Agent, signed_in: Callable[..., Client]
) -> None:
    """Another call is looked at in between; the name and the number there are those that are known by then."""
    client, address = signed_in(ana), reverse("inbound:walk", args=[call.walk.key])
    call.answer()
    kept = [
        {"position": "2", "leaving": "yes", "how": "wrong_line", "reason": "Busca Guiatel", "name": "Viejo"},
        {"position": "2", "customer": "1001"},
    ]
    for sends in kept:
        assert client.post(f"{address}draft/", sends).status_code == 204
    page = client.get(address).content.decode()
    assert ">Busca Guiatel</textarea>" in page
    assert 'value="wrong_line" checked' in page
    assert 'value="1001"' in page
    assert "Viejo" not in page
    call.answer(customer="1001")
    assert "Busca Guiatel" not in client.get(address).content.decode(), "of the step before"


def test_why_a_call_is_ended_stays_where_its_end_was_refused(
    call: Caller, ana: Agent, signed_in: Callable[..., Client]
) -> None:
    client, address = signed_in(ana), reverse("inbound:walk", args=[call.walk.key])
    sends = {"position": "1", "how": "handed_over", "reason": "Pide hablar", "name": "", "telephone": ""}
    assert client.post(f"{address}leave/", sends, headers={"HX-Request": "true"}).status_code == 422
    assert ">Pide hablar</textarea>" in client.get(address).content.decode()


def test_the_page_offers_it_and_says_what_is_missing(
    call: Caller, ana: Agent, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(ana)
    page = client.get(reverse("inbound:walk", args=[call.walk.key])).content.decode()
    assert 'data-open="leave-call"' in page
    address = reverse("inbound:walk_leave", args=[call.walk.key])
    sends = {"position": "1", "how": "handed_over", "reason": "Pide hablar"}
    refused = client.post(address, sends, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    shown = refused.content.decode()
    assert "data-open-now" in shown
    assert "Escriba el nombre de quien llama." in shown
    assert "Pide hablar</textarea>" in shown, "what was typed stays"
    ended = client.post(address, {**sends, "name": "Rosa", "telephone": "70712345"}, headers={"HX-Request": "true"})
    assert "Atención terminada" in ended.content.decode()


def transferred(call: Caller) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    rang = QueueCall.objects.create(
        switchboard=board, queue="101", uid="1.1", state="over", outcome="transferred", joined_at=call.now,
        answered_at=call.now, ended_at=call.now,
    )  # fmt: skip
    Walk.objects.filter(pk=call.walk.pk).update(call=rang)


def test_only_what_the_switchboard_says_was_transferred_ends_so(
    call: Caller, ana: Agent, signed_in: Callable[..., Client]
) -> None:
    with pytest.raises(StepRefused):
        left(call, "transferred")
    transferred(call)
    page = signed_in(ana).get(reverse("inbound:walk", args=[call.walk.key])).content.decode()
    assert 'value="transferred" checked' in page
    left(call, "transferred")
    walk = Walk.objects.get()
    assert (walk.result, walk.result_label) == ("transferred", "Transferida por teléfono")
    assert not Escalation.objects.exists()


def test_one_that_was_transferred_and_is_not_ended_ends_so_after_minutes(call: Caller, now: datetime) -> None:
    transferred(call)
    assert leaving.close_left_calls(now=now + timedelta(minutes=9)) == 0
    assert leaving.close_left_calls(now=now + timedelta(minutes=11)) == 1
    assert Walk.objects.get().result == "transferred"


def test_a_call_without_a_sign_for_an_hour_is_closed_as_left(call: Caller, ana: Agent, now: datetime) -> None:
    assert leaving.close_left_calls(now=now + timedelta(minutes=59)) == 0
    position = call.here.footstep.position
    later = now + timedelta(minutes=40)
    walking.keep_draft(by=ana.user, key=call.walk.key, position=position, fields={"note": "a"}, now=later)
    assert leaving.close_left_calls(now=now + timedelta(minutes=90)) == 0, "she wrote something"
    assert leaving.close_left_calls(now=later + timedelta(minutes=61)) == 1
    assert leaving.close_left_calls(now=later + timedelta(minutes=62)) == 0
    walk = Walk.objects.get()
    assert (walk.result, walk.result_label) == ("left", "Quedó sin atender")
    assert OutsideWrite.objects.get().payload["result"] == "left"
    with pytest.raises(StaleStep):
        call.answer()


def test_a_call_whose_agent_signed_out_is_left_in_minutes_unless_she_is_back(
    call: Caller, ana: Agent, now: datetime
) -> None:
    out = now + timedelta(minutes=1)
    sign_in(user=ana.user, now=now - timedelta(hours=1))
    sign_out(user=ana.user, now=now - timedelta(minutes=1))  # a shift before: of no concern
    sign_in(user=ana.user, now=now)
    assert leaving.close_left_calls(now=now + timedelta(minutes=30)) == 0
    sign_out(user=ana.user, now=out)
    assert leaving.close_left_calls(now=out + timedelta(minutes=5)) == 0, "she may have signed out by mistake"
    sign_in(user=ana.user, now=out + timedelta(minutes=6))
    assert leaving.close_left_calls(now=out + timedelta(minutes=20)) == 0
    sign_out(user=ana.user, now=out + timedelta(minutes=21))
    assert leaving.close_left_calls(now=out + timedelta(minutes=22)) == 1
    assert Walk.objects.get().result == "left"


def test_a_write_under_way_keeps_its_step_when_the_caller_hangs_up(ana: Agent, now: datetime, set_mode: Any) -> None:
    publish_every_flow(now=now)
    for system in ("c_cli4g", "smartflex"):
        set_mode(system, "by_hand")
    call = Caller(ana, ServiceLine.objects.get(number="109"), now)
    call.answer(number="4251234", requester_name="Rosa", requester_card="3456789")
    call.look()
    call.by_hand(number="4251234")
    call.answer("shown")
    call.answer(amount="10", requester_is="other", requester_kinship="child")
    call.answer(confirmed=True)
    owed = call.here.footstep.write_id
    left(call, "hung_up")
    assert call.here.footstep.write_id == owed
    assert OutsideWrite.objects.filter(action="smartflex.write_interaction").count() == 1


def test_a_card_is_not_left_from_its_lane(call: Caller, elena: Any, now: datetime) -> None:
    Walk.objects.update(agent=None, walked_by=elena, escalation=_card(call, now))
    Escalation.objects.update(owner=elena, state="taken")
    call.by = elena
    with pytest.raises(WalkRefused, match="se deja en su tarjeta"):
        left(call, "hung_up")


def _card(call: Caller, now: datetime) -> Escalation:
    by = call.agent.user
    return raise_escalation(key="x", kind="complaint", line="101", reason="x", details={}, by=by, now=now)
