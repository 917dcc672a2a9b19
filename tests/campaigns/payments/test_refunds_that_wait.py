"""What waits for its receipt is told as it is: beside a payment that counts, or where nothing was paid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, User
from campaigns.models import Campaign
from campaigns.payments.payment_lists import RefundsWaiting, refunds_to_look_at
from tests.campaigns.payments.some_refunds import LATER, PAID, collected, entry, owing_december

pytestmark = pytest.mark.django_db


@pytest.fixture
def december(ana: Agent) -> Campaign:
    return owing_december(ana)


def test_those_beside_a_payment_are_counted_apart_from_those_without_any(
    december: Campaign, elena: User, ana: Agent, signed_in: Callable[[Any], Client], time_machine: Any
) -> None:
    time_machine.move_to(LATER, tick=False)
    collected(*PAID)
    collected("NC-1 C1T 28/11/2026 -120", "NC-2 C3T 28/11/2026 -99", "NC-3 C9T 28/11/2026 -99", now=LATER)
    assert [entry(contract).state for contract in ("C1", "C3")] == ["paid", "open"]
    assert refunds_to_look_at(user=elena, today=LATER.date()) == RefundsWaiting(beside_a_payment=1, without_any=2)
    page = signed_in(elena).get("/payments/").content.decode()
    assert "1 devolución no encontró de qué recibo es, y su servicio tiene un pago que sigue contando" in page
    assert "2 devoluciones son de servicios sin ningún pago que cuente" in page
    assert "a los clientes se les llama como a los demás" in page


def test_where_nothing_was_paid_nobody_is_told_that_she_is_not_called(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client], time_machine: Any
) -> None:
    time_machine.move_to(LATER, tick=False)
    collected("R2 C2T 26/11/2026 99", "NC-2 C3T 28/11/2026 -99", now=LATER)
    page = signed_in(elena).get("/payments/").content.decode()
    assert "sin ningún pago que cuente" in page
    assert "sigue contando" not in page
    assert "no se le llama" not in page


def test_a_payment_made_after_the_refund_is_not_what_was_given_back(
    december: Campaign, elena: User, time_machine: Any
) -> None:
    collected("NC-2 C3T 25/11/2026 -99", "R3 C3T 27/11/2026 99", now=LATER)
    assert refunds_to_look_at(user=elena, today=LATER.date()) == RefundsWaiting(beside_a_payment=0, without_any=1)
