"""What a sealed report was counted from: how many rows of each kind, and a fingerprint of them in a fixed order.

Rows are told by their business keys (contract, service number, receipt, user name), never by database ids, so a
restored or rebuilt database gives the same fingerprint. Times are told in UTC. Beside the rows stand what was decided
at the launch, the policy as it was at the seal, and the revision before with its files: each seal holds the one before.
"""

from __future__ import annotations

import hashlib
from datetime import UTC as UTC_ZONE
from typing import Any

from django.db import connection

from campaigns.models import Campaign

UTC = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"

SOURCES = {
    "reports": """
        SELECT DISTINCT report.kind, report.sha256, report.rows, report.taken FROM campaigns_report report
         WHERE report.state = 'published' AND (report.period = %(period)s OR report.id IN (
               SELECT report_id FROM campaigns_receipt WHERE campaign_id = %(campaign)s))
         ORDER BY 1, 2""",
    "refund_reports": """
        SELECT DISTINCT report.sha256, report.rows, report.taken FROM campaigns_report report
          JOIN campaigns_refund back ON back.report_id = report.id
          JOIN campaigns_receipt paid ON paid.id = back.receipt_id
         WHERE paid.campaign_id = %(campaign)s ORDER BY 1""",
    "renewals": """
        SELECT contact.contract, contact.call_list, contact.zone, renewal.service, renewal.service_number,
               renewal.due_on, renewal.amount_due
          FROM campaigns_renewal renewal JOIN campaigns_contact contact ON contact.id = renewal.contact_id
         WHERE renewal.campaign_id = %(campaign)s AND renewal.gone_at IS NULL
         ORDER BY renewal.service_number, renewal.service""",
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
    "receipts": """
        SELECT number, contract, service_number, service, paid_on, amount, refunded, standing
          FROM campaigns_receipt
         WHERE campaign_id = %(campaign)s ORDER BY number""",
    "matches": """
        SELECT receipt.number, renewal.service_number, renewal.service
          FROM campaigns_receipt receipt JOIN campaigns_renewal renewal ON renewal.id = receipt.renewal_id
         WHERE receipt.campaign_id = %(campaign)s ORDER BY receipt.number""",
    "refunds": """
        SELECT refund.number, receipt.number, refund.amount, refund.refunded_on, refund.reason
          FROM campaigns_refund refund JOIN campaigns_receipt receipt ON receipt.id = refund.receipt_id
         WHERE receipt.campaign_id = %(campaign)s ORDER BY refund.number, refund.amount, receipt.number""",
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


def collect_evidence(*, campaign: Campaign) -> dict[str, Any]:
    """By source: `{"rows": 142, "sha256": "…"}`, streamed by COPY so that a million rows need no memory."""
    return {
        **{name: _fingerprint(source, campaign) for name, source in SOURCES.items()},
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


def _fingerprint(source: str, campaign: Campaign) -> dict[str, Any]:
    rows, digest = 0, hashlib.sha256()
    values = {"campaign": campaign.pk, "period": campaign.period}
    with connection.cursor() as cursor, cursor.copy(f"COPY ({source}) TO STDOUT", values) as copy:
        for block in copy:
            told = bytes(block)
            rows += told.count(b"\n")
            digest.update(told)
    return {"rows": rows, "sha256": digest.hexdigest()}
