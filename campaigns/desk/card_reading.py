"""Everything a desk shows about one contact, read in one query: a result must bring the next contact at once."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.calling.calling_hours import local
from campaigns.calling.hot_queries import fetch_row
from campaigns.desk.desk_card import Card, EarlierMonth, GivenBack, Happening, ServiceLine, TelephoneLine
from campaigns.models import Service

EARLIER_MONTHS = 6

_READ = """
SELECT json_build_object(
  'contact', row_to_json(c),
  'entry', row_to_json(e),
  'owner', (SELECT NULLIF(trim(u.first_name || ' ' || u.last_name), '') FROM agents_agent a
            JOIN agents_user u ON u.id = a.user_id WHERE a.id = e.owner_id),
  'campaign', json_build_object('period', m.period, 'script', m.script, 'dialling', m.dialling, 'until', m.calls_until),
  'renewals', (SELECT json_agg(json_build_object(
      'service', r.service, 'number', r.service_number, 'plan', r.plan, 'due_on', r.due_on, 'amount_due', r.amount_due,
      'paid', COALESCE(p.amount, 0), 'paid_on', p.paid_on, 'is_gone', r.gone_at IS NOT NULL)
      ORDER BY r.gone_at IS NOT NULL, r.service, r.due_on, r.service_number)
    FROM campaigns_renewal r LEFT JOIN campaigns_renewalpayment p ON p.renewal_id = r.id WHERE r.contact_id = c.id),
  'retired', (SELECT json_object_agg(r.telephone, r.reason) FROM campaigns_retiredtelephone r
              WHERE r.contract = c.contract),
  'refused', (SELECT json_agg(n.telephone) FROM campaigns_donotcall n WHERE n.telephone = ANY(c.telephones)),
  'attempts', (SELECT json_agg(json_build_object(
      'id', a.id, 'at', a.dialled_at, 'telephone', a.telephone, 'reason', a.reason, 'note', a.note,
      'before', a.note_before,
      'result', d.name, 'code', d.code, 'party', d.party, 'by', NULLIF(trim(u.first_name || ' ' || u.last_name), ''),
      'agent', a.agent_id, 'resulted_at', a.resulted_at, 'out_of_hours', a.is_out_of_hours,
      'promised_on', q.promised_on, 'amount', q.amount)
      ORDER BY a.dialled_at DESC, a.id DESC)
    FROM campaigns_attempt a LEFT JOIN campaigns_disposition d ON d.id = a.disposition_id
    LEFT JOIN campaigns_paymentpromise q ON q.attempt_id = a.id
    JOIN agents_agent g ON g.id = a.agent_id JOIN agents_user u ON u.id = g.user_id WHERE a.contact_id = c.id),
  'promise', (SELECT json_build_object('on', q.promised_on, 'amount', q.amount) FROM campaigns_paymentpromise q
              WHERE q.contact_id = c.id AND q.superseded_at IS NULL),
  'call_back', (SELECT json_build_object('at', b.due_at, 'note', b.note, 'telephone', b.telephone)
                FROM campaigns_callback b WHERE b.contact_id = c.id AND b.state = 'pending'),
  'draft', (SELECT f.fields FROM campaigns_deskdraft f
            WHERE f.agent_id = %(agent)s::bigint AND f.contact_id = c.id
              AND (f.fence = e.fence OR NOT EXISTS (  -- given back in a pause, and open again at the same desk
                SELECT FROM campaigns_attempt h WHERE h.contact_id = c.id AND h.resulted_at >= f.saved_at))),
  'refunds', (SELECT json_agg(json_build_object(
      'amount', f.amount, 'on', f.refunded_on, 'paid_on', r.paid_on, 'service', n.service,
      'told_by', COALESCE(t.name, concat_ws(': ', NULLIF(trim(u.first_name || ' ' || u.last_name), ''), f.reason)))
      ORDER BY f.refunded_on, f.id)
    FROM campaigns_renewal n JOIN campaigns_receipt r ON r.renewal_id = n.id AND r.refunded > 0
    JOIN campaigns_refund f ON f.receipt_id = r.id LEFT JOIN campaigns_report t ON t.id = f.report_id
    LEFT JOIN agents_user u ON u.id = f.by_id WHERE n.contact_id = c.id),
  'earlier', (SELECT json_agg(x ORDER BY x.period DESC) FROM (
      SELECT k.period, f.paid_on, f.contacted_at, f.attempts, d.name AS result,
             NULLIF(trim(u.first_name || ' ' || u.last_name), '') AS by
      FROM campaigns_contact o JOIN campaigns_campaign k ON k.id = o.campaign_id
      JOIN campaigns_listentry f ON f.contact_id = o.id
      LEFT JOIN campaigns_disposition d ON d.id = f.last_disposition_id
      LEFT JOIN agents_agent g ON g.id = COALESCE(f.contacted_by_id, f.owner_id)
      LEFT JOIN agents_user u ON u.id = g.user_id
      WHERE o.contract = c.contract AND k.period < m.period ORDER BY k.period DESC LIMIT %(months)s) x)
)::text
FROM campaigns_contact c
JOIN campaigns_listentry e ON e.contact_id = c.id
JOIN campaigns_campaign m ON m.id = c.campaign_id
WHERE c.id = %(contact)s
"""


def read_card(*, contact_id: int, agent: Agent | None) -> Card | None:
    """The card of a contact, or None when it is in no list."""
    values = {"contact": contact_id, "agent": agent.pk if agent else None, "months": EARLIER_MONTHS}
    row = fetch_row(_READ, values)
    if row is None:
        return None
    found: dict[str, Any] = json.loads(row[0], parse_float=Decimal)
    contact, entry, campaign = found["contact"], found["entry"], found["campaign"]
    attempts = found["attempts"] or []
    return Card(
        pk=contact["id"],
        campaign_id=contact["campaign_id"],
        household=entry["household"],
        **{key: contact[key] for key in ("contract", "name", "identity_card", "zone", "address", "segment")},
        call_list=contact["call_list"],
        period=date.fromisoformat(campaign["period"]),
        script=campaign["script"],
        dialling=campaign["dialling"],
        calls_until=date.fromisoformat(campaign["until"]),
        state=entry["state"],
        owner=found["owner"] or "",
        fence=entry["fence"],
        lease_agent_id=entry["lease_agent_id"],
        attempts_made=entry["attempts"],
        ready_at=datetime.fromisoformat(entry["ready_at"]),
        paid_on=_day(entry["paid_on"]),
        services=[_service(line) for line in found["renewals"] or []],
        telephones=_telephones(contact["telephones"], found["retired"] or {}, found["refused"] or [], attempts),
        history=[_happening(line) for line in attempts],
        earlier=[_earlier(line) for line in found["earlier"] or []],
        given_back=[_given_back(line) for line in found["refunds"] or []],
        promise=_promise(found["promise"]),
        call_back=_call_back(found["call_back"]),
        draft=found["draft"] or {},
    )


def _service(line: dict[str, Any]) -> ServiceLine:
    return ServiceLine(
        kind=Service(line["service"]),
        number=line["number"],
        plan=line["plan"],
        due_on=date.fromisoformat(line["due_on"]),
        amount_due=Decimal(line["amount_due"]),
        paid=Decimal(line["paid"]),
        paid_on=_day(line["paid_on"]),
        is_gone=line["is_gone"],
    )


def _given_back(line: dict[str, Any]) -> GivenBack:
    return GivenBack(
        service=str(Service(line["service"]).label),
        amount=Decimal(line["amount"]),
        on=date.fromisoformat(line["on"]),
        paid_on=date.fromisoformat(line["paid_on"]),
        told_by=line["told_by"],
    )


def _telephones(
    numbers: list[str], retired: dict[str, str], refused: list[str], attempts: list[dict[str, Any]]
) -> list[TelephoneLine]:
    """Best first: where the customer answered, then the untried, then those tried longest ago; unusable ones last."""
    last = {attempt["telephone"]: attempt for attempt in reversed(attempts) if attempt["result"]}
    lines = []
    for number in numbers:
        tried = last.get(number)
        against = retired.get(number, "")
        if number in refused:
            against = _("no llamar")
        lines.append(
            TelephoneLine(
                number=number,
                is_mobile=number[:5] in ("+5916", "+5917"),
                against=against,
                last=_(tried["result"]) if tried else "",
                last_at=_moment(tried["at"]) if tried else None,
            )
        )

    def order(line: TelephoneLine) -> tuple[bool, int, str, int]:
        tried = last.get(line.number)
        answered = 0 if tried and tried["party"] == "right" else 1
        return bool(line.against), answered, tried["at"] if tried else "", numbers.index(line.number)

    return sorted(lines, key=order)


def _happening(line: dict[str, Any]) -> Happening:
    promised = ""
    if line["promised_on"]:
        amount = f"{Decimal(line['amount']):.2f}".replace(".", ",")
        promised = _("Bs %(amount)s el %(day)s") % {
            "amount": amount,
            "day": f"{date.fromisoformat(line['promised_on']):%d/%m}",
        }
    return Happening(
        attempt_id=line["id"],
        at=local(datetime.fromisoformat(line["at"])),
        telephone=line["telephone"],
        result=_(line["result"]) if line["result"] else _("sin resultado todavía"),
        code=line["code"] or "",
        party=line["party"] or "",
        by=line["by"] or "",
        agent_id=line["agent"],
        note=" · ".join(part for part in (line["reason"], line["note"]) if part),
        promised=promised,
        is_open=line["resulted_at"] is None,
        is_out_of_hours=line["out_of_hours"],
        note_before=line["before"],
    )


def _earlier(line: dict[str, Any]) -> EarlierMonth:
    paid, contacted = _day(line["paid_on"]), _moment(line["contacted_at"])
    if paid and contacted and paid >= contacted.date():
        words = _("pagó tras contacto")
    elif paid:
        words = _("pagó sin contacto")
    elif contacted:
        words = _("no pagó; se habló con el cliente")
    elif line["attempts"]:
        words = _("no pagó; no se le encontró")
    else:
        words = _("no pagó; no se le llamó")
    return EarlierMonth(date.fromisoformat(line["period"]), words, line["by"] or "", paid is not None)


def _promise(found: dict[str, Any] | None) -> dict[str, Any] | None:
    return {"on": date.fromisoformat(found["on"]), "amount": Decimal(found["amount"])} if found else None


def _call_back(found: dict[str, Any] | None) -> dict[str, Any] | None:
    return {**found, "at": _moment(found["at"])} if found else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return local(datetime.fromisoformat(text)) if text else None
