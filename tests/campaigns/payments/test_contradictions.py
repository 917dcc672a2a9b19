"""Rows that contradict a receipt take nothing back and pay nothing: somebody looks at them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from agents.models import Agent, User
from campaigns.intake import mending
from campaigns.intake.taking_in import take_in
from campaigns.intake.withdrawing import withdraw
from campaigns.invariants import check_invariants
from campaigns.models import Campaign, Receipt, Refund, RejectedRow, RenewalPayment, Report
from campaigns.payments.refunds import annul
from tests.campaigns.a_campaign import moment
from tests.campaigns.payments.some_refunds import LATER, PAID, collected, entry, owing_december
from tests.campaigns.some_receipts import row, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def december(ana: Agent) -> Campaign:
    return owing_december(ana)


def contradicts(report: Report) -> list[str]:
    """What the rejected rows of a report contradict; its rows add up."""
    assert report.rows == report.taken + report.duplicates + report.rejected
    rows = RejectedRow.objects.filter(report=report).order_by("line")
    assert {one.reason for one in rows} <= {"conflict"}
    return [one.detail for one in rows]


@pytest.mark.parametrize("given_back", ["R1 C2T 28/11/2026 -99", "R1 C2T 26/11/2026 99 Anulado"])
def test_a_refund_by_number_takes_nobody_elses_payment_back(december: Campaign, given_back: str) -> None:
    collected(*PAID)
    report = collected(given_back, "R3 C3T 28/11/2026 99", now=LATER)
    assert contradicts(report) == ["Bs 99.00 · C1T · 26/11/2026"]
    assert (entry("C1").state, entry("C2").state, Refund.objects.count()) == ("paid", "paid", 0)
    assert not check_invariants()


def test_a_refund_that_came_before_a_receipt_of_its_number_takes_nobody_elses_payment_back(
    december: Campaign,
) -> None:
    collected("R1 C2T 26/11/2026 -99", "R2 C3T 26/11/2026 99")
    collected("R1 C1T 26/11/2026 99", now=LATER)
    assert (entry("C1").state, Refund.objects.get().receipt) == ("paid", None)


def test_a_note_on_a_service_of_another_contract_takes_nobody_elses_payment_back(december: Campaign) -> None:
    take([row("R1", "C1T", "11-26")])
    take([row("NC-1", "C1T", "11-28", "-99", contract="C2")])
    assert (entry("C1").state, Refund.objects.get().receipt) == ("paid", None)


@pytest.mark.parametrize(("one", "other"), [(229, 50), (140, 140)])
def test_what_was_paid_in_two_receipts_and_is_given_back_in_one_row_is_of_both(
    december: Campaign, elena: User, one: int, other: int
) -> None:
    whole = f"NC-6 C1T 28/11/2026 -{one + other}"
    collected(f"R1 C1T 25/11/2026 {one}", f"R2 C1T 26/11/2026 {other}", "R3 C2T 26/11/2026 99")
    report = collected(whole, now=LATER)
    assert (report.taken, entry("C1").state, entry("C2").state) == (1, "open", "paid")
    parts = Refund.objects.order_by("part").values_list("receipt__number", "amount", "part")
    assert list(parts) == [("R1", Decimal(one), 0), ("R2", Decimal(other), 1)]
    again = collected(whole, "R9 C3T 29/11/2026 99", now=moment("2026-11-29 21:00"))
    assert (again.taken, again.duplicates, Refund.objects.count()) == (1, 1, 2)
    assert not check_invariants()
    withdraw(report_id=report.pk, by=elena, now=moment("2026-11-29 22:00"), reason="De otra caja")
    take_in(report_id=again.pk, now=moment("2026-11-29 22:10"))
    assert (Refund.objects.count(), entry("C1").state) == (2, "open"), "the later report told it as well"
    assert not check_invariants()


def test_what_is_not_exactly_what_a_service_was_paid_with_waits(december: Campaign) -> None:
    collected("R1 C1T 25/11/2026 49", "R2 C1T 26/11/2026 50", "R3 C4T 26/11/2026 99", "R4 C4I 26/11/2026 99")
    collected("NC-1 C1T 28/11/2026 -98", "NC-2 C4T 28/11/2026 -198", now=LATER)
    assert not Refund.objects.exclude(receipt=None).exists()
    assert (entry("C1").state, entry("C4").state) == ("paid", "paid")


def test_another_day_is_another_part_as_long_as_the_receipt_has_it(december: Campaign) -> None:
    collected("R5 C1T 26/11/2026 209")
    report = collected("R5 C1T 27/11/2026 -50", "R5 C1T 28/11/2026 -50", now=LATER)
    assert (report.taken, report.duplicates, contradicts(report)) == (2, 0, [])
    receipt = Receipt.objects.get()
    assert (receipt.refunded, receipt.refunds.count()) == (Decimal(100), 2)
    again = collected("R5 C1T 27/11/2026 -50", "R5 C1T 28/11/2026 -50", "R5 C1T 29/11/2026 -120", now=LATER)
    assert (again.taken, again.duplicates) == (0, 2)
    assert contradicts(again) == ["Bs 209.00 − 100.00 · C1T · 26/11/2026"]
    assert RenewalPayment.objects.get().amount == Decimal(109)
    assert not check_invariants()


def test_of_parts_that_come_together_those_are_taken_that_the_receipt_has(december: Campaign) -> None:
    collected("R1 C1T 26/11/2026 99")
    report = collected("R1 C1T 27/11/2026 -60", "R1 C1T 28/11/2026 -60", now=LATER)
    assert (report.taken, report.rejected, Receipt.objects.get().refunded) == (1, 1, Decimal(60))


def test_a_receipt_that_is_called_annulled_gives_back_what_is_left_and_once(december: Campaign) -> None:
    collected("R1 C1T 26/11/2026 99")
    collected("R1 C1T 27/11/2026 -30", now=LATER)
    annulled = collected("R1 C1T 28/11/2026 99 Anulado", "R2 C2T 28/11/2026 99", now=LATER)
    assert (annulled.taken, annulled.figures["refunds"]) == (2, 1)
    assert Receipt.objects.get(number="R1").standing == "annulled"
    again = collected("R1 C1T 26/11/2026 99 Anulado", "R3 C3T 28/11/2026 99", now=LATER)
    assert (again.taken, again.duplicates, Refund.objects.count()) == (1, 1, 2)
    assert not check_invariants()


def test_an_annulment_told_by_a_state_and_by_a_row_below_zero_is_one(december: Campaign) -> None:
    collected(*PAID)
    report = collected("R1 C1T 26/11/2026 99 Anulado", "R1 C1T 28/11/2026 -99", now=LATER)
    assert (report.taken, report.duplicates, contradicts(report)) == (1, 1, [])
    assert Refund.objects.get().refunded_on == date(2026, 11, 28)


def test_one_note_may_give_back_two_services(december: Campaign) -> None:
    collected("R1 C4T 26/11/2026 99", "R2 C4I 26/11/2026 99")
    report = collected("NC-1 C4T 28/11/2026 -99", "NC-1 C4I 28/11/2026 -99", now=LATER)
    assert (report.taken, Receipt.objects.filter(standing="annulled").count()) == (2, 2)
    assert not check_invariants()


def test_a_conflict_may_be_mended_and_gives_back_what_it_is_of(december: Campaign, elena: User) -> None:
    collected(*PAID)
    report = collected("R1 C2T 28/11/2026 -99", "R3 C3T 28/11/2026 99", now=LATER)
    rejected = RejectedRow.objects.get()
    with pytest.raises(mending.RowRefused, match="otro contrato"):
        mending.admit(row_id=rejected.pk, cells=rejected.cells, by=elena, now=LATER)
    mending.admit(row_id=rejected.pk, cells={**rejected.cells, "receipt": "R2"}, by=elena, now=LATER)
    report.refresh_from_db()
    assert (entry("C1").state, entry("C2").state, report.taken, report.rejected) == ("paid", "open", 2, 0)
    assert not check_invariants()


@pytest.mark.parametrize(
    ("again", "detail"),
    [
        (row("R1", "C1T", "11-26", contract="C2"), "Bs 99.00 · C1T · C1 · 26/11/2026"),
        (row("R1", "C1T", "11-26", service="INTERNET"), "Bs 99.00 · C1T · TV · 26/11/2026"),
    ],
)
def test_the_same_number_with_another_contract_or_product_is_a_conflict(
    december: Campaign, again: tuple[Any, ...], detail: str
) -> None:
    take([row("R1", "C1T", "11-26")])
    counted = take([again])
    assert (counted.taken, counted.duplicates) == (0, 0)
    assert [one.detail for one in RejectedRow.objects.all()] == [detail]
    in_one_file = take([row("R2", "C2T", "11-26"), ("R2", *again[1:])])
    assert (in_one_file.taken, in_one_file.duplicates) == (1, 0)


def test_zeros_in_front_of_a_contract_and_a_product_that_is_not_told_contradict_nothing(december: Campaign) -> None:
    take([row("R1", "C1T", "11-26", contract="0071")])
    one = row("R1", "C1T", "11-26", contract="71")
    assert take([one, (*one[:3], "", *one[4:])]).duplicates == 2


def test_a_receipt_that_is_in_force_again_is_told(december: Campaign) -> None:
    """One of the two files is wrong, and the customer is called or not by it."""
    collected("R1 C1T 26/11/2026 99 VIGENTE")
    collected("R1 C1T 26/11/2026 99 ANULADO", now=LATER)
    report = collected("R1 C1T 26/11/2026 99 VIGENTE", "R2 C2T 26/11/2026 99 VIGENTE", now=moment("2026-11-29 21:00"))
    assert contradicts(report) == ["Bs 99.00 · C1T · 26/11/2026 · anulado"]
    assert (entry("C1").state, entry("C2").state) == ("open", "paid")
    assert not check_invariants()


def test_what_says_nothing_of_its_state_is_what_was_had(december: Campaign, elena: User) -> None:
    """Also of what was given back by a note, or annulled by hand: there it comes again in each file of the day."""
    collected("R1 C1T 26/11/2026 99 VIGENTE", "R2 C2T 26/11/2026 99 VIGENTE", "R3 C3T 26/11/2026 99 VIGENTE")
    collected("R1 C1T 26/11/2026 99 ANULADO", "NC-2 C2T 28/11/2026 -99", now=LATER)
    annul(receipt_id=Receipt.objects.get(number="R3").pk, by=elena, now=LATER, reason="Se cobró mal")
    again = ("R1 C1T 26/11/2026 99", "R2 C2T 26/11/2026 99 VIGENTE", "R3 C3T 26/11/2026 99 VIGENTE")
    report = collected(*again, now=moment("2026-11-29 21:00"))
    assert (contradicts(report), report.duplicates) == ([], 3)
