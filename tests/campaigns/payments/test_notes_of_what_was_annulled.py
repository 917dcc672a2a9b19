"""A note that comes after a person annulled its receipt may be the word of that, and takes nothing else by guess."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from agents.models import Agent, User
from campaigns.invariants import check_invariants
from campaigns.models import Campaign, Receipt, Refund
from campaigns.payments import refund_confirming, refunds
from tests.campaigns.payments.some_refunds import LATER, collected, entry, owing_december

pytestmark = pytest.mark.django_db


@pytest.fixture
def december(ana: Agent) -> Campaign:
    return owing_december(ana)


@pytest.fixture
def paid_anew(december: Campaign, elena: User) -> Receipt:
    """R1 was annulled by hand, and she paid once more."""
    collected("R1 C1T 26/11/2026 99")
    receipt = Receipt.objects.get(number="R1")
    refunds.annul(receipt_id=receipt.pk, by=elena, now=LATER, reason="Se cobró mal")
    assert entry("C1").state == "open"
    collected("R5 C1T 27/11/2026 99", now=LATER)
    assert entry("C1").state == "paid"
    return receipt


@pytest.mark.parametrize("note", ["NC-7 C1T 27/11/2026 -99", "NC-7 C1T 28/11/2026 -99"])
def test_it_waits_and_what_was_paid_since_stays_paid(
    paid_anew: Receipt, elena: User, signed_in: Any, note: str
) -> None:
    collected(note, now=LATER)
    assert entry("C1").state == "paid"
    waiting = Refund.objects.waiting().get()
    page = signed_in(elena).get(f"{reverse('campaigns:payment_list')}?show=refunds&waits=1&month=all").content.decode()
    assert "¿Es la del recibo R1, anulado a mano?" in page
    assert reverse("campaigns:refund_confirm", args=[waiting.pk]) in page
    assert not check_invariants()


def test_who_says_that_it_is_the_same_is_asked_how_she_knows(paid_anew: Receipt, elena: User, signed_in: Any) -> None:
    collected("NC-7 C1T 28/11/2026 -99", now=LATER)
    address = reverse("campaigns:refund_confirm", args=[Refund.objects.waiting().get().pk])
    client = signed_in(elena)
    assert "R1 · 26/11" in client.get(address).content.decode()
    assert client.post(address, {"reason": " "}).status_code == 422
    assert Refund.objects.waiting().count() == 1
    assert "Es la del recibo R1" in client.post(address, {"reason": "Lo dijo caja"}, follow=True).content.decode()
    note = Refund.objects.get(number="NC-7")
    assert (note.receipt, note.confirms, note.confirmed_by) == (None, Refund.objects.get(number="R1"), elena)
    assert (entry("C1").state, Refund.objects.waiting().count()) == ("paid", 0)
    assert "ya no espera" in client.get(address).content.decode()
    page = client.get(f"{reverse('campaigns:payment_list')}?show=refunds&month=all").content.decode()
    assert "Ya anulado a mano" in page
    assert not check_invariants()


def test_a_second_note_is_of_what_is_left(paid_anew: Receipt, elena: User) -> None:
    """One annulment by hand has one note; the next one gives back what she paid since."""
    collected("NC-7 C1T 28/11/2026 -99", "NC-8 C1T 28/11/2026 -99", now=LATER)
    assert entry("C1").state == "paid"
    first = Refund.objects.waiting().order_by("pk").first()
    assert first is not None
    refund_confirming.confirm(refund_id=first.pk, by=elena, reason="Caja", now=LATER)
    assert (entry("C1").state, Receipt.objects.get(number="R5").standing) == ("open", "annulled")
    assert not check_invariants()


def test_where_it_was_anothers_that_one_is_annulled_by_hand_as_well(paid_anew: Receipt, elena: User) -> None:
    collected("NC-7 C1T 28/11/2026 -99", now=LATER)
    refunds.annul(receipt_id=Receipt.objects.get(number="R5").pk, by=elena, now=LATER, reason="Se devolvió")
    assert entry("C1").state == "open"
    refund_confirming.confirm(refund_id=Refund.objects.waiting().get().pk, by=elena, reason="Caja", now=LATER)
    assert not Refund.objects.waiting().exists()


@pytest.mark.parametrize("note", ["NC-7 C1T 28/11/2026 -50", "NC-7 C1I 28/11/2026 -99", "R5 C1T 28/11/2026 -99"])
def test_what_cannot_be_its_word_goes_its_own_way(paid_anew: Receipt, note: str) -> None:
    """Of another amount or service, or of the receipt of its own number."""
    collected(note, now=LATER)
    assert not refund_confirming.annulled_by_hand(list(Refund.objects.values_list("pk", flat=True)))
    assert (entry("C1").state == "open") is note.startswith(("R5", "NC-7 C1T"))


@pytest.mark.parametrize("who", ["oscar", "ana"])
def test_only_supervision_says_so(paid_anew: Receipt, who: str, request: Any, signed_in: Any) -> None:
    collected("NC-7 C1T 28/11/2026 -99", now=LATER)
    person = request.getfixturevalue(who)
    address = reverse("campaigns:refund_confirm", args=[Refund.objects.waiting().get().pk])
    assert signed_in(getattr(person, "user", person)).post(address, {"reason": "Caja"}).status_code == 403
