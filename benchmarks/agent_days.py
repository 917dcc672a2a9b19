"""The times of a thousand agents on each day of a month, from the history alone: one statement, and its limit.

    python -m benchmarks.agent_days [--agents 1000] [--days 31] [--stretches 60]

To reach: ≤ 4 × reading all stretches of those days once, which is the limit measured beside it; a single day of all
agents is what the page asks for nearly always.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

import psycopg

from benchmarks._house import own_database

FIRST = date(2026, 10, 1)
# Twice the days that are asked for: the statement is to find its own. What is checked row by row is put away while they
# come in: the stretches are apart as they are made.
LAY = """
SET session_replication_role = replica;
ALTER TABLE agents_agentstate DROP CONSTRAINT states_of_an_agent_do_not_overlap;
ALTER TABLE agents_shift DROP CONSTRAINT shifts_of_an_agent_do_not_overlap;
INSERT INTO agents_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
       date_joined, role, language, sessions_ended)
SELECT '', false, 'b' || n, 'B' || n, '', '', false, true, now(), 'agent', '', 0 FROM generate_series(1, {agents}) n;
INSERT INTO agents_agent (user_id, weight, extension, is_on_duty)
SELECT id, 1, '', true FROM agents_user WHERE username LIKE 'b%';
INSERT INTO agents_shift (agent_id, began_at, ended_at, ended_by, last_sign_at)
SELECT a.id, d + interval '12 hours', d + interval '20 hours', 'desk', d
  FROM generate_series('{first}'::timestamptz, '{last}', interval '1 day') d, agents_agent a;
INSERT INTO agents_agentstate (agent_id, shift_id, state, began_at, ended_at, event, happened_at, by, reason_id)
SELECT s.agent_id, s.id, w.state, s.began_at + n * w.each, s.began_at + (n + 1) * w.each, '', s.began_at, 'desk',
       CASE WHEN w.state = 'paused' THEN (SELECT min(id) FROM agents_pausereason) END
  FROM agents_shift s, generate_series(0, {stretches} - 1) n,
       LATERAL (SELECT interval '8 hours' / {stretches} AS each,
                       (ARRAY['available', 'ringing', 'on_a_call', 'wrapping_up', 'paused'])[1 + n % 5] AS state) w
 ORDER BY s.began_at + n * w.each;
"""
READ = """
SELECT count(*), sum(extract(epoch FROM ended_at - began_at)) FROM agents_agentstate
 WHERE began_at >= '{first}' AND began_at < '{last}'
"""


def timed(name: str, work: Callable[[], object], limit: float = 0.0) -> float:
    """The quickest of three, beside the limit."""
    took = []
    for _turn in range(3):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    ratio = f" · {min(took) / limit:.1f} × the limit" if limit else ""
    print(f"   {name}: {min(took):.2f} s{ratio}", flush=True)
    return min(took)


def measure(agents: int, days: int, stretches: int, address: str) -> None:
    from agents.day import days_of_agents
    from agents.models import Agent

    last = FIRST + timedelta(days=2 * days - 1)
    asked_from = FIRST + timedelta(days=days)
    with psycopg.connect(address, autocommit=True) as connection:
        lay = LAY.format(agents=agents, first=FIRST, last=last, stretches=stretches)
        connection.execute(lay)
        connection.execute("VACUUM ANALYZE")
        read = READ.format(first=asked_from, last=last + timedelta(days=1))
        limit = timed("limit: all stretches of these days, read once", lambda: connection.execute(read).fetchall())
    everybody = list(Agent.objects.values_list("pk", flat=True))
    now = datetime.fromisoformat(f"{last + timedelta(days=2)}T00:00:00-04:00")

    def ask(since: date, who: list[int]) -> object:
        return days_of_agents(agents=who, first=since, last=last, now=now)

    timed(f"{agents} agents × {days} days", lambda: ask(asked_from, everybody), limit)
    timed(f"{agents} agents, one day", lambda: ask(last, everybody))
    timed("one agent, one day", lambda: ask(last, everybody[:1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--stretches", type=int, default=60)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "callcenter.settings"
    with own_database() as environment:
        import django

        django.setup()
        measure(options.agents, options.days, options.stretches, environment["DATABASE_URL"])


if __name__ == "__main__":
    main()
