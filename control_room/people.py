"""Who is at work and what each does now: one statement for all of them, and one for what the day brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from agents.models import AgentState
from campaigns.calling.rulebook import NO_RESULT
from campaigns.models import Disposition

# What is asked of each agent has an index: her open stretch, the contact at her desk, the calls and walks under way.
_NOW = """
SELECT a.id, trim(concat(u.first_name, ' ', u.last_name)), u.username, coalesce(t.name, ''),
       coalesce(s.state, ''), s.began_at, coalesce(r.name, ''), r.limit_minutes * 60,
       coalesce(l.number, ''), coalesce(w.contract, ''), coalesce(w.customer_name, ''), w.key::text,
       coalesce(q.queue, ''), q.state = 'talking' OR EXISTS (
         SELECT FROM telephony_outgoingcall o WHERE o.agent_id = a.id AND o.state = 'talking'),
       coalesce(p.period::text, ''), coalesce(c.contract, ''), coalesce(c.name, ''), c.id
  FROM agents_agent a
  JOIN agents_user u ON u.id = a.user_id AND u.is_active
  LEFT JOIN agents_team t ON t.id = a.team_id
  LEFT JOIN agents_agentstate s ON s.agent_id = a.id AND s.ended_at IS NULL
  LEFT JOIN agents_pausereason r ON r.id = s.reason_id
  LEFT JOIN LATERAL (SELECT * FROM inbound_walk w WHERE w.agent_id = a.id AND w.ended_at IS NULL AND s.id IS NOT NULL
                        AND (s.call IS NULL OR s.call IN (w.key, w.call_id))  -- of the call she is in, and no other
                      ORDER BY w.last_sign_at DESC NULLS LAST, w.id DESC LIMIT 1) w ON true
  LEFT JOIN inbound_serviceline l ON l.id = w.line_id
  LEFT JOIN LATERAL (SELECT * FROM telephony_queuecall q WHERE q.agent_id = a.id AND q.state <> 'over'
                      ORDER BY q.answered_at DESC NULLS LAST LIMIT 1) q ON true
  LEFT JOIN campaigns_listentry e ON e.lease_agent_id = a.id
  LEFT JOIN campaigns_contact c ON c.id = e.contact_id
  LEFT JOIN campaigns_campaign p ON p.id = e.campaign_id
 WHERE (a.is_on_duty OR s.id IS NOT NULL) AND (%(only)s::bigint IS NULL OR a.id = %(only)s)
"""
_TODAY = """
SELECT t.agent_id, count(*), count(*) FILTER (WHERE d.party = %(right)s), count(*) FILTER (WHERE d.requires_promise)
  FROM campaigns_attempt t
  JOIN campaigns_disposition d ON d.id = t.disposition_id AND d.code <> %(no_result)s
 WHERE t.day = %(today)s AND (%(only)s::bigint IS NULL OR t.agent_id = %(only)s)
   AND t.campaign_id IN (SELECT id FROM campaigns_campaign  -- the calls of a month that was closed today were made
                          WHERE state IN ('running', 'paused') OR closed_at >= %(begins)s)
 GROUP BY t.agent_id
"""
_ATTENDED = """
SELECT agent_id, count(*) FROM inbound_walk WHERE began_at >= %(begins)s AND agent_id IS NOT NULL
   AND (%(only)s::bigint IS NULL OR agent_id = %(only)s) GROUP BY agent_id
"""


@dataclass(frozen=True, slots=True)
class Person:
    """An agent in this moment. `state` is empty of who is signed out; `since` is when it began.

    `line` and `contract`, `customer`: of the call she attends, else of the contact at her desk (`period`, `contact`).
    `can_be_listened_to`: she speaks with a customer in a call of the switchboard.
    """

    pk: int
    name: str
    team: str
    state: str
    since: datetime | None
    reason: str
    limit_seconds: int | None
    line: str
    contract: str
    customer: str
    walk: str | None
    period: str
    contact: int | None
    can_be_listened_to: bool = False
    calls: int = 0
    contacts: int = 0
    promises: int = 0
    attended: int = 0

    @property
    def words(self) -> str:
        """Her state as it is said."""
        return state_words(self.state)

    @property
    def limit_words(self) -> str:
        """How long her pause may last: `30:00`."""
        return f"{self.limit_seconds // 60}:{self.limit_seconds % 60:02}" if self.limit_seconds else ""

    def seconds(self, *, now: datetime) -> int:
        """How long she has been in her state."""
        return max(0, int((now - self.since).total_seconds())) if self.since else 0


def state_words(state: str) -> str:
    """As it is said; empty is signed out."""
    return str(AgentState.State(state).label) if state else _("Sin ingresar")


def people_now(*, today: date, begins: datetime, only: int | None = None) -> list[Person]:
    """Everybody on duty or signed in, by name. Three statements.

    `begins`: when the day `today` began. `only`: the key of one.
    """
    with connection.cursor() as cursor:
        said: dict[str, Any] = {
            "only": only,
            "today": today,
            "begins": begins,
            "right": Disposition.Party.RIGHT,
            "no_result": NO_RESULT,
        }
        cursor.execute(_TODAY, said)
        days: dict[int, Any] = {pk: counts for pk, *counts in cursor.fetchall()}
        cursor.execute(_ATTENDED, said)
        attended = dict(cursor.fetchall())
        cursor.execute(_NOW, said)
        rows = cursor.fetchall()
    people = []
    for (
        pk,
        name,
        username,
        team,
        state,
        since,
        reason,
        limit,
        line,
        contract,
        customer,
        walk,
        queue,
        heard,
        *desk,
    ) in rows:
        period, desk_contract, desk_customer, contact = desk
        is_inbound = bool(line or queue)
        calls, contacts, promises = days.get(pk, (0, 0, 0))
        people.append(
            Person(
                pk, name or username, team, state, since, reason, limit,
                line=line or queue,
                contract=contract if is_inbound else desk_contract,
                customer=customer if is_inbound else desk_customer,
                walk=walk,
                period="" if is_inbound else period[:7],
                contact=contact,
                can_be_listened_to=bool(heard),
                calls=calls, contacts=contacts, promises=promises, attended=attended.get(pk, 0),
            )
        )  # fmt: skip
    return sorted(people, key=lambda one: one.name.casefold())
