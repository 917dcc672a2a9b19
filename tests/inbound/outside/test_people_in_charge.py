"""800130001.10: whose telephone is given for Venta Shopper is the administrators' to say, and counts at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from inbound.models import Footstep, OutsideSystem, PersonInCharge, ServiceLine, Walk
from inbound.walks.answering import StepRefused
from inbound.walks.page import lay_walk
from tests.inbound.a_walk import Caller
from tests.inbound.lines_on_file import publish_every_flow

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Agent | User], Client]


@pytest.fixture
def caller(ana: Agent, now: datetime) -> Caller:
    """Ana has somebody on the line who wants to buy."""
    OutsideSystem.objects.update(mode="by_hand")
    publish_every_flow(now=now)
    one = Caller(ana, ServiceLine.objects.get(number="800130001"), now)
    one.answer()
    one.answer()
    one.look()
    one.by_hand()
    one.answer("shopper")
    return one


def write_down(client: Client, telephone: str, name: str = "Julia Rojas") -> str:
    row = PersonInCharge.objects.get()
    path = reverse("admin:inbound_personincharge_change", args=[row.pk])
    answer = client.post(path, {"name": name, "telephone": telephone}, follow=True)
    return answer.content.decode()


def test_what_an_administrator_writes_is_said_in_the_next_call(
    caller: Caller, ana: Agent, ines: User, signed_in: SignedIn
) -> None:
    write_down(signed_in(ines), "707-12345")
    assert PersonInCharge.objects.get().telephone == "+59170712345"
    caller.answer("interested")
    assert caller.here.footstep.proposed == "named"
    caller.answer("named")
    page = signed_in(ana).get(reverse("inbound:walk", args=[caller.walk.key])).content.decode()
    assert "encargado de Venta Shopper. Es el 707-12345" in page
    assert "Julia Rojas" in page
    caller.answer()
    assert caller.step == "seller_told"
    told = Footstep.objects.get(step="find_seller")
    assert told.found == {"name": "Julia Rojas", "telephone": "+59170712345"}  # later it is known what was said


def test_while_nobody_is_named_the_agent_writes_whom_she_named(caller: Caller) -> None:
    caller.answer("interested")
    assert caller.here.footstep.proposed == "nobody", "else it goes to supervision"
    with pytest.raises(StepRefused, match="no va con lo que muestra"):
        caller.answer("named")
    caller.answer("known")
    with pytest.raises(StepRefused, match="Falta: Celular del encargado"):
        caller.answer()
    caller.answer(seller_number="70799999")
    assert "Es el 707-99999." in lay_walk(here=caller.here, by=caller.by).say
    caller.answer()
    caller.answer()
    assert Walk.objects.get().result == "seller_told"


def test_a_number_that_is_none_is_refused(ines: User, signed_in: SignedIn) -> None:
    assert "Ese teléfono no existe" in write_down(signed_in(ines), "123")
    assert PersonInCharge.objects.get().telephone == ""
    write_down(signed_in(ines), "70712345")
    write_down(signed_in(ines), "")
    assert PersonInCharge.objects.get().telephone == ""
