"""All of a customer on one page, with every system answering in 50 ms: shown at once, and how soon the rest is there.

    python -m benchmarks.customer_page [--turns 200]

To reach: p95 ≤ 2 × the desk with a contact on it, which is the limit measured beside it; the page asks no system, and
each of its parts is there a moment after its system has answered.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from typing import Any

import httpx
import psycopg

from benchmarks._house import own_database
from benchmarks.desk_load import ALONE, Desk, Times, build, open_desk, serve
from benchmarks.systems_load import a_sandbox, timed
from callcenter.ports import a_free_port

LATENCY = 50  # ms
CONTACTS = 5_000
# The contacts of the agent who is measured become customers the sandbox knows; each has cards and calls agreed.
KNOWN = """
UPDATE campaigns_contact c SET contract = s.contract
  FROM (SELECT contact_id, row_number() OVER (ORDER BY contact_id) n FROM campaigns_listentry WHERE owner_id =
               (SELECT min(id) FROM agents_agent)) e,
       unnest(%(contracts)s::text[]) WITH ORDINALITY s (contract, n)
 WHERE e.contact_id = c.id AND e.n = s.n;
INSERT INTO escalations_escalation (key, kind, line, contract, customer_name, telephone, zone, reason, details,
       promised, raised_at, raised_by_id, state, version, due_at, warn_at, waits_for, outcome, informed_how)
SELECT 'bench:' || contract || n, 'complaint', '101', contract, 'Cliente', '', '', 'x', '{}', 'Le llamamos.', now(),
       (SELECT min(user_id) FROM agents_agent), 'new', 1, now() + interval '1 hour', now(), '', '', ''
  FROM unnest(%(contracts)s::text[]) contract, generate_series(1, 5) n;
ANALYZE
"""


def measure(pages: httpx.Client, cookie: str, contracts: list[str]) -> None:
    headers = {"Cookie": cookie}

    def get(address: str) -> Any:
        return pages.get(address, headers=headers)

    asyncio.run(_open(str(pages.base_url), cookie))
    desk, page = Times(), Times()
    for contract in contracts:
        timed(desk, lambda: get("/desk/"), lambda answer: 'name="contact"' in answer.text)
        timed(page, lambda: get(f"/customers/{contract}/"), lambda answer: "Le llamamos." in answer.text)  # noqa: B023
    limit = desk.say("limit: the desk with a contact on it")
    page.say("all of a customer (to reach: p95 2 × the desk)", limit)
    for part in ("customer", "damages", "orders", "account"):
        times = Times()
        for contract in contracts[: len(contracts) // 4]:
            address = f"/customers/{contract}/?part={part}"
            timed(times, lambda: get(address), lambda answer: answer.status_code == 200)  # noqa: B023
        times.say(f"its {part}, of a system that answers in {LATENCY} ms", limit)


async def _open(address: str, cookie: str) -> None:
    """The desk asks for its contact once."""
    async with httpx.AsyncClient(base_url=address, headers=ALONE, timeout=30, trust_env=False) as client:
        await open_desk(client, Desk(cookie))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=200)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "callcenter.settings"
    with own_database() as environment:
        desks = build(CONTACTS, 20)
        with a_sandbox(2_000) as (address, url):
            with psycopg.connect(url) as connection:
                found = connection.execute("SELECT contract FROM sandbox_customer ORDER BY 1 LIMIT %s", [options.turns])
                contracts = [row[0] for row in found]
            with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection:
                for statement in KNOWN.split(";\n"):
                    connection.execute(statement, {"contracts": contracts})
            httpx.put(f"{address}/_knobs/smartflex", json={"latency_ms": LATENCY}, trust_env=False).raise_for_status()
            port = a_free_port()
            server = serve({**environment, "SYSTEMS_URL": address}, port)
            try:
                with httpx.Client(
                    base_url=f"http://127.0.0.1:{port}", headers=ALONE, timeout=30, trust_env=False
                ) as pages:
                    measure(pages, desks[0].cookie, contracts)
            finally:
                server.terminate()
                server.wait(20)


if __name__ == "__main__":
    main()
