"""Average handling time of the campaigns' calls by their result.

A call that the switchboard made took its agent as long as she talked and wrapped up, by the stretches of its key
(agents.AgentState); any other one from dialling to its result. Results without a call, and calls that were left without
one, took no time that anybody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from campaigns.calling.rulebook import NO_RESULT
from campaigns.models import Campaign, Disposition
from telephony.handling import Handling

# The campaigns are named for the index of attempts (attempt_by_day).
_HANDLED = """
WITH told AS (
    SELECT a.id, a.agent_id, a.disposition_id, date_part('epoch', a.resulted_at - a.dialled_at) AS seconds
      FROM campaigns_attempt a
     WHERE a.campaign_id = ANY(%(campaigns)s) AND a.day BETWEEN %(first)s AND %(last)s AND a.agent_id = ANY(%(agents)s)
       AND a.telephone <> '' AND a.resulted_at IS NOT NULL AND a.disposition_id = ANY(%(dispositions)s)
), by_states AS (  -- one dialled again has several calls
    SELECT t.id, sum(date_part('epoch', COALESCE(s.ended_at, %(now)s) - s.began_at)) AS seconds
      FROM told t JOIN campaigns_attemptcall c ON c.attempt_id = t.id
      JOIN agents_agentstate s ON s.call = c.call_id AND s.agent_id = t.agent_id
           AND s.state IN ('on_a_call', 'wrapping_up')
     GROUP BY t.id
)
SELECT t.disposition_id, count(*), count(*), round(sum(COALESCE(b.seconds, t.seconds)))::bigint, count(b.id)
  FROM told t LEFT JOIN by_states b USING (id) GROUP BY t.disposition_id
"""


def results_handled(*, agents: Sequence[int], first: date, last: date, now: datetime) -> list[Handling]:
    """Calls of these agents (by key) dialled on these days, by result, in the order of the results."""
    said = {one.pk: one for one in Disposition.objects.exclude(code=NO_RESULT).order_by("position", "pk")}
    values: dict[str, Any] = {
        "campaigns": list(Campaign.objects.filter(calls_from__lte=last).values_list("pk", flat=True)),
        "first": first,
        "last": last,
        "agents": list(agents),
        "dispositions": list(said),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HANDLED, values)
        counted = {disposition: numbers for disposition, *numbers in cursor.fetchall()}
    return [Handling(one.label, one.code, *counted[pk]) for pk, one in said.items() if pk in counted]
