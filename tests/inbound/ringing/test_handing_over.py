"""What an agent orders from the strip of her call: asked for by a click, and told as it stands."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent
from inbound.models import ServiceLine
from inbound.ringing.own_calls import HANDED_OVER_SHOWN, HandedOver, attend, handed_over, order_words, own_calls
from inbound.ringing.places import places_for
from telephony.call_orders import give_order, next_order, note_answer
from telephony.models import CallOrder, Extension, Listening, QueueCall, Seat, Switchboard
from tests.inbound.a_walk import FLOW, publish
from tests.telephony.a_listener import linked

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(now: datetime) -> Listening:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    with linked(board, now) as held:
        Listening.objects.update(lease_until=now + timedelta(days=9_000))  # a view looks at the clock
        return held


@pytest.fixture
def call(held: Listening, ana: Agent, now: datetime) -> QueueCall:
    publish(FLOW, now, line="101")
    return QueueCall.objects.create(
        switchboard_id=held.pk, queue="101", uid="1.1", state="talking", agent=ana, agent_channel="PJSIP/1001-2",
        agent_uid="1.2", joined_at=now, answered_at=now,
    )  # fmt: skip


def sits(agent: Agent, held: Listening, number: str, now: datetime) -> None:
    extension = Extension.objects.create(switchboard_id=held.pk, number=number)
    Seat.objects.create(agent=agent, extension=extension, since=now)


def of(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent.user)
    return client


def test_who_sits_where_and_the_other_lines_are_proposed(
    call: QueueCall, held: Listening, ana: Agent, luis: Agent, now: datetime
) -> None:
    sits(ana, held, "1001", now)
    sits(luis, held, "1002", now)
    Extension.objects.create(switchboard_id=held.pk, number="1003")
    ServiceLine.objects.exclude(number__in=["101", "102"]).update(is_active=False)
    places = {place.number: place.words for place in places_for(call)}
    assert places.keys() == {"1002", "102"}
    assert str(luis) in places["1002"]
    assert "No ha ingresado" in places["1002"]
    ServiceLine.objects.filter(number="102").update(queue="8102")
    assert "8102" in {place.number for place in places_for(call)}
    ServiceLine.objects.filter(number="102").update(queue="ventas")  # a name is not dialled
    assert "102" in {place.number for place in places_for(call)}


def test_a_transfer_is_asked_for_by_its_form(call: QueueCall, ana: Agent) -> None:
    client, address = of(ana), reverse("inbound:ringing_transfer", args=[call.key])
    assert 'name="number"' in client.get(address).content.decode()
    refused = client.post(address, {"number": "Luis", "kind": "blind"})
    assert refused.status_code == 409
    assert "solo cifras" in refused.content.decode()
    assert 'value="Luis"' in refused.content.decode()
    assert client.post(address, {"number": " 10 02", "kind": "attended"}).status_code == 204
    order = CallOrder.objects.get()
    assert (order.kind, order.number, order.agent, order.state) == ("attended", "1002", ana, "asked")
    assert "Transfiriendo a 1002" in client.get(reverse("inbound:ringing")).content.decode()


def test_it_is_hung_up_once(call: QueueCall, ana: Agent, luis: Agent) -> None:
    address = reverse("inbound:ringing_hang_up", args=[call.key])
    assert of(luis).post(address).status_code == 404
    assert [of(ana).post(address).status_code for _twice in range(2)] == [204, 204]
    assert CallOrder.objects.count() == 1
    Listening.objects.update(connected_at=None)
    CallOrder.objects.all().delete()
    assert "No hay enlace" in of(ana).post(address).content.decode()


def test_a_call_that_only_rings_is_not_hung_up_here(call: QueueCall, ana: Agent) -> None:
    QueueCall.objects.update(state="ringing", agent=None, answered_at=None)
    call.rings.create(telephone="PJSIP/1001", agent=ana, began_at=call.joined_at)
    shown = of(ana).get(reverse("inbound:ringing")).content.decode()
    assert "Colgar" not in shown
    assert "Transferir" not in shown
    assert of(ana).post(reverse("inbound:ringing_hang_up", args=[call.key])).status_code == 409


def test_why_it_was_refused_stands_in_the_strip(call: QueueCall, held: Listening, ana: Agent, now: datetime) -> None:
    give_order(agent=ana, call=call, kind=CallOrder.Kind.BLIND, number="12", now=now)
    order = next_order(held=held, now=now)
    assert order is not None
    note_answer(order=order, succeeded=False, said="Transfer failed", now=now)
    (one,) = own_calls(agent=ana)
    assert one.said == "No se transfirió a 12. La central no quiso hacerlo. Dijo: Transfer failed"
    assert one.may_hand_over
    assert one.said in of(ana).get(reverse("inbound:ringing")).content.decode()


def test_a_line_is_handed_over_to_and_not_asked_first(call: QueueCall, ana: Agent) -> None:
    address = reverse("inbound:ringing_transfer", args=[call.key])
    refused = of(ana).post(address, {"number": "102", "kind": "attended"})
    assert refused.status_code == 409
    assert "A una línea se transfiere sin consultar" in refused.content.decode()
    assert not CallOrder.objects.exists()
    assert of(ana).post(address, {"number": "102", "kind": "blind"}).status_code == 204


def test_a_caller_is_connected_to_nobody_outside(call: QueueCall, ana: Agent) -> None:
    """At the centre's cost, to wherever an agent likes; what is written down here is inside, however long."""
    address = reverse("inbound:ringing_transfer", args=[call.key])

    def ask(number: str) -> HttpResponse:
        return of(ana).post(address, {"number": number, "kind": "blind"})

    refused = ask("70712345")
    assert refused.status_code == 409
    assert "70712345 no es un interno ni una línea" in refused.content.decode()
    assert not CallOrder.objects.exists()
    Extension.objects.create(switchboard=call.switchboard, number="70712345")
    assert ask("70712345").status_code == 204
    CallOrder.objects.update(state="refused", why="call_ended", ended_at=timezone.now())
    Switchboard.objects.update(transfer_digits=18)
    assert ask("70799999").status_code == 204


