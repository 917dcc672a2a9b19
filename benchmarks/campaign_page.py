"""The campaign page at 1,000,000 contacts and 3,000,000 attempts: how long a page takes, how long a count takes.

    python -m benchmarks.campaign_page [--contacts 1000000] [--agents 200]

Times are printed beside the machine's limit measured in the same run: one pass of PostgreSQL over the same rows that
does nothing but count them.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from agents.models import Agent, Role, User  # noqa: E402
from benchmarks._house import browser_of, test_database  # noqa: E402
from campaigns.figures.charts import draw_ahead  # noqa: E402
from campaigns.figures.refreshing import refresh_figures  # noqa: E402
from campaigns.models import Campaign, Disposition  # noqa: E402

CHANGES = 1_000
TO_REACH = {"campaign page": " (to reach: 6)", "its tiles alone": " (to reach: 3)"}
NOW = datetime(2026, 11, 28, 19, 30, tzinfo=ZoneInfo("America/La_Paz"))

BUILD = """
INSERT INTO campaigns_contact (campaign_id, contract, call_list, name, name_key, identity_card, telephones, zone,
                               address, segment, amount_due, due_on)
SELECT %(campaign)s, 'C' || n, CASE WHEN n %% 5 = 0 THEN 'BOTH' WHEN n %% 2 = 0 THEN 'INTERNET' ELSE 'TV' END,
       'Cliente Numero ' || n, 'CLIENTE NUMERO ' || n, n::text,
       CASE WHEN n %% 33 = 0 THEN '{}'::varchar[] ELSE ARRAY['+5917' || lpad((n %% 10000000)::text, 7, '0')] END,
       'Zona ' || n / 7 %% 30, 'Av. ' || n, 'A', 149, DATE '2026-11-30'
  FROM generate_series(1, %(contacts)s) n;
INSERT INTO campaigns_renewal (campaign_id, contact_id, report_line, service, service_number, plan, due_on, amount_due)
SELECT %(campaign)s, id, id, s, contract || s, 'Hogar', due_on, 149
  FROM campaigns_contact, unnest(CASE call_list WHEN 'BOTH' THEN ARRAY['INTERNET', 'TV'] ELSE ARRAY[call_list] END) s
 WHERE campaign_id = %(campaign)s;
INSERT INTO campaigns_attempt (campaign_id, contact_id, agent_id, telephone, mode, fence, dialled_at, day,
                               disposition_id, resulted_at, reason, note)
SELECT %(campaign)s, c.id, %(agent)s + (c.id + k * (c.id %% 7 / 6)) %% %(agents)s, COALESCE(c.telephones[1], ''),
       'manual', k, t,
       (t AT TIME ZONE 'America/La_Paz')::date, %(disposition)s + (c.id + k) %% %(dispositions)s,
       t + interval '90 seconds', '', ''
  FROM campaigns_contact c, generate_series(1, 4) k,
       LATERAL (SELECT TIMESTAMPTZ '2026-11-25 08:30-04' + ((k - 1) * interval '1 day')
                       + (c.id %% 25000) * interval '1.5 seconds' AS t) at
 WHERE c.campaign_id = %(campaign)s AND c.id %% 4 <> 0;
INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, owner_id, position, ready_at, attempts,
                                 attempts_on_day, fence, handled_at, handled_by_id, contacted_at, contacted_by_id,
                                 promised_at, paid_on)
SELECT c.id, c.campaign_id, c.call_list,
       CASE WHEN cardinality(c.telephones) = 0 THEN 'not_callable' WHEN c.id %% 20 = 0 THEN 'held_out' ELSE 'open' END,
       CASE WHEN cardinality(c.telephones) > 0 AND c.id %% 20 <> 0 THEN %(agent)s + c.id %% %(agents)s END, c.id,
       TIMESTAMPTZ '2026-11-25 08:30-04', 3, 1, 3,
       f.resulted_at, f.agent_id, r.resulted_at, r.agent_id,
       CASE WHEN c.id %% 3 = 0 THEN r.resulted_at END,
       CASE WHEN c.id %% 11 < 5 THEN DATE '2026-11-20' + (c.id %% 9)::int END
  FROM campaigns_contact c
  LEFT JOIN campaigns_attempt f ON f.contact_id = c.id AND f.fence = 1
  LEFT JOIN campaigns_attempt r ON r.contact_id = c.id AND r.fence = 2 AND c.id %% 10 < 6
 WHERE c.campaign_id = %(campaign)s;
