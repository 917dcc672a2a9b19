"""Average handling time by line, and by how its calls ended.

A call is handled from the beginning of its flow to its end, or to the end of its agent's wrap-up where her telephone
told of a later one (agents.AgentState). A call she answered without opening its flow is handled from her answer to the
end of her wrap-up: it stands in no list of attended calls, and is told apart from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from inbound.models import ServiceLine
from service_level.days import bounds_of
from telephony.handling import Handling

# One call is one row, whatever stretches it has. Walks by their beginning, stretches by their call: each has its index.
_HANDLED = """
WITH handled AS (
    SELECT w.line_id, w.result, w.result_label, w.ended_at, t.until,
           date_part('epoch', GREATEST(w.ended_at, t.until) - w.began_at) AS seconds
      FROM inbound_walk w
      LEFT JOIN LATERAL (
               SELECT max(COALESCE(s.ended_at, %(now)s)) AS until FROM agents_agentstate s
                WHERE s.call = w.call_id AND s.agent_id = w.agent_id AND s.state = 'wrapping_up'
           ) t ON w.call_id IS NOT NULL
     WHERE w.began_at >= %(began)s AND w.began_at < %(until)s AND w.escalation_id IS NULL
       AND w.agent_id = ANY(%(agents)s)
)
SELECT grouping(h.result), l.number, l.name, h.result, max(h.result_label), count(*), count(h.ended_at),
       COALESCE(round(sum(h.seconds) FILTER (WHERE h.ended_at IS NOT NULL)), 0)::bigint,
       count(h.until) FILTER (WHERE h.ended_at IS NOT NULL)
  FROM handled h JOIN inbound_serviceline l ON l.id = h.line_id
 GROUP BY GROUPING SETS ((l.position, l.number, l.name), (l.position, l.number, l.name, h.result))
 ORDER BY l.position, l.number, count(*) DESC, h.result
"""
# The visits of callers that an agent answered and for which she opened no flow, by their queue.
_WITHOUT_FLOW = """
SELECT q.queue, count(*), count(q.ended_at),
       COALESCE(round(sum(date_part('epoch', GREATEST(q.ended_at, t.until) - q.answered_at))
                      FILTER (WHERE q.ended_at IS NOT NULL)), 0)::bigint,
       count(t.until) FILTER (WHERE q.ended_at IS NOT NULL)
  FROM telephony_queuecall q
  LEFT JOIN LATERAL (
           SELECT max(COALESCE(s.ended_at, %(now)s)) AS until FROM agents_agentstate s
            WHERE s.call = q.key AND s.agent_id = q.agent_id AND s.state = 'wrapping_up'
       ) t ON true
 WHERE q.joined_at >= %(began)s AND q.joined_at < %(until)s
   AND q.answered_at IS NOT NULL AND q.agent_id = ANY(%(agents)s)
   AND NOT EXISTS (SELECT 1 FROM inbound_walk w WHERE w.call_id = q.key AND w.agent_id = q.agent_id)
 GROUP BY q.queue ORDER BY q.queue
"""


@dataclass(frozen=True)
class LinesHandled:
    """`results`: how the calls of each line ended, the most frequent first; those under way are none of them."""

    lines: list[Handling]
    results: list[tuple[str, Handling]]  # the line's name before each


def lines_handled(*, agents: Sequence[int], first: date, last: date, now: datetime) -> LinesHandled:
    """Calls of these agents (by key) that began on these days, by line and by result: one statement."""
    began, until = bounds_of(first, last)
    values: dict[str, Any] = {"agents": list(agents), "began": began, "until": until, "now": now}
    found = LinesHandled([], [])
    with connection.cursor() as cursor:
        cursor.execute(_HANDLED, values)
        for is_line, number, name, result, label, *counted in cursor.fetchall():
            if is_line:
                found.lines.append(Handling(f"{number} {name}", number, *counted))
            elif result:
                found.results.append((f"{number} {name}", Handling(label, result, *counted)))
    return found


def handled_without_flow(*, agents: Sequence[int], first: date, last: date, now: datetime) -> list[Handling]:
    """Calls of the switchboard that came on these days, were answered by these agents, and have no flow: by line."""
    began, until = bounds_of(first, last)
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_FLOW, {"agents": list(agents), "began": began, "until": until, "now": now})
        rows = cursor.fetchall()
    lines = {line.queue or line.number: f"{line.number} {line.name}" for line in ServiceLine.objects.all()}
    return [Handling(lines.get(queue, queue), queue, *counted) for queue, *counted in rows]
