"""Money that was given back takes its payment with it: renewal, promise, list and figures follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, User
from campaigns.figures.figures import read_figures
from campaigns.figures.refreshing import refresh_figures
from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.intake.withdrawing import withdraw
from campaigns.invariants import check_invariants
from campaigns.lists.books import open_book, payment_filters
from campaigns.models import (
    Attempt,
    CallBack,
    CallingPolicy,
    Campaign,
    ListEntry,
    PaymentPromise,
    Receipt,
    Refund,
    RejectedRow,
    RenewalPayment,
)
from campaigns.payments import refunds
from campaigns.payments.payment_lists import Asked
from campaigns.promises_and_callbacks.promise_outcomes import with_outcome
from tests.campaigns.a_campaign import moment, spoke
from tests.campaigns.payments.some_refunds import HEAD, LATER, NOW, PAID, collected, entry, owing_december

pytestmark = pytest.mark.django_db


@pytest.fixture
def december(ana: Agent) -> Campaign:
    return owing_december(ana)


@pytest.mark.parametrize(
    "given_back",
    [
        "R1 C1T 28/11/2026 -99",
        "R1 C1T 26/11/2026 99 Anulado",
        "R1 C1T 28/11/2026 99 REVERTIDO",
        "NC-7 C1T 28/11/2026 (99,00)",
        "NC-7 C1T 28/11/2026 99,00-",
        "R1 C1T 28/11/2026 0,00 ANULADO",
    ],
)
def test_a_receipt_that_is_given_back_takes_its_payment_with_it(december: Campaign, given_back: str) -> None:
    collected(*PAID)
    assert (entry("C1").state, entry("C2").state) == ("paid", "paid")
    report = collected(given_back, now=LATER)
    assert (report.state, report.rows, report.rejected, report.figures["refunds"]) == ("published", 1, 0, 1)
    receipt = Receipt.objects.get(number="R1")
    assert (receipt.standing, receipt.refunded) == ("annulled", Decimal(99))
    assert not RenewalPayment.objects.filter(renewal__service_number="C1T").exists()
    back = entry("C1")
    assert (back.state, back.paid_on, back.paid_known_at) == ("open", None, None)
    assert entry("C2").state == "paid", "of nobody else"
    assert not check_invariants()


def test_what_is_annulled_may_say_no_amount_and_is_of_a_receipt_that_is_known(december: Campaign) -> None:
    """Of one in the same file, too; of none it gives back nothing, and says so, until the receipt comes with it."""
    report = collected("R1 C1T 26/11/2026 99", "R1 C1T 26/11/2026 0 Anulado", "R9 C2T 27/11/2026 0,00 Anulado")
    assert (report.state, report.rejected, report.figures["refunds"]) == ("published", 1, 1)
    assert RejectedRow.objects.get().reason == "annuls_unknown"
    assert Receipt.objects.get(number="R1").standing == "annulled"
    assert entry("C1").state == "open"
    later = collected("R9 C2T 27/11/2026 99", "R9 C2T 28/11/2026 0,00 Anulado", now=LATER)
    assert (later.rejected, Receipt.objects.get(number="R9").standing) == (0, "annulled")
    assert not check_invariants()


def test_promise_agreed_call_and_figures_follow(december: Campaign, ana: Agent) -> None:
    call = spoke(december, "C1", ana, moment("2026-11-26 09:00"))
    contact = entry("C1").contact
    PaymentPromise.objects.create(
        campaign=december, contact=contact, attempt=call, agent=ana, promised_on=date(2026, 11, 27), amount=99,
        made_at=moment("2026-11-26 09:00"),
    )  # fmt: skip
    CallBack.objects.create(
        campaign=december, contact=contact, agent=ana, due_at=moment("2026-11-29 10:00"),
        created_at=moment("2026-11-26 09:00"),
    )  # fmt: skip
    collected(*PAID)
    assert with_outcome(PaymentPromise.objects.all()).get().outcome == "kept"
    assert CallBack.objects.get().state == "cancelled"
    refresh_figures(campaign=december, now=NOW)
    assert read_figures(campaign=december).services.paid == 2
    collected("NC-1 C1T 28/11/2026 -99", now=LATER)
    assert with_outcome(PaymentPromise.objects.all()).get().outcome == "broken"
    assert CallBack.objects.get().state == "pending"
    refresh_figures(campaign=december, now=LATER)
    figures = read_figures(campaign=december)
    assert (figures.services.paid, figures.services.amount_received) == (1, Decimal(99))
    assert Attempt.objects.count() == 1


def test_who_had_finished_stays_finished_and_owes(december: Campaign, ana: Agent) -> None:
    call = spoke(december, "C1", ana, moment("2026-11-26 09:00"))
    collected(*PAID)
    ListEntry.objects.filter(contact__contract="C1").update(last_disposition=call.disposition)
    collected("R1 C1T 28/11/2026 -99", now=LATER)
    assert (entry("C1").state, entry("C1").paid_on) == ("done", None)


def test_a_part_given_back_leaves_the_rest_paid_in_part(december: Campaign) -> None:
    collected(*PAID)
    collected("NC-1 C1T 28/11/2026 -30", now=LATER)
    receipt, payment = Receipt.objects.get(number="R1"), RenewalPayment.objects.get(renewal__service_number="C1T")
    assert (receipt.standing, receipt.refunded) == ("counted", Decimal(30))
    assert (payment.amount, payment.paid_on) == (Decimal(69), None)
    assert entry("C1").state == "open"
    collected("R9 C1T 29/11/2026 30", now=moment("2026-11-30 20:00"))
    assert entry("C1").state == "paid"
    assert not check_invariants()


def test_of_two_receipts_the_one_of_its_amount_is_given_back_and_of_two_services_only_its_own(
    december: Campaign,
) -> None:
    collected("R1 C4T 25/11/2026 40", "R2 C4T 26/11/2026 59", "R3 C4I 26/11/2026 99")
    assert entry("C4").state == "paid"
    collected("NC-1 C4T 28/11/2026 -40", now=LATER)
    annulled = Receipt.objects.filter(standing="annulled").values_list("number", flat=True)
    assert list(annulled) == ["R1"]
    assert RenewalPayment.objects.get(renewal__service_number="C4I").paid_on == date(2026, 11, 26)


def test_the_same_refund_again_gives_nothing_back_twice(december: Campaign) -> None:
    collected("R1 C1T 26/11/2026 99", "R5 C1T 27/11/2026 99")
    collected("NC-1 C1T 28/11/2026 -99", now=LATER)
    again = collected("NC-1 C1T 28/11/2026 -99", "R2 C2T 28/11/2026 99", now=moment("2026-11-29 21:00"))
    assert (again.taken, again.duplicates, again.figures["refunds"]) == (1, 1, 0)
    assert Receipt.objects.filter(standing="annulled").count() == 1
    assert Refund.objects.count() == 1


def test_a_receipt_and_its_annulment_in_one_file_come_to_nothing(december: Campaign) -> None:
    report = collected("R1 C1T 26/11/2026 99", "R1 C1T 26/11/2026 -99", "R3 C3T 26/11/2026 99 ANULADO")
    assert (report.taken, report.duplicates, report.rejected) == (3, 0, 0)
    assert set(Receipt.objects.values_list("number", "standing")) == {("R1", "annulled"), ("R3", "annulled")}
    assert not RenewalPayment.objects.exists()
    assert (entry("C1").state, entry("C3").state) == ("open", "open")
    assert not check_invariants()


def test_a_refund_without_its_receipt_waits_for_it(december: Campaign) -> None:
    collected("NC-1 C1T 28/11/2026 -99")
    assert Refund.objects.get().receipt is None
    collected("R1 C1T 26/11/2026 99", now=LATER)
    assert Refund.objects.get().receipt.number == "R1"
    assert entry("C1").state == "open"
    assert not check_invariants()


def test_two_parts_of_one_receipt_in_one_report_leave_what_is_left(december: Campaign) -> None:
    collected("R1 C1T 26/11/2026 150")
    collected("R1 C1T 28/11/2026 -30", "R1 C1T 28/11/2026 -40", now=LATER)
    assert RenewalPayment.objects.get().amount == Decimal(80)
    assert not check_invariants()


def test_more_than_the_receipt_is_never_given_back(december: Campaign) -> None:
    collected(*PAID)
    collected("R1 C1T 28/11/2026 -150", "NC-1 C1T 28/11/2026 -150", now=LATER)
    assert (RejectedRow.objects.get().reason, Refund.objects.get().receipt) == ("conflict", None)
    assert entry("C1").state == "paid", "nobody is called by guess"


def test_a_report_that_gave_back_can_be_withdrawn(december: Campaign, elena: User) -> None:
    collected(*PAID)
    report = collected("NC-1 C1T 28/11/2026 -99", now=LATER)
    withdraw(report_id=report.pk, by=elena, now=moment("2026-11-29 21:00"), reason="Era de otra caja")
    assert not Refund.objects.exists()
    receipt = Receipt.objects.get(number="R1")
    assert (receipt.standing, receipt.refunded, entry("C1").state) == ("counted", Decimal(0), "paid")
    assert not check_invariants()


def test_a_withdrawn_receipt_leaves_its_refund_waiting(december: Campaign, elena: User) -> None:
    first = collected(*PAID)
    collected("NC-1 C1T 28/11/2026 -99", now=LATER)
    withdraw(report_id=first.pk, by=elena, now=moment("2026-11-29 21:00"), reason="Era falso")
    assert Refund.objects.get().receipt is None
    assert not Receipt.objects.exists()
    assert not check_invariants()


def test_one_receipt_is_annulled_by_hand_with_a_reason(december: Campaign, elena: User) -> None:
    collected(*PAID)
    receipt = Receipt.objects.get(number="R1")
    with pytest.raises(refunds.AnnulmentRefused, match="por qué"):
        refunds.annul(receipt_id=receipt.pk, by=elena, now=LATER, reason=" ")
    refund = refunds.annul(receipt_id=receipt.pk, by=elena, now=LATER, reason="Cheque sin fondos")
    sheet = open_book(
        kind="payments", filters=payment_filters(asked=Asked(show="refunds")), by=elena, masked=False, now=LATER
    ).sheet
    (told,) = (dict(zip(sheet.headers, line, strict=True)) for line in sheet.rows)
    assert (told["Persona"], told["Motivo"], told["Monto"]) == (str(elena), "Cheque sin fondos", Decimal(99))
    assert (refund.amount, refund.by, refund.receipt_id) == (Decimal(99), elena, receipt.pk)
    assert entry("C1").state == "open"
    with pytest.raises(refunds.AnnulmentRefused, match="ya está anulado"):
        refunds.annul(receipt_id=receipt.pk, by=elena, now=LATER, reason="Otra vez")
    assert collected("R1 C1T 26/11/2026 99", "R3 C3T 28/11/2026 99", now=LATER).duplicates == 1
    assert entry("C1").state == "open", "the same receipt again does not pay again"
    assert not check_invariants()


@pytest.mark.parametrize(
    ("again", "detail"),
    [
        ("R1 C1T 27/11/2026 99", "Bs 99.00 · C1T · 26/11/2026"),
        ("R1 C1T 26/11/2026 98", "Bs 99.00 · C1T · 26/11/2026"),
        ("R1 C2T 26/11/2026 99", "Bs 99.00 · C1T · 26/11/2026"),
    ],
)
def test_the_same_number_with_something_else_is_a_conflict_somebody_sees(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client], again: str, detail: str
) -> None:
    collected("R1 C1T 26/11/2026 99")
    report = collected(again, "R2 C2T 26/11/2026 99", now=LATER)
    row = RejectedRow.objects.get(report=report)
    assert (row.reason, row.detail) == ("conflict", detail)
    page = signed_in(elena).get("/payments/").content.decode()
    assert f'href="/reports/{report.pk}/rejected/?reason=conflict&amp;state=waiting"' in page
    assert "1 recibo dice otra cosa que antes" in page


def test_a_state_nobody_knows_is_rejected(december: Campaign) -> None:
    report = collected(
        "R1 C1T 26/11/2026 99 Quién-sabe", "R2 C2T 26/11/2026 99 Cancelado", "R3 C3T 26/11/2026 99 Vigente"
    )
    assert (report.taken, RejectedRow.objects.get().reason) == (2, "bad_status")
    assert entry("C2").state == "paid", "what is cancelado is paid"


def test_its_page_lists_what_was_given_back_and_asks_before_a_receipt_is_annulled(
    december: Campaign, elena: User, oscar: User, signed_in: Callable[[Any], Client]
) -> None:
    collected(*PAID)
    collected("NC-1 C1T 28/11/2026 -99", "NC-2 C9T 28/11/2026 -99", now=LATER)
    client = signed_in(elena)
    page = client.get("/payments/?show=refunds").content.decode()
    for words in ("NC-1", "NC-2", "Sin recibo", "Devuelto"):
        assert words in page
    receipt = Receipt.objects.get(number="R2")
    address = f"/payments/receipts/{receipt.pk}/annul/"
    assert address in client.get("/payments/").content.decode()
    assert "Bs 99,00" in client.get(address).content.decode().replace("\u202f", " ").replace("\xa0", " ")
    refused = client.post(address, {"reason": ""})
    assert (refused.status_code, "Escriba por qué se anula." in refused.content.decode()) == (422, True)
    done = client.post(address, {"reason": "Se cobró dos veces"})
    assert entry("C2").state == "open"
    assert "Se cobró dos veces" in client.get(done["Location"]).content.decode()
    assert signed_in(oscar).post(address, {"reason": "No"}).status_code == 403
    assert address not in signed_in(oscar).get("/payments/").content.decode()


def test_the_figures_of_a_file_are_of_its_receipts_alone(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    """What contradicts a receipt that was had is none of the file's, and money too much pays nothing."""
    collected("R1 C1T 26/11/2026 99", "NC-0 C1T 27/11/2026 -10")
    second = collected(
        "R1 C1T 27/11/2026 99", "R2 C1T 27/11/2026 120", "R3 C1T 27/11/2026 99", "R4 C2T 28/11/2026 99",
        "R5 C9T 27/11/2026 9", "NC-1 C2T 28/11/2026 -5", now=LATER,
    )  # fmt: skip
    assert second.rejected == 1
    assert {name: second.figures[name] for name in ("receipts", "renewals_paid", "amount", "refunds")} == {
        "receipts": 4,
        "renewals_paid": 1,
        "amount": "313.00",
        "refunds": 1,
    }
    client = signed_in(elena)
    address = f"?show=refunds&amp;month=all&amp;report={second.pk}"
    assert address in client.get(f"/reports/{second.pk}/").content.decode()
    page = client.get("/payments/" + address.replace("&amp;", "&")).content.decode()
    assert ("NC-1" in page, "NC-0" in page, "Solo las que trajo" in page) == (True, False, True)


