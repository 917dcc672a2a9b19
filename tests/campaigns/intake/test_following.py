"""Places in the lists after a report was corrected: who has paid is not called, and what was agreed comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

import pytest

from agents.models import Agent, User
from campaigns.intake import mending
from campaigns.intake.withdrawing import withdraw
from campaigns.invariants import check_invariants
from campaigns.models import Campaign, Contact, ContactChange, ListEntry, RejectedRow, RetiredTelephone
from tests.campaigns.intake.test_superseding import accepted, corrected, eight, entry, month, paid
from tests.campaigns.some_receipts import row, take

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
__all__ = ["month"]  # the fixture
OLD, NEW = "+59170712345", "70799999"


@pytest.fixture
def unreachable(month: Campaign, elena: User, at: At) -> Contact:
    """2001 cannot be called: her telephone is not hers."""
    RetiredTelephone.objects.create(contract="2001", telephone=OLD, retired_at=at("2026-11-25 10:00"), reason="wrong")
    ListEntry.objects.filter(contact__contract="2001").update(state="not_callable")
    return Contact.objects.get(contract="2001")


def correct(
    *without: str, by: User, now: datetime, also: Sequence[dict[str, str]] = (), **changes: dict[str, str]
) -> None:
    report = accepted(corrected(*eight(*without, **changes), *also, now=now), by=by, now=now)
    assert report.state == "published", report.held_because


def test_who_has_paid_is_not_called_because_a_correction_brings_a_telephone(
    unreachable: Contact, elena: User, at: At
) -> None:
    report = paid(("R1", "2001", "289"), now=at("2026-11-26 08:00"))
    assert (entry("2001").state, entry("2001").paid_on is None) == ("not_callable", False)
    correct(by=elena, now=at("2026-11-26 09:00"), c2001={"CELULAR": NEW})
    assert entry("2001").state == "paid"
    assert ContactChange.objects.of(unreachable).get().verb == "leave_paid"
    assert not check_invariants()
    withdraw(report_id=report.pk, by=elena, now=at("2026-11-26 10:00"), reason="Era de otra caja")
    assert entry("2001").state == "open", "she has a telephone now"
    assert not check_invariants()


def test_who_owes_more_with_the_correction_that_brings_a_telephone_is_called(
    unreachable: Contact, ana: Agent, elena: User, at: At
) -> None:
    ListEntry.objects.filter(contact=unreachable).update(owner=None)
    paid(("R1", "2001", "289"), now=at("2026-11-26 08:00"))
    correct(by=elena, now=at("2026-11-26 09:00"), c2001={"CELULAR": NEW, "MONTO": "389,00"})
    assert (entry("2001").state, entry("2001").owner, entry("2001").paid_on) == ("open", ana, None)
    assert not check_invariants()


def test_who_had_paid_and_could_not_be_called_comes_back_as_paid(unreachable: Contact, elena: User, at: At) -> None:
    paid(("R1", "2001", "289"), now=at("2026-11-26 08:00"))
    correct("2001", by=elena, now=at("2026-11-26 09:00"))
    assert entry("2001").state == "gone"
    correct(by=elena, now=at("2026-11-26 10:00"), also=[{"CONTRATO": "9999", "NRO_SERVICIO": "99991"}])
    assert entry("2001").state == "paid"
    assert not check_invariants()


def test_whose_payment_was_withdrawn_while_she_was_gone_comes_back_to_be_called(
    month: Campaign, elena: User, at: At
) -> None:
    report = paid(("R1", "2001", "289"), now=at("2026-11-26 08:00"))
    correct("2001", by=elena, now=at("2026-11-26 09:00"))
    withdraw(report_id=report.pk, by=elena, now=at("2026-11-26 09:30"), reason="Era de otra caja")
    correct(by=elena, now=at("2026-11-26 10:00"), also=[{"CONTRATO": "9999", "NRO_SERVICIO": "99991"}])
    assert (entry("2001").state, entry("2001").paid_on) == ("open", None)
    assert not check_invariants()


def test_a_mended_row_whose_service_is_paid_brings_nobody_back_to_be_called(
    unreachable: Contact, elena: User, at: At
) -> None:
    second = {"CONTRATO": "2001", "NRO_SERVICIO": "20012", "PRODUCTO": "TV Cable", "MONTO": "149,00"}
    correct(by=elena, now=at("2026-11-26 07:00"), also=[second])
    take([row("R1", "20011", "11-26", "289"), row("R2", "20012", "11-26", "149")], now=at("2026-11-26 08:00"))
    correct(by=elena, now=at("2026-11-26 09:00"), also=[{**second, "MONTO": "gratis"}])
    rejected = RejectedRow.objects.get()
    cells = {**rejected.cells, "amount": "149", "mobile": NEW}
    mending.admit(row_id=rejected.pk, cells=cells, by=elena, now=at("2026-11-26 09:20"))
    back = entry("2001")
    assert (back.state, back.contact.amount_due, len(back.contact.telephones)) == ("paid", Decimal("438.00"), 2)
    assert not check_invariants()
