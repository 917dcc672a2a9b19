"""Whom a card is about is called by a click: from where she sits, once, and what became of it is told as it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agents.keeping import Held
from agents.models import Agent, AgentState, By, DataPolicy, Search, User
from agents.searching import note_search
from agents.states import Event, change_state
from escalations import working
from escalations.anonymising import anonymise_escalations
from escalations.calls import inform_customer
from escalations.card_page import history_of
from escalations.dialling import CardCall, InAnotherCall, call_customer, calls_about, last_calls, see_calling
from escalations.lifecycle import EscalationRefused
from escalations.models import Change, Escalation, EscalationCall
from telephony.dialling import ask_to_call
from telephony.models import Extension, Listening, OutgoingCall, QueueCall, Switchboard
from telephony.outcomes import Outcome
from telephony.seats import sit_down
from tests.telephony.a_listener import linked

pytestmark = pytest.mark.django_db
Make = Callable[..., Escalation]
SignedIn = Callable[[Any], Client]
HTMX: Any = {"HTTP_HX_REQUEST": "true"}
NUMBER = "+59171712345"


@pytest.fixture
def now(morning: datetime) -> Iterator[datetime]:
    with time_machine.travel(morning, tick=False):
        yield morning


@pytest.fixture
def board(now: datetime) -> Iterator[Switchboard]:
    """A switchboard with a link to it, and three telephones."""
    row = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    for number in ("1001", "1002", "1003"):
        Extension.objects.create(switchboard=row, number=number)
    with linked(row, now):
        yield row


def sits(agent: Agent, board: Switchboard, number: str, now: datetime) -> Agent:
    sit_down(agent=agent, extension=Extension.objects.get(switchboard=board, number=number), now=now)
    return agent


@pytest.fixture
def seated(ana: Agent, board: Switchboard, now: datetime) -> Agent:
    return sits(ana, board, "1001", now)


@pytest.fixture
def her_own(elena: User, board: Switchboard, now: datetime) -> User:
    """Elena, who works the board from a telephone: she figures among the agents, off duty."""
    sits(Agent.objects.create(user=elena, is_on_duty=False), board, "1003", now)
    return elena


@pytest.fixture
def promised(make_card: Make) -> Escalation:
    """A call that Ana promised for this morning."""
    return make_card(kind="callback_promise", line="103")


def ends(call: OutgoingCall, outcome: Outcome, at: datetime, **more: Any) -> OutgoingCall:
    OutgoingCall.objects.filter(pk=call.pk).update(state="over", outcome=outcome, ended_at=at, **more)
    call.refresh_from_db()
    return call


def call_of(card: Escalation, by: User, now: datetime) -> OutgoingCall:
    call_customer(escalation_id=card.pk, by=by, now=now)
    return EscalationCall.objects.get(escalation=card).call


def told(card: Escalation, now: datetime) -> list[str]:
    return [str(line.told) for line in history_of(card, calls_about(card), now=now)]


def seen_by(user: User, card: Escalation, now: datetime, *, at_desk: bool = False) -> CardCall:
    last = last_calls([card.pk], by=user)[card.pk]
    seen = see_calling(card, by=user, now=now, last=last, seat=None, at_desk=at_desk).call
    assert seen is not None
    return seen


# asked for


def test_a_click_takes_the_card_and_asks_for_the_call_and_twice_is_one(
    seated: Agent, promised: Escalation, now: datetime
) -> None:
    for _twice in range(2):
        card = call_customer(escalation_id=promised.pk, by=seated.user, now=now)
    assert (card.state, card.owner) == ("taken", seated.user)
    call = OutgoingCall.objects.get()
    assert (call.telephone, call.number, call.agent) == ("PJSIP/1001", NUMBER, seated)
    joined = EscalationCall.objects.get()
    assert (joined.call, joined.escalation, joined.by, joined.asked_at) == (call, promised, seated.user, now)
    assert told(card, now) == ["Llamada: en curso", "Tomada", "Derivada"]


def test_one_that_settled_needs_no_owner_to_be_told(her_own: User, rosa: User, card: Escalation, now: datetime) -> None:
    working.take(escalation_id=card.pk, by=rosa, now=now)
    working.resolve(escalation_id=card.pk, outcome="Se corrige", by=rosa, now=now)
    assert call_customer(escalation_id=card.pk, by=her_own, now=now).state == "resolved"
    assert OutgoingCall.objects.get().agent.user == her_own


def taken_by_another(card: Escalation, rosa: User, now: datetime) -> None:
    working.take(escalation_id=card.pk, by=rosa, now=now)


def closed(card: Escalation, rosa: User, now: datetime) -> None:
    working.take(escalation_id=card.pk, by=rosa, now=now)
    inform_customer(escalation_id=card.pk, how="telephone", told_at=now, by=rosa, now=now)


def without_a_number(card: Escalation, _rosa: User, _now: datetime) -> None:
    Escalation.objects.filter(pk=card.pk).update(telephone="")


def of_supervision(card: Escalation, _rosa: User, _now: datetime) -> None:
    Escalation.objects.filter(pk=card.pk).update(kind="billing_claim")


def link_lost(_card: Escalation, _rosa: User, _now: datetime) -> None:
    Listening.objects.update(lease_until=None, connected_at=None)


@pytest.mark.parametrize(
    ("befalls", "sentence"),
    [
        (taken_by_another, "La tiene Rosa"),
        (closed, "Ya está cerrada"),
        (without_a_number, "No dice a qué teléfono"),
        (of_supervision, "lo trabaja supervisión"),
        (link_lost, "No hay enlace"),
    ],
    ids=lambda told: getattr(told, "__name__", ""),
)
def test_the_rules_are_asked_at_the_moment_of_dialling(
    seated: Agent, promised: Escalation, rosa: User, now: datetime, befalls: Callable[..., None], sentence: str
) -> None:
    befalls(promised, rosa, now)
    before = Escalation.objects.values().get(pk=promised.pk)
    with pytest.raises(EscalationRefused, match=sentence):
        call_customer(escalation_id=promised.pk, by=seated.user, now=now)
    assert Escalation.objects.values().get(pk=promised.pk) == before
    assert not OutgoingCall.objects.exists()


def test_a_number_somebody_is_calling_is_not_called_by_another(
    seated: Agent, luis: Agent, board: Switchboard, promised: Escalation, now: datetime
) -> None:
    his = sits(luis, board, "1002", now).seat.extension
    assert his is not None
    call = ask_to_call(agent=luis, extension=his, number=NUMBER, now=now)
    with pytest.raises(EscalationRefused, match="Luis está llamando a ese número"):
        call_customer(escalation_id=promised.pk, by=seated.user, now=now)
    ends(call, Outcome.BUSY, now)
    call_customer(escalation_id=promised.pk, by=seated.user, now=now)


def test_her_call_before_is_hung_up_first_also_one_to_the_same_number(
    seated: Agent, promised: Escalation, make_card: Make, now: datetime
) -> None:
    other = make_card(kind="callback_promise", contract="1002")
    call_customer(escalation_id=other.pk, by=seated.user, now=now)
    with pytest.raises(InAnotherCall, match="cuelgue primero"):
        call_customer(escalation_id=promised.pk, by=seated.user, now=now)
    assert EscalationCall.objects.get().escalation == other
    promised.refresh_from_db()
    assert promised.state == "new"


def test_while_she_talks_with_a_queues_caller_no_card_is_called_about(
    seated: Agent, promised: Escalation, board: Switchboard, now: datetime
) -> None:
    QueueCall.objects.create(
        switchboard=board, queue="101", uid="1.1", state="talking", agent=seated, joined_at=now, answered_at=now
    )
    with pytest.raises(EscalationRefused, match="Está en una llamada de la cola 101"):
        call_customer(escalation_id=promised.pk, by=seated.user, now=now)
    assert not OutgoingCall.objects.exists()


# what became of it


@pytest.mark.parametrize(
    ("outcome", "rang", "words", "proposes"),
    [
        (Outcome.ANSWERED, True, "contestó (0:42)", "inform"),
        (Outcome.NO_ANSWER, True, "no contestó", "not_reached"),
        (Outcome.BUSY, True, "ocupado", "not_reached"),
        (Outcome.OUT_OF_REACH, True, "apagado o fuera de servicio", "not_reached"),
        (Outcome.MACHINE, True, "contestador automático", "not_reached"),
        (Outcome.UNALLOCATED, True, "el número no existe", ""),
        (Outcome.CANCELLED, True, "cancelada antes de que conteste", ""),
        (Outcome.CANCELLED, False, "no se llamó al cliente: se colgó antes", ""),
        (Outcome.AGENT_BUSY, False, "no se llamó al cliente: el interno estaba ocupado", ""),
        (Outcome.UNKNOWN, False, "no se sabe: se perdió el enlace con la central", ""),
    ],
)
def test_the_history_tells_the_true_result_and_nothing_is_recorded_by_itself(
    seated: Agent, promised: Escalation, now: datetime, outcome: Outcome, rang: bool, words: str, proposes: str
) -> None:
    call, later = call_of(promised, seated.user, now), now + timedelta(seconds=50)
    more: dict[str, Any] = {"customer_rang_at": now} if rang else {}
    if outcome == Outcome.ANSWERED:
        more["answered_at"] = later - timedelta(seconds=42)
    ends(call, outcome, later, **more)
    promised.refresh_from_db()
    assert told(promised, later)[0] == f"Llamada: {words}"
    assert seen_by(seated.user, promised, later, at_desk=True).proposes == proposes
    assert (promised.state, Change.objects.filter(escalation=promised).count()) == ("taken", 2)  # raised and taken


def test_every_outcome_has_its_words_in_a_history(seated: Agent, promised: Escalation, now: datetime) -> None:
    call = call_of(promised, seated.user, now)
    for outcome in Outcome:
        ends(call, outcome, now)
        assert told(promised, now)[0].startswith("Llamada: ")
        assert "Su teléfono" not in told(promised, now)[0]


def test_on_the_board_that_she_told_him_is_proposed_once_it_is_settled(
    her_own: User, card: Escalation, now: datetime
) -> None:
    call = call_of(card, her_own, now)
    ends(call, Outcome.ANSWERED, now, customer_rang_at=now, answered_at=now)
    card.refresh_from_db()
    assert seen_by(her_own, card, now).proposes == ""
    working.resolve(escalation_id=card.pk, outcome="Se corrige", by=her_own, now=now - timedelta(seconds=1))
    card.refresh_from_db()
    assert seen_by(her_own, card, now).proposes == "inform"


def test_what_is_done_with_the_card_ends_the_proposal_and_the_wrap_up(
    seated: Agent, promised: Escalation, signed_in: SignedIn, now: datetime
) -> None:
    change_state(agent=seated, event=Event.SIGNED_IN, now=now, by=By.DESK)
    call = call_of(promised, seated.user, now)
    for event in (Event.RANG, Event.ANSWERED, Event.HUNG_UP):
        change_state(agent=seated, event=event, now=now, by=By.TELEPHONE, call=call.key)
    ends(call, Outcome.NO_ANSWER, now, customer_rang_at=now)
    assert AgentState.objects.open().get().state == "wrapping_up"
    with time_machine.travel(now + timedelta(seconds=5), tick=False):
        page = press(signed_in(seated), "call_not_reached", promised).content.decode()
    assert AgentState.objects.open().get().state == "available"
    assert "data-proposed" not in page
    assert re.search(r"Llamó .*: No contestó", page)


# the pages


def press(client: Client, name: str, card: Escalation, **sent: Any) -> Any:
    return client.post(reverse(f"escalations:{name}", args=[card.pk]), sent, **HTMX)


def phase(client: Client, card: Escalation, **asked: str) -> Any:
    return client.get(reverse("escalations:call_phase", args=[card.pk]), asked, **HTMX)


def keys_of(page: str) -> list[str]:
    return sorted(re.findall(r'data-key="(\w)"', page))


def test_the_desk_calls_shows_the_phase_hangs_up_and_proposes(
    seated: Agent, promised: Escalation, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(seated)
    assert keys_of(client.get(reverse("escalations:calls")).content.decode()) == ["l", "t"]
    page = press(client, "call_dial", promised).content.decode()
    assert "Por marcar" in page
    assert keys_of(page) == ["h", "i", "k"]
    assert re.search(r'value="telephone"[^>]*checked', page)
    call = OutgoingCall.objects.get()
    OutgoingCall.objects.update(state="customer_rings", sent_at=now, fence=1)
    answer = phase(client, promised, at="desk", shown=f"{call.key}-asked")
    assert (answer.status_code, "Timbra el cliente" in answer.content.decode()) == (200, True)
    assert "Historia" not in answer.content.decode()
    assert phase(client, promised, at="desk", shown=f"{call.key}-customer_rings").status_code == 204
    hung_up = client.post(reverse("escalations:call_hang_up", args=[promised.pk]) + "?at=desk", **HTMX)
    assert "Colgando" in hung_up.content.decode()
    call.refresh_from_db()
    assert call.ending_asked_at == now
    ends(call, Outcome.NO_ANSWER, now, customer_rang_at=now)
    over = phase(client, promised, at="desk")
    assert over.status_code == 286
    assert 'data-proposed="not_reached"' in over.content.decode()
    assert "Llamar otra vez" in over.content.decode()
    assert Change.objects.filter(escalation=promised, verb="note").count() == 0


def test_a_call_of_which_nobody_heard_is_found_again_until_she_said_what_came_of_it(
    her_own: User, card: Escalation, signed_in: SignedIn, now: datetime
) -> None:
    client, asks = signed_in(her_own), f'hx-get="{reverse("escalations:call_phase", args=[card.pk])}"'
    press(client, "escalation_call", card)
    call = OutgoingCall.objects.get()
    ends(call, Outcome.UNKNOWN, now, customer_rang_at=now)
    assert phase(client, card).status_code == 200
    assert phase(client, card, shown=f"{call.key}-over").status_code == 204
    assert asks in client.get(f"/escalations/{card.pk}/").content.decode()
    OutgoingCall.objects.update(state="talking", outcome="", sent_at=now, fence=1, ended_at=None, answered_at=now)
    assert keys_of(phase(client, card, shown=f"{call.key}-over").content.decode()).count("f") == 1
    ends(OutgoingCall.objects.get(), Outcome.UNKNOWN, now, customer_rang_at=now)
    with time_machine.travel(now + timedelta(seconds=5), tick=False):
        client.post(f"/escalations/{card.pk}/steps/note/", {"text": "Habló"}, **HTMX)
        assert asks not in client.get(f"/escalations/{card.pk}/").content.decode()


def test_the_card_calls_with_its_keys_and_its_history_tells_the_end(
    her_own: User, card: Escalation, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(her_own)
    assert "Interno 1003" in re.sub(r"\s+", " ", client.get(f"/escalations/{card.pk}/").content.decode())
    assert "l" in keys_of(client.get(f"/escalations/{card.pk}/").content.decode())
    page = press(client, "escalation_call", card).content.decode()
    assert f'data-touched="{card.pk}:1 "' in page
    assert keys_of(page).count("f") == 1  # hangs up, and nothing else on a card
    ends(OutgoingCall.objects.get(), Outcome.BUSY, now, customer_rang_at=now)
    over = phase(client, card)
    assert over.status_code == 286
    assert "Llamada: ocupado" in over.content.decode()
    assert keys_of(over.content.decode()) == ["k", "l"]
    with time_machine.travel(now + timedelta(seconds=5), tick=False):
        page = client.post(f"/escalations/{card.pk}/steps/note/", {"text": "No contesta"}, **HTMX).content.decode()
    assert "data-proposed" not in page


def test_whoever_once_called_about_a_card_does_not_go_on_reading_it_without_a_row(
    her_own: User, card: Escalation, signed_in: SignedIn, now: datetime
) -> None:
    client = signed_in(her_own)
    press(client, "escalation_call", card)
    before = Search.objects.count()
    assert "Historia" in phase(client, card).content.decode()
    assert Search.objects.count() == before, "while she calls it is her work"
    ends(OutgoingCall.objects.get(), Outcome.BUSY, now, customer_rang_at=now)
    assert "Historia" in phase(client, card).content.decode()
    last = Search.objects.latest("pk")
    assert (Search.objects.count(), last.where, last.asked) == (before + 1, "card", f"tarjeta {card.pk}")
    note_search(user=her_own, where=Search.Where.LIST, asked="otra", now=now)
    DataPolicy(searches_a_minute=1).save()
    refused = phase(client, card).content.decode()
    assert ("Historia" in refused, "ocupado" in refused.lower()) == (False, True)


def test_who_is_refused_for_another_call_may_hang_that_up(
    seated: Agent, promised: Escalation, make_card: Make, signed_in: SignedIn, now: datetime
) -> None:
    other = make_card(kind="callback_promise", contract="1002")
    working.take(escalation_id=other.pk, by=seated.user, now=now)
    inform = {"escalation_id": other.pk, "how": "telephone", "told_at": now, "by": seated.user, "now": now}
    call_customer(escalation_id=other.pk, by=seated.user, now=now)
    inform_customer(**inform)  # while they talk: its card is gone from the desk
    page = signed_in(seated).get(reverse("escalations:calls")).content.decode()
    assert "Su llamada sigue" in page
    assert keys_of(page) == ["h", "l", "t"]
    refused = press(signed_in(seated), "call_dial", promised)
    assert refused.status_code == 409
    assert "cuelgue primero" in refused.content.decode()
    assert keys_of(refused.content.decode()).count("h") == 1
    press(signed_in(seated), "call_hang_up", promised)
    assert OutgoingCall.objects.get().is_over  # nobody had sent it yet


def test_a_call_that_is_about_no_card_is_hung_up_where_it_stands_in_the_way(
    seated: Agent, promised: Escalation, signed_in: SignedIn, now: datetime
) -> None:
    hers = seated.seat.extension
    assert hers is not None
    call = ask_to_call(agent=seated, extension=hers, number="+59170700001", now=now)  # as a campaign does
    refused = press(signed_in(seated), "call_dial", promised)
    assert (refused.status_code, keys_of(refused.content.decode())) == (409, ["h", "t"])
    client = signed_in(seated)
    hung_up = client.post(reverse("escalations:call_hang_up", args=[promised.pk]) + "?at=desk", **HTMX)
    call.refresh_from_db()
    assert (call.outcome, "Llamar" in hung_up.content.decode()) == ("cancelled", True)


@pytest.mark.parametrize("more", [HTMX, {}], ids=["a piece", "a page"])
def test_who_has_looked_too_often_ends_her_call_and_is_told_what_is_so(
    seated: Agent, promised: Escalation, signed_in: SignedIn, now: datetime, more: dict[str, Any]
) -> None:
    client = signed_in(seated)
    press(client, "call_dial", promised)
    DataPolicy(searches_a_minute=1).save()
    note_search(user=seated.user, where=Search.Where.LIST, asked="otra", now=now)
    sent = client.post(reverse("escalations:call_hang_up", args=[promised.pk]), **more)
    assert OutgoingCall.objects.get().is_over
    home = sent.headers["HX-Redirect"] if more else sent.headers["Location"]
    page = client.get(home, follow=True).content.decode()
    assert "Se pidió colgar" in page
    assert "Lo que tenía abierto" not in page


def test_who_has_looked_too_often_and_is_in_no_call_is_not_told_that_it_ends(
    seated: Agent, promised: Escalation, signed_in: SignedIn, now: datetime
) -> None:
    DataPolicy(searches_a_minute=1).save()
    note_search(user=seated.user, where=Search.Where.LIST, asked="otra", now=now)
    sent = signed_in(seated).post(reverse("escalations:call_hang_up", args=[promised.pk]))
    assert (sent.status_code, "Se pidió colgar" in sent.content.decode()) == (429, False)


@pytest.mark.parametrize("place", ["calls", "card"])
def test_without_a_link_or_a_seat_there_is_no_button(
    ana: Agent, promised: Escalation, signed_in: SignedIn, board: Switchboard, now: datetime, place: str
) -> None:
    client, path = signed_in(ana), "/escalations/calls/" if place == "calls" else f"/escalations/{promised.pk}/"
    assert "Llamar" not in client.get(path).content.decode().replace("Llamar al cliente", "")
    sits(ana, board, "1001", now)
    assert "/call/" in client.get(path).content.decode()
    Listening.objects.update(lease_until=None, connected_at=None)
    assert "/call/" not in client.get(path).content.decode()


def test_another_agent_and_an_auditor_see_how_it_ended_and_no_button(
    seated: Agent, promised: Escalation, oscar: User, signed_in: SignedIn, now: datetime
) -> None:
    ends(call_of(promised, seated.user, now), Outcome.ANSWERED, now, customer_rang_at=now, answered_at=now)
    page = signed_in(oscar).get(f"/escalations/{promised.pk}/").content.decode()
    assert "Llamada: contestó" in page
    assert "/call/" not in page
    assert "712345" not in page
    assert phase(signed_in(oscar), promised).status_code == 403
    assert press(signed_in(oscar), "escalation_call", promised).status_code == 403


def test_the_desk_asks_no_more_for_many_calls(
    seated: Agent, make_card: Make, signed_in: SignedIn, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        card = make_card(kind="callback_promise", contract=str(number))
        ends(call_of(card, seated.user, now), Outcome.BUSY, now, customer_rang_at=now)
    client = signed_in(seated)
    with django_assert_max_num_queries(8):
        page = client.get(reverse("escalations:calls"), **HTMX).content.decode()
    assert page.count('data-proposed="not_reached"') == 8
    assert keys_of(page) == ["i", "k", "l"]


# afterwards


def test_a_number_goes_from_its_calls_with_the_card(seated: Agent, promised: Escalation, now: datetime) -> None:
    call = call_of(promised, seated.user, now)
    inform_customer(escalation_id=promised.pk, how="telephone", told_at=now, by=seated.user, now=now)
    ends(call, Outcome.ANSWERED, now + timedelta(minutes=5), customer_rang_at=now, answered_at=now)
    assert anonymise_escalations(held=Held(), before=now + timedelta(minutes=1), now=now + timedelta(days=800)) == 1
    call.refresh_from_db()
    assert (call.number, call.dialled, call.outcome) == ("", "", "answered")
    assert EscalationCall.objects.get().call == call
