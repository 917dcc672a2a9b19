"""What a sealed report was counted from: how many rows of each kind, and a fingerprint of them in a fixed order.

Rows are told by their business keys (contract, service number, receipt, user name), never by database ids, so a
restored or rebuilt database gives the same fingerprint. Times are told in UTC. A receipt that came too late to count is
in no figure and in no evidence: it may come, move to its own month and go without anything of the seal being untrue.

Beside the rows stand what was decided at the launch, the policy as it was at the seal, when, by whom and why it was
sealed, and the revision before with its files: each seal holds the one before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC as UTC_ZONE
from typing import Any

from django.db import connection

from campaigns.models import Campaign
from campaigns.month.measurement import days_of_grace

UTC = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"

# Of a receipt and the renewal it belongs to: that it was paid in time, also if it was given back since.
IN_TIME = """(%(with_late)s OR receipt.standing IN ('counted', 'extra')
              OR receipt.standing = 'annulled' AND receipt.paid_on <= renewal.due_on + %(grace)s)"""
OF_THE_MONTH = f"""
          FROM campaigns_receipt receipt JOIN campaigns_renewal renewal ON renewal.id = receipt.renewal_id
         WHERE receipt.campaign_id = %(campaign)s AND {IN_TIME}"""
# A collections report is of the months whose receipts it brought, whatever month its name says.
# How many rows of a collections report were taken grows with a mended row of another month.
TAKEN = "CASE WHEN report.kind = 'ccvp' OR %(with_late)s THEN report.taken END"
SINCE = "channels"  # an origin that seals keep since what came too late is in none of them

SOURCES = {
    "reports": f"""
        SELECT DISTINCT report.kind, report.sha256, report.rows, {TAKEN} FROM campaigns_report report
         WHERE report.state = 'published' AND (
               report.kind = 'ccvp' AND report.period = %(period)s OR report.id IN (
               SELECT receipt.report_id {OF_THE_MONTH}))
         ORDER BY 1, 2""",
    "refund_reports": f"""
        SELECT DISTINCT report.sha256, report.rows, {TAKEN} FROM campaigns_report report
          JOIN campaigns_refund back ON back.report_id = report.id
         WHERE back.receipt_id IN (SELECT receipt.id {OF_THE_MONTH}) ORDER BY 1""",
    "renewals": """
        SELECT contact.contract, contact.call_list, contact.zone, renewal.service, renewal.service_number,
               renewal.due_on, renewal.amount_due
          FROM campaigns_renewal renewal JOIN campaigns_contact contact ON contact.id = renewal.contact_id
         WHERE renewal.campaign_id = %(campaign)s AND renewal.gone_at IS NULL
         ORDER BY renewal.service_number, renewal.service""",
    "customers": """
        SELECT contact.contract, contact.name, contact.identity_card, contact.telephones, contact.address,
               contact.segment, renewal.service_number, renewal.service, renewal.plan
          FROM campaigns_contact contact LEFT JOIN campaigns_renewal renewal ON renewal.contact_id = contact.id
         WHERE contact.campaign_id = %(campaign)s
         ORDER BY contact.contract, renewal.service_number, renewal.service""",
    "steps": f"""
        SELECT step.verb, step.from_state, step.to_state, person.username, {UTC.format("step.at")}, step.note
          FROM campaigns_campaignchange step LEFT JOIN agents_user person ON person.id = step.by_id
         WHERE step.campaign_id = %(campaign)s ORDER BY step.at, step.id""",
    "script": "SELECT month.script FROM campaigns_campaign month WHERE month.id = %(campaign)s",
    "attempts": f"""
        SELECT contact.contract, person.username, attempt.fence, attempt.telephone, {UTC.format("attempt.dialled_at")},
               disposition.code, {UTC.format("attempt.resulted_at")}
          FROM campaigns_attempt attempt
          JOIN campaigns_contact contact ON contact.id = attempt.contact_id
          JOIN agents_agent agent ON agent.id = attempt.agent_id JOIN agents_user person ON person.id = agent.user_id
          LEFT JOIN campaigns_disposition disposition ON disposition.id = attempt.disposition_id
         WHERE attempt.campaign_id = %(campaign)s ORDER BY contact.contract, attempt.fence, attempt.telephone""",
    "entries": f"""
        SELECT contact.contract, entry.state, owner.username, {UTC.format("entry.handled_at")}, handler.username,
               {UTC.format("entry.contacted_at")}, speaker.username, {UTC.format("entry.promised_at")}, entry.paid_on
          FROM campaigns_listentry entry JOIN campaigns_contact contact ON contact.id = entry.contact_id
          LEFT JOIN agents_agent a ON a.id = entry.owner_id LEFT JOIN agents_user owner ON owner.id = a.user_id
          LEFT JOIN agents_agent b ON b.id = entry.handled_by_id LEFT JOIN agents_user handler ON handler.id = b.user_id
          LEFT JOIN agents_agent c ON c.id = entry.contacted_by_id
          LEFT JOIN agents_user speaker ON speaker.id = c.user_id
         WHERE entry.campaign_id = %(campaign)s ORDER BY contact.contract""",
    "notes": """
        SELECT contact.contract, attempt.fence, attempt.telephone, attempt.reason, attempt.note, disposition.code
          FROM campaigns_attempt attempt JOIN campaigns_contact contact ON contact.id = attempt.contact_id
          LEFT JOIN campaigns_disposition disposition ON disposition.id = attempt.corrected_from_id
         WHERE attempt.campaign_id = %(campaign)s ORDER BY contact.contract, attempt.fence, attempt.telephone""",
    "receipts": f"""
        SELECT receipt.number, receipt.contract, receipt.service_number, receipt.service, receipt.paid_on,
               receipt.amount, receipt.refunded, receipt.standing {OF_THE_MONTH} ORDER BY receipt.number""",
    "channels": f"SELECT receipt.number, receipt.channel {OF_THE_MONTH} ORDER BY receipt.number",
    "matches": f"""
        SELECT receipt.number, renewal.service_number, renewal.service {OF_THE_MONTH} ORDER BY receipt.number""",
    "refunds": f"""
        SELECT refund.number, paid.number, refund.amount, refund.refunded_on, refund.reason
          FROM campaigns_refund refund JOIN campaigns_receipt paid ON paid.id = refund.receipt_id
         WHERE paid.id IN (SELECT receipt.id {OF_THE_MONTH}) ORDER BY refund.number, refund.amount, paid.number""",
    "promises": f"""
        SELECT contact.contract, person.username, promise.promised_on, promise.amount,
               {UTC.format("promise.made_at")}, {UTC.format("promise.superseded_at")}
          FROM campaigns_paymentpromise promise JOIN campaigns_contact contact ON contact.id = promise.contact_id
          JOIN agents_agent agent ON agent.id = promise.agent_id JOIN agents_user person ON person.id = agent.user_id
         WHERE promise.campaign_id = %(campaign)s ORDER BY contact.contract, promise.made_at""",
    "call_backs": f"""
        SELECT contact.contract, {UTC.format("agreed.created_at")}, {UTC.format("agreed.due_at")}, agreed.state
          FROM campaigns_callback agreed JOIN campaigns_contact contact ON contact.id = agreed.contact_id
         WHERE agreed.campaign_id = %(campaign)s ORDER BY contact.contract, agreed.created_at, agreed.due_at""",
    "payments": """
        SELECT renewal.service_number, renewal.service, payment.amount, payment.first_paid_on, payment.paid_on
          FROM campaigns_renewalpayment payment JOIN campaigns_renewal renewal ON renewal.id = payment.renewal_id
         WHERE payment.campaign_id = %(campaign)s ORDER BY renewal.service_number, renewal.service""",
}


def collect_evidence(*, campaign: Campaign, kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """By source: `{"rows": 142, "sha256": "…"}`, streamed by COPY so that a million rows need no memory.

    To be compared with what a seal has `kept`: an older one told of what came too late as well.
    """
    values = {
        "campaign": campaign.pk,
        "period": campaign.period,
        "grace": days_of_grace(campaign=campaign),
        "with_late": kept is not None and SINCE not in kept,
    }
    return {
        **{name: _fingerprint(source, values) for name, source in SOURCES.items()},
        "launch": _launch(campaign),
    }


def what_moved(*, kept: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """The origins of a seal that are not what they were. What it does not keep, an older one, is not compared."""
    return [name for name, said in found.items() if name in kept and kept[name] != said]


def _launch(campaign: Campaign) -> dict[str, Any]:
    """What was decided before anybody was called."""
    return {
        "launched_at": campaign.launched_at.astimezone(UTC_ZONE).isoformat() if campaign.launched_at else None,
        "calls_from": campaign.calls_from.isoformat(),
        "calls_until": campaign.calls_until.isoformat(),
        "evaluated_on": campaign.evaluated_on.isoformat() if campaign.evaluated_on else None,
        "hold_out_share": f"{campaign.hold_out_share:.3f}",
        "hold_out_seed": campaign.hold_out_seed,
        "draw": campaign.draw_sha256,
    }


def _fingerprint(source: str, values: Mapping[str, Any]) -> dict[str, Any]:
    rows, digest = 0, hashlib.sha256()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({source}) TO STDOUT", values) as copy:
        for block in copy:
            told = bytes(block)
            rows += told.count(b"\n")
            digest.update(told)
    return {"rows": rows, "sha256": digest.hexdigest()}
