"""The supervisors' board at 5,000 open cards beside 100,000 closed ones: how long a page, a card and its counts take.

    python -m benchmarks.board [--open 5000] [--closed 100000] [--pages 200]

Times are printed beside the least a page of the centre takes on this machine in the same run: the same board with
nothing on it.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks._house import browser_of, own_database

# Kinds, lines and zones in turn; open cards in all their states, a third of them Elena's, some past their time.
BUILD = """
INSERT INTO escalations_escalation (key, kind, line, contract, customer_name, telephone, zone, reason, details,
       promised, raised_at, raised_by_id, state, owner_id, version, due_at, warn_at, waiting_since, waits_for, taken_at,
       settled_at, outcome, closed_at, informed_at, informed_how, informed_by_id)
SELECT 'bench:' || n, k.codes[1 + n %% array_length(k.codes, 1)], (ARRAY['101', '102', '103', '104'])[1 + n %% 4],
       (300000 + n %% 60000)::text, 'María José Quispe ' || n, '+5917' || lpad((n %% 10000000)::text, 7, '0'),
       'Zona ' || n %% 30, repeat('Cobro excesivo en la factura. ', 8), '{"invoice": "F-2616", "address": "Av. 9"}',
       'Le llamamos hoy.', at.raised, %(raiser)s, s.state,
       CASE WHEN s.state <> 'new' THEN (ARRAY[%(first)s, %(second)s, %(third)s])[1 + n %% 3] END, 3,
       at.raised + interval '8 hours', at.raised + interval '6 hours',
       CASE WHEN s.state = 'waiting' THEN at.raised + interval '1 hour' END,
       CASE WHEN s.state = 'waiting' THEN 'Facturación' ELSE '' END,
       CASE WHEN s.state <> 'new' THEN at.raised + interval '20 minutes' END,
       CASE WHEN s.settled THEN at.raised + interval '2 hours' END,
       CASE WHEN s.settled THEN 'Se corrige la factura' ELSE '' END,
       CASE WHEN s.closed THEN at.raised + interval '3 hours' END,
       CASE WHEN s.closed THEN at.raised + interval '3 hours' END, CASE WHEN s.closed THEN 'telephone' ELSE '' END,
       CASE WHEN s.closed THEN %(first)s END
  FROM generate_series(1, %(open)s + %(closed)s) n,
       (SELECT array_agg(code ORDER BY code) AS codes FROM escalations_kind) k,
       LATERAL (SELECT n > %(open)s AS closed) c,
       LATERAL (SELECT CASE WHEN c.closed THEN 'informed'
                            ELSE (ARRAY['new', 'taken', 'waiting', 'resolved', 'rejected'])[1 + n %% 5] END AS state) q,
       LATERAL (SELECT q.state, c.closed, q.state IN ('resolved', 'rejected', 'informed') AS settled) s,
       LATERAL (SELECT now() - CASE WHEN c.closed THEN n %% 700 * interval '1 day' + interval '1 day'
                                    ELSE n %% 600 * interval '1 minute' END AS raised) at
"""
HISTORY = """
INSERT INTO escalations_change (escalation_id, verb, from_state, to_state, at, by_id, note)
SELECT e.id, 'raise', '', 'new', e.raised_at, e.raised_by_id, '' FROM escalations_escalation e
"""
FILTERS = (
    "", "whose=all", "whose=all&kind=billing_claim", "whose=all&zone=Zona+7", "whose=all&due=today",
    "whose=all&due=overdue", "line=102",
)  # fmt: skip
TO_REACH = 0.1  # seconds


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def percentile(measured: Sequence[float], share: int) -> float:
    return sorted(measured)[min(len(measured) - 1, len(measured) * share // 100)]


def build(*, raiser: int, people: list[int], many: int, closed: int) -> None:
    from django.db import connection

    values = {"raiser": raiser, "open": many, "closed": closed}
    values |= dict(zip(("first", "second", "third"), people, strict=True))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE escalations_escalation DISABLE TRIGGER USER")  # its audit is not what is measured
        cursor.execute(BUILD, values)
        cursor.execute(HISTORY)
        cursor.execute("ALTER TABLE escalations_escalation ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")


def measure(options: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test import override_settings
    from django.test.utils import CaptureQueriesContext

    from agents.models import Role, User
    from escalations.models import Escalation

    people = [
        User.objects.create(username=name, first_name=name.title(), role=Role.SUPERVISOR)
        for name in ("elena", "rosa", "carla")
    ]
    raiser = User.objects.create(username="ana", role=Role.AGENT)
    client = browser_of(people[0])
    with override_settings(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
        assert client.get("/escalations/").status_code == 200
        empty = percentile([timed(lambda: client.get("/escalations/")) for _turn in range(60)], 50)
        print(f"limit: the board with nothing on it {empty * 1000:.1f} ms")
        took = timed(
            lambda: build(raiser=raiser.pk, people=[one.pk for one in people], many=options.open, closed=options.closed)
        )
        print(f"{options.open:,} open cards and {options.closed:,} closed ones, written in {took:.0f} s")
        pks = list(Escalation.objects.filter(closed_at=None).order_by("pk").values_list("pk", flat=True)[:500])
        addresses = {
            "the board": lambda n: f"/escalations/?{FILTERS[n % len(FILTERS)]}",
            "one card of it": lambda n: f"/escalations/{pks[n % len(pks)]}/card/?whose=all",
            "its counts": lambda n: f"/escalations/counts/?{FILTERS[n % len(FILTERS)]}",
            "a card, opened": lambda n: f"/escalations/{pks[n % len(pks)]}/",
            "the list": lambda n: f"/escalations/list/?page={1 + n % 20}",
            "the list of all": lambda n: f"/escalations/list/?state=all&page={1 + n % 20}",
        }
        for name, address in addresses.items():
            client.get(address(0))
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address(1))
            assert answer.status_code == 200, name
            queries = len(asked)  # the next request empties what was captured
            times = [timed(lambda n=n, address=address: client.get(address(n))) for n in range(options.pages)]  # type: ignore[misc]
            p50, p95 = percentile(times, 50), percentile(times, 95)
            reach = f" (to reach: p95 ≤ {TO_REACH * 1000:.0f} ms, 15 queries)" if name == "the board" else ""
            print(
                f"{name}: p50 {p50 * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms = {p95 / empty:.1f} × the limit,"
                f" {queries} queries{reach}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=5_000)
    parser.add_argument("--closed", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=200)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")
    with own_database():
        measure(options)


if __name__ == "__main__":
    main()
