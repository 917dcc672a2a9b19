"""Receipts of a month matched to its renewals, lists updated; the same rows again; a report that comes after them.

    python -m benchmarks.payments [--renewals 1000000]

The limit, measured in the same run on the same rows: one statement that inserts each receipt with the renewal it
matches into a table like the receipts' (after an anti-join on the number), and nothing else.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from benchmarks._house import test_database  # noqa: E402
from campaigns.models import Campaign, ListEntry, Report  # noqa: E402
from campaigns.payments import receipts  # noqa: E402
from campaigns.rows import staging  # noqa: E402

NOW = datetime(2026, 11, 28, 16, 0, tzinfo=ZoneInfo("America/La_Paz"))
PAID_SHARE = 46  # of a hundred renewals, as in a month of COMTECO
LISTS = """
INSERT INTO campaigns_contact (campaign_id, contract, call_list, name, name_key, identity_card, telephones, zone,
                               address, segment, amount_due, due_on)
SELECT %(campaign)s, (70000000 + n * 5)::text, CASE WHEN n %% 9 < 2 THEN 'BOTH' WHEN n %% 2 = 0 THEN 'INTERNET'
       ELSE 'TV' END, 'Cliente Número ' || n, 'CLIENTE NUMERO ' || n, n::text,
       ARRAY['+5917' || lpad((n %% 10000000)::text, 7, '0')], 'Zona ' || n %% 13, 'Av. Ávila ' || n, 'A', 149,
       DATE '2026-11-30'
  FROM generate_series(1, %(contacts)s) n;
INSERT INTO campaigns_renewal (campaign_id, contact_id, report_line, service, service_number, plan, due_on, amount_due)
SELECT %(campaign)s, id, id, s, contract || CASE s WHEN 'TV' THEN 2 ELSE 1 END, 'Fibra 120 Mbps', due_on, 149
  FROM campaigns_contact, unnest(CASE call_list WHEN 'BOTH' THEN ARRAY['INTERNET', 'TV'] ELSE ARRAY[call_list] END) s
 WHERE campaign_id = %(campaign)s;
INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, owner_id, position, ready_at, attempts,
                                 attempts_on_day, fence)
SELECT id, campaign_id, call_list, 'open', 1 + id %% 100, id, TIMESTAMPTZ '2026-11-25 08:30-04', 0, 0, 0
  FROM campaigns_contact WHERE campaign_id = %(campaign)s
"""
LIMIT = """
INSERT INTO limit_receipt (id, number, report_id, contract, service_number, service, paid_on, amount, channel,
                           campaign_id, renewal_id, standing)
SELECT row_number() OVER (), s.receipt, 1, s.contract, s.service_number, s.service, s.paid_on, s.amount, s.channel,
       r.campaign_id, r.id, 'counted'
  FROM {table} s LEFT JOIN campaigns_renewal r
       ON r.service_number = s.service_number AND r.service = s.service AND r.campaign_id = {campaign}
 WHERE NOT EXISTS (SELECT FROM limit_receipt k WHERE k.number = s.receipt)
"""


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def run(sql: str, values: dict[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def make_campaign(period: date) -> Campaign:
    last = date.fromordinal(period.toordinal() - 1)
    return Campaign.objects.create(
        period=period, calls_from=last.replace(day=25), calls_until=last, report_due_at=NOW, created_at=NOW,
        state="running",
    )  # fmt: skip


def stage(name: str, *, share: float, order: str) -> Report:
    report = Report.objects.create(
        kind="recaudo", sha256=name.ljust(64, "0"), name=f"{name}.csv", file="r.csv", size=1, arrived_at=NOW,
        state="publishing",
    )  # fmt: skip
    table = staging.make_table(report=report)
    rows = run(
        f"""
        INSERT INTO {table} (line, receipt, contract, service_number, service, paid_on, amount, channel)
        SELECT row_number() OVER (), 'R7-' || r.id || '-0', c.contract, r.service_number, r.service,
               DATE '2026-11-20' + (r.id %% 11)::int, r.amount_due,
               (ARRAY['Caja COMTECO', 'Banco', 'QR'])[1 + r.id %% 3]
          FROM campaigns_renewal r JOIN campaigns_contact c ON c.id = r.contact_id
         WHERE abs(hashint8(r.id)::bigint) %% 1000 < %(share)s ORDER BY {order}
        """,
        {"share": int(share * 10)},
    )
    run(f"ANALYZE {table}")
    say(f"  {name}: {rows} rows staged")
    return report


def publish(report: Report) -> staging.Counted:
    with transaction.atomic():
        counted = receipts.publish(report=report, now=NOW)
    report.state = "published"
    report.rows, report.taken, report.duplicates = counted.taken + counted.duplicates, counted.taken, counted.duplicates
    report.save()
    return counted


def limit(report: Report, campaign: Campaign) -> float:
    run("CREATE TABLE limit_receipt (LIKE campaigns_receipt INCLUDING ALL)")
    try:
        return timed(lambda: run(LIMIT.format(table=staging.table_of(report), campaign=campaign.pk)))
    finally:
        run("DROP TABLE limit_receipt")


def measure(renewals: int) -> None:
    campaign = make_campaign(date(2026, 12, 1))
    for statement in LISTS.split(";\n"):
        run(statement, {"campaign": campaign.pk, "contacts": int(renewals / 11 * 9)})
    run("ANALYZE campaigns_contact, campaigns_renewal, campaigns_listentry")
    report = stage("first", share=PAID_SHARE, order="hashint8(r.id)")
    run("CHECKPOINT")
    at_best = min(limit(report, campaign) for _ in range(2))
    print(f"limit: insert with match {at_best:.2f} s")

    run("CHECKPOINT")
    counted: list[staging.Counted] = []
    first = timed(lambda: counted.append(publish(report)))
    paid = ListEntry.objects.filter(state="paid").count()
    print(
        f"{counted[0].taken} receipts matched, {counted[0].figures['renewals_paid']} renewals paid, "
        f"{paid} contacts off their lists: {first:.2f} s = {first / at_best:.2f} × the limit (to reach: 2.8)"
    )
    run("ANALYZE campaigns_receipt")
    report = stage("again", share=PAID_SHARE, order="hashint8(-r.id)")
    again = timed(lambda: counted.append(publish(report)))
    assert counted[-1].taken == 0
    print(f"the same rows again: {again:.2f} s = {again / first:.2f} × the first (to reach: 0.35)")
    report = stage("grown", share=PAID_SHARE + 1, order="r.id")
    grown = timed(lambda: counted.append(publish(report)))
    print(f"the same with {counted[-1].taken} new ones: {grown:.2f} s = {grown / first:.2f} × the first")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--renewals", type=int, default=1_000_000)
    args = parser.parse_args()
    with test_database():
        measure(args.renewals)


if __name__ == "__main__":
    main()
