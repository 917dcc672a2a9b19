"""Rejected rows are mended and admitted by the same checks, or dismissed; the report's rows always add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import pytest

from agents.models import User
from campaigns.models import Campaign, Contact, ListEntry, RejectedRow, Renewal, RenewalPayment, Report
from campaigns.month import lifecycle
from campaigns.reports.intake import receive_report, take_in
from campaigns.reports.mending import RowNotAdmitted, admit, dismiss
from tests.campaigns.some_reports import many, taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]


@pytest.fixture
def report(at: At) -> Report:
    """Ten good rows, a customer with Internet, and rows to mend: its TV, a new customer, one that contradicts."""
    return taken(
        {},
        {"NRO_SERVICIO": "10012", "PRODUCTO": "TV Cable", "MONTO": "159,5 bs?"},
        {"CONTRATO": "1002", "NRO_SERVICIO": "10021", "FECHA_VENCIMIENTO": "31/02/2026"},
        {"MONTO": "1,00"},
        *many(10),
        now=at("2026-11-25 06:10"),
    )


def row_at(line: int) -> RejectedRow:
    return RejectedRow.objects.get(line=line)


def test_a_mended_row_adds_its_service_to_the_contact_it_belongs_to(report: Report, elena: User, at: At) -> None:
    now = at("2026-11-25 09:00")
    row = admit(row_id=row_at(3).pk, cells={**row_at(3).cells, "amount": "159,50"}, by=elena, now=now)
    contact = Contact.objects.get(contract="1001")
    assert (contact.call_list, str(contact.amount_due), contact.entry.call_list) == ("BOTH", "448.50", "BOTH")
    assert (row.state, row.settled_by, row.mended["amount"]) == (RejectedRow.State.ADMITTED, elena, "159,50")
    assert row.cells["amount"] == "159,5 bs?"
    report.refresh_from_db()
    assert (report.taken, report.rejected, report.figures["contacts_with_both"]) == (12, 2, 1)
    assert report.rows == report.taken + report.duplicates + report.other_service + report.rejected


def test_a_mended_row_of_a_new_customer_is_a_contact_with_its_place_in_a_list(
    report: Report, elena: User, at: At
) -> None:
    cells = {**row_at(4).cells, "due_on": "30/11/2026"}
    admit(row_id=row_at(4).pk, cells=cells, by=elena, now=at("2026-11-25 09:00"))
    entry = ListEntry.objects.get(contact__contract="1002")
    assert (entry.state, entry.call_list) == ("open", "INTERNET")
    assert Renewal.objects.get(service_number="10021").due_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("line", "change", "field", "sentence"),
    [
        (3, {"amount": "nada"}, "amount", "El monto no se entiende."),
        (3, {"amount": "159", "contract": ""}, "contract", "Falta el contrato."),
        (4, {"due_on": ""}, "due_on", "Falta la fecha."),
        (4, {"due_on": "30/11/2031"}, "due_on", "muy lejos"),
        (4, {"due_on": "30/11/2026", "product": "Telefonía"}, "product", "no es Internet ni televisión"),
        (5, {}, "service_number", r"ya está en la campaña \(fila 2\)"),
    ],
)
def test_a_row_that_is_still_wrong_stays_rejected(
    line: int, change: dict[str, str], field: str, sentence: str, report: Report, elena: User, at: At
) -> None:
    with pytest.raises(RowNotAdmitted, match=sentence) as refusal:
        admit(row_id=row_at(line).pk, cells={**row_at(line).cells, **change}, by=elena, now=at("2026-11-25 09:00"))
    assert refusal.value.field == field
    assert row_at(line).state == RejectedRow.State.WAITING
    report.refresh_from_db()
    assert (report.taken, report.rejected) == (11, 3)


def test_a_row_is_admitted_once_and_not_after_it_was_dismissed(report: Report, elena: User, at: At) -> None:
    cells, now = {**row_at(4).cells, "due_on": "30/11/2026"}, at("2026-11-25 09:00")
    admit(row_id=row_at(4).pk, cells=cells, by=elena, now=now)
    with pytest.raises(RowNotAdmitted, match="ya fue resuelta"):
        admit(row_id=row_at(4).pk, cells=cells, by=elena, now=now)
    assert dismiss(row_ids=[row_at(3).pk, row_at(4).pk], by=elena, now=now) == 1
    with pytest.raises(RowNotAdmitted, match="ya fue resuelta"):
        admit(row_id=row_at(3).pk, cells={**row_at(3).cells, "amount": "1"}, by=elena, now=now)
    report.refresh_from_db()
    assert (report.taken, report.rejected) == (12, 2)


def test_nothing_is_admitted_into_a_closed_campaign(report: Report, elena: User, at: At) -> None:
    lifecycle.close(campaign=Campaign.objects.get(), by=None, now=at("2026-12-01 00:10"))
    with pytest.raises(RowNotAdmitted, match="ya está cerrada"):
        admit(
            row_id=row_at(4).pk,
            cells={**row_at(4).cells, "due_on": "30/11/2026"},
            by=elena,
            now=at("2026-12-01 09:00"),
        )


def test_a_paid_contact_that_gets_another_service_is_called_again(report: Report, elena: User, at: At) -> None:
    ListEntry.objects.filter(contact__contract="1001").update(state="paid", paid_on=date(2026, 11, 25))
    cells = {**row_at(3).cells, "amount": "159"}
    admit(row_id=row_at(3).pk, cells=cells, by=elena, now=at("2026-11-26 09:00"))
    entry = ListEntry.objects.get(contact__contract="1001")
    assert (entry.state, entry.paid_on) == ("open", None)


def test_a_mended_receipt_is_taken_and_pays_its_renewal(report: Report, elena: User, at: At) -> None:
    lines = "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO;CANAL\n" + "".join(
        f"R-{n};{2000 + n};{2000 + n}1;Internet;{'26/11/2026' if n else '26/13/2026'};289,00;Banco\n" for n in range(4)
    )
    payments = receive_report(
        kind="recaudo", name="r.csv", file=BytesIO(lines.encode()), period=None, now=at("2026-11-26 18:00")
    )
    payments = take_in(report_id=payments.pk, now=at("2026-11-26 18:01"))
    assert (payments.state, payments.taken, payments.rejected) == (Report.State.PUBLISHED, 3, 1)
    row = RejectedRow.objects.get(report=payments)
    admit(row_id=row.pk, cells={**row.cells, "paid_on": "26/11/2026"}, by=elena, now=at("2026-11-26 19:00"))
    payments.refresh_from_db()
    assert (payments.taken, payments.rejected) == (4, 0)
    assert RenewalPayment.objects.filter(paid_on=date(2026, 11, 26)).count() == 4
    assert ListEntry.objects.get(contact__contract="2000").state == "paid"
