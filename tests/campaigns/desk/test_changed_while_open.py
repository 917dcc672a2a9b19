"""What others change of a customer while she is open at a desk: at the next pulse the card shows all of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Agent, User
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next
from campaigns.desk.taking import Given
from campaigns.models import Campaign, Contact, DeskDraft, ListEntry, Receipt, Renewal
from campaigns.payments import refunds
from tests.campaigns.a_campaign import moment
from tests.campaigns.desk.at_desk import at_desk
from tests.campaigns.payments.some_refunds import collected, owing_december

pytestmark = pytest.mark.django_db
NOW = moment("2026-11-27 10:00")
HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


@dataclass
class OpenDesk:
    """Ana's desk at ten: whom she has open, and what her page says to its pulse that it shows."""

    client: Client
    given: Given
    contact: Contact
    shown: str = ""

    def load(self) -> str:
        return self._seen(at_desk(self.client).content.decode())

    def answer(self, **more: Any) -> HttpResponse:
        fields = {"contact": self.given.contact_id, "fence": self.given.fence, "shown": self.shown, **more}
        return self.client.post(reverse("campaigns:desk_pulse"), fields, **HTMX)

    def pulse(self, **more: Any) -> str:
        answer = self.answer(**more)
        assert answer.status_code == 200
        return self._seen(answer.content.decode())

    def _seen(self, page: str) -> str:
        if found := re.search(r'name="shown" value="([^"]+)"', page):
            self.shown = found[1]
        return " ".join(page.replace("\xa0", " ").replace("\u202f", " ").split())


@pytest.fixture
def desk(ana: Agent, signed_in: Callable[[Any], Client]) -> Iterator[OpenDesk]:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        owing_december(ana)
        ListEntry.objects.filter(contact__contract="C4").delete()  # who owes two has not paid with one
        given = give_next(agent=ana, now=NOW)
        assert given is not None
        yield OpenDesk(signed_in(ana), given, Contact.objects.get(pk=given.contact_id))


def pay(desk: OpenDesk) -> None:
    collected(f"R1 {desk.contact.contract}T 26/11/2026 99", now=NOW)
    assert ListEntry.objects.get(contact=desk.contact).state == "paid"


def annul(desk: OpenDesk, by: User) -> None:
    refunds.annul(receipt_id=Receipt.objects.get(number="R1").pk, by=by, now=NOW, reason="Se cobró dos veces")


def assert_owes_again(told: str) -> None:
    for shown in (
        'Total a pagar hoy</th> <td class="number total">Bs 99,00',
        "El monto es Bs 99,00",
        "vence",
        "Pago devuelto",
    ):
        assert shown in told
    for gone in ("Ya pagó", "Pagado", "Su pago ya está registrado"):
        assert gone not in told
    assert 'data-suggests="promised-amount" value="99,00"' in told
    assert re.search(r'data-main="dial" data-main-key="Enter" data-key="Enter"', told), "Enter dials again"


def test_nothing_changed_is_said_with_nothing_and_few_questions(desk: OpenDesk) -> None:
    desk.load()
    desk.answer()
    with CaptureQueriesContext(connection) as asked:
        answer = desk.answer()
    assert (answer.status_code, answer.content) == (204, b"")
    assert len(asked) <= 5, [query["sql"] for query in asked]


def test_who_pays_while_she_is_open_is_shown_as_a_reload_shows_her(desk: OpenDesk) -> None:
    desk.load()
    pay(desk)
    told = desk.pulse()
    for shown in (
        "Ya pagó",
        "Pagado",
        "Bs 0,00",
        "Su pago ya está registrado.",
        'data-suggests="promised-amount" value="0,00"',
    ):
        assert shown in told
    for gone in ('data-main="dial"', "vence", "data-countdown"):
        assert gone not in told
    before = desk.shown
    desk.load()
    assert desk.shown == before


def test_who_paid_while_open_and_whose_receipt_is_annulled_owes_again_at_the_next_pulse(
    desk: OpenDesk, elena: User
) -> None:
    desk.load()
    pay(desk)
    desk.pulse()
    annul(desk, elena)
    assert_owes_again(desk.pulse())
    assert desk.answer().status_code == 204


