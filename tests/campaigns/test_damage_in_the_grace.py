"""What may be damaged while a closed month is still paid, with the audit awake as it is: found, or known to be not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pghistory
import pytest
from django.db import connection

from agents.models import Agent, User
from campaigns.assignment.assigning import assign
from campaigns.closing import sealing
from campaigns.figures.refreshing import refresh_figures
from campaigns.intake import deciding
from campaigns.intake.taking_in import take_in
from campaigns.invariants import check_invariants
from campaigns.models import Campaign, DoNotCall, ListEntry, Receipt, Refund, RetiredTelephone
from campaigns.month import lifecycle
from campaigns.payments.refunds import annul
from tests.audit import damaging
from tests.campaigns.some_reports import ccvp, many, received, taken
from tests.campaigns.test_damage import call, paid
from tests.databases import undone

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
At = Callable[..., datetime]


@pytest.fixture
def graced(at: At, ana: Agent, luis: Agent, elena: User, settings: Any, tmp_path: Any) -> Campaign:
    """Twelve customers, a corrected report, a refusal of calls, a wrong number, a payment annulled by hand, a receipt
    and a refund that wait; closed and sealed while payments still count.
    """
    settings.MEDIA_ROOT = tmp_path
    rows = many(12)
    for number, row in enumerate(rows):
        row["CELULAR"], row["CI_NIT"] = f"7070{number:04}", f"45678{number:02}"
    rows[11]["MONTO"] = "gratis"
    taken(*rows, now=at("2026-11-25 06:10"))
    campaign = Campaign.objects.get()
    assign(campaign=campaign, now=at("2026-11-25 07:00"))
    campaign = lifecycle.launch(campaign=campaign, by=elena, now=at("2026-11-25 08:00"))
    rows[10]["MONTO"] = "300,00"
    report = received(ccvp(*rows), now=at("2026-11-25 09:00"), name="corregido.csv")
    take_in(report_id=report.pk, now=at("2026-11-25 09:01"))
    deciding.accept(report_id=report.pk, by=elena, now=at("2026-11-25 09:10"))
    take_in(report_id=report.pk, now=at("2026-11-25 09:11"))
    called = list(ListEntry.objects.filter(state="open").order_by("contact__contract")[:2])
    codes = ("do_not_call", "wrong_number")
    for minute, (entry, code) in enumerate(zip(called, codes, strict=True)):
        call(entry, code, at=at(f"2026-11-26 09:{minute:02}"), due=at("2026-11-28 10:00"))
    assert (DoNotCall.objects.count(), RetiredTelephone.objects.count()) == (1, 1)
    paid("R0;2005;20051;Internet;26/11/2026;289", "R1;2006;20061;Internet;26/11/2026;289",
         "R8;9999;99991;Internet;26/11/2026;289", "NC1;2007;20071;Internet;26/11/2026;-50",
         now=at("2026-11-26 12:00"))  # fmt: skip
    annul(receipt_id=Receipt.objects.get(number="R1").pk, by=elena, now=at("2026-11-26 13:00"), reason="Sin fondos")
    assert Refund.objects.waiting().count() == 1
    campaign = lifecycle.close(campaign=campaign, by=elena, now=at("2026-11-30 20:10"), note="Fin del mes.")
    refresh_figures(campaign=campaign, now=at("2026-11-30 20:12"))
    sealing.seal(campaign=campaign, by=elena, now=at("2026-11-30 20:15"))
    assert check_invariants() == []
    return campaign


DAMAGE = {
    "a refund that waits is deleted": "DELETE FROM campaigns_refund WHERE receipt_id IS NULL",
    "a refund that waits is of another amount": "UPDATE campaigns_refund SET amount = 1 WHERE receipt_id IS NULL",
    "a receipt without renewal is of another amount": "UPDATE campaigns_receipt SET amount = 1 WHERE number = 'R8'",
    "a receipt without renewal is another's": "UPDATE campaigns_receipt SET contract = '1' WHERE number = 'R8'",
    "a receipt has another number": "UPDATE campaigns_receipt SET number = 'R77' WHERE number = 'R0'",
    "a receipt came by another channel": "UPDATE campaigns_receipt SET channel = 'Caja' WHERE number = 'R0'",
    "the note of the close is another": "UPDATE campaigns_campaignchange SET note = 'Otra' WHERE verb = 'close'",
    "the telephones of a customer are others": "UPDATE campaigns_contact SET telephones = '{+59170799999}'",
    "a customer has another name": "UPDATE campaigns_contact SET name = 'Otro Nombre'",
    "a service has another plan": "UPDATE campaigns_renewal SET plan = 'Otro plan'",
    "the script is another": "UPDATE campaigns_campaign SET script = 'Otro guion'",
    "who asked for no calls is forgotten": "DELETE FROM campaigns_donotcall",
    "a wrong number is the customer's again": "DELETE FROM campaigns_retiredtelephone",
    "a rejected row of the report before is deleted": """
        DELETE FROM campaigns_rejectedrow WHERE report_id = (SELECT min(id) FROM campaigns_report)""",
}
# Until the last seal of the month, whose evidence has it; and what nobody wrote down a second time.
FOUND_BY_NOTHING = {
    "an annulment by hand has another reason": "UPDATE campaigns_refund SET reason = 'Otro' WHERE by_id IS NOT NULL",
    "what stood in a rejected row is another": "UPDATE campaigns_rejectedrow SET detail = 'Otro'",
}


def do(statement: str) -> None:
    """As somebody at the database does it: the triggers of the audit write down what they see."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with damaging(statement):
            cursor.execute(statement)


def test_every_damage_is_found_while_payments_count(graced: Campaign, subtests: Any) -> None:
    for damage, statement in DAMAGE.items():
        with subtests.test(damage), undone():
            do(statement)
            assert [found.name for found in check_invariants()]
    assert check_invariants() == []


def test_what_nothing_finds_yet_is_known(graced: Campaign, subtests: Any) -> None:
    for damage, statement in FOUND_BY_NOTHING.items():
        with subtests.test(damage), undone():
            do(statement)
            assert [found.name for found in check_invariants()] == []


def test_who_takes_a_customer_off_the_list_under_her_own_name_breaks_nothing(graced: Campaign) -> None:
    with pghistory.context(user="elena"):
        DoNotCall.objects.all().delete()
    assert check_invariants() == []


def test_payments_and_refunds_that_still_come_break_nothing(graced: Campaign, at: At) -> None:
    paid("R0;2005;20051;Internet;26/11/2026;289", "R9;2008;20081;Internet;01/12/2026;289",
         "NC2;2008;20081;Internet;02/12/2026;-50", now=at("2026-12-02 12:00"))  # fmt: skip
    assert check_invariants() == []