def test_the_question_promises_no_call_in_a_closed_month_and_shows_afterwards_the_month_it_was_of(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    collected(*PAID, "R9 C9T 26/11/2026 99")
    december.state = "closed"
    december.save()
    Campaign.objects.create(
        period="2027-01-01", calls_from="2026-12-25", calls_until="2026-12-31", report_due_at=LATER, created_at=LATER
    )
    client = signed_in(elena)
    address = f"/payments/receipts/{Receipt.objects.get(number='R2').pk}/annul/"
    page = client.get(address).content.decode()
    assert "El mes está cerrado: no se llama a nadie" in page
    assert "vuelve a su lista" not in page
    done = client.post(address, {"reason": "Se cobró dos veces"})
    assert "Se cobró dos veces" in client.get(done["Location"]).content.decode()
    page = client.get(f"/payments/receipts/{Receipt.objects.get(number='R9').pk}/annul/").content.decode()
    assert "ninguna lista ni cifra de una campaña cambia" in page


@pytest.mark.parametrize("total", ["198,00", "99,00"])
def test_a_footer_may_count_what_was_annulled_or_not(december: Campaign, total: str) -> None:
    report = collected("R1 C1T 26/11/2026 99", "R3 C3T 26/11/2026 99 ANULADO", footer=f"TOTAL;;;;;{total};;")
    assert report.state == "published"


def test_a_file_that_gives_back_very_much_waits_for_a_persons_word(december: Campaign, elena: User) -> None:
    collected(*PAID)
    lines = [f"NC-{n};C1;C1T;TV Cable;28/11/2026;-99;QR;" for n in range(21)]
    file = BytesIO("\n".join([HEAD, *lines, ""]).encode())
    report = receive_report(kind="recaudo", name="r.csv", file=file, period=None, now=LATER, uploaded_by=elena)
    report = take_in(report_id=report.pk, now=LATER)
    assert (report.state, report.held_for) == ("held", "unusual")
    assert report.held_because.startswith("21 de 21 filas devuelven o anulan pagos")
    assert entry("C1").state == "paid"


def test_an_annulment_whose_receipt_was_withdrawn_takes_no_other_payment_back(december: Campaign, elena: User) -> None:
    collected("R0 C1T 26/11/2026 99")
    second = collected("R9 C1T 27/11/2026 99", "R5 C3T 27/11/2026 99", now=LATER)
    refunds.annul(receipt_id=Receipt.objects.get(number="R9").pk, by=elena, now=LATER, reason="Doble")
    withdraw(report_id=second.pk, by=elena, now=moment("2026-11-29 22:00"), reason="Era de otra caja")
    assert list(Receipt.objects.values_list("number", "standing")) == [("R0", "counted")]
    collected("R7 C3T 27/11/2026 99", now=moment("2026-11-29 23:00"))
    assert (entry("C1").state, Refund.objects.get().receipt) == ("paid", None)
    assert not check_invariants()


def test_a_closed_month_is_given_back_while_its_payments_count_and_then_by_number_only(december: Campaign) -> None:
    collected(*PAID)
    Campaign.objects.update(state="closed", closed_at=LATER)
    grace = CallingPolicy.objects.in_force().grace_days
    last_day = datetime.combine(december.calls_until + timedelta(days=grace), time(20), tzinfo=LATER.tzinfo)
    collected("NC-1 C1T 28/11/2026 -99", now=last_day)
    assert Refund.objects.get().receipt == Receipt.objects.get(number="R1")
    collected("NC-2 C3T 06/12/2026 -99", "R3 C3T 29/11/2026 99", now=last_day + timedelta(days=1))
    assert Refund.objects.get(number="NC-2").receipt is None  # given back when payments no longer counted
    collected("NC-3 C3T 05/12/2026 -99", now=last_day + timedelta(days=1))
    assert Refund.objects.get(number="NC-3").receipt == Receipt.objects.get(number="R3")
    collected("R2 C2T 28/11/2026 -99", now=last_day + timedelta(days=2))
    assert Receipt.objects.get(number="R2").standing == "annulled"


def test_looking_again_tells_receipts_and_refunds_apart(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    collected("NC-1 C1T 28/11/2026 -99", *PAID)
    Refund.objects.update(receipt=None)  # as if its receipt had come by a way that did not look for it
    Receipt.objects.update(refunded=0, standing="counted")
    page = signed_in(elena).post("/payments/match/", follow=True).content.decode()
    assert "1 devolución encontró su recibo." in page
    assert "encontró su renovación" not in page