def test_who_had_paid_when_the_desk_was_loaded_owes_again_when_her_receipt_is_annulled(
    desk: OpenDesk, elena: User
) -> None:
    pay(desk)
    page = desk.load()
    assert 'data-main="dial"' not in page
    assert 'class="panel customer"' in page, "its green is of the words that she paid, which the pulse takes away"
    annul(desk, elena)
    assert_owes_again(desk.pulse())


def test_whom_a_corrected_report_takes_out_owes_nothing_and_is_not_dialled(desk: OpenDesk) -> None:
    desk.load()
    Renewal.objects.filter(contact=desk.contact).update(gone_at=NOW)
    ListEntry.objects.filter(contact=desk.contact).update(state=ListEntry.State.GONE)
    told = desk.pulse()
    for shown in ("no se llama", "Bs 0,00", "esta llamada ya no hace falta"):
        assert shown in told
    for gone in ("vence", "99,00", "payment-arrived", ">Llamar", 'data-main="dial"'):
        assert gone not in told, gone
    assert desk.answer().status_code == 204


def test_a_part_that_is_paid_is_shown_and_a_second_pulse_says_nothing(desk: OpenDesk) -> None:
    desk.load()
    collected(f"R1 {desk.contact.contract}T 26/11/2026 40", now=NOW)
    told = desk.pulse()
    assert "El monto es Bs 59,00" in told
    assert "pagó Bs 40,00" in told
    assert desk.answer().status_code == 204


def test_the_pulse_counts_down_to_no_call_and_keeps_the_key_of_who_came_out_of_a_pause(
    desk: OpenDesk, elena: User
) -> None:
    Campaign.objects.update(dialling="countdown")
    pay(desk)
    desk.load()
    annul(desk, elena)
    assert "data-countdown" not in desk.pulse()
    told = desk.pulse(shown="", unseen="1")
    assert re.search(r'data-main="dial" data-main-key="m" data-key="m"', told)


def test_who_pays_in_the_middle_of_the_call_stays_in_the_call(desk: OpenDesk, ana: Agent) -> None:
    desk.load()
    dial(agent=ana, contact=desk.contact, telephone=desk.contact.telephones[0], now=NOW)
    assert desk.answer().status_code == 204, "her own call is on the page already"
    pay(desk)
    told = desk.pulse()
    assert "En llamada" in told
    assert "Marcar otra vez" not in told


def test_the_pieces_are_for_the_page_of_the_same_contact_and_lease_only(desk: OpenDesk) -> None:
    name = f"{desk.given.contact_id}-{desk.given.fence}"
    assert f'data-lease="{name}"' in desk.load()
    pay(desk)
    pieces = re.findall(r'hx-swap-oob="([^"]*)"', desk.pulse())
    assert pieces == [f"outerHTML:[data-lease='{name}'] #{piece}" for piece in ("due", "script-words")]


def test_a_desk_whose_reservation_is_over_dials_nobody_and_one_whose_customer_is_not_hers_is_told_once(
    desk: OpenDesk, luis: Agent
) -> None:
    desk.load()
    ListEntry.objects.filter(contact=desk.contact).update(lease_agent=None, lease_until=None)
    told = desk.pulse()
    assert "Ya no está reservado" in told
    assert 'data-main="dial"' not in told
    assert desk.answer().status_code == 204
    ListEntry.objects.filter(contact=desk.contact).update(owner=luis)
    told = desk.pulse()
    assert "Ya no está reservado" in told
    assert "Bs" not in told
    assert desk.answer().status_code == 204


def test_a_draft_is_not_touched_by_the_pulse(desk: OpenDesk) -> None:
    desk.load()
    fields = {"contact": desk.given.contact_id, "fence": desk.given.fence, "note": "Dice que pag"}
    desk.client.post(reverse("campaigns:desk_draft"), fields, **HTMX)
    pay(desk)
    assert 'name="note"' not in desk.pulse()
    assert DeskDraft.objects.get().fields["note"] == "Dice que pag"
