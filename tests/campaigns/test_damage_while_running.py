"""The same in a month that runs, while payments come all the time: what is counted is proved in the midst of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from agents.models import Agent, User
from campaigns.assignment.assigning import assign
from campaigns.figures.refreshing import refresh_figures
from campaigns.intake import deciding
from campaigns.intake.taking_in import take_in
from campaigns.intake.withdrawing import withdraw
from campaigns.invariants import check_invariants
from campaigns.models import Campaign, FigureRefresh, ListEntry, Receipt
from campaigns.month import lifecycle
from campaigns.payments.refunds import annul
from tests.campaigns.some_reports import ccvp, many, received, taken
from tests.campaigns.test_damage import call, do, paid
from tests.databases import undone

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
At = Callable[..., datetime]


@pytest.fixture
def running(at: At, ana: Agent, luis: Agent, elena: User, settings: Any, tmp_path: Any) -> Campaign:
    """Twelve customers, a corrected report, calls, a payment annulled by hand, a report withdrawn; counted in the
    morning, and a payment that came since.
    """
    settings.MEDIA_ROOT = tmp_path
    rows = many(12)
    for number, row in enumerate(rows):
        row["CELULAR"], row["CI_NIT"] = f"7070{number:04}", f"45678{number:02}"
    taken(*rows, now=at("2026-11-25 06:10"))
    campaign = Campaign.objects.get()
    assign(campaign=campaign, now=at("2026-11-25 07:00"))
    campaign = lifecycle.launch(campaign=campaign, by=elena, now=at("2026-11-25 08:00"))
    rows[11]["MONTO"] = "300,00"
    report = received(ccvp(*rows), now=at("2026-11-25 09:00"), name="corregido.csv")
    take_in(report_id=report.pk, now=at("2026-11-25 09:01"))
    deciding.accept(report_id=report.pk, by=elena, now=at("2026-11-25 09:10"))
    take_in(report_id=report.pk, now=at("2026-11-25 09:11"))
    called = list(ListEntry.objects.filter(state="open").order_by("contact__contract")[:3])
    for minute, (entry, code) in enumerate(zip(called, ["no_answer", "promise", "no_answer"], strict=True)):
        call(entry, code, at=at(f"2026-11-26 09:{minute:02}"), due=at("2026-11-28 10:00"))
    paid("R0;2005;20051;Internet;26/11/2026;289", "R1;2006;20061;Internet;26/11/2026;289", now=at("2026-11-26 12:00"))
    annul(receipt_id=Receipt.objects.get(number="R1").pk, by=elena, now=at("2026-11-26 13:00"), reason="Sin fondos")
    wrong = paid("R2;2007;20071;Internet;26/11/2026;289", now=at("2026-11-26 14:00"))
    withdraw(report_id=wrong.pk, by=elena, now=at("2026-11-26 14:10"), reason="De otra caja")
    refresh_figures(campaign=campaign, now=at("2026-11-27 09:00"), afresh=True)
    paid("R3;2008;20081;Internet;26/11/2026;289", now=at("2026-11-27 09:02"))
    assert check_invariants() == []
    return campaign


CALLED = "(SELECT min(id) FROM campaigns_attempt)"
OF_THE_CALL = f"(SELECT contact_id FROM campaigns_attempt WHERE id = {CALLED})"
DAMAGE = {
    "a figure cell counts one less": """
        UPDATE campaigns_figurecell SET items = items - 1 WHERE id = (
          SELECT min(id) FROM campaigns_figurecell WHERE items > handled AND items > paid)""",
    "calls of a day are one less": """
        UPDATE campaigns_attemptfigure SET attempts = attempts - 1 WHERE id = (
          SELECT min(id) FROM campaigns_attemptfigure WHERE attempts > 0)""",
    "a promise is lowered": "UPDATE campaigns_paymentpromise SET amount = amount - 1",
    "a promise is for later": "UPDATE campaigns_paymentpromise SET promised_on = promised_on + 3",
    "a call is gone with all that counts it": f"""
        UPDATE campaigns_listentry SET attempts = 0, attempts_on_day = 0, handled_at = NULL, handled_by_id = NULL,
               last_attempt_at = NULL, last_disposition_id = NULL, fence = 0 WHERE contact_id = {OF_THE_CALL};
        DELETE FROM campaigns_attempt WHERE id = {CALLED}""",
    "the launch is not among its steps": "DELETE FROM campaigns_campaignchange WHERE verb = 'launch'",
    "who withdrew a report is deleted": "DELETE FROM campaigns_reportwithdrawal",
    "what a correction changed is deleted": "DELETE FROM campaigns_reportdifference",
    "what a correction changed is another": "UPDATE campaigns_reportdifference SET kind = 'new'",
    "an annulment by hand was never made": """
        UPDATE campaigns_receipt SET refunded = 0, standing = 'counted' WHERE number = 'R1';
        INSERT INTO campaigns_renewalpayment (renewal_id, campaign_id, contact_id, amount, first_paid_on, paid_on)
        SELECT n.id, n.campaign_id, n.contact_id, r.amount, r.paid_on, r.paid_on FROM campaigns_receipt r
          JOIN campaigns_renewal n ON n.id = r.renewal_id WHERE r.number = 'R1';
        UPDATE campaigns_listentry e SET state = 'paid', paid_on = r.paid_on, paid_known_at = now()
          FROM campaigns_receipt r JOIN campaigns_renewal n ON n.id = r.renewal_id
         WHERE r.number = 'R1' AND e.contact_id = n.contact_id;
        DELETE FROM campaigns_contactchange WHERE verb = 'owe_again' AND contact_id = (
          SELECT n.contact_id FROM campaigns_receipt r JOIN campaigns_renewal n ON n.id = r.renewal_id
           WHERE r.number = 'R1');
        DELETE FROM campaigns_refund WHERE by_id IS NOT NULL""",
}  # fmt: skip


def test_every_damage_is_found_while_payments_come(running: Campaign, subtests: Any) -> None:
    for damage, statements in DAMAGE.items():
        with subtests.test(damage), undone():
            do(statements)
            assert [found.name for found in check_invariants()]
    assert check_invariants() == []


def test_who_looks_counts_nothing_for_good(running: Campaign) -> None:
    before = FigureRefresh.objects.values().get()
    assert check_invariants() == []
    assert FigureRefresh.objects.values().get() == before
