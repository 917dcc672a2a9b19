"""A month of prepaid, told from the report to the sealed figures (procedure K; `docs/architecture.md`).

November 2026 at the cooperative: three agents, one supervisor, 300 rows of Smartflex. Pages where people work,
verbs where the clock does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client

from agents.models import Agent, User
from campaigns.assignment import rebalancing
from campaigns.assignment.moving import Selection
from campaigns.closing import sealing
from campaigns.desk import giving
from campaigns.desk.answers import Answers
from campaigns.desk.results import record_result, usable_telephones
from campaigns.figures import refreshing
from campaigns.figures.figures import read_figures
from campaigns.intake import fetching, mending, taking_in
from campaigns.models import (
    Attempt,
    Campaign,
    Contact,
    Disposition,
    ListEntry,
    PaymentPromise,
    RejectedRow,
    Renewal,
    Report,
    ReportSource,
)
from campaigns.month import lifecycle, planner
from campaigns.promises_and_callbacks import call_backs
from campaigns.promises_and_callbacks.promise_outcomes import with_outcome
from notices import mailing
from tests.campaigns.desk.at_desk import at_desk

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[1] / "data" / "xlsx-300"
At = Callable[..., datetime]


@pytest.fixture
def drop(tmp_path: Path, settings: Any) -> Path:
    """The folder Smartflex saves into; received files stay with the test."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    folder = tmp_path / "drop"
    folder.mkdir()
    for kind, pattern in (("ccvp", "ccvp-{period}.*"), ("recaudo", "recaudo-{period}*.*")):
        ReportSource.objects.create(name=kind, kind=kind, location=str(folder), pattern=pattern)
    return folder


@contextmanager
def the_clock_says(moment: datetime) -> Iterator[None]:
    """For doors, which ask what time it is; verbs are told."""
    with time_machine.travel(moment, tick=False):
        yield


def save(folder: Path, name: str, content: bytes, moment: datetime) -> None:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def pull(now: datetime) -> list[Report]:
    """What the scheduled job and then the worker do."""
    return [taking_in.take_in(report_id=report.pk, now=now) for report in fetching.look_for_reports(now=now)]


def collections_file(*lines: tuple[str, ...]) -> bytes:
    heads = "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO;CANAL"
    return "\r\n".join([heads, *(";".join((*line, "QR")) for line in lines), ""]).encode("latin-1")


def open_on_screen(page: str) -> tuple[Contact, str]:
    """The contact and the fence the desk's form holds."""
    contact = re.search(r'name="contact"\s+value="(\d+)"', page)
    fence = re.search(r'name="fence"\s+value="(\d+)"', page)
    assert contact, "the desk shows a contact"
    assert fence
    return Contact.objects.get(pk=contact[1]), fence[1]


def call_and_record(agent: Agent, code: str, now: datetime, **answers: Any) -> Contact:
    """A call of somebody whose screen is not looked at here."""
    given = giving.give_next(agent=agent, now=now)
    assert given is not None
    contact = Contact.objects.get(pk=given.contact_id)
    record_result(
        agent=agent,
        contact=contact,
        fence=given.fence,
        disposition=Disposition.objects.get(code=code),
        answers=Answers(telephone=usable_telephones(contact)[0], **answers),
        now=now,
    )
    return contact


