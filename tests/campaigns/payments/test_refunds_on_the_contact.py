"""Whose payment was given back: her page, her steps and the desk say so, and who says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Agent, User
from campaigns.desk.card_reading import read_card
from campaigns.models import Campaign, Contact, Receipt
from campaigns.payments import refunds
from campaigns.payments.payment_lists import Asked, name_of_report, receipts_of
from tests.campaigns.payments.some_refunds import LATER, NOW, PAID, collected, owing_december

pytestmark = pytest.mark.django_db


@pytest.fixture
def december(ana: Agent) -> Campaign:
    return owing_december(ana)


def page_of(client: Client, contract: str) -> str:
    address = reverse("campaigns:contact", args=[Contact.objects.get(contract=contract).pk])
    return " ".join(client.get(address).content.decode().replace("\xa0", " ").replace("\u202f", " ").split())


def test_the_page_tells_what_came_in_what_was_given_back_and_who_says_so(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    collected(*PAID)
    client = signed_in(elena)
    assert "R1" in page_of(client, "C1")
    collected("NC-1 C1T 28/11/2026 -99", now=LATER)
    refunds.annul(receipt_id=Receipt.objects.get(number="R2").pk, by=elena, now=LATER, reason="Se cobró dos veces")
    by_file, by_hand = page_of(client, "C1"), page_of(client, "C2")
    for page, day, told_by in ((by_file, "28/11", "recaudo.csv"), (by_hand, "29/11", "Elena: Se cobró dos veces")):
        assert "Anulado" in page
        assert f"de Bs 99,00: Bs 99,00 devueltos el {day} · {told_by}" in page
        assert f"<strong>Por llamar</strong> · se devolvieron Bs 99,00 ({told_by})" in page
        assert "Pago devuelto" in page, "in the words of the desk, which the page has as well"


def test_what_the_programme_does_is_still_told_as_its_own(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    collected(*PAID)
    page = page_of(signed_in(elena), "C1")
    assert "el programa" in page
    assert "Pago devuelto" not in page


def test_the_desk_is_told_before_she_says_that_she_had_paid(december: Campaign, ana: Agent, elena: User) -> None:
    collected(*PAID)
    contact = Contact.objects.get(contract="C1")
    before = read_card(contact_id=contact.pk, agent=ana)
    assert before is not None
    assert before.given_back == []
    refunds.annul(receipt_id=Receipt.objects.get(number="R1").pk, by=elena, now=NOW, reason="Se cobró dos veces")
    card = read_card(contact_id=contact.pk, agent=ana)
    assert card is not None
    (back,) = card.given_back
    assert (back.service, back.amount, f"{back.on} {back.paid_on}") == ("Televisión", 99, "2026-11-28 2026-11-26")
    assert back.told_by.endswith(": Se cobró dos veces")


def test_what_waits_under_her_number_is_on_her_page(
    december: Campaign, elena: User, marta: Agent, signed_in: Callable[[Any], Client]
) -> None:
    collected(*PAID, "R7 C1T 24/10/2025 99")
    contact = Contact.objects.get(contract="C1")
    assert [receipt.standing for receipt in receipts_of(contact=contact, user=elena)] == ["unmatched", "counted"]
    assert "Sin renovación" in page_of(signed_in(elena), "C1")
    assert not receipts_of(contact=contact, user=marta.user).exists(), "an agent's receipts are those of her contacts"


def test_a_list_of_all_reports_asks_for_no_name(elena: User) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert name_of_report(asked=Asked(), user=elena) == ""
    assert not asked.captured_queries
