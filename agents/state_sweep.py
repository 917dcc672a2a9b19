"""What the clock does to states: it ends wrapping up, notices who gives no sign, and closes forgotten shifts.

Each change happens when its time was up, however late the sweep comes: a worker that was down for an hour lengthens
nobody's wrap-up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from agents.models import Agent, By, StatePolicy
from agents.states import Event, change_state

IN_A_ROW = 3  # one who hung up and left is done wrapping up, away and signed out in one sweep

# A pause waits for its limit, a call for its end; but no shift outlives the session of a page that was left.
_DUE = """
SELECT id, agent_id, event, due_at FROM (
    SELECT o.id, o.agent_id,
           CASE WHEN NOT (u.is_active AND u.is_admitted AND u.role = 'agent') THEN 'signed_out'
                WHEN o.state = 'wrapping_up' THEN 'wrapped_up'
                WHEN o.state = 'available' THEN 'went_away'
                ELSE 'signed_out' END AS event,
           CASE WHEN NOT (u.is_active AND u.is_admitted AND u.role = 'agent') THEN %(now)s
                WHEN o.state = 'wrapping_up' THEN o.began_at + %(wrap_up)s
                WHEN o.state = 'available' THEN GREATEST(o.began_at, s.last_sign_at) + %(away)s
                WHEN o.state = 'away' THEN o.began_at + %(sign_out)s
                WHEN r.limit_minutes IS NOT NULL
                THEN GREATEST(o.began_at + r.limit_minutes * interval '1 minute', s.last_sign_at) + %(sign_out)s
                ELSE GREATEST(o.began_at, s.last_sign_at) + %(session)s END AS due_at
      FROM agents_agentstate o
      JOIN agents_shift s ON s.id = o.shift_id
      JOIN agents_agent a ON a.id = o.agent_id
      JOIN agents_user u ON u.id = a.user_id
      LEFT JOIN agents_pausereason r ON r.id = o.reason_id
     WHERE o.ended_at IS NULL
) d WHERE due_at <= %(now)s ORDER BY due_at, id
"""


def sweep_states(*, now: datetime) -> int:
    """Do what is due by `now`. Returns how many changes that were."""
    policy, changes = StatePolicy.objects.in_force(), 0
    for _turn in range(IN_A_ROW):
        due = _due(policy, now)
        if not due:
            break
        agents = Agent.objects.in_bulk([agent_id for _pk, agent_id, _event, _at in due])
        for pk, agent_id, event, due_at in due:
            change_state(
                agent=agents[agent_id], event=Event(event), now=now, by=By.CLOCK, happened_at=due_at, if_still=pk
            )
        changes += len(due)
    return changes


def _due(policy: StatePolicy, now: datetime) -> list[tuple[int, int, str, datetime]]:
    values: dict[str, Any] = {
        "now": now,
        "wrap_up": timedelta(seconds=policy.wrap_up_seconds),
        "away": timedelta(minutes=policy.away_minutes),
        "sign_out": timedelta(minutes=policy.sign_out_minutes),
        "session": timedelta(seconds=settings.SESSION_COOKIE_AGE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, values)
        return list(cursor.fetchall())
