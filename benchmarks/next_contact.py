"""The next contact of a desk: the verb and its transaction, 100 agents at once, and one agent alone.

    python -m benchmarks.next_contact [--contacts 1000000] [--agents 100] [--seconds 20]

To reach among 1,000,000 contacts: 1,200 a second with p99 ≤ 120 ms; one agent alone p95 ≤ 4 ms. The limit, measured in
the same run with the same processes and threads: the bare `UPDATE … FOR UPDATE SKIP LOCKED`, prepared, without rules.
The verb is measured with the rule book handed in, as by the desk's page, which reads it once a click for the result,
the next contact and the card. Each contact given is put away by one more bare statement: not timed, but it takes its
share of the machine.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import threading
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks._house import own_database

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=ZoneInfo("America/La_Paz"))
PROCESSES = 4
FILL = """
INSERT INTO campaigns_contact (campaign_id, contract, call_list, name, name_key, identity_card, telephones, zone,
                               address, segment, amount_due, due_on)
SELECT %(campaign)s, 'C' || n, 'INTERNET', 'Cliente ' || n, 'CLIENTE ' || n, n::text,
       ARRAY['+5917' || lpad((n %% 10000000)::text, 7, '0')], 'Zona', 'Av.', 'A', 149, DATE '2026-11-30'
  FROM generate_series(1, %(contacts)s) n;
INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, owner_id, position, ready_at, attempts,
                                 attempts_on_day, fence)
SELECT id, campaign_id, call_list, 'open', %(agent)s + id %% %(agents)s, id, TIMESTAMPTZ '2026-11-25 08:30-04', 0, 0, 0
  FROM campaigns_contact;
ANALYZE campaigns_contact, campaigns_listentry;
"""
BARE = """
UPDATE campaigns_listentry SET lease_agent_id = %(agent)s, lease_until = %(until)s, fence = fence + 1
WHERE contact_id = (SELECT contact_id FROM campaigns_listentry
  WHERE owner_id = %(agent)s AND campaign_id = %(campaign)s AND state = 'open' AND ready_at <= %(now)s
    AND lease_agent_id IS NULL ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING contact_id, fence
"""
PUT_AWAY = """
UPDATE campaigns_listentry SET lease_agent_id = NULL, lease_until = NULL, ready_at = %(later)s WHERE contact_id = %(id)s
"""


def work(agents: list[int], campaign: int, seconds: float, how: str, told: Any) -> None:
    """One process: a thread an agent, each on a connection of its own."""
    import django

    django.setup()
    from django.db import connection

    from agents.models import Agent
    from campaigns.calling.rulebook import read_rules
    from campaigns.desk.giving import give_next

    known = {agent.pk: agent for agent in Agent.objects.filter(pk__in=agents)}
    book = read_rules(now=NOW)
    gate = threading.Barrier(len(agents))
    times: list[float] = []
    lost: list[int] = []

    def take(agent_id: int) -> None:
        values = {"agent": agent_id, "campaign": campaign, "now": NOW, "until": NOW, "later": NOW.replace(month=12)}
        connection.ensure_connection()
        raw = connection.connection
        raw.autocommit, raw.prepare_threshold = True, 5
        gate.wait()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            began = time.perf_counter()
            if how == "bare":
                row = raw.execute(BARE, values, prepare=True).fetchone()
                contact = row[0] if row else None
            else:
                given = give_next(agent=known[agent_id], now=NOW, book=book if how == "verb" else None)
                contact = given.contact_id if given else None
            times.append(time.perf_counter() - began)
            if contact is None:
                lost.append(agent_id)
                return
            raw.execute(PUT_AWAY, {**values, "id": contact}, prepare=True)
        connection.close()

    threads = [threading.Thread(target=take, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put((times, len(lost)))


def run(name: str, agents: list[int], campaign: int, seconds: float, *, how: str, limit: float = 0.0) -> float:
    """Contacts a second; printed with the times of one."""
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    parts = [part for first in range(PROCESSES) if (part := agents[first::PROCESSES])]
    workers = [context.Process(target=work, args=(part, campaign, seconds, how, told)) for part in parts]
    for worker in workers:
        worker.start()
    answers = [told.get() for _worker in workers]
    for worker in workers:
        worker.join()
    times = sorted(taken for part, _lost in answers for taken in part)
    rate = len(times) / seconds
    at = {share: times[min(int(len(times) * share / 100), len(times) - 1)] * 1000 for share in (50, 95, 99)}
    ratio = f" = {rate / limit:.2f} of the limit" if limit else ""
    empty = sum(lost for _part, lost in answers)
    print(
        f"{name}: {rate:,.0f} a second{ratio}, p50 {at[50]:.1f} ms, p95 {at[95]:.1f} ms, p99 {at[99]:.1f} ms"
        + (f" ({empty} lists ran out)" if empty else ""),
        flush=True,
    )
    return rate


def fill(contacts: int, agents: int) -> tuple[list[int], int]:
    import django

    django.setup()
    from datetime import date

    from django.db import connection

    from agents.models import Agent, User
    from campaigns.models import Campaign
    from service_level.models import Holiday

    Holiday.objects.all().delete()
    campaign = Campaign.objects.create(
        period=date(2026, 12, 1), calls_from=date(2026, 11, 25), calls_until=date(2026, 11, 30), report_due_at=NOW,
        created_at=NOW, launched_at=NOW, state="running",
    )  # fmt: skip
    users = User.objects.bulk_create(User(username=f"agent{number}") for number in range(agents))
    made = Agent.objects.bulk_create(Agent(user=user) for user in users)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"campaign": campaign.pk, "contacts": contacts, "agent": made[0].pk, "agents": agents})
    connection.close()
    return [agent.pk for agent in made], campaign.pk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--agents", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")
    with own_database():
        agents, campaign = fill(chosen.contacts, chosen.agents)
        print(f"{chosen.contacts:,} contacts, {chosen.agents} agents")
        limit = run("limit: the bare statement", agents, campaign, chosen.seconds / 2, how="bare")
        run("next contact", agents, campaign, chosen.seconds, how="verb", limit=limit)
        run("the same, the rules read anew each time", agents, campaign, chosen.seconds / 2, how="anew", limit=limit)
        run("one agent alone", agents[:1], campaign, min(chosen.seconds, 5), how="verb")


if __name__ == "__main__":
    main()
