"""What rings at an agent's telephone: the line by its queue, the flow it opens, and whose number it is."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from agents.models import Agent, AgentState, By, Search
from agents.presence import sign_in
from agents.states import Event, change_state
from inbound.models import ServiceLine, Walk
from inbound.ringing.callers import who_has
from inbound.ringing.own_calls import NoLine, attend, line_of, own_calls
from inbound.walks.leaving import leave_call
from inbound.walks.state import read_state
from telephony import phone_numbers
from telephony.models import QueueCall, QueueRing, Switchboard
from tests.inbound.a_walk import FLOW, publish
from tests.inbound.other_side import OtherSide

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(now: datetime) -> ServiceLine:
    return publish(FLOW, now, line="101")


@pytest.fixture
def call(now: datetime, ana: Agent) -> QueueCall:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    call = QueueCall.objects.create(
        switchboard=board, queue="101", uid="1.1", number="+59144250001", state="ringing", joined_at=now
    )
    QueueRing.objects.create(call=call, telephone="PJSIP/1001", agent=ana, began_at=now)
    return call


def test_it_rings_at_whom_it_rings_and_nobody_else(call: QueueCall, line: ServiceLine, ana: Agent, luis: Agent) -> None:
    (one,) = own_calls(agent=ana)
    assert (one.call, one.line, one.walk, one.is_hers) == (call, line, None, False)
    assert own_calls(agent=luis) == []
    call.rings.update(ended_at=call.joined_at)
    assert own_calls(agent=ana) == []


def test_the_call_she_is_in_comes_first(call: QueueCall, line: ServiceLine, ana: Agent, now: datetime) -> None:
    talks = QueueCall.objects.create(
        switchboard=call.switchboard, queue="101", uid="2.2", state="talking", agent=ana,
        joined_at=now + timedelta(minutes=1), answered_at=now + timedelta(minutes=2),
    )  # fmt: skip
    assert [one.call for one in own_calls(agent=ana)] == [talks, call]
    assert own_calls(agent=ana)[0].since == talks.answered_at


def test_the_flow_opens_once_with_the_number_that_calls(
    call: QueueCall, line: ServiceLine, ana: Agent, luis: Agent, now: datetime
) -> None:
    walk = attend(agent=ana, call=call, now=now)
    assert attend(agent=ana, call=call, now=now) == walk
    assert (walk.line, walk.call, walk.caller_number, walk.agent) == (line, call, "+59144250001", ana)
    assert own_calls(agent=ana)[0].walk == walk
    assert attend(agent=luis, call=call, now=now) != walk  # it rang at her telephone, and then at his


def test_no_line_begins_it_before_with_a_number_somebody_typed(
    call: QueueCall, line: ServiceLine, ana: Agent, now: datetime, signed_in: Callable[[Agent], Client]
) -> None:
    """The key of its walk is made of what stands on her own page."""
    browser, key = signed_in(ana), uuid.uuid5(call.key, str(ana.pk))
    assert browser.post(reverse("inbound:begin"), {"line": "101", "key": str(key)}).status_code == 404
    assert not Walk.objects.exists()
    assert attend(agent=ana, call=call, now=now).key == key
    assert browser.post(reverse("inbound:begin"), {"line": "101", "key": str(uuid.uuid4())}).status_code == 302


def test_a_queue_no_line_has_opens_nothing(call: QueueCall, ana: Agent, now: datetime) -> None:
    call.queue = "ventas"
    with pytest.raises(NoLine, match="ventas"):
        attend(agent=ana, call=call, now=now)


def test_the_line_that_names_a_queue_is_before_the_one_whose_number_it_has(line: ServiceLine, now: datetime) -> None:
    assert line_of("101") == line
    other = publish(FLOW.replace('"101"', '"102"'), now, line="102")
    ServiceLine.objects.filter(pk=other.pk).update(queue="101")
    assert line_of("101") == other
    ServiceLine.objects.filter(pk=line.pk).update(queue="otra")
    assert line_of("otra") == line


def handed_on(call: QueueCall, now: datetime, luis: Agent) -> QueueCall:
    """The same caller in another queue, at Luis's telephone, after Ana talked with her."""
    QueueCall.objects.filter(pk=call.pk).update(
        state="over", outcome="transferred", agent=call.rings.get().agent, answered_at=now, ended_at=now
    )
    call.rings.update(ended_at=now)
    on = QueueCall.objects.create(
        switchboard=call.switchboard, queue="102", uid=call.uid, number=call.number, state="ringing", joined_at=now
    )
    on.rings.create(telephone="PJSIP/1002", agent=luis, began_at=now)
    return on


def test_who_is_handed_over_comes_with_who_attended_her_and_what_she_said_of_herself(
    call: QueueCall, line: ServiceLine, ana: Agent, luis: Agent, now: datetime
) -> None:
    publish(FLOW.replace('"101"', '"102"'), now, line="102")
    first = attend(agent=ana, call=call, now=now)
    Walk.objects.filter(pk=first.pk).update(caller_name="Rosa Flores", contract="C-1", customer_name="JOSE FLORES")
    first.footsteps.update(answer={"telephone": "+59170700001", "customer": {"contract": "C-1"}})
    on = handed_on(call, now, luis)
    (one,) = own_calls(agent=luis)
    assert one.before == first
    client = Client()
    client.force_login(luis.user)
    told = " ".join(client.get(reverse("inbound:ringing")).content.decode().split())
    assert f"Antes la atendió {ana} en 101 Línea 101, por el contrato C-1 Jose Flores." in told
    walk = attend(agent=luis, call=on, now=now)
    assert (walk.caller_name, walk.brought) == ("Rosa Flores", {"telephone": "+59170700001"})
    assert (walk.contract, walk.customer_name) == ("", "")  # whom it is about he asks
    state = read_state(walk=walk)
    assert (state.known["telephone"], "customer" in state.known) == ("+59170700001", False)


