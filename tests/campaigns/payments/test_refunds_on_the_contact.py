"""Whose payment was given back: her page, her steps and the desk say so, and who says it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Agent, User
from campaigns.desk.card_reading import read_card
from campaigns.intake.withdrawing import withdraw
from campaigns.models import Campaign, ChangedRows, Contact, ListEntry, Receipt, Refund
from campaigns.payments import refunds
from campaigns.payments.payment_lists import Asked, Total, name_of_report, receipts_of
from campaigns.payments.payment_sheets import refund_sheet
from campaigns.payments.withdrawing import count_what_would_go
from tests.campaigns.a_campaign import make_campaign
from tests.campaigns.payments.some_refunds import LATER, NOW, PAID, collected, owing_december
from tests.campaigns.some_receipts import owing

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


def test_who_only_reads_sees_no_number_of_the_reason(
    december: Campaign, elena: User, oscar: User, signed_in: Callable[[Any], Client]
) -> None:
    collected(*PAID)
    refunds.annul(receipt_id=Receipt.objects.get(number="R2").pk, by=elena, now=LATER, reason="Llamó del 76543219")
    table = "/payments/?show=refunds&month=all"
    for page in (page_of(signed_in(oscar), "C2"), signed_in(oscar).get(table).content.decode()):
        assert "76543219" not in page
        assert "Llamó del ••••••19" in page
    assert page_of(signed_in(elena), "C2").count("76543219") == 3, "beside the receipt, her step and what she owes"
    assert "76543219" in signed_in(elena).get(table).content.decode()
    for masked, told in ((False, "Llamó del 76543219"), (True, "Llamó del ••••••19")):
        sheet = refund_sheet(Refund.objects.all(), total=Total(1, Decimal(99)), masked=masked)
        assert [row[7] for row in sheet.rows] == [told]


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


def test_a_payment_whose_report_is_withdrawn_says_who_withdrew_it(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    report = collected(*PAID)
    withdraw(report_id=report.pk, by=elena, now=LATER, reason="Era de otra caja")
    page = page_of(signed_in(elena), "C1")
    assert "<strong>Por llamar</strong> · se retiró recaudo.csv (Elena: Era de otra caja)" in page


def test_who_left_the_month_keeps_no_payment_that_was_withdrawn(
    december: Campaign, ana: Agent, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    report = collected(*PAID)
    gone = ListEntry.objects.get(contact__contract="C1")
    gone.contact.renewals.update(gone_at=NOW)
    ListEntry.objects.filter(pk=gone.pk).update(state="gone", state_before="paid")
    withdraw(report_id=report.pk, by=elena, now=LATER, reason="Era de otra caja")
    gone.refresh_from_db()
    assert (gone.state, gone.paid_on, gone.paid_known_at) == ("gone", None, None)
    assert "Ya pagó" not in page_of(signed_in(elena), "C1")


def test_another_month_of_the_same_customer_is_told_of_nothing(december: Campaign, elena: User) -> None:
    november = make_campaign(date(2026, 11, 1), state="closed")
    owing(november, "C1", "TV")
    report = collected(*PAID)
    withdraw(report_id=report.pk, by=elena, now=LATER, reason="Era de otra caja")
    told = ChangedRows.objects.filter(verb="withdrawn").values_list("campaign", flat=True)
    assert list(told) == [december.pk]


def test_a_row_that_annuls_a_known_receipt_is_taken_and_no_duplicate(december: Campaign) -> None:
    collected(*PAID)
    report = collected("R1 C1T 26/11/2026 99 Anulado", "R2 C2T 26/11/2026 99", now=LATER)
    assert (report.taken, report.duplicates, report.figures["refunds"]) == (1, 1, 1)


def test_the_question_of_a_withdrawal_tells_what_comes_back(december: Campaign, elena: User) -> None:
    collected(*PAID)
    report = collected("NC-1 C1T 28/11/2026 -99", "R3 C3T 28/11/2026 99", now=LATER)
    seen = count_what_would_go(report=report)
    assert (seen.receipts, seen.contacts, seen.refunds) == (1, 1, 1)
    done = withdraw(report_id=report.pk, by=elena, now=LATER, reason="Era de otra caja")
    assert (done.receipts, done.contacts) == (1, 1), "as the question said"
    assert ListEntry.objects.get(contact__contract="C1").state == "paid"


def test_what_waits_for_its_receipt_is_told_on_the_payments_and_on_its_report(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client], time_machine: Any
) -> None:
    time_machine.move_to(LATER, tick=False)
    collected("R1 C1T 25/11/2026 49", "R2 C1T 26/11/2026 50", "R3 C2T 26/11/2026 99")
    report = collected("NC-6 C1T 28/11/2026 -120", "NC-7 C2T 28/11/2026 -99", now=LATER)
    client = signed_in(elena)
    assert "1 devolución no encontró de qué recibo es" in client.get("/payments/").content.decode()
    page = client.get(f"/reports/{report.pk}/").content.decode()
    address = f"?show=refunds&amp;month=all&amp;waits=1&amp;report={report.pk}"
    assert address in page
    page = client.get("/payments/" + address.replace("&amp;", "&")).content.decode()
    assert ("NC-6" in page, "NC-7" in page) == (True, False)
    time_machine.move_to(datetime(2027, 3, 1, 9, tzinfo=LATER.tzinfo), tick=False)
    assert "de qué recibo es" not in client.get("/payments/").content.decode()


def test_the_tab_of_what_was_given_back_counts_what_it_opens(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    collected(*PAID)
    collected("NC-1 C1T 28/11/2026 -99", "NC-2 C9T 28/11/2026 -99", now=LATER)
    page = signed_in(elena).get("/payments/?show=refunds")
    tab = next(tab for tab in page.context["tabs"] if tab["current"])
    assert tab["count"] == len(page.context["table"].rows) == 2
