"""`99.-` is an amount without cents, and no money given back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agents.models import Agent
from campaigns.invariants import check_invariants
from campaigns.models import Campaign, Receipt, Refund
from tests.campaigns.payments.some_refunds import LATER, PAID, collected, entry, owing_december

pytestmark = pytest.mark.django_db


@pytest.fixture
def december(ana: Agent) -> Campaign:
    return owing_december(ana)


@pytest.mark.parametrize("again", ["99.-", "99,-", "99,00.-", "99.–"])
def test_a_receipt_that_comes_again_with_a_hyphen_for_its_cents_is_no_refund_of_itself(
    december: Campaign, again: str
) -> None:
    collected(*PAID)
    report = collected(f"R1 C1T 26/11/2026 {again}", f"R3 C3T 27/11/2026 {again}", "R2 C2T 28/11/2026 99-", now=LATER)
    assert (report.rejected, report.duplicates, report.figures["new"], report.figures["refunds"]) == (0, 1, 1, 1)
    assert Refund.objects.get().number == "R2", "what has a minus in the same column keeps it"
    assert [entry(contract).state for contract in ("C1", "C2", "C3")] == ["paid", "open", "paid"]
    assert not check_invariants()


def test_a_sign_stays_with_an_amount_of_two_readings(december: Campaign) -> None:
    rows = ("R1 C1T 26/11/2026 1.149", "R2 C2T 26/11/2026 -1.150", "R3 C3T 26/11/2026 99,00")
    report = collected(*rows)
    assert (report.state, report.rejected) == ("published", 0)
    assert dict(Receipt.objects.values_list("number", "amount")) == {"R1": Decimal(1149), "R3": Decimal(99)}
    assert Refund.objects.get().amount == Decimal(1150)