INSERT INTO campaigns_renewalpayment (renewal_id, campaign_id, contact_id, amount, first_paid_on, paid_on)
SELECT r.id, r.campaign_id, r.contact_id, 149, e.paid_on, e.paid_on
  FROM campaigns_renewal r JOIN campaigns_listentry e ON e.contact_id = r.contact_id
 WHERE r.campaign_id = %(campaign)s AND e.paid_on IS NOT NULL;
"""
CALL = """
WITH called AS (
  INSERT INTO campaigns_attempt (campaign_id, contact_id, agent_id, telephone, mode, fence, dialled_at, day,
                                 disposition_id, resulted_at, reason, note)
  SELECT e.campaign_id, e.contact_id, e.owner_id, '', 'manual', 100 + %(turn)s, %(at)s,
         (%(at)s::timestamptz AT TIME ZONE 'America/La_Paz')::date,
         (SELECT min(id) FROM campaigns_disposition), %(at)s, '', ''
    FROM campaigns_listentry e WHERE e.campaign_id = %(campaign)s AND e.owner_id IS NOT NULL
     AND e.contact_id %% 701 = %(turn)s LIMIT %(number)s
  RETURNING contact_id, agent_id
)
UPDATE campaigns_listentry e SET handled_at = COALESCE(handled_at, %(at)s),
       handled_by_id = COALESCE(handled_by_id, agent_id), contacted_at = %(at)s, contacted_by_id = agent_id
  FROM called WHERE called.contact_id = e.contact_id
"""
PASS = """
SELECT count(*), count(e.handled_at) FROM campaigns_listentry e
  JOIN campaigns_contact c ON c.id = e.contact_id JOIN campaigns_renewal r ON r.contact_id = e.contact_id
