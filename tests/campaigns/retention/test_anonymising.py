"""What is left of a month whose personal data were taken away: its figures, and nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse

from agents.keeping import Held, keeps_from
from agents.models import Agent, User
from campaigns.closing import sealing
from campaigns.invariants import check_invariants
from campaigns.models import (
    Attempt,
    CallBack,
    CallingPolicy,
    Campaign,
    CampaignChange,
    Contact,
    ListEntry,
    Receipt,
    Refund,
    RejectedRow,
    Renewal,
    Report,
    ReportDifference,
    RetiredTelephone,
    Seal,
)
from campaigns.payments import refunds
from campaigns.retention import anonymising
from tests.audit import behind_the_audit
from tests.campaigns.a_month import make_month

At = Callable[..., datetime]

pytestmark = pytest.mark.usefixtures("long_written")

PERSONAL = ("Cliente", "A1", "L4", "5917070", "7654321", "Calle", "Doña Rosa")


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def december(ana: Agent, luis: Agent, at: At) -> Campaign:
    """Closed on 30 November, sealed for the last time after grace, with something personal in every corner."""
    campaign = make_month({"ana": ana, "luis": luis}, state="closed", closed_at=at("2026-11-30 20:00"))
    Contact.objects.update(identity_card="7654321 CB", address="Calle Sucre 12")
    Attempt.objects.update(note="Doña Rosa pide factura", reason="Precio")
    # two telephones of one lease must stay two
    first = Attempt.objects.filter(contact__contract="A4").order_by("fence").first()
    assert first is not None
    first.pk, first.telephone = None, "+59170700009"
    first.save(force_insert=True)
    ListEntry.objects.filter(contact=first.contact).update(attempts=F("attempts") + 1)
    CallBack.objects.create(
        campaign=campaign, contact=Contact.objects.get(contract="L4"), agent=luis, telephone="+59170700000",
        due_at=at("2026-11-29 10:00"), created_at=at("2026-11-28 10:00"), note="Doña Rosa", state="cancelled",
    )  # fmt: skip
    report = Report.objects.create(
        kind="ccvp", period=campaign.period, sha256="c" * 64, name="ccvp-2026-12.csv", size=9, rows=15, taken=14,
        rejected=1, arrived_at=at("2026-11-25 06:00"), state="published", published_at=at("2026-11-25 06:01"),
    )  # fmt: skip
    report.file.save("ccvp-2026-12.csv", ContentFile(b"Rosa Flores"))
    RejectedRow.objects.create(report=report, line=9, cells={"name": "Doña Rosa"}, reason="no_contract", detail="A1")
    Receipt.objects.create(
        number="R-NOBODY", report=Report.objects.get(kind="recaudo"), contract="A1", service_number="A1X",
        paid_on=date(2026, 11, 28), amount=10,
    )  # fmt: skip
    paid = Receipt.objects.filter(renewal__contact__contract="A1").first()
    refunds.annul(receipt_id=paid.pk, by=luis.user, now=at("2026-11-28 10:00"), reason="Doña Rosa")
    Refund.objects.create(
        number="NC-1", contract="A1", service_number="A1X", amount=1, refunded_on=date(2026, 11, 28),
        report=Report.objects.get(kind="recaudo"), at=at("2026-11-28 10:00"),
    )  # fmt: skip
    ReportDifference.objects.create(report=report, kind="gone", contract="A1", name="Doña Rosa")
    RetiredTelephone.objects.create(
        contract="A1", telephone="+59170700000", reason="wrong", retired_at=at("2026-11-26 10:00")
    )
    sealing.seal(campaign=campaign, by=None, now=at("2026-11-30 20:10"))
    sealing.reseal(campaign=campaign, by=None, reason="fin", now=at("2026-12-20 08:00"))
    return campaign


def kept_from(now: datetime) -> datetime:
    return keeps_from(months=CallingPolicy.objects.in_force().personal_data_months, now=now)


def take(now: datetime) -> None:
    anonymising.anonymise_due(before=kept_from(now), now=now, held=Held(), lifted=Held())


def everything_of(*tables: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT to_jsonb(t)::text FROM {table} t" for table in tables))
        return "\n".join(row for (row,) in cursor.fetchall())


def test_nobody_is_left_in_any_table(december: Campaign, at: At) -> None:
    tables = ["contact", "renewal", "attempt", "callback", "receipt", "rejectedrow", "retiredtelephone", "deskdraft"]
    tables += ["refund", "reportdifference", "callbackevent"]
    names = [f"campaigns_{table}" for table in tables]
    assert all(word in everything_of(*names) for word in PERSONAL)
    take(at("2028-12-01 08:00"))
    left = everything_of(*names).replace("R-A1-", "").replace("R-L4-", "")  # numbers of receipts stay
    assert [word for word in PERSONAL if word in left] == []


def test_figures_seals_and_invariants_hold(december: Campaign, at: At) -> None:
    sealed = Seal.objects.latest("revision")
    before = sealed.figures
    take(at("2028-12-01 08:00"))
    december.refresh_from_db()
    found = sealing.verify(sealed=Seal.objects.latest("revision"), now=at("2028-12-02 08:00"))
    assert (found.agrees, found.is_anonymised, found.differences) == (True, True, [])
    assert Seal.objects.latest("revision").figures == before
    assert check_invariants() == []
    with pytest.raises(sealing.SealRefused):
        sealing.reseal(campaign=december, by=None, reason="x", now=at("2028-12-02 08:00"))


def test_receipts_still_lead_to_their_renewals(december: Campaign, at: At) -> None:
    take(at("2028-12-01 08:00"))
    for receipt in Receipt.objects.filter(renewal__isnull=False).select_related("renewal__contact"):
        assert receipt.renewal is not None
        assert receipt.service_number == receipt.renewal.service_number
        assert receipt.contract == receipt.renewal.contact.contract
    assert Attempt.objects.filter(contact__renewals__isnull=False).exclude(telephone__startswith="tel-").count() == 0
    assert set(Contact.objects.values_list("zone", flat=True)) == {"Sarco", "Sacaba"}


@pytest.mark.parametrize(
    ("moment", "months", "goes"),
    [("2028-11-27 08:00", 24, False), ("2028-12-01 08:00", 24, True), ("2027-03-01 08:00", 3, True)],
)
def test_the_policy_says_when(december: Campaign, at: At, moment: str, months: int, goes: bool) -> None:
    CallingPolicy.objects.update_or_create(pk=1, defaults={"personal_data_months": months})
    assert bool(anonymising.due_campaigns(before=kept_from(at(moment)))) is goes


def test_a_month_whose_last_seal_is_still_to_come_waits(december: Campaign, at: At) -> None:
    with behind_the_audit():
        Seal.objects.filter(revision=2).delete()
    assert anonymising.due_campaigns(before=kept_from(at("2028-12-01 08:00"))) == []


def test_it_is_written_down_once_and_again_does_no_harm(december: Campaign, at: At) -> None:
    for day in (1, 2):
        take(at(f"2028-12-0{day} 08:00"))
    change = CampaignChange.objects.get(verb="anonymise")
    assert change.note == "Se quitaron los datos personales de 12 contactos."
    december.refresh_from_db()
    assert december.anonymised_at == at("2028-12-01 08:00")


def test_one_that_was_interrupted_goes_on(december: Campaign, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anonymising, "BATCH", 4)
    done = anonymising.STEPS
    monkeypatch.setattr(anonymising, "STEPS", (*done[:3], "SELECT 1 / 0"))
    with pytest.raises(Exception, match="division by zero"):
        take(at("2028-12-01 08:00"))
    assert Contact.objects.filter(contract="A1").exists()  # a batch is all or nothing
    monkeypatch.setattr(anonymising, "STEPS", done)
    take(at("2028-12-01 09:00"))
    assert not Contact.objects.exclude(name=anonymising.NOBODY).exists()
    assert len(set(Renewal.objects.values_list("service_number", flat=True))) == 14


def test_the_files_are_gone_from_the_disk(december: Campaign, at: At) -> None:
    report = Report.objects.get(kind="ccvp")
    name, storage = report.file.name, report.file.storage
    assert storage.exists(name)
    take(at("2028-12-01 08:00"))
    report.refresh_from_db()
    assert (storage.exists(name), bool(report.file)) == (False, False)
    row = RejectedRow.objects.get()
    assert (row.cells, row.detail, row.state) == ({}, "", "dismissed")


@pytest.mark.parametrize("state", ["waiting", "held", "parked"])
def test_an_old_report_that_nobody_decided_on_is_put_aside_as_owed_work_is(
    december: Campaign, at: At, state: str
) -> None:
    report = Report.objects.create(
        kind="recaudo", sha256="d" * 64, name="recaudo.csv", size=9, arrived_at=at("2026-11-26 06:00"), state=state,
        attempts=3, fence=3, parked_at=at("2026-11-26 06:05") if state == "parked" else None,
    )  # fmt: skip
    report.file.save("recaudo.csv", ContentFile(b"Rosa Flores"))
    take(at("2028-12-01 08:00"))
    report.refresh_from_db()
    assert (report.state, report.parked_at, report.file.name) == ("discarded", None, "")
    call_command("check_invariants")


def test_a_dry_run_says_it_and_changes_nothing(
    december: Campaign, at: At, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at("2028-12-01 08:00"))
    call_command("anonymise", dry_run=True, json=True)
    told = json.loads(capsys.readouterr().out)
    due = {name: count for name, count in told.items() if count}
    assert due == {"dry_run": True, "months": ["2026-12"], "contacts": 12, "files": 1, "mails": 1}
    assert Contact.objects.filter(contract="A1").exists()
    call_command("anonymise")
    assert "months: 2026-12" in capsys.readouterr().out
    assert not Contact.objects.filter(contract="A1").exists()


def test_its_pages_say_so(
    december: Campaign, at: At, elena: User, oscar: User, signed_in: Callable[[User], Client]
) -> None:
    take(at("2028-12-01 08:00"))
    contact = Contact.objects.filter(entry__state="done").earliest("pk")
    client = signed_in(elena)
    for address in ("", "contacts/", "seal/"):
        page = client.get(f"/campaigns/2026-12/{address}").content.decode()
        assert "Desde el 01/12/2028 este mes ya no tiene datos personales" in page, address
        assert "Sellar otra revisión" not in page
    page = client.get(reverse("campaigns:contact", args=[contact.pk])).content.decode()
    assert anonymising.NOBODY in page
    assert "ya no tiene datos personales" in page
    checked = signed_in(oscar).post("/campaigns/2026-12/seal/verify/").content.decode()
    assert "perdieron los datos personales" in checked
