"""The sealed month: the same rows give the same figures, and what moved is told."""

from __future__ import annotations

import errno
import io
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from python_calamine import CalamineWorkbook

from callcenter.whole_files import WholeFiles
from campaigns.closing import sealing
from campaigns.closing.sealing import SealRefused
from campaigns.figures.figures import read_figures
from campaigns.invariants import check_invariants
from campaigns.models import Errand, PaymentPromise, Receipt, RenewalPayment, Report, Seal
from notices.models import Attachment, Notice
from screens.differences import differences
from tests.audit import behind_the_audit
from tests.campaigns.a_campaign import add_contacts, make_campaign
from tests.campaigns.a_month import make_month


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def closed(ana, luis, elena):
    elena.email = "elena@comteco.example"
    elena.save()
    return make_month({"ana": ana, "luis": luis}, state="closed")


@pytest.fixture
def sealed(closed, elena, at):
    return sealing.seal(campaign=closed, by=elena, now=at("2026-11-30 20:10"))


def late_payment(campaign):
    """A3 pays after the close, within grace."""
    payment = Receipt.objects.get(number="R-A1-INTERNET-0")
    renewal = campaign.renewals.get(service_number="A3TV")
    Receipt.objects.create(
        number="R-LATE", report_id=payment.report_id, contract="A3", service_number="A3TV", service="TV",
        paid_on=date(2026, 12, 2), amount=80, campaign=campaign, renewal=renewal, standing="counted",
    )  # fmt: skip
    RenewalPayment.objects.create(
        renewal=renewal, campaign=campaign, contact=renewal.contact, amount=80, first_paid_on=date(2026, 12, 2),
        paid_on=date(2026, 12, 2),
    )  # fmt: skip
    renewal.contact.entry.__class__.objects.filter(contact=renewal.contact).update(
        paid_on=date(2026, 12, 2), paid_known_at="2026-12-02T18:00-04:00"
    )


def test_a_seal_holds_figures_evidence_and_its_files(sealed):
    assert (sealed.revision, sealed.figures["services"]["paid"]) == (1, 6)
    assert sealed.evidence["receipts"]["rows"] == 8
    assert sealed.evidence["renewals"]["rows"] == 14
    assert sealed.evidence["attempts"]["rows"] == 9
    assert sealed.document.read().startswith(b"%PDF")
    book = CalamineWorkbook.from_filelike(io.BytesIO(sealed.workbook.read()))
    assert book.sheet_names[0] == "Resumen"
    assert "Evidencia" in book.sheet_names


def test_what_is_less_sure_of_those_paid_after_contact_is_sealed_with_them(sealed, closed, elena, client):
    found = read_figures(campaign=closed).credited
    kept = {"paid_on_contact_day": found.paid_on_contact_day, "paid_part_before": found.paid_part_before}
    assert sealed.figures["credited"] == kept
    assert kept["paid_on_contact_day"] > 0
    book = CalamineWorkbook.from_filelike(io.BytesIO(sealed.workbook.read()))
    rows = [
        row for row in book.get_sheet_by_name("Resumen").to_python() if row[1] == "Pagados el mismo día del contacto"
    ]
    assert [(row[2], row[5]) for row in rows] == [(kept["paid_on_contact_day"], "de pagados tras contacto")]
    client.force_login(elena)
    page = " ".join(client.get("/campaigns/2026-12/seal/").content.decode().split())
    assert f"el mismo día del contacto: {kept['paid_on_contact_day']} (los pagos llegan sin hora" in page


def test_what_an_older_seal_did_not_tell_is_no_change(sealed):
    older = {name: told for name, told in sealed.figures.items() if name != "credited"}
    assert differences(before=older, after=sealed.figures) == []


def test_the_supervisors_are_mailed_once(sealed, closed, elena, at):
    again = sealing.seal(campaign=closed, by=elena, now=at("2026-11-30 20:20"))
    assert again == sealed
    notice = Notice.objects.get()
    assert notice.to == ["elena@comteco.example"]
    assert "2 de 5 contactados" in notice.body
    assert {a.name for a in Attachment.objects.all()} == {"informe-2026-12-r1.pdf", "informe-2026-12-r1.xlsx"}


def test_counting_again_gives_the_same(sealed, at):
    found = sealing.verify(sealed=Seal.objects.get(), now=at("2026-12-20 09:00"))
    assert found.agrees