"""


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def run(sql: str, values: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def build(*, contacts: int, agents: int) -> Campaign:
    """A campaign with three attempts a contact, written in a few statements."""
    campaign = Campaign.objects.create(
        period=date(2026, 12, 1),
        calls_from=date(2026, 11, 25),
        calls_until=date(2026, 11, 30),
        report_due_at=NOW - timedelta(days=3),
        created_at=NOW - timedelta(days=4),
        launched_at=NOW - timedelta(days=3),
        state="running",
    )
    people = User.objects.bulk_create(User(username=f"agent{n}", first_name=f"Agente {n}") for n in range(agents))
    made = Agent.objects.bulk_create(Agent(user=user) for user in people)
    dispositions = list(Disposition.objects.order_by("id").values_list("id", flat=True))
    if not dispositions:
        dispositions = [
            Disposition.objects.create(code=f"d{n}", name=f"Resultado {n}", party="none", retry_minutes=10).pk
            for n in range(8)
        ]
    values = {
        "campaign": campaign.pk,
        "contacts": contacts,
        "agent": made[0].pk,
        "agents": agents,
        "disposition": dispositions[0],
        "dispositions": len(dispositions),
    }
    for statement in BUILD.split(";\n"):
        if statement.strip():
            print(f"  {statement.split()[2]} {timed(lambda s=statement: run(s, values)):.1f} s", file=sys.stderr)  # type: ignore[misc]
    run("ANALYZE")
    return campaign


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--pages", type=int, default=100)
    args = parser.parse_args()
    with test_database(), override_settings(ALLOWED_HOSTS=["*"]):
        measure(args)


def measure(args: argparse.Namespace) -> None:
    campaign = build(contacts=args.contacts, agents=args.agents)
    run(PASS)
    limit = min(timed(lambda: run(PASS)) for _ in range(3))
    first = timed(lambda: refresh_figures(campaign=campaign, now=NOW))
    # what happened in the last minutes is counted again: far apart each turn has its own calls only
    later = [count_some(campaign, n, NOW + n * timedelta(minutes=40)) for n in range(1, 6)]
    end = NOW + timedelta(minutes=240)
    busy = [count_some(campaign, n, end + n * timedelta(seconds=5)) for n in range(6, 11)][-1]
    refresh_figures(campaign=campaign, now=end + timedelta(minutes=30))
    idle = timed(lambda: refresh_figures(campaign=campaign, now=end + timedelta(minutes=31)))
    print(f"limit: one pass over the rows {limit:.2f} s")
    print(f"first count {first:.2f} s = {first / limit:.1f} × the limit")
    again = statistics.median(later)
    print(f"after {CHANGES} calls {again:.2f} s = {again / limit:.2f} × the limit (to reach: 0.5)")
    print(f"after {CHANGES} calls more, {5 * CHANGES} within minutes {busy:.2f} s = {busy / limit:.2f} × the limit")
    print(f"nothing happened {idle * 1000:.0f} ms")
    measure_pages(campaign, args)


def count_some(campaign: Campaign, turn: int, now: datetime) -> float:
    """How long a count takes after `CHANGES` calls of contacts of their own, with their results, a second before."""
    run(CALL, {"campaign": campaign.pk, "number": CHANGES, "turn": turn, "at": now - timedelta(seconds=1)})
    return timed(lambda: refresh_figures(campaign=campaign, now=now))


def measure_pages(campaign: Campaign, args: argparse.Namespace) -> None:
    """Pages by a signed-in supervisor, unfiltered and filtered; every tenth after a count, so charts are drawn anew.

    Charts of a filter that nobody drew yet are fetched by the page itself once it is shown: they are told apart.
    """
    elena = User.objects.create(username="elena", role=Role.SUPERVISOR)
    client = browser_of(elena)
    agent = Agent.objects.order_by("pk")[7].pk
    queries = [
        "",
        "service=TV",
        f"agent={agent}",
        "zone=Zona+7",
        "day=2026-11-26",
        "zone=Zona+3&service=TV",
        "sort=paid",
    ]
    ask(client, "/campaigns/2026-12/")
    gc.collect()
    gc.freeze()  # as the web server's door does
    plain = [timed(lambda: ask(client, "/campaigns/")) for _ in range(20)]
    times, tiles, charts = [], [], []
    for n in range(args.pages):
        if n % 10 == 0:
            change_cells(campaign)
        query = queries[n % len(queries)]
        times.append(timed(lambda query=query: ask(client, f"/campaigns/2026-12/?{query}")))  # type: ignore[misc]
        charts.append(timed(lambda query=query: ask(client, f"/campaigns/2026-12/figures/?part=charts&{query}")))  # type: ignore[misc]
        tiles.append(timed(lambda: ask(client, "/campaigns/2026-12/figures/")))
    print(f"limit: a signed-in page of one list {percentile(plain, 50) * 1000:.0f} ms")
    for name, measured in (
        ("campaign page", times),
        ("its charts, which come by themselves", charts),
        ("its tiles alone", tiles),
    ):
        p50, p95 = percentile(measured, 50), percentile(measured, 95)
        print(
            f"{name} p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms = {p95 / percentile(plain, 50):.1f} × the limit"
            + (TO_REACH.get(name, ""))
        )


def ask(client: Client, address: str) -> None:
    """The page itself: what is refused or sent elsewhere is soon answered, and tells nothing."""
    answer = client.get(address)
    if answer.status_code != 200:
        sys.exit(f"{address} answered {answer.status_code}: nothing to measure.")


def change_cells(campaign: Campaign) -> None:
    """As a count does after some results: other figures, so other charts."""
    of_it = {"campaign": campaign.pk}
    where = "WHERE campaign_id = %(campaign)s AND part = 'TV'"
    run(f"UPDATE campaigns_dayfigure SET handled = handled + 1 {where}", of_it)
    run(f"UPDATE campaigns_attemptfigure SET attempts = attempts + 1 {where}", of_it)
    draw_ahead(campaign=campaign)


def percentile(measured: list[float], share: int) -> float:
    return sorted(measured)[min(len(measured) - 1, len(measured) * share // 100)]


if __name__ == "__main__":
    main()
