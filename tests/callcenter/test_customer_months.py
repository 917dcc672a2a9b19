"""What the customer's page tells of her months: since when she stands as she does, and what was given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from callcenter.customers.standing import Entry, Standing
from campaigns.models import Campaign, Receipt
from campaigns.payments import refunds
from tests.campaigns.a_campaign import make_campaign, moment
from tests.campaigns.payments.some_refunds import LATER, NOW, PAID, collected, owing_december
from tests.campaigns.some_receipts import owing

pytestmark = pytest.mark.django_db


@pytest.fixture
def december(ana: Agent) -> Campaign:
    return owing_december(ana)


def standing(user: User, contract: str = "C1", now: datetime = LATER) -> Standing:
    return Standing(contract=contract, user=user, now=now)


def month_of(found: Standing) -> Entry:
    return next(one for one in found.past if one.words.startswith("Campaña de"))


def test_a_month_carries_the_moment_since_when_she_stands_as_she_does(december: Campaign, elena: User) -> None:
    assert (month_of(standing(elena)).state, month_of(standing(elena)).since) == ("Por llamar", december.launched_at)
    report = collected(*PAID)
    paid = month_of(standing(elena))
    assert (paid.state, paid.told) == ("Pagó", "pagó el 26/11/2026")
    assert december.launched_at is not None
    assert december.launched_at < paid.since <= max(NOW, report.published_at or NOW)
    assert month_of(standing(elena, "C3")).since == december.launched_at, "of who took no step the launch"
    refunds.annul(receipt_id=Receipt.objects.get(number="R1").pk, by=elena, now=LATER, reason="Se cobró dos veces")
    again = month_of(standing(elena))
    assert (again.state, again.since, again.told) == ("Por llamar", LATER, "")


def test_each_of_two_months_has_a_moment_of_its_own(december: Campaign, elena: User) -> None:
    begun = moment("2026-10-25 09:00")
    november = make_campaign(state="running", launched_at=begun, period=datetime(2026, 11, 1).date())
    owing(november, "C1", "INTERNET")
    collected(*PAID)
    found = [one for one in standing(elena).past if one.words.startswith("Campaña de")]
    assert [(one.state, one.since == begun) for one in found] == [("Pagó", False), ("Por llamar", True)]


def test_money_given_back_is_told_with_its_day_and_who_said_so(
    december: Campaign, elena: User, signed_in: Callable[[User], Client]
) -> None:
    collected(*PAID)
    refunds.annul(receipt_id=Receipt.objects.get(number="R1").pk, by=elena, now=LATER, reason="Se cobró dos veces")
    entry = standing(elena).past[0]
    assert entry.words.replace("\xa0", " ") == "Se devolvieron Bs 99,00 el 29/11/2026"
    assert (entry.since, entry.told) == (LATER, "del recibo R1")
    assert entry.who.endswith("Se cobró dos veces")
    assert "Se devolvieron" in signed_in(elena).get("/customers/C1/").content.decode()


def test_a_refund_that_waits_for_her_contract_is_pending(
    december: Campaign, elena: User, marta: Agent, signed_in: Callable[[User], Client]
) -> None:
    collected(*PAID)
    collected("NC-1 C1T 28/11/2026 -120", now=LATER)
    (waiting,) = standing(elena).pending
    assert waiting.words.replace("\xa0", " ") == "Devolución de Bs 120,00 del 28/11/2026, sin recibo"
    assert waiting.state == "no quita nada todavía"
    assert standing(elena, "C2").pending == []
    assert standing(marta.user).pending == [], "an agent is told of her own customers"
    contact = standing(elena).contacts[0]
    page = signed_in(elena).get(reverse("campaigns:contact", args=[contact.pk])).content.decode()
    assert "Devolución sin recibo" in page