def test_what_moved_since_is_told(sealed, closed, at):
    late_payment(closed)
    found = sealing.verify(sealed=Seal.objects.get(), now=at("2026-12-03 09:00"))
    assert not found.agrees
    assert found.is_intact
    assert {"receipts", "payments", "entries"} <= set(found.moved)
    assert ("services.paid", 6, 7) in [(d.figure, d.before, d.after) for d in found.differences]


def test_a_seal_somebody_changed_is_not_intact(sealed, at):
    sealed.figures["services"]["paid"] = 60
    with behind_the_audit():
        Seal.objects.filter(pk=sealed.pk).update(figures=sealed.figures)
    assert not sealing.verify(sealed=Seal.objects.get(), now=at("2026-12-03 09:00")).is_intact


@pytest.mark.parametrize(
    "change", [{"reason": "Otro motivo"}, {"sealed_at": "2026-12-24T20:00-04:00"}, {"sealed_by": None}]
)
def test_when_by_whom_and_why_it_was_sealed_is_of_its_fingerprint(sealed, change):
    assert sealing.is_intact(Seal.objects.get())
    with behind_the_audit():
        Seal.objects.update(**change)
    assert not sealing.is_intact(Seal.objects.get())


def test_a_revision_has_its_reason_and_its_diff(sealed, closed, elena, at):
    late_payment(closed)
    second = sealing.reseal(campaign=closed, by=elena, reason="Faltaba un recibo", now=at("2026-12-03 09:00"))
    assert (second.revision, second.reason) == (2, "Faltaba un recibo")
    assert Seal.objects.get(revision=1).figures["services"]["paid"] == 6
    changed = {d.figure: (d.before, d.after) for d in differences(before=sealed.figures, after=second.figures)}
    assert changed["services.paid_after_contact"] == (2, 3)
    assert Notice.objects.count() == 2


def test_a_revision_without_reason_is_refused(sealed, closed, elena, at):
    with pytest.raises(SealRefused):
        sealing.reseal(campaign=closed, by=elena, reason="  ", now=at("2026-12-03 09:00"))


def test_a_running_campaign_is_not_sealed(ana, luis, at):
    with pytest.raises(SealRefused):
        sealing.seal(campaign=make_month({"ana": ana, "luis": luis}), by=None, now=at("2026-11-28 10:00"))


def test_the_sweep_seals_at_the_close_and_after_the_days_of_grace(closed, at):
    now = at("2026-11-30 23:00")
    assert [s.revision for s in sealing.seal_closed(now=now)] == [1]
    assert sealing.seal_closed(now=now + timedelta(minutes=1)) == []
    assert sealing.seal_closed(now=at("2026-12-05 23:59")) == []  # the fifth day of grace still counts
    assert sealing.seal_closed(now=at("2026-12-06 00:01")) == []  # its payments come in the morning
    Report.objects.update(data_until=at("2026-12-06 00:00"))
    assert [s.revision for s in sealing.seal_closed(now=at("2026-12-06 06:10"))] == [2]
    assert sealing.seal_closed(now=at("2026-12-07 00:01")) == []
    assert Notice.objects.count() == 2


def test_the_page_verifies_and_seals_again(sealed, closed, elena, signed_in):
    client = signed_in(elena)
    page = client.get("/campaigns/2026-12/seal/").content.decode()
    assert "Revisión 1" in page
    assert sealed.sha256 in page
    assert "da lo mismo" in client.post("/campaigns/2026-12/seal/verify/").content.decode()
    late_payment(closed)
    page = client.post("/campaigns/2026-12/seal/verify/").content.decode()
    assert "Servicios · Pagaron tras contacto" in page
    assert "Datos de origen que cambiaron después: Contactos en las listas, Recibos" in page
    assert "Pagos por servicio" in page
    for code in ("services.paid", "receipts", "entries", "renewals"):
        assert code not in page
    client.post("/campaigns/2026-12/seal/again/", {"reason": "Faltaba un recibo"})
    page = client.get("/campaigns/2026-12/seal/").content.decode()
    assert "Revisión 2" in page
    assert "Faltaba un recibo" in page
    assert client.post("/campaigns/2026-12/seal/1/pdf/").getvalue().startswith(b"%PDF")
    assert client.post("/campaigns/2026-12/seal/2/xlsx/").status_code == 200
    assert client.post("/campaigns/2026-12/seal/9/xlsx/").status_code == 404
    assert client.post("/campaigns/2026-12/seal/1/exe/").status_code == 404