def test_a_flow_that_was_opened_while_it_rang_in_vain_attended_nobody(
    call: QueueCall, line: ServiceLine, ana: Agent, luis: Agent, now: datetime
) -> None:
    attend(agent=ana, call=call, now=now)
    on = handed_on(call, now, luis)
    QueueCall.objects.filter(pk=call.pk).update(agent=None, answered_at=None, outcome="not_answered")
    assert own_calls(agent=luis)[0].before is None
    QueueCall.objects.filter(pk=call.pk).update(agent=ana, answered_at=now, outcome="transferred")
    elsewhere = Switchboard.objects.create(name="Otra", host="127.0.0.1", user="callcenter")
    QueueCall.objects.filter(pk=on.pk).update(switchboard=elsewhere)  # where the same uid is another's
    assert own_calls(agent=luis)[0].before is None


@pytest.mark.parametrize(("number", "as_written"), [("+59144250001", "4250001"), ("+59170712345", "70712345")])
def test_a_number_is_asked_for_as_services_are_written(number: str, as_written: str) -> None:
    assert phone_numbers.local(number) == as_written


def test_whose_number_it_is_is_asked_once_and_each_at_whom_it_rings_leaves_a_row(
    call: QueueCall, ana: Agent, luis: Agent, now: datetime, side: OtherSide
) -> None:
    side.answers["smartflex/search"] = {"customers": [], "more": False}
    for person in (ana, ana, luis, luis):
        assert who_has(call=call, by=person.user, now=now).customers == []
    assert side.asked == [("smartflex/search", {"text": "4250001"})]
    assert sorted(Search.objects.values_list("user", "asked")) == sorted(
        (person.user.pk, "4250001") for person in (ana, luis)
    )
    cache.clear()


@pytest.mark.parametrize(
    ("telephones", "service", "is_hers"),
    [
        (["70712345", "4250001"], "T-9", True),
        (["591 4 4250001"], "T-9", True),
        ([], "4250001", True),
        (["70712345"], "T-9", False),  # found by her card, or her contract
        ([], "4250002", False),
    ],
)
def test_whom_it_finds_by_her_card_or_contract_the_number_is_not(
    telephones: list[str], service: str, is_hers: bool, call: QueueCall, ana: Agent, now: datetime, side: OtherSide
) -> None:
    product = {"service": "FIJO", "service_number": service, "plan": "", "state": "active", "suspended_for": ""}
    customer = {
        "contract": "1000378", "name": "Álvaro Apaza", "identity_card": "4250001", "segment": "", "address": "",
        "zone": "", "telephones": telephones, "products": [product],
    }  # fmt: skip
    side.answers["smartflex/search"] = {"customers": [customer], "more": False}
    found = who_has(call=call, by=ana.user, now=now)
    assert (found.trouble, [one["contract"] for one in found.customers]) == ("", ["1000378"] if is_hers else [])
    cache.clear()


def test_a_system_that_is_off_is_said(call: QueueCall, ana: Agent, now: datetime, set_mode: Any) -> None:
    set_mode("smartflex", "off")
    assert "apagado" in who_has(call=call, by=ana.user, now=now).trouble


def test_a_number_that_is_withheld_is_nobodys(call: QueueCall, ana: Agent, now: datetime) -> None:
    call.number = ""
    assert who_has(call=call, by=ana.user, now=now).customers == []


def test_nobody_is_asked_whose_number_it_is_that_is_withheld(
    call: QueueCall, line: ServiceLine, ana: Agent, signed_in: Any
) -> None:
    asks = reverse("inbound:ringing_caller", args=[call.pk])
    assert asks in signed_in(ana).get(reverse("inbound:ringing")).content.decode()
    QueueCall.objects.update(number="")
    page = signed_in(ana).get(reverse("inbound:ringing")).content.decode()
    assert asks not in page
    assert "La central no da un número de teléfono." in page


def test_who_presses_as_it_stops_ringing_is_told_so_and_a_stranger_finds_nothing(
    call: QueueCall, line: ServiceLine, ana: Agent, marta: Agent, now: datetime, signed_in: Any
) -> None:
    QueueRing.objects.filter(agent=ana, call=call).delete()
    QueueRing.objects.create(call=call, telephone="PJSIP/1001", agent=ana, began_at=now, ended_at=now)
    address = reverse("inbound:ringing_attend", args=[call.key])
    answer = signed_in(ana).post(address, follow=True)
    assert "Esa llamada ya no timbra en su teléfono." in answer.content.decode()
    assert signed_in(marta).post(address).status_code == 404


@pytest.mark.parametrize("ended_by", ["flow", "button"])
def test_the_wrap_up_of_a_call_ends_with_its_flow_or_by_a_key(
    ended_by: str, call: QueueCall, line: ServiceLine, ana: Agent, now: datetime, signed_in: Any
) -> None:
    """The next caller does not wait for the clock."""
    sign_in(user=ana.user, now=now)
    walk = attend(agent=ana, call=call, now=now)
    for event in (Event.RANG, Event.ANSWERED, Event.HUNG_UP):
        change_state(agent=ana, event=event, now=now, by=By.TELEPHONE, call=call.key, happened_at=now)
    assert AgentState.objects.open().get().state == "wrapping_up"
    if ended_by == "flow":
        end = {"how": "hung_up", "reason": "", "name": "", "telephone": ""}
        leave_call(by=ana.user, key=walk.key, position=walk.position, now=now, **end)
    else:
        assert signed_in(ana).post(reverse("agents:ready"), headers={"HX-Request": "true"}).status_code == 204
    assert AgentState.objects.open().get().state == "available"
