"""A contract that a spreadsheet wrote with thousands is the one it was, where others are written without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import pytest

from agents.models import User
from campaigns.intake import mending
from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.models import Contact, RejectedRow, Renewal, Report
from tests.campaigns.some_reports import taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
PUBLISHED = Report.State.PUBLISHED


def contracts() -> set[str]:
    return set(Contact.objects.values_list("contract", flat=True))


@pytest.mark.parametrize("written", ["600.070", "600,070"])
def test_both_spellings_in_one_file_are_one_customer(written: str, at: At) -> None:
    rows = [{"CONTRATO": written, "NRO_SERVICIO": "60.070.001"}, {"CONTRATO": "600070", "NRO_SERVICIO": "60070002"}]
    assert taken(*rows, now=at("2026-11-25 06:10")).state == PUBLISHED
    assert contracts() == {"600070"}
    assert set(Renewal.objects.values_list("service_number", flat=True)) == {"60070001", "60070002"}


def test_who_paid_under_the_other_spelling_is_paid(at: At) -> None:
    taken({"CONTRATO": "600070", "NRO_SERVICIO": "60070001"}, now=at("2026-11-25 06:10"))
    file = BytesIO(
        b"NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO\r\nR1;600.070;;Internet;26/11/2026;289\r\n"
    )
    now = at("2026-11-26 06:10")
    report = receive_report(kind="recaudo", name="recaudo.csv", file=file, period=None, now=now)
    assert take_in(report_id=report.pk, now=now).figures["renewals_paid"] == 1


def test_a_mended_row_is_of_the_customer_that_is_known(at: At, elena: User) -> None:
    rows = [{"CONTRATO": "600070", "NRO_SERVICIO": "1"}, {"CONTRATO": "", "NRO_SERVICIO": "2"}]
    taken(*rows, {"CONTRATO": "600071", "NRO_SERVICIO": "3"}, now=at("2026-11-25 06:10"))
    row = RejectedRow.objects.get()
    cells = {**row.cells, "contract": "600.070"}
    mending.admit(row_id=row.pk, cells=cells, by=elena, now=at("2026-11-25 07:00"))
    assert contracts() == {"600070", "600071"}


def test_numbers_that_are_always_written_with_points_keep_them(at: At) -> None:
    december = [{"CONTRATO": f"600.07{n}", "NRO_SERVICIO": f"60.07{n}"} for n in range(3)]
    taken(*december, now=at("2026-11-25 06:10"))
    rows = [{**row, "FECHA_VENCIMIENTO": "31/12/2026"} for row in december]
    plain = {"CONTRATO": "700070", "NRO_SERVICIO": "70070", "FECHA_VENCIMIENTO": "31/12/2026"}
    taken(*rows, plain, now=at("2026-12-25 06:10"), period=date(2027, 1, 1))
    assert contracts() == {"600.070", "600.071", "600.072", "700070"}


def test_a_number_with_letters_or_other_groups_keeps_its_points(at: At) -> None:
    numbers = {"C-600.070", "60.07.01", "0.600", "1234.567"}
    rows = [{"CONTRATO": number, "NRO_SERVICIO": f"9000{place}"} for place, number in enumerate(numbers)]
    taken(*rows, {"CONTRATO": "600070", "NRO_SERVICIO": "90009"}, now=at("2026-11-25 06:10"))
    assert contracts() == numbers | {"600070"}
