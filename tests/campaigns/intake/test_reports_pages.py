"""The pages of the reports: what came, what is late, the bar, the decision, rejected rows. Agents have none of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError
from python_calamine import CalamineWorkbook

from agents.models import Disclosure, User
from campaigns.intake.taking_in import claim
from campaigns.models import Campaign, Contact, ListExport, RejectedRow, Report, ReportSource
from campaigns.month.lifecycle import close_overdue
from campaigns.month.planner import make_months_exist
from tests.campaigns.exports import make_export
from tests.campaigns.some_reports import ccvp, many, received, taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
SignedIn = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """The doorbell of the worker: pages ring it, nobody answers."""
    bell = Mock()
    monkeypatch.setattr("campaigns.intake.views.reports.take_in_report.delay_on_commit", bell)
    return bell


@pytest.fixture
def report(at: At) -> Report:
    return taken({}, {"NRO_SERVICIO": "2", "MONTO": "gratis"}, *many(8), now=at("2026-11-25 06:10"))


def upload(client: Client, content: bytes, **more: str) -> Any:
    file = SimpleUploadedFile(more.pop("name", "ccvp-2026-12.csv"), content)
    return client.post("/reports/upload/", {"kind": "ccvp", "period": "", "file": file, **more})


def test_the_empty_page_says_what_comes_here_and_what_to_do(elena: User, signed_in: SignedIn) -> None:
    page = signed_in(elena).get("/reports/").content.decode()
    assert "Todavía no llegó ningún reporte" in page
    assert "/reports/upload/" in page
    assert "No hay ningún origen activo" in page


def test_a_late_and_a_missing_month_stand_above_the_list(
    elena: User, signed_in: SignedIn, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    make_months_exist(now=at("2026-12-25 08:00"))
    close_overdue(now=at("2026-12-25 08:00"))
    monkeypatch.setattr("campaigns.intake.views.reports.timezone.now", lambda: at("2026-12-25 08:05"))
    page = signed_in(elena).get("/reports/").content.decode()
    assert "El reporte CCVP de 2027-01 debía estar el 25/12/2026 06:00" in page
    assert "El mes 2026-12 quedó sin reporte CCVP" in page


def test_each_landmark_of_the_page_has_a_name_of_its_own(elena: User, signed_in: SignedIn) -> None:
    ReportSource.objects.create(name="Smartflex", kind="ccvp", location="/x")
    page = signed_in(elena).get("/reports/").content.decode()
    named = re.findall(r'<(?:section|div[^>]*role="region")[^>]*aria-labelledby="([^"]+)"', page)
    assert "sources" in named
    assert len(named) == len(set(named))


def test_a_sources_error_is_shown(elena: User, signed_in: SignedIn) -> None:
    ReportSource.objects.create(name="Smartflex", kind="ccvp", location="/x", last_error="La carpeta no existe.")
    assert "La carpeta no existe." in signed_in(elena).get("/reports/").content.decode()


def test_an_upload_is_received_and_the_worker_is_rung(elena: User, signed_in: SignedIn, rung: Mock) -> None:
    answer = upload(signed_in(elena), ccvp({}).read())
    report = Report.objects.get()
    assert answer.headers["Location"] == f"/reports/{report.pk}/"
    assert (report.uploaded_by, report.period, report.state) == (elena, date(2026, 12, 1), Report.State.WAITING)
    rung.assert_called_once_with(report_id=report.pk)
    again = upload(signed_in(elena), ccvp({}).read())
    assert again.headers["Location"] == f"/reports/{report.pk}/"


@pytest.mark.django_db(transaction=True)
def test_a_file_held_under_another_month_is_not_said_to_be_taken_and_leads_to_where_it_is(
    elena: User, signed_in: SignedIn
) -> None:
    client = signed_in(elena)
    upload(client, ccvp({}).read(), period="2020-01", name="ccvp.csv")
    report = Report.objects.get()
    Report.objects.update(state=Report.State.HELD)
    answer = upload(client, ccvp({}).read(), period="2026-12", name="ccvp.csv")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "ya se subió como reporte de 2020-01 y no se tomó: espera una decisión" in page
    assert "ya se tomó" not in page
    assert f'href="/reports/{report.pk}/"' in page
    Report.objects.update(state=Report.State.READING)
    page = upload(client, ccvp({}).read(), period="2026-12", name="ccvp.csv").content.decode()
    assert "y todavía se lee" in page


def test_a_broker_that_is_down_fails_no_upload(
    elena: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the bell of the other tests
    monkeypatch.setattr("campaigns.tasks.take_in_report.delay", Mock(side_effect=OperationalError("no broker")))
    assert upload(signed_in(elena), ccvp({}).read()).status_code == 302
    assert Report.objects.get().state == Report.State.WAITING


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": "reporte.csv"}, "de qué mes por pagar"),
        ({"period": "diciembre"}, "no es un mes"),
        ({"name": "ccvp-2026-12.pdf"}, "no es una hoja de cálculo"),
    ],
)
def test_a_bad_upload_gets_one_clear_error(
    more: dict[str, str], sentence: str, elena: User, signed_in: SignedIn, rung: Mock
) -> None:
    answer = upload(signed_in(elena), b"CONTRATO;X\n1;2\n", **more)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Report.objects.exists()
    rung.assert_not_called()


def test_the_bar_says_what_how_much_and_how_long(elena: User, signed_in: SignedIn, at: At) -> None:
    report = received(ccvp({}), now=at("2026-11-25 06:10"))
    Report.objects.filter(pk=report.pk).update(
        state="reading", rows_read=250_000, rows_expected=1_000_000, began_at=timezone.now() - timedelta(seconds=10)
    )
    page = signed_in(elena).get(f"/reports/{report.pk}/progress/").content.decode()
    assert "Leyendo las filas del archivo" in page
    assert "250.000 de unas 1.000.000 filas" in page
    assert 'value="6"' in page
    assert "minuto" in page
    assert 'hx-trigger="every 1s"' in page


def test_a_published_report_shows_its_figures_and_stops_asking(
    elena: User, signed_in: SignedIn, report: Report
) -> None:
    page = signed_in(elena).get(f"/reports/{report.pk}/").content.decode()
    assert "every 1s" not in page
    assert "Corregir las filas rechazadas" in page
    assert "/campaigns/2026-12/" in page


def test_a_held_report_is_decided_on_its_page(
    elena: User, oscar: User, signed_in: SignedIn, at: At, rung: Mock
) -> None:
    taken(*many(10), now=at("2026-11-25 06:10"))
    rows = [{**row, "FECHA_VENCIMIENTO": "31/12/2026"} for row in many(2)]
    held = taken(*rows, now=at("2026-12-25 06:10"), period=date(2027, 1, 1))
    assert "Aceptar y tomar" in signed_in(elena).get(f"/reports/{held.pk}/").content.decode()
    assert "Aceptar y tomar" not in signed_in(oscar).get(f"/reports/{held.pk}/").content.decode()
    signed_in(elena).post(f"/reports/{held.pk}/accept/")
    held.refresh_from_db()
    assert (held.state, held.accepted_by) == (Report.State.WAITING, elena)
    rung.assert_called_once_with(report_id=held.pk)
    signed_in(elena).post(f"/reports/{held.pk}/discard/")
    held.refresh_from_db()
    assert held.state == Report.State.DISCARDED


def test_a_row_is_mended_where_it_stands(elena: User, signed_in: SignedIn, report: Report) -> None:
    row = RejectedRow.objects.get()
    client = signed_in(elena)
    wrong = client.post(
        f"/reports/rejected/{row.pk}/admit/", {**row.cells, "amount": "mucho"}, headers={"HX-Request": "true"}
    )
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.content.decode()
    assert 'value="mucho"' in wrong.content.decode()
    good = client.post(
        f"/reports/rejected/{row.pk}/admit/", {**row.cells, "amount": "199"}, headers={"HX-Request": "true"}
    )
    assert good.status_code == 200
    assert "Admitida" in good.content.decode()
    assert Contact.objects.get(contract="1001").amount_due == 488


def test_ticked_rows_are_dismissed_and_only_those_of_the_report(
    elena: User, signed_in: SignedIn, report: Report, at: At
) -> None:
    other = RejectedRow.objects.create(
        report=received(ccvp(*many(3)), now=at("2026-12-25 06:10"), period=date(2027, 1, 1)),
        line=9,
        cells={},
        reason="no_date",
    )
    row = RejectedRow.objects.get(report=report)
    signed_in(elena).post(f"/reports/{report.pk}/rejected/dismiss/", {"row": [row.pk, other.pk, "x"]})
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, other.state) == (RejectedRow.State.DISMISSED, RejectedRow.State.WAITING)


def test_rejected_rows_are_taken_away_as_a_spreadsheet_and_written_down(
    oscar: User, signed_in: SignedIn, report: Report
) -> None:
    client = signed_in(oscar)
    page = client.post(f"/reports/{report.pk}/rejected/export/").url
    assert make_export(export_id=ListExport.objects.get().pk, now=timezone.now())
    content = b"".join(client.get(f"{page}file/").streaming_content)
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert any("gratis" in row for row in rows)
    assert (Disclosure.objects.get().user, Disclosure.objects.get().rows) == (oscar, 1)


def test_an_auditor_reads_masked_and_changes_nothing(oscar: User, signed_in: SignedIn, report: Report) -> None:
    client, row = signed_in(oscar), RejectedRow.objects.get()
    page = client.get(f"/reports/{report.pk}/rejected/").content.decode()
    assert "4567890" not in page
    assert "70712345" not in page
    assert "gratis" in page
    for path in (
        f"{report.pk}/accept/",
        f"{report.pk}/discard/",
        f"rejected/{row.pk}/admit/",
        f"rejected/{row.pk}/dismiss/",
    ):
        assert client.post(f"/reports/{path}").status_code == 403
    assert client.get("/reports/upload/").status_code == 403


def test_an_agent_sees_nothing_of_it(ana: Any, signed_in: SignedIn, report: Report) -> None:
    for path in (
        "",
        f"{report.pk}/",
        f"{report.pk}/progress/",
        f"{report.pk}/rejected/",
        f"{report.pk}/rejected/export/",
    ):
        assert signed_in(ana).get(f"/reports/{path}").status_code == 403


def test_the_list_asks_the_database_as_often_for_fifty_reports_as_for_one(
    elena: User, signed_in: SignedIn, report: Report, at: At, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        received(ccvp(*many(2, first=n)), now=at("2026-11-25 06:10"), period=date(2028, 1, 1))
    client = signed_in(elena)
    with django_assert_max_num_queries(12):
        assert client.get("/reports/").status_code == 200
    assert Campaign.objects.count() == 1


def test_a_report_that_is_read_again_is_told_as_no_failure_before_it_fails(
    elena: User, signed_in: SignedIn, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = received(ccvp({}), now=at("2026-11-25 06:10"))
    columns = {
        "state": "parked",
        "attempts": 3,
        "fence": 3,
        "parked_at": report.arrived_at,
        "last_error": "disco",
    }
    Report.objects.filter(pk=report.pk).update(**columns)
    client = signed_in(elena)
    client.post(f"/work/report/{report.pk}/again/")
    report.refresh_from_db()
    assert (report.state, report.attempts, report.last_error) == ("waiting", 0, "disco")
    page = client.get(f"/reports/{report.pk}/progress/").content.decode()
    assert "falló" not in page
    claim(report_id=report.pk, now=timezone.now())
    assert "falló" not in client.get(f"/reports/{report.pk}/progress/").content.decode()
    Report.objects.filter(pk=report.pk).update(state="waiting", lease_until=None)
    assert "El intento 1 falló" in client.get(f"/reports/{report.pk}/progress/").content.decode()


def test_the_page_of_owed_work_reads_a_parked_report_again_as_its_own_page_does(
    elena: User, signed_in: SignedIn, at: At
) -> None:
    report = received(ccvp({}), now=at("2026-11-25 06:10"))
    columns = {"state": "parked", "attempts": 3, "fence": 3, "parked_at": report.arrived_at}
    Report.objects.filter(pk=report.pk).update(**columns, held_for="small", held_because="Tiene 4 filas.")
    signed_in(elena).post(f"/work/report/{report.pk}/again/")
    report.refresh_from_db()
    assert (report.state, report.held_for, report.held_because) == ("waiting", "", "")
