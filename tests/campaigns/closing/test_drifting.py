"""After the seal the rows moved: the pages say it, a mail goes out once, and the next revision is offered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, User
from campaigns import tasks
from campaigns.closing import drifting, sealing
from campaigns.closing.evidence import collect_evidence
from campaigns.figures.refreshing import refresh_figures, refresh_running
from campaigns.intake.withdrawing import withdraw
from campaigns.invariants import check_invariants
from campaigns.models import Attempt, Campaign, ChangedRows, Receipt, Report, Seal
from campaigns.payments.refunds import annul
from notices.models import Notice
from tests.audit import behind_the_audit
from tests.campaigns.a_campaign import make_campaign
from tests.campaigns.a_month import make_month
from tests.campaigns.closing.test_sealing import late_payment
from tests.campaigns.some_receipts import owing, row, take
from tests.campaigns.some_reports import taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def closed(ana: Agent, luis: Agent, elena: User, at: At) -> Campaign:
    elena.email = "elena@comteco.example"
    elena.save()
    return make_month({"ana": ana, "luis": luis}, state="closed", closed_at=at("2026-11-30 20:00"))


@pytest.fixture
def final(closed: Campaign, elena: User, at: At) -> Seal:
    """Sealed after the days of grace, with their payments."""
    Report.objects.update(data_until=at("2026-12-06 00:00"))
    return sealing.seal(campaign=closed, by=elena, now=at("2026-12-06 06:10"))


def paid_later(campaign: Campaign, now: datetime) -> None:
    late_payment(campaign)
    Report.objects.update(published_at=now)
    ChangedRows.objects.create(campaign=campaign, at=now, verb="received")
    refresh_figures(campaign=campaign, now=now)


def told() -> list[str]:
    return list(Notice.objects.filter(key__startswith="seal-drift:").values_list("subject", flat=True))


def test_where_nothing_moved_nobody_is_told_anything(final: Seal, closed: Campaign, at: At) -> None:
    refresh_figures(campaign=closed, now=at("2026-12-06 01:00"), afresh=True)
    assert drifting.drift_of(campaign=closed) is None
    assert drifting.tell_of_drift(campaigns=[closed], now=at("2026-12-06 01:00")) == []
    assert told() == []


def test_a_payment_after_the_last_seal_is_told_on_both_pages_and_by_one_mail(
    final: Seal, closed: Campaign, elena: User, at: At, signed_in: Callable[[Any], Client]
) -> None:
    now = at("2026-12-07 09:00")
    paid_later(closed, now)
    closed.refresh_from_db()
    assert len(drifting.tell_of_drift(campaigns=[closed], now=now)) == 1
    assert told() == ["Lo sellado ya no coincide: prepagos de diciembre de 2026, revisión 1"]
    body = Notice.objects.get(key__startswith="seal-drift:").body
    assert "Servicios · Pagaron: 6 → 7" in body
    assert "Llegaron" in body
    drifting.tell_of_drift(campaigns=[closed], now=at("2026-12-07 09:05"))
    assert len(told()) == 1
    client = signed_in(elena)
    for address in ("/campaigns/2026-12/", "/campaigns/2026-12/seal/"):
        page = client.get(address).content.decode()
        assert "Las cifras ya no son las selladas en la revisión 1" in page
        assert "Servicios · Pagaron" in page
    assert 'value="Llegaron' in page  # the reason of the revision that is offered
    sealing.reseal(campaign=closed, by=elena, reason="Llegó tarde", now=at("2026-12-07 10:00"))
    assert drifting.drift_of(campaign=Campaign.objects.get()) is None


def test_while_payments_count_the_page_says_so_and_no_mail_goes_out(
    closed: Campaign, elena: User, at: At, signed_in: Callable[[Any], Client]
) -> None:
    sealing.seal(campaign=closed, by=elena, now=at("2026-11-30 20:10"))
    paid_later(closed, at("2026-12-02 09:00"))
    closed.refresh_from_db()
    assert drifting.tell_of_drift(campaigns=[closed], now=at("2026-12-02 09:00")) == []
    page = signed_in(elena).get("/campaigns/2026-12/").content.decode()
    assert "Es lo esperado mientras los pagos cuentan" in page


def test_what_nothing_explains_is_told_as_that(final: Seal, closed: Campaign, at: At) -> None:
    Attempt.objects.filter(contact__contract="A1").delete()
    closed.renewals.filter(service_number="A1INTERNET").update(amount_due=1)
    refresh_figures(campaign=closed, now=at("2026-12-07 09:00"), afresh=True)
    drift = drifting.drift_of(campaign=Campaign.objects.get())
    assert drift is not None
    assert drift.why == []
    drifting.tell_of_drift(campaigns=[closed], now=at("2026-12-07 09:00"))
    assert "nada de lo que el sistema registra lo explica" in Notice.objects.get(key__startswith="seal-drift:").body


def test_what_comes_too_late_to_count_leaves_the_seal_as_it_was(
    final: Seal, closed: Campaign, elena: User, at: At, signed_in: Callable[[Any], Client]
) -> None:
    now = at("2026-12-12 09:00")
    take([row("R-A3", "A3TV", "12-10", "80", contract="A3", service="TV")], now=now)
    late = Receipt.objects.get(number="R-A3")
    assert (late.standing, late.campaign) == ("late", closed)
    refresh_figures(campaign=closed, now=now)
    assert drifting.drift_of(campaign=Campaign.objects.get()) is None
    assert sealing.verify(sealed=final, now=now).agrees
    assert "month_is_as_sealed" not in {found.name for found in check_invariants()}
    assert "da lo mismo" in signed_in(elena).post("/campaigns/2026-12/seal/verify/").content.decode()
    annul(receipt_id=late.pk, by=elena, now=now, reason="Se cobró dos veces")
    assert sealing.verify(sealed=final, now=now).agrees
    assert not ChangedRows.objects.filter(campaign=closed).exists(), "and nothing has to be counted again"


def test_an_older_seal_is_compared_as_it_was_sealed(final: Seal, closed: Campaign, at: At) -> None:
    take([row("R-A3", "A3TV", "12-10", "80", contract="A3", service="TV")], now=at("2026-12-12 09:00"))
    older = {name: told for name, told in final.evidence.items() if name != "channels"}
    rows = [collect_evidence(campaign=closed, kept=kept)["receipts"]["rows"] for kept in (final.evidence, older)]
    assert rows == [8, 9]


def test_payments_that_a_withdrawn_month_leaves_are_not_the_reason_of_the_month_before(
    ana: Agent, elena: User, at: At, signed_in: Callable[[Any], Client]
) -> None:
    november = make_campaign(date(2026, 11, 1), state="closed", closed_at=at("2026-10-31 20:00"))
    owing(november, "C1", "TV")
    service = {"CONTRATO": "C1", "NRO_SERVICIO": "C1T", "PRODUCTO": "TV Cable", "MONTO": "99,00"}
    report = taken(service, now=at("2026-11-25 06:00"))
    take([row("R1", "C1T", "11-20")], now=at("2026-11-25 09:00"))
    page = signed_in(elena).get(f"/reports/{report.pk}/withdraw/").content.decode()
    assert "o fuera de plazo en el mes anterior" in page
    withdraw(report_id=report.pk, by=elena, now=at("2026-11-25 10:00"), reason="Era el de otra ciudad")
    receipt = Receipt.objects.get()
    assert (receipt.standing, receipt.campaign) == ("late", november)
    taken({**service, "PLAN": "Otro"}, now=at("2026-11-25 11:00"))
    receipt.refresh_from_db()
    assert (receipt.standing, receipt.campaign == november) == ("counted", False)
    assert not ChangedRows.objects.filter(campaign=november).exists()


@pytest.mark.parametrize(
    ("verbs", "told"),
    [
        (["received"], ["Se admitieron filas rechazadas de un reporte de cobros anterior."]),
        (["refunded"], ["Devoluciones que esperaban encontraron su recibo."]),
        (["matched"], ["Recibos que ya estaban encontraron otro servicio u otro mes."]),
        (["withdrawn"], ["Se retiró un reporte de cobros."]),
        (["assigned", "called"], []),
        ([""], ["Cambiaron filas antes de que el sistema guardara por qué."]),
    ],
)
def test_only_what_was_done_is_told_as_the_reason(
    final: Seal, closed: Campaign, at: At, verbs: list[str], told: list[str]
) -> None:
    ChangedRows.objects.bulk_create(
        ChangedRows(campaign=closed, at=at("2026-12-07 09:00"), verb=verb) for verb in verbs * 2
    )
    assert drifting.what_happened_since(final) == told


def test_the_clock_looks_at_old_months_too_when_their_rows_were_changed(
    final: Seal, closed: Campaign, at: At, time_machine: Any
) -> None:
    now = at("2027-03-01 09:00")
    time_machine.move_to(now, tick=False)
    refresh_running(now=now)  # the effect was not measured yet
    assert refresh_running(now=now) == []
    late_payment(closed)
    ChangedRows.objects.create(campaign=closed, at=now)
    tasks.refresh_figures()
    assert len(told()) == 1


def test_each_revision_holds_the_one_before_and_its_files_and_a_changed_file_is_found(
    final: Seal, closed: Campaign, elena: User, at: At
) -> None:
    second = sealing.reseal(campaign=closed, by=elena, reason="Otra vez", now=at("2026-12-07 10:00"))
    assert second.evidence["previous"] == {"revision": 1, "sha256": final.sha256, **final.files}
    assert sealing.verify(sealed=second, now=at("2026-12-07 10:01")).agrees
    second.document.storage.delete(second.document.name)
    with second.workbook.storage.open(second.workbook.name, "ab") as file:
        file.write(b"x")
    with behind_the_audit():
        Seal.objects.filter(pk=final.pk).update(sha256="0" * 64)
    moved = sealing.verify(sealed=second, now=at("2026-12-07 10:02")).moved
    assert moved == ["previous", "workbook", "document"]


def test_the_evidence_takes_in_promises_refunds_and_what_was_decided_at_the_launch(
    final: Seal, closed: Campaign
) -> None:
    assert {"promises", "refunds", "matches", "call_backs"} <= set(final.evidence)
    assert final.evidence["launch"]["evaluated_on"] == "2026-12-05"
    assert final.evidence["policy"]["grace_days"] == 5


def test_payments_of_another_month_in_a_file_named_by_a_day_of_this_one_are_not_of_its_seal(
    final: Seal, closed: Campaign, at: At
) -> None:
    before = collect_evidence(campaign=closed)
    taken({"CONTRATO": "7001", "NRO_SERVICIO": "70011"}, period=date(2027, 1, 1), now=at("2026-12-25 06:10"))
    take([row("R-7001", "70011", "2026-12-27", contract="7001")], now=at("2026-12-28 06:10"))
    Report.objects.filter(pk=Receipt.objects.get(number="R-7001").report_id).update(period=closed.period)
    assert collect_evidence(campaign=closed)["reports"] == before["reports"]
