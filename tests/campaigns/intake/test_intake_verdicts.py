"""What becomes of a row, and of a report that looks wrong as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest

from agents.models import User
from campaigns.intake import deciding
from campaigns.intake.receiving import FileRefused, period_in
from campaigns.intake.taking_in import claim, take_in
from campaigns.models import ColumnAlias, Contact, ListEntry, RejectedRow, Renewal, Report, RetiredTelephone
from notices.models import Notice
from tests.campaigns.some_reports import HEADINGS, ccvp, many, received, taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
JANUARY = date(2027, 1, 1)


def test_each_row_has_exactly_one_verdict(at: At) -> None:
    report = taken(
        {},
        {"CLIENTE": "María José Quispe M."},  # the same service, contract, date and amount: a duplicate
        {"MONTO": "99"},  # the same service with another amount: who knows which is right
        {"PRODUCTO": "Telefonía Fija", "NRO_SERVICIO": "10013"},
        {"CONTRATO": "", "NRO_SERVICIO": "1"},
        {"NRO_SERVICIO": ""},
        {"NRO_SERVICIO": "2", "FECHA_VENCIMIENTO": "31/02/2026"},
        {"NRO_SERVICIO": "3", "FECHA_VENCIMIENTO": "30/11/2031"},
        {"NRO_SERVICIO": "4", "MONTO": "gratis"},
        {"NRO_SERVICIO": "10012", "PRODUCTO": "TV Cable", "MONTO": "159"},
        *many(20),
        now=at("2026-11-25 06:10"),
    )
    assert (report.state, report.rows, report.taken, report.duplicates) == (Report.State.PUBLISHED, 30, 22, 1)
    assert (report.other_service, report.rejected) == (1, 6)
    reasons = dict(RejectedRow.objects.order_by("line").values_list("line", "reason"))
    assert reasons == {
        4: "contradicts",
        6: "no_contract",
        7: "no_service_number",
        8: "bad_date",
        9: "far_date",
        10: "bad_amount",
    }
    assert RejectedRow.objects.get(line=9).cells["service_number"] == "3"
    contact = Contact.objects.get(contract="1001")
    assert (contact.call_list, contact.amount_due, contact.due_on) == ("BOTH", 448, date(2026, 11, 30))
    assert contact.name_key == "MARIA JOSE QUISPE"


def test_a_contact_has_the_telephones_of_all_its_rows_once(at: At) -> None:
    taken(
        {"CELULAR": "70712345", "TELEFONO_1": "4251000"},
        {"NRO_SERVICIO": "10012", "PRODUCTO": "TV Cable", "CELULAR": "70712345 / 60011223"},
        now=at("2026-11-25 06:10"),
    )
    assert Contact.objects.get().telephones == ["+59170712345", "+59144251000", "+59160011223"]


def test_without_a_usable_telephone_a_customer_is_taken_and_not_callable(at: At) -> None:
    RetiredTelephone.objects.create(contract="2000", telephone="+59170712345", reason="x", retired_at=at("2026-10-26"))
    report = taken({"CELULAR": "S/N"}, *many(2), now=at("2026-11-25 06:10"))
    states = dict(ListEntry.objects.values_list("contact__contract", "state"))
    assert states == {"1001": "not_callable", "2000": "not_callable", "2001": "open"}
    assert (report.taken, report.figures["not_callable"]) == (3, 2)


def test_the_same_bytes_are_one_report_of_one_month(at: At) -> None:
    first = taken({}, now=at("2026-11-25 06:10"))
    again = received(ccvp({}), now=at("2026-11-25 08:00"))
    assert again.pk == first.pk
    with pytest.raises(FileRefused, match="ya se tomó como reporte de 2026-12"):
        received(ccvp({}), now=at("2026-11-25 09:00"), period=JANUARY)
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "name", "sentence"),
    [
        (BytesIO(b""), "ccvp-2026-12.csv", "está vacío"),
        (BytesIO(b"x"), "ccvp-2026-12.exe", "no es una hoja de cálculo"),
        (BytesIO(b"x" * 2000), "ccvp-2026-12.csv", "MB, el máximo"),
    ],
)
def test_what_is_no_report_is_turned_away_at_the_door(
    file: BytesIO, name: str, sentence: str, at: At, settings: Any, tmp_path: Any
) -> None:
    settings.MAX_REPORT_BYTES = 1000
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "callcenter.whole_files.WholeFiles", "OPTIONS": {"location": tmp_path}},
    }
    with pytest.raises(FileRefused, match=sentence):
        received(file, now=at("2026-11-25 06:10"), name=name)
    assert not Report.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "content", [b"<html><table><tr><td>1</td></tr></table></html>", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0" * 9]
)
def test_a_hostile_or_foreign_file_is_refused_with_a_sentence(content: bytes, at: At) -> None:
    report = received(BytesIO(content), now=at("2026-11-25 06:10"), name="ccvp-2026-12.xlsx")
    report = take_in(report_id=report.pk, now=at("2026-11-25 06:11"))
    assert report.state == Report.State.REFUSED
    assert report.last_error
    assert not Contact.objects.exists()
    again = received(BytesIO(content), now=at("2026-11-25 07:00"), name="ccvp-2026-12.xlsx")
    assert again.pk != report.pk  # a refused file may be brought again


def test_a_report_much_smaller_than_last_months_waits_for_the_supervisors_word(at: At, elena: User) -> None:
    taken(*many(10), now=at("2026-11-25 06:10"))
    rows = [{**row, "FECHA_VENCIMIENTO": "31/12/2026"} for row in many(4)]
    held = taken(*rows, now=at("2026-12-25 06:10"), period=JANUARY)
    assert (held.state, held.held_for) == (Report.State.HELD, "small")
    assert held.held_because == "Tiene 4 filas y el de 2026-12 tuvo 10."
    assert Notice.objects.get().kind == "report_held"
    assert take_in(report_id=held.pk, now=at("2026-12-25 07:00")).state == Report.State.HELD
    deciding.accept(report_id=held.pk, by=elena, now=at("2026-12-25 08:00"))
    done = take_in(report_id=held.pk, now=at("2026-12-25 08:01"))
    assert (done.state, done.taken, done.accepted_by) == (Report.State.PUBLISHED, 4, elena)


def test_each_time_a_report_waits_for_a_decision_supervision_is_told(at: At, elena: User) -> None:
    headings = ["Saldo" if heading == "MONTO" else heading for heading in HEADINGS]
    held = taken({"Saldo": "289"}, now=at("2026-11-25 06:10"), headings=headings)
    deciding.read_again(report_id=held.pk, by=elena, now=at("2026-11-25 08:00"))
    assert take_in(report_id=held.pk, now=at("2026-11-25 08:01")).state == Report.State.HELD
    assert list(Notice.objects.values_list("kind", flat=True)) == ["report_held", "report_held"]


def test_each_time_a_report_is_parked_supervision_is_told(at: At, elena: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("campaigns.rows.reading.stage", broken)
    report = received(ccvp({}), now=at("2026-11-25 06:10"))
    for hour in (7, 9):
        for minute in range(3):
            parked = take_in(report_id=report.pk, now=at(f"2026-11-25 0{hour}:0{minute}"))
        assert parked.state == Report.State.PARKED
        deciding.read_again(report_id=report.pk, by=elena, now=at(f"2026-11-25 0{hour}:30"))
    assert list(Notice.objects.values_list("kind", flat=True)) == ["report_failed", "report_failed"]


def test_a_report_without_a_column_is_read_again_once_its_heading_is_known(at: At, elena: User) -> None:
    headings = ["Saldo" if heading == "MONTO" else heading for heading in HEADINGS]
    held = taken({"Saldo": "289"}, now=at("2026-11-25 06:10"), headings=headings)
    assert (held.state, held.held_for) == (Report.State.HELD, "column")
    with pytest.raises(deciding.DecisionRefused, match="Le falta una columna"):
        deciding.accept(report_id=held.pk, by=elena, now=at("2026-11-25 08:00"))
    ColumnAlias.objects.create(kind="ccvp", field="amount", alias="Saldo", alias_key="saldo")
    deciding.read_again(report_id=held.pk, by=elena, now=at("2026-11-25 08:00"))
    assert take_in(report_id=held.pk, now=at("2026-11-25 08:01")).state == Report.State.PUBLISHED


def test_a_report_of_another_month_is_held_for_its_dates(at: At, elena: User) -> None:
    held = taken(*many(3), now=at("2026-12-25 06:10"), period=JANUARY)
    assert (held.state, held.held_for) == (Report.State.HELD, "empty")
    with pytest.raises(deciding.DecisionRefused, match="ninguna fila que se pueda usar"):
        deciding.accept(report_id=held.pk, by=elena, now=at("2026-12-25 08:00"))
    deciding.discard(report_id=held.pk, by=elena, now=at("2026-12-25 08:00"))
    again = received(ccvp(*many(3)), now=at("2026-12-25 09:00"), period=JANUARY)
    assert again.pk != held.pk


def test_a_worker_that_vanished_three_times_parks_its_report(at: At, elena: User) -> None:
    report = received(ccvp({}), now=at("2026-11-25 06:10"))
    for minute in (11, 21, 31):
        assert claim(report_id=report.pk, now=at(f"2026-11-25 06:{minute}")) is not None
        assert claim(report_id=report.pk, now=at(f"2026-11-25 06:{minute}")) is None  # somebody has it
    assert take_in(report_id=report.pk, now=at("2026-11-25 06:41")).state == Report.State.PARKED
    deciding.read_again(report_id=report.pk, by=elena, now=at("2026-11-25 08:00"))
    assert take_in(report_id=report.pk, now=at("2026-11-25 08:01")).state == Report.State.PUBLISHED
    assert Renewal.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("ccvp-2026-12.xlsx", date(2026, 12, 1)),
        ("CCVP_202612_final.csv", date(2026, 12, 1)),
        ("ccvp 2026_12.xls", date(2026, 12, 1)),
        ("ccvp-2026-13.xlsx", None),
        ("reporte.xlsx", None),
    ],
)
def test_the_month_is_read_from_the_name(name: str, period: date | None) -> None:
    assert period_in(name) == period
