"""Numbers that lost their leading zeros are of one customer, once somebody said how many digits they have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from agents.models import User
from campaigns.intake import deciding, mending
from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.models import Campaign, Contact, Receipt, RejectedRow, Report, ReportSource
from tests.campaigns.some_reports import taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
HELD, PUBLISHED = Report.State.HELD, Report.State.PUBLISHED
MIXED = [
    {"CONTRATO": "00600070", "NRO_SERVICIO": "60007001"},
    {"CONTRATO": "600070", "NRO_SERVICIO": "60007002", "PRODUCTO": "TV Cable"},
    {"CONTRATO": "12600071", "NRO_SERVICIO": "60007003"},
]


def paid(contract: str, receipt: str = "R1", *, now: datetime) -> Report:
    head = "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO"
    file = BytesIO(f"{head}\r\n{receipt};{contract};;Internet;26/11/2026;289\r\n".encode())
    report = receive_report(kind="recaudo", name="recaudo.csv", file=file, period=None, now=now)
    return take_in(report_id=report.pk, now=now)


@pytest.fixture
def source(db: None) -> ReportSource:
    return ReportSource.objects.create(name="Smartflex", kind="ccvp", location="/srv/reports")


def test_a_file_in_which_some_lost_theirs_is_held_and_proposes_the_digits(
    at: At, elena: User, source: ReportSource, signed_in: Callable[[Any], Client]
) -> None:
    report = taken(*MIXED, now=at("2026-11-25 06:10"))
    assert (report.state, report.held_for, report.figures) == (HELD, "zeros", {"digits": {"contract": 8}})
    assert report.held_because == (
        "Hay números de contrato de 8 cifras que comienzan con cero, y uno más corto que quizás perdió los suyos: "
        "sería otro cliente."
    )
    assert "Completar con ceros y leer otra vez" in signed_in(elena).get(f"/reports/{report.pk}/").content.decode()
    deciding.fill_up(report_id=report.pk, by=elena, now=at("2026-11-25 08:00"))
    report = take_in(report_id=report.pk, now=at("2026-11-25 08:01"))
    assert (report.state, report.accepted_by) == (PUBLISHED, None)
    assert sorted(Contact.objects.values_list("contract", "call_list")) == [
        ("00600070", "BOTH"),
        ("12600071", "INTERNET"),
    ]
    source.refresh_from_db()
    assert (source.contract_digits, source.service_digits) == (8, 0)


def test_zeros_that_would_lose_another_months_customers_are_refused_with_why(
    at: At, elena: User, source: ReportSource, signed_in: Callable[[Any], Client]
) -> None:
    december = [{"CONTRATO": str(204117 + n), "NRO_SERVICIO": f"2041170{n}"} for n in range(3)]
    assert taken(*december, now=at("2026-11-25 06:10")).state == PUBLISHED
    january = [{**row, "FECHA_VENCIMIENTO": "31/12/2026"} for row in MIXED]
    report = taken(*january, period=date(2027, 1, 1), now=at("2026-11-26 06:10"))
    assert report.held_for == "zeros"
    why = "En diciembre de 2026 hay 3 contratos escritos con otras cifras"
    assert why in signed_in(elena).get(f"/reports/{report.pk}/").content.decode()
    with pytest.raises(deciding.DecisionRefused, match=why):
        deciding.fill_up(report_id=report.pk, by=elena, now=at("2026-11-26 08:00"))
    source.refresh_from_db()
    assert source.contract_digits == 0
    paid("204117", now=at("2026-11-26 09:00"))
    assert Receipt.objects.get().standing == "counted"


def test_a_closed_month_is_not_lost_either_while_its_payments_count(at: At, elena: User, source: ReportSource) -> None:
    assert taken({"CONTRATO": "204117", "NRO_SERVICIO": "20411701"}, now=at("2026-11-25 06:10")).state == PUBLISHED
    Campaign.objects.update(state="closed", evaluated_on=date(2026, 12, 7))
    january = [{**row, "FECHA_VENCIMIENTO": "31/12/2026"} for row in MIXED]
    report = taken(*january, period=date(2027, 1, 1), now=at("2026-12-05 06:10"))
    assert report.held_for == "zeros"
    for moment in ("2026-12-05 08:00", "2026-12-07 23:00", "2026-12-09 20:00"):
        with pytest.raises(deciding.DecisionRefused, match="En diciembre de 2026 hay 1 contratos"):
            deciding.fill_up(report_id=report.pk, by=elena, now=at(moment))
    deciding.fill_up(report_id=report.pk, by=elena, now=at("2026-12-10 08:00"))
    source.refresh_from_db()
    assert source.contract_digits == 8


def test_accepted_as_it_is_they_stay_two_customers(at: At, elena: User, source: ReportSource) -> None:
    report = taken(*MIXED, now=at("2026-11-25 06:10"))
    deciding.accept(report_id=report.pk, by=elena, now=at("2026-11-25 08:00"))
    assert take_in(report_id=report.pk, now=at("2026-11-25 08:01")).state == PUBLISHED
    assert Contact.objects.count() == 3


def test_a_recaudo_whose_contracts_lost_theirs_is_held_against_what_is_known(
    at: At, elena: User, source: ReportSource
) -> None:
    taken({"CONTRATO": "00600070", "NRO_SERVICIO": "60007001"}, now=at("2026-11-25 06:10"))
    report = paid("600070", now=at("2026-11-26 06:10"))
    assert (report.state, report.held_for) == (HELD, "zeros")
    assert report.held_because == (
        "Un número de contrato es uno que ya se conoce con 8 cifras, sin los ceros con que comienza: "
        "sería otro cliente."
    )
    deciding.fill_up(report_id=report.pk, by=elena, now=at("2026-11-26 08:00"))
    assert take_in(report_id=report.pk, now=at("2026-11-26 08:01")).state == PUBLISHED
    assert Receipt.objects.get().renewal.contact.contract == "00600070"


def test_receipts_with_and_without_zeros_are_one(at: At, source: ReportSource) -> None:
    ReportSource.objects.update(receipt_digits=6)
    taken({"CONTRATO": "2000", "NRO_SERVICIO": "20001"}, now=at("2026-11-25 06:10"))
    paid("2000", "000007", now=at("2026-11-26 06:10"))
    assert paid("2000", "7", now=at("2026-11-26 09:10")).duplicates == 1
    assert Receipt.objects.get().number == "000007"


def test_a_mended_row_gets_its_zeros_too(at: At, elena: User, source: ReportSource) -> None:
    ReportSource.objects.update(contract_digits=8)
    rows = [{"CONTRATO": "600071", "NRO_SERVICIO": "1"}, {"CONTRATO": "600070", "NRO_SERVICIO": "2", "MONTO": "gratis"}]
    taken(*rows, {"CONTRATO": "600072", "NRO_SERVICIO": "3"}, now=at("2026-11-25 06:10"))
    row = RejectedRow.objects.get()
    mending.admit(row_id=row.pk, cells={**row.cells, "amount": "99"}, by=elena, now=at("2026-11-25 07:00"))
    assert Contact.objects.filter(contract="00600070").exists()


def test_without_a_source_there_is_nowhere_to_say_it(at: At, elena: User) -> None:
    ReportSource.objects.all().delete()
    report = taken(*MIXED, now=at("2026-11-25 06:10"))
    with pytest.raises(deciding.DecisionRefused, match="ningún origen"):
        deciding.fill_up(report_id=report.pk, by=elena, now=at("2026-11-25 08:00"))


def test_numbers_with_letters_and_longer_ones_stay(at: At, source: ReportSource) -> None:
    ReportSource.objects.update(contract_digits=6)
    taken(
        {"CONTRATO": "A-77", "NRO_SERVICIO": "1"},
        {"CONTRATO": "12345678", "NRO_SERVICIO": "2"},
        now=at("2026-11-25 06:10"),
    )
    assert set(Contact.objects.values_list("contract", flat=True)) == {"A-77", "12345678"}


def test_where_they_come_so_nobody_is_asked_again(at: At, source: ReportSource) -> None:
    ReportSource.objects.update(contract_digits=1)
    assert taken(*MIXED, now=at("2026-11-25 06:10")).state == PUBLISHED
    assert Contact.objects.count() == 3


def test_a_receipt_taken_before_its_digits_were_said_is_the_one_it_was(at: At, source: ReportSource) -> None:
    taken({"CONTRATO": "2000", "NRO_SERVICIO": "20001"}, now=at("2026-11-25 06:10"))
    paid("2000", "7", now=at("2026-11-26 06:10"))
    ReportSource.objects.update(receipt_digits=6)
    assert paid("2000", "7 ", now=at("2026-11-26 09:10")).duplicates == 1
    assert Receipt.objects.get().number == "7"


@pytest.mark.parametrize(("first", "then"), [("000007", "7"), ("7", "000007"), ("000007", "0007")])
def test_a_receipt_that_is_known_with_other_zeros_is_not_paid_twice(
    first: str, then: str, at: At, source: ReportSource
) -> None:
    taken({"CONTRATO": "2000", "NRO_SERVICIO": "20001", "MONTO": "578,00"}, now=at("2026-11-25 06:10"))
    assert paid("2000", first, now=at("2026-11-26 06:10")).state == PUBLISHED
    report = paid("2000", then, now=at("2026-11-27 06:10"))
    assert (report.state, report.held_for) == (HELD, "zeros")
    assert "otro recibo" in report.held_because
    assert Receipt.objects.count() == 1


def test_a_receipt_with_other_zeros_is_the_one_it_was_once_its_digits_are_said(
    at: At, elena: User, source: ReportSource
) -> None:
    taken({"CONTRATO": "2000", "NRO_SERVICIO": "20001", "MONTO": "578,00"}, now=at("2026-11-25 06:10"))
    paid("2000", "000007", now=at("2026-11-26 06:10"))
    report = paid("2000", "7", now=at("2026-11-27 06:10"))
    deciding.fill_up(report_id=report.pk, by=elena, now=at("2026-11-27 08:00"))
    report = take_in(report_id=report.pk, now=at("2026-11-27 08:01"))
    assert (report.state, report.duplicates) == (PUBLISHED, 1)
    assert Receipt.objects.get().number == "000007"


def test_another_customers_receipt_may_have_that_number(at: At, source: ReportSource) -> None:
    taken(
        {"CONTRATO": "2000", "NRO_SERVICIO": "20001"}, {"CONTRATO": "2002", "NRO_SERVICIO": "20021"},
        now=at("2026-11-25 06:10"),
    )  # fmt: skip
    paid("2000", "000007", now=at("2026-11-26 06:10"))
    assert paid("2002", "7", now=at("2026-11-27 06:10")).state == PUBLISHED
    assert Receipt.objects.count() == 2


def known_without_zeros(at: At) -> None:
    rows = [{"CONTRATO": "206112", "NRO_SERVICIO": "20611201"}, {"CONTRATO": "2061", "NRO_SERVICIO": "20611202"}]
    assert taken(*rows, now=at("2026-11-25 06:10")).state == PUBLISHED


def test_zeros_with_which_nobody_knows_a_contract_are_taken_away(
    at: At, elena: User, source: ReportSource, signed_in: Callable[[Any], Client]
) -> None:
    known_without_zeros(at)
    report = paid("00206112", now=at("2026-11-26 06:10"))
    assert (report.state, report.held_for, report.figures["digits"]) == (HELD, "zeros", {"contract": 4})
    assert report.held_because == (
        "Un número de contrato comienza con ceros y ya se conoce sin ellos: sería otro cliente."
    )
    assert "Leer otra vez sin esos ceros" in signed_in(elena).get(f"/reports/{report.pk}/").content.decode()
    deciding.fill_up(report_id=report.pk, by=elena, now=at("2026-11-26 08:00"))
    assert take_in(report_id=report.pk, now=at("2026-11-26 08:01")).state == PUBLISHED
    assert (Receipt.objects.get().standing, Receipt.objects.get().contract) == ("counted", "206112")
    assert paid("0002061", "R2", now=at("2026-11-26 09:10")).state == PUBLISHED
    assert Receipt.objects.get(number="R2").renewal.contact.contract == "2061"


def test_beside_a_short_one_it_is_still_the_zeros_that_are_too_many(at: At, elena: User, source: ReportSource) -> None:
    known_without_zeros(at)
    head = "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO"
    rows = ["R1;00206112;;Internet;26/11/2026;289", "R2;2061;;Internet;26/11/2026;289"]
    file = BytesIO("\n".join([head, *rows, ""]).encode())
    report = receive_report(kind="recaudo", name="r.csv", file=file, period=None, now=at("2026-11-26 06:10"))
    report = take_in(report_id=report.pk, now=at("2026-11-26 06:10"))
    assert (report.held_for, report.figures["has_more_zeros"]) == ("zeros", True)
    deciding.fill_up(report_id=report.pk, by=elena, now=at("2026-11-26 08:00"))
    take_in(report_id=report.pk, now=at("2026-11-26 08:01"))
    assert set(Receipt.objects.values_list("standing", flat=True)) == {"counted"}


def test_the_next_month_with_zeros_is_held_as_well(at: At, source: ReportSource) -> None:
    known_without_zeros(at)
    january = {"CONTRATO": "00206112", "NRO_SERVICIO": "20611201", "FECHA_VENCIMIENTO": "31/12/2026"}
    report = taken(january, period=date(2027, 1, 1), now=at("2026-11-26 06:10"))
    assert (report.state, report.held_for) == (HELD, "zeros")


def test_digits_said_for_a_wrong_file_do_not_make_new_customers_of_everybody(
    at: At, elena: User, source: ReportSource
) -> None:
    """The wrong file was taken with its zeros and withdrawn; the right one came without any, as last month's."""
    november = [{"CONTRATO": str(206112 + n), "NRO_SERVICIO": f"{n}2061120"} for n in range(4)]
    assert taken(*november, now=at("2026-11-25 06:10")).state == PUBLISHED
    Campaign.objects.update(state=Campaign.State.CLOSED, closed_at=at("2026-11-30 20:00"))
    ReportSource.objects.update(contract_digits=8)
    december = [{**row, "FECHA_VENCIMIENTO": "31/12/2026"} for row in november]
    report = taken(*december, period=date(2027, 1, 1), now=at("2026-12-25 06:10"))
    assert (report.state, report.held_for, report.figures["has_more_zeros"]) == (HELD, "zeros", True)
    deciding.fill_up(report_id=report.pk, by=elena, now=at("2026-12-25 08:00"))
    assert take_in(report_id=report.pk, now=at("2026-12-25 08:01")).state == PUBLISHED
    assert set(Contact.objects.values_list("contract", flat=True)) == {row["CONTRATO"] for row in november}


def test_a_few_who_are_known_otherwise_hold_nothing_where_the_digits_are_said(at: At, source: ReportSource) -> None:
    known_without_zeros(at)
    ReportSource.objects.update(contract_digits=8)
    rows = [
        {"CONTRATO": contract, "NRO_SERVICIO": f"{n}2061120", "FECHA_VENCIMIENTO": "31/12/2026"}
        for n, contract in enumerate(("00206112", "00300001", "00300002"))
    ]
    assert taken(*rows, period=date(2027, 1, 1), now=at("2026-11-26 06:10")).state == PUBLISHED