def test_a_month_of_prepaid(
    drop: Path,
    ana: Agent,
    luis: Agent,
    marta: Agent,
    elena: User,
    signed_in: Callable[[User | Agent], Client],
    at: At,
    truth: Callable[[str], dict[str, Any]],
) -> None:
    User.objects.filter(pk=elena.pk).update(email="elena@comteco.example")
    true = truth("xlsx-300")
    period = date(2026, 12, 1)

    # -- The scheduler was down on the 25th. On the 26th it is back, and the month exists, late, with one mail ---------
    for _tick in range(3):
        planner.make_months_exist(now=at("2026-11-26 07:30"))
    campaign = Campaign.objects.get()
    assert (campaign.period, campaign.state, str(campaign.calls_from)) == (period, "expected", "2026-11-25")
    assert campaign.late_since == at("2026-11-26 07:30")
    mailing.deliver_due(now=at("2026-11-26 07:31"))
    assert [one.to for one in mail.outbox] == [["elena@comteco.example"]]
    assert "atrasado" in mail.outbox[0].subject

    # -- The report falls into the folder and is taken, once --------------------------------------------------------
    save(drop, "ccvp-2026-12.xlsx", (DATA / "ccvp-2026-12.xlsx").read_bytes(), at("2026-11-26 07:40"))
    (report,) = pull(at("2026-11-26 07:45"))
    assert pull(at("2026-11-26 07:50")) == []
    assert report.state == "published", report.last_error
    assert report.rows == report.taken + report.duplicates + report.other_service + report.rejected
    assert (report.taken, report.rejected) == (true["report"]["items"], true["report"]["bad_rows"])
    assert Contact.objects.count() == true["report"]["contracts"]

    # -- Elena mends the row without a contract and dismisses the rest ----------------------------------------------
    nameless = RejectedRow.objects.get(reason="no_contract")
    cells = {**nameless.cells, "contract": "119999999"}
    mending.admit(row_id=nameless.pk, cells=cells, by=elena, now=at("2026-11-26 08:00"))
    rest = list(RejectedRow.objects.filter(state="waiting").values_list("pk", flat=True))
    mending.dismiss(row_ids=rest, by=elena, now=at("2026-11-26 08:01"))
    assert Renewal.objects.count() == true["report"]["items"] + 1

    # -- She looks at the proposal, sets a tenth apart, and launches ------------------------------------------------
    office = signed_in(elena)
    Campaign.objects.update(hold_out_share=Decimal("0.1"), hold_out_seed=2026)  # the same people are drawn each time
    call_command("assign", "2026-12", stdout=open(os.devnull, "w"))  # noqa: SIM115
    with the_clock_says(at("2026-11-26 08:25")):
        page = office.get("/campaigns/2026-12/").content.decode()
        assert "Lanzar" in page
        office.post("/campaigns/2026-12/launch/")
    campaign.refresh_from_db()
    assert campaign.state == "running"
    owned = {agent: ListEntry.objects.filter(owner=agent, state="open").count() for agent in (ana, luis, marta)}
    assert max(owned.values()) - min(owned.values()) <= 1
    held_out = ListEntry.objects.filter(state="held_out").count()
    assert held_out == pytest.approx(true["report"]["contracts"] / 10, abs=4)

    # -- Ana opens her desk, calls, and gets a promise; a second tab shows the same contact -------------------------
    desk = signed_in(ana)
    with the_clock_says(at("2026-11-26 09:00")):
        promised, fence = open_on_screen(at_desk(desk).content.decode())
        assert open_on_screen(at_desk(desk).content.decode()) == (promised, fence)
        number = usable_telephones(promised)[0]
        desk.post("/desk/call/", {"contact": promised.pk, "fence": fence, "telephone": number})
    with the_clock_says(at("2026-11-26 09:04")):
        form = {"contact": promised.pk, "fence": fence, "disposition": "promise", "telephone": number,
                "promised_on": "2026-11-28", "promised_amount": str(promised.amount_due)}  # fmt: skip
        page = desk.post("/desk/result/", form, headers={"HX-Request": "true"}).content.decode()
        following, its_fence = open_on_screen(page)
        assert following != promised
        desk.post("/desk/result/", form, headers={"HX-Request": "true"})  # clicked twice
    assert Attempt.objects.filter(contact=promised).count() == 1
    assert PaymentPromise.objects.get().contact == promised

    # -- The next customer pays while her card is open: Ana does not call -------------------------------------------
    lines = [
        (f"Q{renewal.pk}", following.contract, renewal.service_number, renewal.service, "26/11/2026",
         str(renewal.amount_due))
        for renewal in following.renewals.all()
    ]  # fmt: skip
    save(drop, "recaudo-2026-12-a.csv", collections_file(*lines), at("2026-11-26 09:05"))
    (paid,) = pull(at("2026-11-26 09:06"))
    assert paid.state == "published", paid.last_error
    with the_clock_says(at("2026-11-26 09:07")):
        number = usable_telephones(following)[0]
        answer = desk.post(
            "/desk/call/",
            {"contact": following.pk, "fence": its_fence, "telephone": number},
            headers={"HX-Request": "true"},
        )
        assert answer.status_code == 409
        assert "Ya pagó" in at_desk(desk).content.decode()  # the card says so before she lets it go
        back = {"contact": following.pk, "fence": its_fence}
        page = desk.post("/desk/give-back/", back, headers={"HX-Request": "true"}).content.decode()
        assert open_on_screen(page)[0] != following
    assert not Attempt.objects.filter(contact=following).exists()

    # -- Luis agrees a call for the afternoon and goes home ill: it goes to the team, then to Elena -----------------
    agreed = call_and_record(luis, "call_back", at("2026-11-26 10:00"), call_back_at=at("2026-11-26 15:00"))
    call_backs.widen_overdue(now=at("2026-11-26 15:31"))
    assert agreed.call_backs.get().reach == "team"
    call_backs.widen_overdue(now=at("2026-11-26 17:01"))
    assert agreed.call_backs.get().reach == "supervisor"

    # -- On the 28th he is still absent: what he has left goes to Ana and Marta -------------------------------------
    moved = rebalancing.reassign(
        campaign=campaign,
        selection=Selection(agents=(luis.pk,)),
        to=[ana, marta],
        by=elena,
        now=at("2026-11-28 09:05"),
        reason="Ausente",
    )
    assert moved.contacts > 50
    assert not ListEntry.objects.filter(owner=luis, state="open").exists()

    # -- Marta works her list; a wrong number retires the telephone, not the contact --------------------------------
    wrong = call_and_record(marta, "wrong_number", at("2026-11-28 10:00"))
    assert len(usable_telephones(wrong)) == len(wrong.telephones) - 1
    for minute in range(5, 55, 5):
        if giving.give_next(agent=marta, now=at(f"2026-11-28 10:{minute:02}")) is None:
            break
        call_and_record(marta, "already_paid", at(f"2026-11-28 10:{minute:02}"))

    # -- Who promised pays on the day she named ---------------------------------------------------------------------
    lines = [
        (f"P{renewal.pk}", promised.contract, renewal.service_number, renewal.service, "28/11/2026",
         str(renewal.amount_due))
        for renewal in promised.renewals.all()
    ]  # fmt: skip
    save(drop, "recaudo-2026-12-b.csv", collections_file(*lines), at("2026-11-28 18:00"))
    (kept,) = pull(at("2026-11-28 18:05"))
    assert kept.state == "published", kept.last_error
    assert with_outcome(PaymentPromise.objects.all()).get().outcome == "kept"  # type: ignore[attr-defined]

    # -- Collections of the month arrive; every receipt counts once, whatever file it comes in ----------------------
    save(drop, "recaudo-2026-12.xlsx", (DATA / "recaudo-2026-12.xlsx").read_bytes(), at("2026-11-30 18:00"))
    (collected,) = pull(at("2026-11-30 18:05"))
    assert collected.figures["receipts"] == true["payments"]["receipts"]
    assert collected.figures["unmatched"] == true["payments"]["receipts_outside_the_campaign"]

    # -- The campaign closes by itself after its last day, and is sealed and mailed ---------------------------------
    assert [one.pk for one in lifecycle.close_overdue(now=at("2026-12-01 00:05"))] == [campaign.pk]
    refreshing.refresh_figures(campaign=campaign, now=at("2026-12-01 00:06"), afresh=True)
    services = read_figures(campaign=Campaign.objects.get()).services
    assert services.items == true["report"]["items"] + 1
    assert services.paid >= true["payments"]["items_paid"]
    assert 0 < services.paid_after_contact <= services.contacted <= services.handled
    (seal,) = sealing.seal_closed(now=at("2026-12-01 00:07"))
    assert sealing.seal_closed(now=at("2026-12-01 00:08")) == []
    mailing.deliver_due(now=at("2026-12-01 00:09"))
    closing = mail.outbox[-1]
    assert closing.to == ["elena@comteco.example"]
    assert {name.rsplit(".", 1)[1] for name, *_more in closing.attachments} == {"xlsx", "pdf"}

    # -- The figures can be recomputed from their evidence, and every promise of the data holds ---------------------
    assert sealing.verify(sealed=seal, now=at("2026-12-01 08:00")).agrees
    call_command("check_invariants")

    # -- A last payment within the days of grace, and the last revision of the report -------------------------------
    assert sealing.seal_closed(now=at("2026-12-06 00:10")) == []  # the payments of the last day are not in yet
    assert [one.revision for one in sealing.seal_closed(now=at("2026-12-08 00:10"))] == [2]