def test_an_auditor_verifies_and_seals_nothing(sealed, oscar, ana, signed_in):
    assert "da lo mismo" in signed_in(oscar).post("/campaigns/2026-12/seal/verify/").content.decode()
    assert signed_in(oscar).post("/campaigns/2026-12/seal/again/", {"reason": "x"}).status_code == 403
    assert signed_in(ana).get("/campaigns/2026-12/seal/").status_code == 403
    assert signed_in(ana).post("/campaigns/2026-12/seal/1/pdf/").status_code == 403


def test_a_campaign_without_a_seal_says_when_it_comes(closed, elena, signed_in):
    client = signed_in(elena)
    assert "todavía no tiene informe" in client.get("/campaigns/2026-12/seal/").content.decode()
    assert client.post("/campaigns/2026-12/seal/verify/").status_code == 404
    client.post("/campaigns/2026-12/seal/again/")
    assert Seal.objects.get().revision == 1


def test_the_command_verifies(sealed, closed):
    call_command("verify_seal", "2026-12")
    late_payment(closed)
    with pytest.raises(CommandError, match="receipts"):
        call_command("verify_seal", "2026-12")


def test_the_first_revision_says_that_it_is_provisional(closed, at):
    sealing.seal(campaign=closed, by=None, now=at("2026-11-30 23:00"))
    assert "Provisional" in Notice.objects.get().body


def test_while_payments_still_count_nothing_else_of_a_sealed_month_may_change(closed, at):
    sealing.seal(campaign=closed, by=None, now=at("2026-11-30 23:00"))
    assert not [found for found in check_invariants() if found.name == "month_is_as_sealed"]
    PaymentPromise.objects.filter(campaign=closed).update(amount=1)
    (found,) = [found for found in check_invariants() if found.name == "month_is_as_sealed"]
    assert "promises" in found.examples[0]


def test_a_month_that_closed_without_its_report_is_not_sealed(elena, signed_in, at):
    make_campaign(date(2026, 11, 1), state="closed", closed_at=at("2026-11-01 00:05"))
    assert sealing.seal_closed(now=at("2026-11-30 23:00")) == []
    assert not Seal.objects.exists()
    page = signed_in(elena).get("/campaigns/2026-11/seal/").content.decode()
    assert "cerró sin su reporte" in page
    assert "Sellar ahora" not in page
    signed_in(elena).post("/campaigns/2026-11/seal/again/")
    assert not Seal.objects.exists()


def test_one_seal_that_fails_does_not_hold_up_the_others(closed, elena, signed_in, at, monkeypatch):
    other = make_campaign(date(2026, 11, 1), state="closed")
    add_contacts(other, 2)
    draw = sealing.draw_document

    def fail_for_december(*, seal, **told):
        if seal.campaign == closed:
            raise OSError("no font")
        return draw(seal=seal, **told)

    monkeypatch.setattr(sealing, "draw_document", fail_for_december)
    assert [made.campaign for made in sealing.seal_closed(now=at("2026-11-30 23:00"))] == [other]
    assert sealing.seal_closed(now=at("2026-11-30 23:01")) == []  # not before it had patience
    for minute in (3, 6, 9):
        sealing.seal_closed(now=at(f"2026-11-30 23:0{minute}"))
    errand = Errand.objects.get()
    assert (errand.attempts, errand.last_error, errand.parked_at) == (3, "OSError: no font", at("2026-11-30 23:06"))
    for page in ("/campaigns/2026-12/seal/", "/campaigns/2026-12/"):
        told = signed_in(elena).get(page).content.decode()
        assert "OSError: no font" in told
        assert "Intentar otra vez" in told
    monkeypatch.undo()
    signed_in(elena).post("/campaigns/2026-12/again/seal/")
    assert [made.campaign for made in sealing.seal_closed(now=timezone.now())] == [closed]
    assert not Errand.objects.exists()


def test_a_seal_that_has_no_room_for_its_document_leaves_no_workbook_behind(closed, settings, tmp_path, monkeypatch):
    kept = {"BACKEND": "callcenter.whole_files.WholeFiles", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": kept}
    save = WholeFiles._save

    def no_room_for_it(storage, name, content):
        if name.endswith(".pdf"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return save(storage, name, content)

    monkeypatch.setattr(WholeFiles, "_save", no_room_for_it)
    with pytest.raises(OSError, match="No space left"):
        sealing.seal(campaign=closed, by=None, now=timezone.now())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not Seal.objects.exists()


def test_the_seals_page_has_the_effect_of_the_calls(sealed, elena, signed_in):
    assert "Efecto de las llamadas" in signed_in(elena).get("/campaigns/2026-12/seal/").content.decode()
