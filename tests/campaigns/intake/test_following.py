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
from campaigns.models import CallBack, Campaign, Contact, ContactChange, ListEntry, RejectedRow, RetiredTelephone
from campaigns.promises_and_callbacks.call_backs import cancel
from tests.campaigns.intake.test_superseding import accepted, call, corrected, eight, entry, month, paid
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


def back(by: User, now: datetime) -> None:
    correct(by=by, now=now, also=[{"CONTRATO": "9999", "NRO_SERVICIO": "99991"}])


def test_who_comes_back_has_her_agreed_call_again(month: Campaign, ana: Agent, elena: User, at: At) -> None:
    call(ana, "2001", "call_back", now=at("2026-11-26 08:30"), call_back_at=at("2026-11-27 15:00"))
    correct("2001", by=elena, now=at("2026-11-26 09:00"))
    agreed = CallBack.objects.get()
    assert (agreed.state, agreed.why) == ("cancelled", "El cliente ya no está en el reporte.")
    back(elena, at("2026-11-26 10:00"))
    agreed.refresh_from_db()
    assert (agreed.state, agreed.why, agreed.settled_at, agreed.agent) == ("pending", "", None, ana)
    assert agreed.due_at == at("2026-11-27 15:00") == entry("2001").ready_at
    assert not check_invariants()


def test_who_comes_back_having_paid_has_it_only_when_she_owes_again(
    month: Campaign, ana: Agent, elena: User, at: At
) -> None:
    call(ana, "2001", "call_back", now=at("2026-11-26 08:30"), call_back_at=at("2026-11-27 15:00"))
    correct("2001", by=elena, now=at("2026-11-26 09:00"))
    report = paid(("R1", "2001", "289"), now=at("2026-11-26 09:30"))
    back(elena, at("2026-11-26 10:00"))
    assert (entry("2001").state, CallBack.objects.get().why) == ("paid", "Pagó el 26/11/2026.")
    withdraw(report_id=report.pk, by=elena, now=at("2026-11-26 10:30"), reason="Era de otra caja")
    assert (entry("2001").state, CallBack.objects.get().state) == ("open", "pending")
    assert not check_invariants()


def test_a_call_that_was_made_or_given_up_does_not_come_back(month: Campaign, ana: Agent, elena: User, at: At) -> None:
    call(ana, "2001", "call_back", now=at("2026-11-26 08:30"), call_back_at=at("2026-11-27 15:00"))
    cancel(call_back=CallBack.objects.get(), reason="Ya no quiere", now=at("2026-11-26 08:40"))
    correct("2001", by=elena, now=at("2026-11-26 09:00"))
    back(elena, at("2026-11-26 10:00"))
    assert (CallBack.objects.get().state, CallBack.objects.get().why) == ("cancelled", "Ya no quiere")
