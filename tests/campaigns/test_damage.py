"""Ways to damage the data behind everybody's back, one a row: `check_invariants` finds them.

The month is a real one: its reports, a row mended by hand, calls with promises and agreed calls, a refund, the close
and its last seal. What is found by nothing is said so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from agents.models import Agent, User
from campaigns.assignment.assigning import Terms, ask_to_assign
from campaigns.closing import sealing
from campaigns.desk.answers import Answers
from campaigns.desk.dialling import dial
from campaigns.desk.giving import open_contact
from campaigns.desk.results import record_result
from campaigns.figures.patterns import count_patterns
from campaigns.figures.refreshing import refresh_figures
from campaigns.intake import mending
from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.invariants import check_invariants
from campaigns.models import Campaign, Contact, Disposition, ListEntry, Receipt, RejectedRow, Report, Seal
from campaigns.month import lifecycle
from tests.audit import behind_the_audit
from tests.campaigns.some_reports import many, taken
from tests.databases import undone

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
At = Callable[..., datetime]
RECAUDO = "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO\r\n"


@pytest.fixture
def month(at: At, ana: Agent, luis: Agent, elena: User, settings: Any, tmp_path: Any) -> Campaign:
    """Thirty customers, called, paid in part, closed and sealed for good."""
    settings.MEDIA_ROOT = tmp_path
    rows = many(30)
    for number, row in enumerate(rows):
        row["CELULAR"], row["CI_NIT"] = f"7070{number:04}", f"45678{number:02}"
    rows[28]["MONTO"], rows[29]["MONTO"] = "gratis", "tampoco"
    taken(*rows, now=at("2026-11-25 06:10"))
    mended = RejectedRow.objects.order_by("line").first()
    mending.admit(row_id=mended.pk, cells={**mended.cells, "amount": "99"}, by=elena, now=at("2026-11-25 06:30"))
    campaign = Campaign.objects.get()
    terms = Terms(order="due", hold_out_share=Decimal("0.2"), hold_out_seed=7, script="")
    ask_to_assign(campaign=campaign, terms=terms, now=at("2026-11-25 07:00"))
    campaign = lifecycle.launch(campaign=campaign, by=elena, now=at("2026-11-25 08:00"))
    called = list(ListEntry.objects.filter(state="open").order_by("contact__contract")[:6])
    results = ["no_answer", "promise", "promise", "call_back", "refused", "no_answer"]
    for minute, (entry, code) in enumerate(zip(called, results, strict=True)):
        call(entry, code, at=at(f"2026-11-26 09:{minute:02}"), due=at("2026-11-27 10:00"))
    call(called[0], "no_answer", at=at("2026-11-27 14:00"), due=at("2026-11-28 10:00"))
    contracts = [entry.contact.contract for entry in called]
    lines = [f"R{n};{contract};{contract}1;Internet;28/11/2026;289" for n, contract in enumerate(contracts[1:3])]
    paid(*lines, f"R7;{contracts[4]};{contracts[4]}1;Internet;28/11/2026;100", "R8;9999;99991;Internet;28/11/2026;289",
         f"R9;{contracts[5]};{contracts[5]}1;Internet;28/11/2026;289", now=at("2026-11-29 06:10"))  # fmt: skip
    paid(f"R9;{contracts[5]};{contracts[5]}1;Internet;29/11/2026;-100", now=at("2026-11-29 20:10"))
    campaign = lifecycle.close(campaign=campaign, by=elena, now=at("2026-11-30 20:10"), note="Fin del mes.")
    sealing.seal(campaign=campaign, by=elena, now=at("2026-11-30 20:15"))
    sealing.reseal(campaign=campaign, by=None, reason="Fin de la gracia", now=at("2026-12-06 00:10"))
    refresh_figures(campaign=campaign, now=at("2026-12-06 00:11"))
    count_patterns(campaign=campaign, now=at("2026-12-06 00:12"))
    assert check_invariants() == []
    return campaign


def call(entry: ListEntry, code: str, *, at: datetime, due: datetime) -> None:
    agent, contact = entry.owner, entry.contact
    ListEntry.objects.filter(pk=entry.pk).update(ready_at=at)
    open_contact(agent=agent, contact_id=contact.pk, now=at)
    attempt = dial(agent=agent, contact=contact, telephone=contact.telephones[0], now=at)
    disposition = Disposition.objects.get(code=code)
    answers = Answers(
        telephone=attempt.telephone,
        promised_on=due.date() if disposition.requires_promise else None,
        promised_amount=contact.amount_due if disposition.requires_promise else None,
        call_back_at=due if disposition.requires_call_back else None,
        reason="Precio" if disposition.requires_reason else "",
    )
    record_result(agent=agent, contact=contact, fence=attempt.fence, disposition=disposition, answers=answers, now=at)


def paid(*lines: str, now: datetime) -> Report:
    file = BytesIO((RECAUDO + "\r\n".join(lines) + "\r\n").encode())
    report = receive_report(kind="recaudo", name="recaudo.csv", file=file, period=None, now=now)
    report = take_in(report_id=report.pk, now=now)
    assert report.state == Report.State.PUBLISHED, report.held_because
    return report


PROMISED = "(SELECT contact_id FROM campaigns_paymentpromise ORDER BY id LIMIT 1)"
CALLED = "(SELECT id FROM campaigns_attempt ORDER BY id LIMIT 1)"
OTHER_AGENT = "(SELECT max(a.id) FROM agents_agent a WHERE a.id <> agent_id)"
RENEWAL = "(SELECT renewal_id FROM campaigns_receipt WHERE number = 'R0')"
DAMAGE = {
    # figures
    "a figure cell is changed": "UPDATE campaigns_figurecell SET items = items + 1 WHERE unit = 'contact'",
    "a figure cell is deleted": """
        DELETE FROM campaigns_figurecell WHERE id = (SELECT min(id) FROM campaigns_figurecell)""",
    "a day's figure is changed": "UPDATE campaigns_dayfigure SET handled = handled + 1",
    "calls of a day are changed": "UPDATE campaigns_attemptfigure SET attempts = attempts + 1",
    "hours of an agent are changed": "UPDATE campaigns_agentday SET quarters = quarters + 4",
    "calls of an hour are changed": "UPDATE campaigns_hourfigure SET attempts = attempts + 2",
    "who left the list on a day is changed": "UPDATE campaigns_leftfigure SET called = called + 20",
    "who is still to be called is changed": "UPDATE campaigns_patternrefresh SET open = open + 7",
    "what the halves of a month came to is changed": """
        UPDATE campaigns_patternrefresh SET halves = '{"follows": [900, 800]}'""",
    "the effect of the calls is changed": """
        UPDATE campaigns_figurerefresh SET effect = jsonb_set(effect, '{evaluated_on}', '"2026-12-31"')""",
    "the counts by state are changed": """
        UPDATE campaigns_figurerefresh SET by_state = by_state || '{"paid": 900}'""",
    "what was counted last is deleted": "DELETE FROM campaigns_figurerefresh",
    # contacts, services, lists
    "a contact owes less": "UPDATE campaigns_contact SET amount_due = amount_due - 1",
    "a contact is due later": "UPDATE campaigns_contact SET due_on = due_on + 1",
    "a contact is deleted": "DELETE FROM campaigns_contact WHERE id = (SELECT min(id) FROM campaigns_contact)",
    "a contact has another contract": "UPDATE campaigns_contact SET contract = contract || 'X'",
    "a contact is in another zone": "UPDATE campaigns_contact SET zone = 'Otra'",
    "the name of a customer is changed": "UPDATE campaigns_contact SET name = 'Otro Nombre'",
    "the telephones of a customer are changed": "UPDATE campaigns_contact SET telephones = '{+59170799999}'",
    "the plan of a service is changed": "UPDATE campaigns_renewal SET plan = 'Otro plan'",
    "a service owes less": "UPDATE campaigns_renewal SET amount_due = amount_due - 1",
    "a service is deleted": f"DELETE FROM campaigns_renewal WHERE id = {RENEWAL}",
    "an entry has no contact": """
        UPDATE campaigns_listentry SET contact_id = 999999
         WHERE contact_id = (SELECT min(contact_id) FROM campaigns_listentry)""",
    "a state is set by hand": f"UPDATE campaigns_listentry SET state = 'open' WHERE contact_id = {PROMISED}",
    "who was held out is opened": "UPDATE campaigns_listentry SET state = 'open' WHERE state = 'held_out'",
    "an owner is changed": "UPDATE campaigns_listentry SET owner_id = (SELECT max(id) FROM agents_agent)",
    "a lease stays in a closed month": """
        UPDATE campaigns_listentry SET lease_agent_id = owner_id, lease_until = now()
         WHERE contact_id = (SELECT min(contact_id) FROM campaigns_listentry WHERE owner_id IS NOT NULL)""",
    "a step of the history is deleted": "DELETE FROM campaigns_contactchange WHERE contact_id IS NOT NULL",
    # calls
    "one of several calls is deleted": f"DELETE FROM campaigns_attempt WHERE id = {CALLED}",
    "the only call is deleted": """
        DELETE FROM campaigns_attempt WHERE id = (SELECT attempt_id FROM campaigns_callback ORDER BY id LIMIT 1)""",
    "a call is of another agent": f"UPDATE campaigns_attempt SET agent_id = {OTHER_AGENT} WHERE id = {CALLED}",
    "a call has another result": f"""
        UPDATE campaigns_attempt SET disposition_id = (SELECT id FROM campaigns_disposition WHERE code = 'refused')
         WHERE id = {CALLED}""",
    "a call has no result any more": f"UPDATE campaigns_attempt SET disposition_id = NULL WHERE id = {CALLED}",
    "a call was an hour before": f"""
        UPDATE campaigns_attempt SET dialled_at = dialled_at - interval '1 hour' WHERE id = {CALLED}""",
    "a call was on another telephone": f"UPDATE campaigns_attempt SET telephone = '+59144444444' WHERE id = {CALLED}",
    "a call has another note": f"UPDATE campaigns_attempt SET note = 'Otra cosa' WHERE id = {CALLED}",
    "a call was not corrected": f"UPDATE campaigns_attempt SET corrected_from_id = disposition_id WHERE id = {CALLED}",
    # promises and agreed calls
    "a promise is deleted": "DELETE FROM campaigns_paymentpromise",
    "a promise is lowered": "UPDATE campaigns_paymentpromise SET amount = amount - 1",
    "a promise is of another agent": f"UPDATE campaigns_paymentpromise SET agent_id = {OTHER_AGENT}",
    "a promise is for later": "UPDATE campaigns_paymentpromise SET promised_on = promised_on + 3",
    "an agreed call is deleted": "DELETE FROM campaigns_callback",
    "an agreed call is pending again": "UPDATE campaigns_callback SET state = 'pending', settled_at = NULL",
    # money
    "a receipt is deleted": "DELETE FROM campaigns_receipt WHERE number = 'R0'",
    "a receipt without renewal is deleted": "DELETE FROM campaigns_receipt WHERE number = 'R8'",
    "a receipt and its payment are deleted": f"""
        UPDATE campaigns_listentry e SET paid_on = NULL, paid_known_at = NULL, state = 'done'
          FROM campaigns_renewal n WHERE n.contact_id = e.contact_id AND n.id = {RENEWAL};
        DELETE FROM campaigns_renewalpayment WHERE renewal_id = {RENEWAL};
        DELETE FROM campaigns_receipt WHERE number = 'R0'""",
    "a receipt is of another day": "UPDATE campaigns_receipt SET paid_on = paid_on - 1 WHERE number = 'R0'",
    "a receipt is of another amount": "UPDATE campaigns_receipt SET amount = amount - 1 WHERE number = 'R0'",
    "a receipt is at another renewal": f"""
        UPDATE campaigns_receipt SET renewal_id = (SELECT max(id) FROM campaigns_renewal WHERE id <> {RENEWAL})
         WHERE number = 'R0'""",
    "a payment is of another day": "UPDATE campaigns_renewalpayment SET paid_on = paid_on - 1",
    "a payment is deleted": f"DELETE FROM campaigns_renewalpayment WHERE renewal_id = {RENEWAL}",
    "a refund is deleted": "DELETE FROM campaigns_refund",
    "a rejected row that was mended is deleted": "DELETE FROM campaigns_rejectedrow WHERE state = 'admitted'",
    "a rejected row that waits is deleted": "DELETE FROM campaigns_rejectedrow WHERE state = 'waiting'",
    "a receipt without renewal is of another amount": "UPDATE campaigns_receipt SET amount = 1 WHERE number = 'R8'",
    "a receipt without renewal is another's": "UPDATE campaigns_receipt SET contract = '1' WHERE number = 'R8'",
    "a refund has another reason": "UPDATE campaigns_refund SET reason = 'Otro' WHERE receipt_id IS NOT NULL",
    "a report has taken more": """
        UPDATE campaigns_report SET taken = taken + 1, rows = rows + 1 WHERE kind = 'ccvp'""",
    "a receipt came by another channel": "UPDATE campaigns_receipt SET channel = 'Caja' WHERE number = 'R0'",
    # the month
    "the launch is not among its steps": "DELETE FROM campaigns_campaignchange WHERE verb = 'launch'",
    "the note of the close is another": "UPDATE campaigns_campaignchange SET note = 'Otra' WHERE verb = 'close'",
    "the script is another": """
        UPDATE campaigns_campaign SET script = 'Otro';
        UPDATE campaigns_campaignevent SET script = 'Otro'""",
    "the seed of the draw is changed": "UPDATE campaigns_campaign SET hold_out_seed = 8",
    "the share of the draw is changed": "UPDATE campaigns_campaign SET hold_out_share = 0.1",
    "the day of the evaluation is changed": "UPDATE campaigns_campaign SET evaluated_on = evaluated_on + 1",
    "a sealed month is opened again": "UPDATE campaigns_campaign SET state = 'running', closed_at = NULL",
    "a seal's figures are changed": "UPDATE campaigns_seal SET figures = jsonb_set(figures, '{services,paid}', '9')",
    "a seal has another reason": "UPDATE campaigns_seal SET reason = 'Otro motivo' WHERE revision = 2",
    "a seal is of another day": "UPDATE campaigns_seal SET sealed_at = sealed_at - interval '1 day'",
    "the last revision is deleted": "DELETE FROM campaigns_seal WHERE revision = 2",
    "the first revision is deleted": "DELETE FROM campaigns_seal WHERE revision = 1",
    "a seal's files are swapped": "UPDATE campaigns_seal SET workbook = document",
    "nobody knows what a seal's files were": "UPDATE campaigns_seal SET files = '{}' WHERE revision = 2",
    "what was changed last is not in the audit": """
        DELETE FROM campaigns_campaignevent WHERE pgh_id = (SELECT max(pgh_id) FROM campaigns_campaignevent)""",
    "the audit has no beginning": "DELETE FROM campaigns_campaignevent WHERE pgh_label = 'insert'",
}  # fmt: skip
# A change that was made and told, and then a telling taken out of the middle: nothing else knows of it.
FOUND_BY_NOTHING = {
    "one of several changes is not in the audit": """
        DELETE FROM campaigns_campaignevent WHERE pgh_id = (
          SELECT pgh_id FROM campaigns_campaignevent WHERE pgh_label = 'update' ORDER BY pgh_id LIMIT 1)""",
}


def do(statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with behind_the_audit(), connection.cursor() as cursor:  # whoever damages asks no key first
        for statement in statements.split(";"):
            cursor.execute(statement)


def test_every_damage_is_found(month: Campaign, subtests: Any) -> None:
    for damage, statements in DAMAGE.items():
        with subtests.test(damage), undone():
            do(statements)
            assert [found.name for found in check_invariants()]
    assert check_invariants() == []  # each began with an undamaged month


def test_what_nothing_finds_is_known(month: Campaign, subtests: Any) -> None:
    for damage, statements in FOUND_BY_NOTHING.items():
        with subtests.test(damage), undone():
            do(statements)
            assert [found.name for found in check_invariants()] == []


def test_files_that_are_gone_or_replaced_are_found(month: Campaign) -> None:
    last = Seal.objects.order_by("-revision").first()
    with default_storage.open(last.document.name, "ab") as file:
        file.write(b"x")
    report = Report.objects.get(kind="ccvp")
    default_storage.delete(report.file.name)
    assert [found.name for found in check_invariants()] == ["seal_has_its_files", "report_has_its_file"]


def test_figures_and_fingerprint_forged_together_are_found(month: Campaign) -> None:
    last = Seal.objects.order_by("-revision").first()
    last.figures["services"]["paid"] += 1
    last.sha256 = sealing.fingerprint(campaign=last.campaign, figures=last.figures, evidence=last.evidence)
    with behind_the_audit():
        Seal.objects.filter(pk=last.pk).update(figures=last.figures, sha256=last.sha256)
    assert {"mail_has_its_seal", "month_is_as_sealed"} <= {found.name for found in check_invariants()}


def test_there_are_as_many_ways_as_were_tried() -> None:
    assert len(DAMAGE) + 4 >= 48  # the four of the two tests above: two files, figures, fingerprint


def test_receipts_of_the_month_are_as_laid_out(month: Campaign) -> None:
    assert Receipt.objects.filter(campaign=month).count() == 4
    assert Contact.objects.count() == 29