def test_that_it_was_handed_over_is_said_for_a_moment(
    call: QueueCall, held: Listening, ana: Agent, now: datetime
) -> None:
    give_order(agent=ana, call=call, kind=CallOrder.Kind.BLIND, number="102", now=now)
    order = next_order(held=held, now=now)
    assert order is not None
    note_answer(order=order, succeeded=True, said="", now=now)
    assert handed_over(agent=ana, now=now) == [HandedOver(order.number, None)]
    walk = attend(agent=ana, call=call, now=now)
    assert handed_over(agent=ana, now=now) == [HandedOver(order.number, walk)]
    assert handed_over(agent=ana, now=now + HANDED_OVER_SHOWN) == []
    CallOrder.objects.update(asked_at=timezone.now(), ended_at=timezone.now())  # a view looks at the clock
    assert "Su atención de 101 sigue abierta" in of(ana).get(reverse("inbound:ringing")).content.decode()


@pytest.mark.parametrize(
    ("kind", "state", "is_held", "words"),
    [
        ("hang_up", "sent", False, "Colgando…"),
        ("blind", "sent", False, "Transfiriendo a 102…"),
        ("blind", "done", False, "Transferida a 102."),
        ("attended", "taken", False, "La central llama a 102."),
        ("attended", "taken", True, "Consulta con 102: cuando le conteste hable, y cuelgue para pasarle la llamada."),
    ],
)
def test_how_an_order_stands_in_words(kind: str, state: str, is_held: bool, words: str) -> None:
    number = "" if kind == "hang_up" else "102"
    assert order_words(CallOrder(kind=kind, state=state, number=number), is_held=is_held) == words
