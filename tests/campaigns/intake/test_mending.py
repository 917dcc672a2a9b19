"""Rejected rows are mended and admitted by the same checks, or dismissed; the report's rows always add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import pytest

from agents.models import Agent, User
from campaigns.assignment.moving import Selection
from campaigns.assignment.rebalancing import take_back
from campaigns.intake.mending import RowRefused, admit, dismiss
from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.invariants import check_invariants
from campaigns.models import (
    CallBack,
    Campaign,
    Contact,
    ContactChange,
    ListEntry,
    RejectedRow,
    Renewal,
    RenewalPayment,
    Report,
)
from campaigns.month import lifecycle
from tests.campaigns.some_receipts import row, take
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


def test_a_mended_row_is_written_as_one_of_the_report(report: Report, elena: User, at: At) -> None:
    cells = {**row_at(4).cells, "due_on": "30/11/2026"}
    admit(row_id=row_at(4).pk, cells=cells, by=elena, now=at("2026-11-25 09:00"))
    names = [field.attname for field in Contact._meta.concrete_fields if field.name not in ("id", "contract")]
    mended, taken_in = (Contact.objects.filter(contract=contract).values(*names).get() for contract in ("1002", "1001"))
    assert mended == taken_in
    assert Renewal.objects.get(service_number="10021").report_line == 4


@pytest.mark.parametrize(
    ("line", "change", "field", "sentence"),
    [
        (3, {"amount": "nada"}, "amount", "El monto no se entiende."),
        (3, {"amount": "159", "contract": ""}, "contract", "Falta el contrato, o no se puede leer entero."),
        (4, {"due_on": ""}, "due_on", "Falta la fecha."),
        (4, {"due_on": "30/11/2031"}, "due_on", "muy lejos"),
        (4, {"due_on": "30/11/2026", "product": "Telefonía"}, "product", "no es Internet ni televisión"),
        (5, {}, "service_number", r"ya está en la campaña \(fila 2\)"),
    ],
)
def test_a_row_that_is_still_wrong_stays_rejected(
    line: int, change: dict[str, str], field: str, sentence: str, report: Report, elena: User, at: At
) -> None:
    with pytest.raises(RowRefused, match=sentence) as refusal:
        admit(row_id=row_at(line).pk, cells={**row_at(line).cells, **change}, by=elena, now=at("2026-11-25 09:00"))
    assert refusal.value.field == field
    assert row_at(line).state == RejectedRow.State.WAITING
    report.refresh_from_db()
    assert (report.taken, report.rejected) == (11, 3)


def test_a_row_is_admitted_once_and_not_after_it_was_dismissed(report: Report, elena: User, at: At) -> None:
    cells, now = {**row_at(4).cells, "due_on": "30/11/2026"}, at("2026-11-25 09:00")
    admit(row_id=row_at(4).pk, cells=cells, by=elena, now=now)
    with pytest.raises(RowRefused, match="ya fue resuelta"):
        admit(row_id=row_at(4).pk, cells=cells, by=elena, now=now)
    assert dismiss(row_ids=[row_at(3).pk, row_at(4).pk], by=elena, now=now) == 1
    with pytest.raises(RowRefused, match="ya fue resuelta"):
        admit(row_id=row_at(3).pk, cells={**row_at(3).cells, "amount": "1"}, by=elena, now=now)
    report.refresh_from_db()
    assert (report.taken, report.rejected) == (12, 2)


def test_nothing_is_admitted_into_a_closed_campaign(report: Report, elena: User, at: At) -> None:
    lifecycle.close(campaign=Campaign.objects.get(), by=None, now=at("2026-12-01 00:10"), note="")
    with pytest.raises(RowRefused, match="ya está cerrada"):
        admit(
            row_id=row_at(4).pk,
            cells={**row_at(4).cells, "due_on": "30/11/2026"},
            by=elena,
            now=at("2026-12-01 09:00"),
        )


PAID_IN = [("open", "open"), ("done", "done"), ("exhausted", "exhausted"), ("held_out", "held_out")]


@pytest.mark.parametrize(("stood", "stands"), PAID_IN)
def test_who_has_paid_and_gets_another_service_owes_again_wherever_she_stands(
    stood: str, stands: str, report: Report, elena: User, at: At
) -> None:
    """She paid her Internet; then her television is admitted. The entry keeps its state, the day goes."""
    entries = ListEntry.objects.filter(contact__contract="1001")
    entries.update(state=stood)
    if verb := {"done": "finish", "exhausted": "exhaust"}.get(stood):
        step = {"verb": verb, "from_state": "open", "to_state": stood, "at": at("2026-11-25 10:00")}
        ContactChange.objects.create(contact_id=entries.get().contact_id, **step)
    take([row("R1", "10011", "11-25", "289", service="INTERNET", contract="1001")], now=at("2026-11-25 18:00"))
    entry = entries.get()
    assert entry.paid_on == date(2026, 11, 25)
    assert entry.paid_known_at is not None
    admit(row_id=row_at(3).pk, cells={**row_at(3).cells, "amount": "159"}, by=elena, now=at("2026-11-26 09:00"))
    entry = entries.get()
    assert (entry.state, entry.paid_on, entry.paid_known_at) == (stands, None, None)
    assert [found.name for found in check_invariants() if found.name != "report_rows_add_up"] == []


def test_an_agreed_call_that_the_payment_cancelled_comes_back_with_the_debt(
    report: Report, ana: Agent, elena: User, at: At
) -> None:
    contact = Contact.objects.get(contract="1001")
    agreed = CallBack.objects.create(
        campaign=contact.campaign,
        contact=contact,
        agent=ana,
        due_at=at("2026-11-27 10:00"),
        created_at=at("2026-11-25 09:00"),
    )
    refused = CallBack.objects.create(
        campaign=contact.campaign, contact=contact, agent=ana, due_at=at("2026-11-26 10:00"),
        created_at=at("2026-11-25 08:00"), state="cancelled", settled_at=at("2026-11-25 08:30"),
    )  # fmt: skip
    take([row("R1", "10011", "11-25", "289", service="INTERNET", contract="1001")], now=at("2026-11-25 18:00"))
    agreed.refresh_from_db()
    assert agreed.state == "cancelled"
    admit(row_id=row_at(3).pk, cells={**row_at(3).cells, "amount": "159"}, by=elena, now=at("2026-11-26 09:00"))
    agreed.refresh_from_db()
    refused.refresh_from_db()
    assert (agreed.state, agreed.settled_at, refused.state) == ("pending", None, "cancelled")


def test_admitting_a_row_assigns_that_row_and_leaves_what_was_taken_back(
    make_agent: Callable[..., Agent], elena: User, at: At
) -> None:
    ana = make_agent("Ana")
    report = taken(
        {},
        {"CONTRATO": "1002", "NRO_SERVICIO": "10021", "FECHA_VENCIMIENTO": "31/02/2026"},
        {"CONTRATO": "1003", "NRO_SERVICIO": "10031", "CELULAR": ""},
        {"CONTRATO": "1003", "NRO_SERVICIO": "10032", "PRODUCTO": "TV Cable", "MONTO": "?"},
        {"CONTRATO": "1001", "NRO_SERVICIO": "10012", "PRODUCTO": "TV Cable", "MONTO": "?"},
        *many(4),
        now=at("2026-11-25 06:10"),
    )
    campaign = Campaign.objects.get()
    lifecycle.launch(campaign=campaign, by=elena, now=at("2026-11-25 08:00"))
    take_back(
        campaign=Campaign.objects.get(), selection=Selection(agents=(ana.pk,)), by=elena, now=at("2026-11-25 09:00")
    )
    now = at("2026-11-25 10:00")
    rows = {found.cells["service_number"]: found for found in RejectedRow.objects.filter(report=report)}
    admit(row_id=rows["10021"].pk, cells={**rows["10021"].cells, "due_on": "30/11/2026"}, by=elena, now=now)
    admit(
        row_id=rows["10032"].pk, cells={**rows["10032"].cells, "amount": "99", "mobile": "70799999"}, by=elena, now=now
    )
    admit(row_id=rows["10012"].pk, cells={**rows["10012"].cells, "amount": "99"}, by=elena, now=now)
    owned = dict(ListEntry.objects.filter(owner__isnull=False).values_list("contact__contract", "owner"))
    assert owned == {"1002": ana.pk, "1003": ana.pk}  # new, and callable now; all the others were taken back
    assert ListEntry.objects.get(contact__contract="1001").call_list == "BOTH"


def test_a_row_that_makes_the_list_another_moves_the_contact_to_somebody_with_the_skill(
    make_agent: Callable[..., Agent], elena: User, at: At
) -> None:
    ana = make_agent("Ana", skills=("INTERNET",))
    report = taken(
        {}, {"NRO_SERVICIO": "10012", "PRODUCTO": "TV Cable", "MONTO": "?"}, *many(4), now=at("2026-11-25 06:10")
    )
    luis = make_agent("Luis")
    ListEntry.objects.filter(contact__contract="2001").update(owner=None)
    rejected = RejectedRow.objects.get(report=report)
    admit(row_id=rejected.pk, cells={**rejected.cells, "amount": "99"}, by=elena, now=at("2026-11-25 10:00"))
    owned = dict(ListEntry.objects.values_list("contact__contract", "owner"))
    assert (owned["1001"], owned["2000"], owned["2001"]) == (luis.pk, ana.pk, None)


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
    figures = payments.figures
    assert (figures["new"], figures["receipts"], figures["renewals_paid"], figures["amount"]) == (4, 4, 4, "1156.00")
    assert payments.data_until == at("2026-11-26 18:00")


def test_a_mended_receipt_moves_the_figures_and_the_age_of_its_report(report: Report, elena: User, at: At) -> None:
    """The file's newest day stood in the row that could not be read; one receipt had come with an earlier file."""
    head = "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO;CANAL\n"
    lines = [f"R-{n};{2000 + n};{2000 + n}1;Internet;25/11/2026;289,00;Banco\n" for n in range(3)]
    bad = "R-9;2005;20051;Internet;27/13/2026;289,00;QR\n"

    def taken_in(name: str, text: str, when: str) -> Report:
        arrived = receive_report(kind="recaudo", name=name, file=BytesIO(text.encode()), period=None, now=at(when))
        return take_in(report_id=arrived.pk, now=at(when))

    taken_in("first.csv", head + lines[0], "2026-11-26 09:00")
    payments = taken_in("second.csv", head + "".join(lines) + bad, "2026-11-28 09:00")
    assert (payments.data_until, payments.figures["receipts"]) == (at("2026-11-26 00:00"), 3)
    rejected = RejectedRow.objects.get(report=payments)
    admit(row_id=rejected.pk, cells={**rejected.cells, "paid_on": "27/11/2026"}, by=elena, now=at("2026-11-28 10:00"))
    payments.refresh_from_db()
    assert payments.data_until == at("2026-11-28 00:00")
    told = {name: payments.figures[name] for name in ("new", "receipts", "renewals_paid", "amount", "channels")}
    assert told == {
        "new": 3, "receipts": 4, "renewals_paid": 4, "amount": "1156.00", "channels": ["Banco", "QR"],
    }  # fmt: skip
